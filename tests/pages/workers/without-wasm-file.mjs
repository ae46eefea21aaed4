import { serve } from '/package/worker.js';
import * as module from '/pkg/weather.js';

serve({ ...module, default: () => module.default({ module_or_path: '/pkg/absent.wasm' }) });
