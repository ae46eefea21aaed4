import { serve } from '/package/worker.js';
import * as module from '/pkg/weather.js';

serve(module);
