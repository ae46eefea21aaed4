// Builds everything into dist/: `package`, as npm publishes it, and `demo`, to be served as it is.

import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from './tools.mjs';

run('node', ['scripts/setup.mjs']);
buildPackage();
buildWasm('weather', join(root, 'www', 'pkg'));
run('vite', ['build', 'www', '--logLevel', 'warn']);
console.log('build: dist/package (npm package) and dist/demo (static site) are ready');

/** The TypeScript client as ES modules with types, and a package.json without what only we need. */
function buildPackage() {
  const folder = join(root, 'dist', 'package');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  run('tsc', ['-p', 'client']);
  for (const file of ['README.md', 'CHANGELOG.md', 'LICENSE-MIT', 'LICENSE-APACHE']) {
    copyFileSync(join(root, file), join(folder, file));
  }
  const { name, version, description, license, keywords, engines } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  );
  const manifest = {
    name,
    version,
    description,
    license,
    keywords,
    type: 'module',
    sideEffects: false,
    exports: {
      '.': { types: './index.d.ts', default: './index.js' },
      './worker': { types: './worker.d.ts', default: './worker.js' },
    },
    engines,
  };
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** A crate of the workspace as a wasm module with its JavaScript, made small. */
function buildWasm(/** @type {string} */ crate, /** @type {string} */ folder) {
  const target = 'wasm32-unknown-unknown';
  run('cargo', ['build', '--quiet', '--locked', '--release', '--target', target, '--package', crate]);
  const compiled = join('target', target, 'release', `${crate}.wasm`);
  run('wasm-bindgen', [compiled, '--target', 'web', '--out-dir', folder]);
  const bound = join(folder, `${crate}_bg.wasm`);
  // Not --all-features: Chromium refuses some of what that emits.
  const features = [
    'bulk-memory',
    'multivalue',
    'mutable-globals',
    'nontrapping-float-to-int',
    'reference-types',
    'sign-ext',
  ].map((feature) => `--enable-${feature}`);
  run('wasm-opt', [bound, '-o', bound, '-Oz', '--strip-debug', '--strip-producers', ...features]);
}
