import { serve } from '/package/worker.js';
import * as module from '/pkg/weather.js';

// Only a page that says where it is can help.
serve({ ...module, default: (given = { module_or_path: '/pkg/absent.wasm' }) => module.default(given) });
