// A worker whose storage fails at the call that its address names; it says so when it does, before anything else.
import { serve } from '/package/worker.js';
import * as module from '/releases/releases.js';
import { failAtCall, failedCall } from '../storage-calls.mjs';

const { searchParams } = new URL(location.href);
const when = /** @type {'before' | 'once'} */ (searchParams.get('when'));
failAtCall(Number(searchParams.get('call')), when, () => postMessage({ type: 'progress', id: failedCall }));
serve({ ...module, migrations: () => module.release([], [], false) });
