// The npm package, in dist/package.

import { copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { thirdPartyLicences } from './licences.mjs';
import { packagesInstalled } from './npm-packages.mjs';
import { root, run } from './tools.mjs';
import { packageModules, toolsFolder } from './wasm.mjs';

/** The folder of the package, and in it that of the same client with a smaller module. */
const folder = join(root, 'dist', 'package');
const leanFolder = join(folder, 'lean');

/** Parts of the client, by file or folder, which are there twice, each with a module of its own. */
const parts = [
  'index.js',
  'index.js.map',
  'index.d.ts',
  'page',
  'protocol',
  'storage',
  'ui.js',
  'ui.js.map',
  'ui.d.ts',
  'ui',
  'worker.js',
  'worker.js.map',
  'worker.d.ts',
  'worker',
];

/** The projects of the client, each compiled with the types of where it runs. */
export const projects = [
  'client',
  'client/worker',
  'client/build',
  'client/testing',
  'client/kysely',
  'client/drizzle',
  'client/react',
  'client/ui',
];

/**
 * The package without its own workers: the TypeScript client as ES modules with types, and a package.json without what only
 * we need. It takes about a second, and needs neither Rust nor a wasm module.
 */
export function buildPackage() {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  // What the adapters are for, which has their types.
  packagesInstalled(join(root, 'tests', 'adapters'));
  for (const project of projects) run('tsc', ['-p', project]);
  for (const file of ['CHANGELOG.md', 'LICENSE-MIT', 'LICENSE-APACHE'])
    copyFileSync(join(root, file), join(folder, file));
  // The compiler takes it for an input, and makes nothing of it.
  copyFileSync(join(root, 'client', 'imports.d.ts'), join(folder, 'imports.d.ts'));
  cpSync(join(root, 'docs'), join(folder, 'docs'), { recursive: true });
  writeFileSync(join(folder, 'README.md'), readmeOfPackage());
  const { name, version, description, license, keywords, repository, engines } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  );
  const manifest = {
    name,
    version,
    description,
    license,
    keywords,
    repository,
    type: 'module',
    // These tell the browser of their elements.
    sideEffects: ['./ui.js', './lean/ui.js'],
    bin: { wheatear: './cli.js' },
    exports: {
      '.': { types: './index.d.ts', default: './index.js' },
      './lean': { types: './lean/index.d.ts', default: './lean/index.js' },
      './worker': { types: './worker.d.ts', default: './worker.js' },
      './find': { types: './find.d.ts', default: './find.js' },
      './drizzle': { types: './drizzle.d.ts', default: './drizzle.js' },
      './kysely': { types: './kysely.d.ts', default: './kysely.js' },
      './react': { types: './react.d.ts', default: './react.js' },
      './testing': { types: './testing.d.ts', default: './testing.js' },
      './ui': { types: './ui.d.ts', default: './ui.js' },
      './vite': { types: './vite.d.ts', default: './vite.js' },
      './imports': { types: './imports.d.ts' },
      './lean/ui': { types: './lean/ui.d.ts', default: './lean/ui.js' },
      './lean/worker': { types: './lean/worker.d.ts', default: './lean/worker.js' },
    },
    engines,
    peerDependencies: { 'drizzle-orm': '>=0.44.7 <1', kysely: '>=0.28 <0.30', react: '>=18' },
    peerDependenciesMeta: { 'drizzle-orm': { optional: true }, kysely: { optional: true }, react: { optional: true } },
  };
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

/**
 * The README without what only a checkout has. Its links stay relative: docs/ is in the package, too, and on its pages npm
 * makes links into the repository of them, once package.json says where that is.
 */
function readmeOfPackage() {
  const ofRepository = /<!-- of the repository -->.*?<!-- end of what is of the repository -->\n+/gs;
  return readFileSync(join(root, 'README.md'), 'utf8').replace(ofRepository, '');
}

/** Puts the package's own workers into it, once its modules are built. */
export async function addWorkers() {
  for (const part of parts) cpSync(join(folder, part), join(leanFolder, part), { recursive: true });
  // What is generated adds to one interface, whichever of both an application imports.
  writeFileSync(join(leanFolder, 'page', 'named-queries.d.ts'), "export type * from '../../page/named-queries.js';\n");
  // One element has one type, whichever of both an application imports.
  writeFileSync(join(leanFolder, 'ui.d.ts'), "export * from '../ui.js';\n");
  await addWorker(packageModules.full.folder, folder);
  await addWorker(packageModules.lean.folder, leanFolder);
}

/** Puts the module for programs that build an application into the package, once it is built. */
export function addTools() {
  mkdirSync(join(folder, 'tools'), { recursive: true });
  for (const file of ['wheatear_tools.js', 'wheatear_tools_bg.wasm'])
    copyFileSync(join(root, toolsFolder, file), join(folder, 'tools', file));
}

/** Puts the list of those into the package whose code its modules have in them. */
export function addLicences() {
  writeFileSync(join(folder, 'THIRD-PARTY-LICENSES.md'), thirdPartyLicences());
}

/**
 * The module for scripts of workers, which find it by `worker.js`; and a worker in one file, beside its wasm module: what a
 * page without a bundler needs, and what every bundler understands.
 */
async function addWorker(/** @type {string} */ module, /** @type {string} */ target) {
  // Not imported above: on a new machine the set-up installs it first.
  const { rolldown } = await import('rolldown');
  copyFileSync(join(root, module, 'wheatear.js'), join(target, 'page', 'wheatear.js'));
  const script = join(target, 'page', 'database.worker.js');
  writeFileSync(script, "import { serve } from '../worker.js';\nserve();\n");
  const bundle = await rolldown({ input: script, logLevel: 'warn' });
  await bundle.write({ file: script, format: 'esm', minify: true, sourcemap: true });
  copyFileSync(join(root, module, 'wheatear_bg.wasm'), join(target, 'page', 'wheatear_bg.wasm'));
}
