// From a crate of the workspace to a wasm module with its JavaScript.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fail, root, run, sqliteFlags, wasmTarget } from './tools.mjs';

/**
 * The modules of the npm package, by what SQLite has in them. Each is compiled in a folder of its own, for SQLite is
 * compiled anew when its options change.
 *
 * @type {Record<'full' | 'lean', { flags: readonly string[], target: string, folder: string }>}
 */
export const packageModules = {
  full: {
    flags: sqliteFlags.filter((flag) => !/FTS5|RTREE|INCRBLOB/.test(flag)),
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

/** The module of the npm package that runs in Node.js when an application is built. */
export const toolsFolder = join('module', 'pkg', 'tools');

/** Compiles that module, whose SQLite is that of the full one, and makes its bindings. Nobody waits for its bytes. */
export function buildToolsModule() {
  const { flags, target } = packageModules.full;
  buildWasm('wheatear-tools', join(root, toolsFolder), { target, flags, name: 'wheatear_tools' });
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
  requireNothingMissing(compiled);
  run('wasm-bindgen', [compiled, '--target', 'web', '--out-dir', folder, '--out-name', name]);
}

/**
 * The linker takes a function that SQLite was compiled without for one that JavaScript will give, and nobody gives it: the
 * module could not be loaded.
 */
function requireNothingMissing(/** @type {string} */ compiled) {
  const imports = WebAssembly.Module.imports(new WebAssembly.Module(readFileSync(compiled)));
  const missing = imports.filter(({ module }) => module === 'env').map(({ name }) => name);
  if (missing.length > 0) fail(`${compiled} lacks ${missing.join(', ')}`);
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
  const passes = [
    '-Oz',
    // A browser compiles a function when it is called first, all of it: what a visit needs is not to lie in one with what it
    // does not need. It also makes the module smaller.
    '--one-caller-inline-max-function-size=80',
    // The first kilobyte of memory is the far end of Rust's stack, of which nobody computes an address.
    '--low-memory-unused',
    '--reorder-functions-by-name',
    '--strip-debug',
    '--strip-producers',
  ];
  run('wasm-opt', [module, '-o', module, ...passes, ...features]);
}
