// Builds the contenders' pages: each with Vite, bundled and minified, as an application would be deployed.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../../scripts/tools.mjs';

/** @typedef {import('./sets.mjs').Migration} Migration */

const here = join(root, 'bench', 'race');
const distribution = join(root, 'dist', 'package');

/** Where the pages are built, a folder each. */
export const built = join(root, 'dist', 'race');

const title = (/** @type {string} */ what) => `<!doctype html>
<meta charset="utf-8">
<title>${what}</title>
<link rel="icon" href="data:,">`;

/**
 * A page of one contender.
 * @typedef {object} Page
 * @property {string} contender its name
 * @property {string} page name of the script in pages/
 * @property {string} set what to call its migrations
 * @property {Migration[]} migrations
 */

/** @type {Map<string, Promise<void>>} */
const builds = new Map();

/** Builds a page, once in a run. @returns {Promise<string>} its folder in `built` */
export async function build(/** @type {Page} */ page) {
  const name = `${page.contender}/${page.page}-${page.set}`;
  const building = builds.get(name) ?? buildInto(join(built, name), page);
  builds.set(name, building);
  await building;
  return name;
}

async function buildInto(/** @type {string} */ folder, /** @type {Page} */ { contender, page, set, migrations }) {
  const modules = modulesOf(migrations);
  const virtual = {
    name: 'race',
    resolveId: (/** @type {string} */ id) => (id in modules ? `\0${id}` : null),
    load: (/** @type {string} */ id) => modules[id.slice(1)] ?? null,
  };
  const alias = {
    'race:contender': join(here, 'contenders', contender, 'page.mjs'),
    // For our plugin.
    'race:folder': `${folderOf(join(built, 'sets', set), migrations)}?wheatear`,
    'race:wasm': `${join(distribution, 'page', 'wheatear_bg.wasm')}?url`,
    'wheatear/module': join(distribution, 'page', 'wheatear.js'),
    'wheatear/worker': join(distribution, 'worker.js'),
    'wheatear/lean': join(distribution, 'lean', 'index.js'),
    wheatear: join(distribution, 'index.js'),
  };
  // Not imported above: on a new machine the set-up installs it first.
  const vite = await import('vite');
  const { wheatear } = /** @type {typeof import('../../client/vite.js')} */ (
    await import(pathToFileURL(join(distribution, 'vite.js')).href)
  );
  const output = await vite.build({
    root: here,
    base: './',
    configFile: false,
    publicDir: false,
    logLevel: 'error',
    resolve: { alias },
    plugins: [virtual, wheatear()],
    worker: { format: 'es', plugins: () => [virtual] },
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: 'esnext',
      rolldownOptions: {
        input: join(here, 'pages', `${page}.mjs`),
      },
    },
  });
  const chunks = [output].flat().flatMap((bundle) => ('output' in bundle ? bundle.output : []));
  const entry = chunks.find((chunk) => chunk.type === 'chunk' && chunk.isEntry)?.fileName;
  writeFileSync(join(folder, 'index.html'), `${title(contender)}\n<script type="module" src="./${entry}"></script>\n`);
  writeFileSync(join(folder, 'blank.html'), title('nothing'));
}

/** What a page imports as its migrations: their texts by path, as from a folder; their number. @returns {Record<string, string>} */
function modulesOf(/** @type {Migration[]} */ migrations) {
  const files = Object.fromEntries(migrations.map(({ id, sql }) => [`./migrations/${id}.sql`, sql]));
  return {
    'race:set': `export default ${JSON.stringify(files)};`,
    'race:count': `export default ${migrations.length};`,
  };
}

/** Writes them into a folder, and gives that. */
function folderOf(/** @type {string} */ folder, /** @type {Migration[]} */ migrations) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const { id, sql } of migrations) writeFileSync(join(folder, `${id}.sql`), sql);
  return folder;
}
