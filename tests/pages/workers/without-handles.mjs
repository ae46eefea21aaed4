// A browser with the file system but without synchronous handles in it.
import { serve } from '/package/worker.js';
import * as module from '/pkg/weather.js';

// Some have no file system either.
if ('FileSystemFileHandle' in globalThis)
  Reflect.deleteProperty(FileSystemFileHandle.prototype, 'createSyncAccessHandle');
serve(module);
