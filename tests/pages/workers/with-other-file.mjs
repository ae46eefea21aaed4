// A site that answers everything with its page, also what is asked for as the wasm file.
import { serve } from '/package/worker.js';
import * as module from '/pkg/weather.js';

serve({ ...module, default: () => module.default({ module_or_path: '/pages/client.html' }) });
