// From a crate of the workspace to a wasm module with its JavaScript.

import { join } from 'node:path';
import { root, run, sqliteFlags, wasmTarget } from './tools.mjs';

/**
 * The modules of the npm package, by what SQLite has in them. Each is compiled in a folder of its own, for SQLite is
 * compiled anew when its options change.
 *
 * @type {Record<'full' | 'lean', { flags: readonly string[], target: string, folder: string }>}
 */
export const packageModules = {
  full: {
    flags: sqliteFlags.filter((flag) => !/FTS5|RTREE/.test(flag)),
    target: join('target', 'full'),
    folder: join('module', 'pkg', 'full'),
  },
  lean: { flags: sqliteFlags, target: 'target', folder: join('module', 'pkg', 'lean') },
};

/** Compiles the module of the npm package and makes its bindings. */
export function buildPackageModule(/** @type {keyof typeof packageModules} */ name) {
  const { flags, target, folder } = packageModules[name];
  buildWasm('wheatear-module', join(root, folder), { target, flags, name: 'wheatear' });
}

/**
 * Compiles a crate and makes its bindings.
 *
 * @param {string} crate
 * @param {string} folder gets the bindings
 * @param {{ target?: string, flags?: readonly string[], name?: string }} options where to compile, with which options of
 *   SQLite, and what to call it
 */
export function buildWasm(crate, folder, { target = 'target', flags = sqliteFlags, name = crate } = {}) {
  // Whoever has started this script may have set those of another module.
  const env = { SQLITE_WASM_RS_FLAGS: flags.join(' ') };
  const what = ['--target', wasmTarget, '--target-dir', target, '--package', crate];
  run('cargo', ['build', '--quiet', '--locked', '--release', ...what], { env });
  const compiled = join(target, wasmTarget, 'release', `${crate.replaceAll('-', '_')}.wasm`);
  run('wasm-bindgen', [compiled, '--target', 'web', '--out-dir', folder, '--out-name', name]);
}

/** Makes the module in a folder small. */
export function shrinkWasm(/** @type {string} */ name, /** @type {string} */ folder) {
  const module = join(folder, `${name}_bg.wasm`);
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
