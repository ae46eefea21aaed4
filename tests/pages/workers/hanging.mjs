// A browser that never answers when a file is to be opened.
import { serve } from '/package/worker.js';
import * as module from '/pkg/weather.js';

Object.assign(FileSystemFileHandle.prototype, { createSyncAccessHandle: () => new Promise(() => {}) });
serve(module);
