// A module that was built before the client was changed: it lacks what came since.

import { serve } from '/package/worker.js';
import * as module from '/pkg/weather.js';

Reflect.deleteProperty(module.Connection.prototype, 'queryArrays');
serve(module);
