// The same, and the worker makes an instance of our module, which the page compiles meanwhile.

import address from 'race:wasm';
import { askFloor } from './floor.mjs';

const module = WebAssembly.compileStreaming(fetch(address));
window.result = askFloor(module).then(() => ({ page: performance.now() }));
