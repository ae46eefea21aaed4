// A browser that has no WebAssembly, or has switched it off.
import { serve } from '/package/worker.js';
import * as module from '/pkg/weather.js';

Reflect.deleteProperty(globalThis, 'WebAssembly');
serve(module);
