// A browser whose file system gives out handles, and says nothing but that it failed.
import { serve } from '/package/worker.js';
import * as module from '/pkg/weather.js';

Object.assign(FileSystemFileHandle.prototype, {
  createSyncAccessHandle: () => Promise.reject(new DOMException('Something went wrong.', 'UnknownError')),
});
serve(module);
