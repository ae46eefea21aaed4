// Builds everything into dist/: `package`, as npm publishes it, and `demo`, to be served as it is.

import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { fail, root, run } from './tools.mjs';
import { buildWasm, shrinkWasm } from './wasm.mjs';

run('node', ['scripts/setup.mjs']);
buildPackage();
buildWasm('weather', join(root, 'www', 'pkg'));
shrinkWasm('weather', join(root, 'www', 'pkg'));
run('vite', ['build', 'www', '--logLevel', 'warn']);
checkSizes();
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

/** What a visitor downloads, in kilobytes after brotli, against the most that it may become. */
function checkSizes() {
  const kilobytes = (/** @type {string[]} */ ...path) =>
    brotliCompressSync(readFileSync(join(root, ...path))).length / 1000;
  const scripts = readdirSync(join(root, 'dist', 'package')).filter((file) => file.endsWith('.js'));
  const sizes = [
    { what: 'wasm module', size: kilobytes('www', 'pkg', 'weather_bg.wasm'), budget: 385 },
    { what: 'its JavaScript', size: kilobytes('www', 'pkg', 'weather.js'), budget: 8 },
    {
      what: 'client',
      size: scripts.reduce((sum, file) => sum + kilobytes('dist', 'package', file), 0),
      budget: 8,
    },
  ];
  for (const { what, size, budget } of sizes) {
    console.log(`build: ${what}: ${size.toFixed(1)} KB after brotli (budget ${budget})`);
    if (size > budget)
      fail(`build: the ${what} has outgrown its budget; make it smaller, or raise the budget and say why`);
  }
}
