// What docs/getting-started.md says to write for bundlers other than Vite gives `open` the folder's files.

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import webpack from 'webpack';
import { blocksOf } from './pages.mjs';

const blocks = blocksOf('docs/getting-started.md');

/** The block that begins with this comment. */
function blockOf(/** @type {string} */ comment) {
  const block = blocks.find(({ code }) => code.startsWith(`// ${comment}\n`) || code.startsWith(`-- ${comment}\n`));
  assert.ok(block, `there is no block ${comment}`);
  return block.code;
}

const [create, humidity] = ['0001.create.sql', '0002.humidity.sql'].map(blockOf);

/** @type {string} */
let folder;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'wheatear-bundlers-'));
  write('package.json', '{ "type": "module" }');
  write('src/migrations/0001.create.sql', create);
  write('src/migrations/0002.humidity.sql', humidity);
  // In the place of the package: it tells what it is given.
  write('node_modules/wheatear/package.json', '{ "type": "module", "exports": "./index.js" }');
  write(
    'node_modules/wheatear/index.js',
    'export const open = async (name, options) => (globalThis.opened = options);',
  );
});
after(() => rmSync(folder, { recursive: true, force: true }));

function write(/** @type {string} */ path, text = '') {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

/** The migrations that a bundle opens its database with, by the names of their files. */
async function migrationsOf(/** @type {string} */ bundle) {
  await import(pathToFileURL(join(folder, bundle)).href);
  const { migrations } = /** @type {{ opened: { migrations: object } }} */ (/** @type {unknown} */ (globalThis)).opened;
  return Object.fromEntries(Object.entries(migrations).map(([path, text]) => [path.split('/').at(-1), text]));
}

test('with webpack', async () => {
  write('src/main.js', blockOf('src/main.js, with webpack'));
  write('webpack.config.mjs', blockOf('webpack.config.js'));
  const { default: config } = await import(pathToFileURL(join(folder, 'webpack.config.mjs')).href);
  // What says where it goes, and that Node.js can import it.
  const output = { path: join(folder, 'out'), filename: 'webpack.mjs', module: true, chunkFormat: 'module' };
  const node = { target: 'node20', experiments: { outputModule: true }, mode: 'development', devtool: false };
  await new Promise((resolve, reject) => {
    webpack(/** @type {webpack.Configuration} */ ({ ...config, ...node, context: folder, output }), (error, stats) => {
      if (error || stats?.hasErrors()) reject(error ?? new Error(stats?.toString()));
      else resolve(undefined);
    });
  });
  assert.deepEqual(await migrationsOf('out/webpack.mjs'), { '0001.create.sql': create, '0002.humidity.sql': humidity });
});

test('with esbuild', async () => {
  const comment = 'src/main.ts, with esbuild --loader:.sql=text';
  write('src/main.ts', blockOf(comment));
  const [, ending = '', loader = ''] = /--loader:(\.\w+)=(\w+)/.exec(comment) ?? [];
  await build({
    absWorkingDir: folder,
    entryPoints: ['src/main.ts'],
    bundle: true,
    format: 'esm',
    loader: { [ending]: /** @type {import('esbuild').Loader} */ (loader) },
    outfile: 'out/esbuild.mjs',
  });
  assert.deepEqual(await migrationsOf('out/esbuild.mjs'), { '0001.create.sql': create, '0002.humidity.sql': humidity });
});
