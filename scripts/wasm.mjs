// From a crate of the workspace to a wasm module with its JavaScript.

import { join } from 'node:path';
import { run, wasmTarget } from './tools.mjs';

/** Compiles a crate and makes its bindings. */
export function buildWasm(/** @type {string} */ crate, /** @type {string} */ folder) {
  run('cargo', ['build', '--quiet', '--locked', '--release', '--target', wasmTarget, '--package', crate]);
  const compiled = join('target', wasmTarget, 'release', `${crate}.wasm`);
  run('wasm-bindgen', [compiled, '--target', 'web', '--out-dir', folder]);
}

/** Makes the module in a folder small. */
export function shrinkWasm(/** @type {string} */ crate, /** @type {string} */ folder) {
  const module = join(folder, `${crate}_bg.wasm`);
  // Not --all-features: Chromium refuses some of what that emits.
  const features = [
    'bulk-memory',
    'multivalue',
    'mutable-globals',
    'nontrapping-float-to-int',
    'reference-types',
    'sign-ext',
  ].map((feature) => `--enable-${feature}`);
  run('wasm-opt', [module, '-o', module, '-Oz', '--strip-debug', '--strip-producers', ...features]);
}
