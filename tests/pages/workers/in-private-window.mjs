// A private window of Firefox, where the function is there but refuses.
import { serve } from '/package/worker.js';
import * as module from '/pkg/weather.js';

StorageManager.prototype.getDirectory = () =>
  Promise.reject(new DOMException('Security error when calling GetDirectory', 'SecurityError'));
serve(module);
