// The TypeScript of the documentation runs, in a real page, one block after the other, each with a database as it needs it.
// That each of them fits the types of the package, tests/docs sees to.

import assert from 'node:assert/strict';
import { readFile, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { transform } from 'esbuild';
import { blocks, blocksOf, importsFor, peers, root } from '../docs/pages.mjs';
import { engines } from '../lab/engines.mjs';
import { eventually } from '../lab/eventually.mjs';
import { makeApp, serving } from './package.mjs';

const engine = engines.find(({ name }) => name === 'Chromium');

/** What no page here can run: files that a bundler finds, and scripts of workers. Other tests bundle those. */
const isBundled = (/** @type {string} */ code) =>
  /import\.meta\.(glob|env)|\.sql'|\?wheatear'|virtual:wheatear|\.\/migrations\.js|\.\/database\.worker|wheatear\/worker|wheatear\/testing|from 'vue'|from 'svelte|from 'solid-js'|from '@angular|from 'dexie'|'@electric-sql\/pglite'|'sw\.js'/.test(
    code,
  );

/** Every block of docs/ that runs by itself, by a name that says where it stands. */
const snippets = blocks.filter(
  ({ page, language, code }) => page !== 'README.md' && language === 'ts' && !isBundled(code),
);

/** The README as one program, with its folder of migrations. */
function readme() {
  const files = blocksOf('README.md').filter(({ language }) => language === 'sql');
  const migrations = Object.fromEntries(files.map(({ code }) => [/^-- (.*)/.exec(code)?.[1], code]));
  const program = blocksOf('README.md')
    .filter(({ language }) => language === 'ts')
    .map(({ code }) => code)
    .join('\n');
  return program.replace(/import\.meta\.glob\(.*\),/, `${JSON.stringify(migrations)},`);
}

/** A module of JavaScript, which hands out the database that it has opened, if it has. */
async function moduleOf(/** @type {string} */ code) {
  const handed = /^const db = /m.test(code) ? '\nexport { db };' : '';
  const { code: module } = await transform(code + handed, { loader: 'ts', target: 'es2022' });
  return module;
}

/** Where a block stands, as the name of a file. */
const nameOf = (/** @type {import('../docs/pages.mjs').Block} */ { page, line }) =>
  `${page.replaceAll('/', '-').replace('.md', '')}-${line}.js`;

/**
 * What a block finds: a database that is `open`, as `db`; or if it opens one itself, one that is `behind` the application's
 * migrations; or, with migrations of its own, `nothing`.
 */
function beginOf(/** @type {import('../docs/pages.mjs').Block} */ { code }) {
  if (/\bmigrations(:| =) \[/.test(code)) return 'nothing';
  return /\bopen\(/.test(code) ? 'behind' : 'open';
}

const page = `<!doctype html>
<meta charset="utf-8">
<title>Snippets</title>
<link rel="icon" href="data:,">
<script type="importmap">
  { "imports": {
    "wheatear": "/node_modules/wheatear/index.js",
    "wheatear/ui": "/node_modules/wheatear/ui.js",
    "wheatear/find": "/node_modules/wheatear/find.js",
    "wheatear/drizzle": "/node_modules/wheatear/drizzle.js",
    "drizzle-orm": "/node_modules/drizzle-orm/index.js",
    "drizzle-orm/sqlite-core": "/node_modules/drizzle-orm/sqlite-core/index.js",
    "drizzle-orm/sqlite-proxy": "/node_modules/drizzle-orm/sqlite-proxy/index.js",
    "wheatear/kysely": "/node_modules/wheatear/kysely.js",
    "kysely": "/node_modules/kysely/dist/index.js",
    "wheatear/lean": "/node_modules/wheatear/lean/index.js"
  } }
</script>
<script type="application/json">BEGINS</script>
<script type="module" src="./snippets-page.mjs"></script>`;

test('every snippet runs', { skip: !engine }, async () => {
  /** @type {Record<string, string>} */
  const files = { 'readme.js': await moduleOf(readme()) };
  for (const snippet of snippets)
    files[nameOf(snippet)] = await moduleOf(`${importsFor(snippet.code)}\n${snippet.code}`);
  const runner = await readFile(fileURLToPath(new URL('./snippets-page.mjs', import.meta.url)), 'utf8');
  const begins = {
    'readme.js': 'nothing',
    ...Object.fromEntries(snippets.map((each) => [nameOf(each), beginOf(each)])),
  };
  const index = page.replace('BEGINS', JSON.stringify(begins));
  const app = await makeApp({ ...files, 'index.html': index, 'snippets-page.mjs': runner });
  for (const peer of peers) {
    const installed = join(root, 'tests', 'adapters', 'node_modules', peer);
    await symlink(installed, join(app, 'node_modules', peer), 'junction');
  }
  const driver = /** @type {import('selenium-webdriver').WebDriver} */ (
    await engine?.start({ downloads: join(app, 'downloads') })
  );
  try {
    await serving(app, async (origin) => {
      await driver.get(origin);
      const results = await eventually(async () => {
        const { isDone, ...results } =
          /** @type {any} */ (await driver.executeScript(() => Object(window).results)) ?? {};
        assert.ok(isDone, JSON.stringify(results));
        return results;
      }, 240_000);
      assert.deepEqual([...new Set(Object.values(results))], ['done'], JSON.stringify(results, undefined, 1));
      assert.ok(Object.keys(files).every((file) => file in results));
    });
  } finally {
    await driver.quit();
    await rm(app, { recursive: true, force: true });
  }
});
