// A browser that creates folders, and fails to open one that shall be there.
import { serve } from '/package/worker.js';
import * as module from '/pkg/weather.js';

const { prototype } = FileSystemDirectoryHandle;
const { getDirectoryHandle } = prototype;
/** @this {FileSystemDirectoryHandle} */
prototype.getDirectoryHandle = function (/** @type {Parameters<typeof getDirectoryHandle>} */ ...[name, options]) {
  if (options?.create) return getDirectoryHandle.call(this, name, options);
  return Promise.reject(new DOMException('Something went wrong.', 'UnknownError'));
};
serve(module);
