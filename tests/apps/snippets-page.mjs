// In the page of snippets.test.mjs: the application around the snippets, and what runs them.

import { integer, real, sqliteTable } from 'drizzle-orm/sqlite-core';
import { Kysely } from 'kysely';
import { deleteDatabase, listDatabases, open } from 'wheatear';
import { drizzle } from 'wheatear/drizzle';
import { WheatearDialect } from 'wheatear/kysely';

/** @typedef {import('../../client/index.js').Database} Database */

const tables =
  'CREATE TABLE weather_node (node_addr INTEGER, temp_c REAL); CREATE TABLE node (id INTEGER PRIMARY KEY, addr INTEGER UNIQUE);';
const migrations = {
  '0001.create.sql': tables,
  '0001.create.rollback.sql': 'DROP TABLE node; DROP TABLE weather_node;',
  '0002.alter-table.sql': 'ALTER TABLE weather_node ADD COLUMN humidity INTEGER;',
  '0002.alter-table.rollback.sql': 'ALTER TABLE weather_node DROP COLUMN humidity;',
};

/** A file as another library leaves it, or as an application ships it, whose migrations these are. */
async function fileOf(/** @type {Record<string, string> | []} */ migrations) {
  const made = await open('made', { migrations, storage: 'memory' });
  if (Array.isArray(migrations)) await made.exec(tables);
  const file = await made.export();
  await made.close();
  return file;
}

const fetchOfBrowser = fetch;
/** What the application's server answers. */
async function answer(/** @type {string | URL} */ address, /** @type {RequestInit} */ options) {
  const { pathname } = new URL(address, location.href);
  if (pathname === '/dictionary.sqlite3') return new Response(await fileOf(migrations));
  const module = '/node_modules/wheatear/page/wheatear_bg.wasm';
  return fetchOfBrowser(pathname === '/assets/wheatear_bg.wasm' ? module : address, options);
}

/** What snippets take for granted; the names are those of tests/docs/surroundings.d.ts. */
const application = {
  migrations,
  /** @type {Database | undefined} */
  db: undefined,
  kysely: {},
  orm: {},
  weatherNode: sqliteTable('weather_node', { nodeAddr: integer('node_addr'), tempC: real('temp_c') }),
  showBanner() {},
  saveDraft: async () => {},
  offerDownload() {},
  fileOfTheOtherLibrary: () => fileOf([]),
  input: Object.assign(document.createElement('input'), { type: 'file', multiple: true }),
  fetch: answer,
};

/** The user has chosen a file. */
async function choose() {
  const chosen = new DataTransfer();
  chosen.items.add(new File([await fileOf(migrations)], 'weather.sqlite3'));
  application.input.files = chosen.files;
}

async function run(/** @type {string} */ file, /** @type {string} */ begin) {
  for (const { name } of await listDatabases()) await deleteDatabase(name);
  if (begin === 'open') {
    const db = await open('weather', { migrations });
    const { weatherNode } = application;
    const kysely = new Kysely({ dialect: new WheatearDialect(db) });
    Object.assign(application, { db, kysely, orm: drizzle(db, { schema: { weatherNode } }) });
  }
  if (begin === 'behind') await (await open('weather', { migrations, target: '0001.create' })).close();
  Object.assign(window, application);
  try {
    const { db } = await import(`./${file}`);
    await db?.close();
  } finally {
    await application.db?.close();
    application.db = undefined;
  }
}

/** @type {Record<string, string>} */
const begins = JSON.parse(document.querySelector('[type="application/json"]')?.textContent ?? '');
/** What became of each. @type {Record<string, unknown>} */
const results = {};
Object.assign(window, { results });

async function note(/** @type {string} */ what, /** @type {() => Promise<void>} */ work) {
  results[what] = 'begun';
  results[what] = await work().then(
    () => 'done',
    (error) => `${error?.code}: ${error?.stack ?? error}`,
  );
}

await note('a file is chosen', choose);
for (const [file, begin] of Object.entries(begins)) await note(file, () => run(file, begin));
results.isDone = true;
