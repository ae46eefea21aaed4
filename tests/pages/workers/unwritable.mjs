// A browser that opens files and writes nothing to them.
import { serve } from '/package/worker.js';
import * as module from '/pkg/weather.js';

// TypeScript has this class in its types for workers only.
const { prototype } = /** @type {any} */ (globalThis).FileSystemSyncAccessHandle;
prototype.write = () => {
  throw new DOMException('The file cannot be written to.', 'NoModificationAllowedError');
};
serve(module);
