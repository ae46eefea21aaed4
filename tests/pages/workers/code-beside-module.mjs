// A module that carries its migrations, and code beside them, which it cannot take.

import { serve } from '/package/worker.js';
import * as module from '/pkg/weather.js';

serve(module, { code: { '0009.more': { version: '1', up() {} } } });
