// A disk that has no room left.
import { serve } from '/package/worker.js';
import * as module from '/pkg/weather.js';

// TypeScript has this class in its types for workers only.
const { prototype } = /** @type {any} */ (globalThis).FileSystemSyncAccessHandle;
prototype.write = () => {
  throw new DOMException('There is no room.', 'QuotaExceededError');
};
serve(module);
