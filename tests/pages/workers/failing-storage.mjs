// A worker whose storage fails at the call that its address names; it says so when it does, before anything else.

import * as module from '/module/wheatear.js';
import { serve } from '/package/worker.js';
import { failAtCall, failedCall } from '../storage-calls.mjs';

const { searchParams } = new URL(location.href);
const when = /** @type {'before' | 'once'} */ (searchParams.get('when'));
failAtCall(Number(searchParams.get('call')), when, () => postMessage({ type: 'progress', id: failedCall }));
serve(module);
