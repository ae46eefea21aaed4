// Hands over the module's default export, which loads it, and not the whole of it.
import { serve } from '/package/worker.js';
import module from '/pkg/weather.js';

serve(/** @type {any} */ (module));
