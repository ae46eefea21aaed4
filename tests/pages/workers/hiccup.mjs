// A browser that fails to open a file, and then opens it after all.
import { serve } from '/package/worker.js';
import * as module from '/pkg/weather.js';

const { prototype } = /** @type {any} */ (globalThis).FileSystemFileHandle;
const { createSyncAccessHandle } = prototype;
let calls = 0;
/** @this {FileSystemFileHandle} */
prototype.createSyncAccessHandle = function () {
  if (++calls === 1) return Promise.reject(new DOMException('Something went wrong.', 'UnknownError'));
  return createSyncAccessHandle.call(this);
};
serve(module);
