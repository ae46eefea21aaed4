// Builds everything into dist/: `package`, as npm publishes it, and `demo`, to be served as it is.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { addLicences, addTools, addWorkers, buildPackage } from './package.mjs';
import { fail, root, run, runBeside } from './tools.mjs';
import { packageModules } from './wasm.mjs';

run('node', ['scripts/setup.mjs']);
buildPackage();
// Half of the time a compiler or linker has but one thread.
await Promise.all([['full', 'tools'], ['lean']].map((names) => runBeside('node', ['scripts/modules.mjs', ...names])));
await addWorkers();
addTools();
addLicences();
run('vite', ['build', 'www', '--logLevel', 'warn']);
await checkSizes();
console.log('build: dist/package (npm package) and dist/demo (static site) are ready');

/** What a visitor downloads, in kilobytes after brotli, against the most that it may become. */
async function checkSizes() {
  const module = (/** @type {keyof typeof packageModules} */ name, /** @type {string} */ file) =>
    kilobytes(readFileSync(join(root, packageModules[name].folder, file)));
  const sizes = [
    { what: 'wasm module', size: module('full', 'wheatear_bg.wasm'), budget: 544 },
    { what: 'lean wasm module', size: module('lean', 'wheatear_bg.wasm'), budget: 484 },
    { what: 'its JavaScript', size: await bundled('page/wheatear.js'), budget: 6 },
    // The module's JavaScript is weighed by itself.
    { what: 'client in the page', size: await bundled('index.js', /\/page\/wheatear\.js$/), budget: 22.2 },
    { what: 'client in the worker', size: await bundled('worker.js', /\/page\/wheatear\.js$/), budget: 13.2 },
  ];
  for (const { what, size, budget } of sizes) {
    console.log(`build: ${what}: ${size.toFixed(1)} KB after brotli (budget ${budget})`);
    if (size > budget)
      fail(`build: the ${what} has outgrown its budget; make it smaller, or raise the budget and say why`);
  }
}

/** Size of a file of the package with all that it imports, bundled and minified as an application would do it. */
async function bundled(/** @type {string} */ entry, /** @type {RegExp | undefined} */ external = undefined) {
  // Not imported above: on a new machine the set-up installs it first.
  const { build } = await import('vite');
  const folder = join(root, 'dist', 'package');
  const input = {
    input: join(folder, entry),
    ...(external && { external }),
    preserveEntrySignatures: /** @type {const} */ ('strict'),
  };
  const built = await build({
    root: folder,
    configFile: false,
    logLevel: 'silent',
    build: { write: false, modulePreload: false, rolldownOptions: input },
  });
  const outputs = [built].flat().flatMap((bundle) => ('output' in bundle ? bundle.output : []));
  return outputs.reduce((sum, output) => sum + (output.type === 'chunk' ? kilobytes(Buffer.from(output.code)) : 0), 0);
}

function kilobytes(/** @type {Buffer} */ bytes) {
  return brotliCompressSync(bytes).length / 1000;
}
