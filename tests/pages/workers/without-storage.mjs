// A browser that has no navigator.storage at all.
import { serve } from '/package/worker.js';
import * as module from '/pkg/weather.js';

Object.defineProperty(navigator, 'storage', { value: undefined });
serve(module);
