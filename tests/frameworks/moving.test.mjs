// The moves from other libraries, as the documentation shows them: databases that those libraries have made, in Chromium where
// they need a browser.

import assert from 'node:assert/strict';
import { readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { transform } from 'esbuild';
import { build } from 'vite';
import { describeInChromium } from '../apps/chromium.mjs';
import { firstBlock, makeApp, serving } from '../apps/package.mjs';
import { root } from '../docs/pages.mjs';
import { eventually } from '../lab/eventually.mjs';

const installed = fileURLToPath(new URL('node_modules', import.meta.url));

/** Versions that the documentation names. */
test('the versions of libraries that are told are those that the tests take', async () => {
  const page = await readFile(join(root, 'docs', 'moving.md'), 'utf8');
  const told = Object.fromEntries(
    [...page.matchAll(/`([\w@/-]+)` (\d+\.\d+\.\d+)/g)].map(([, name, is]) => [name, is]),
  );
  const taken = async (/** @type {string} */ room) =>
    JSON.parse(await readFile(join(root, 'tests', room, 'package.json'), 'utf8')).dependencies;
  const { kysely } = await taken('adapters');
  const { dexie, sqlocal, 'absurd-sql': absurd, '@electric-sql/pglite': pglite } = await taken('frameworks');
  assert.deepEqual(told, { dexie, sqlocal, '@electric-sql/pglite': pglite, 'absurd-sql': absurd, kysely });
});

/** The migrations of a page, as an object. */
const migrationsOf = (/** @type {string} */ page) => ({
  '0001.create.sql': firstBlock(page, 'sql', '-- 0001.create.sql'),
});

describe('in Node.js', () => {
  /** @type {string} */
  let app;
  /** @type {typeof import('../../dist/package/testing.js')} */
  let testing;
  before(async () => {
    const compiled = async (/** @type {string} */ page, /** @type {string} */ name) =>
      (await transform(firstBlock(page, 'ts', `// ${name}`), { loader: 'ts', target: 'es2022' })).code;
    app = await makeApp({
      'move-from-pglite.mjs': await compiled('docs/from-pglite.md', 'src/move-from-pglite.ts'),
      'write-migrations.mjs': await compiled('docs/from-kysely.md', 'scripts/write-migrations.ts'),
    });
    await symlink(
      join(root, 'tests', 'adapters', 'node_modules', 'kysely'),
      join(app, 'node_modules', 'kysely'),
      'junction',
    );
    testing = await import(pathToFileURL(join(app, 'node_modules', 'wheatear', 'testing.js')).href);
  });
  after(() => rm(app, { recursive: true, force: true }));

  const moduleOf = (/** @type {string} */ name) => import(pathToFileURL(join(app, name)).href);

  test('from PGlite: rows of all types, and numbers that go on, or nothing', async () => {
    const { PGlite } = await import('@electric-sql/pglite');
    const { moveFromPGlite } = await moduleOf('move-from-pglite.mjs');
    const pg = new PGlite();
    // What the table on the page says of types.
    const { rows } =
      await pg.query(`SELECT 1::smallint AS a, 2::bigint AS b, 9007199254740993::bigint AS c, 1.5::real AS d,
      1.5::numeric AS e, 'x'::varchar AS f, gen_random_uuid() AS g, true AS h, now() AS i, now()::timestamp AS j,
      now()::date AS k, '[1]'::json AS l, ARRAY['a'] AS m, '\\x01'::bytea AS n`);
    const types = Object.values(/** @type {object} */ (rows[0])).map((value) => Object(value).constructor.name);
    const wanted = 'Number Number BigInt Number String String String Boolean Date Date Date Array Array Uint8Array';
    assert.equal(types.join(' '), wanted);

    await pg.exec(`CREATE TABLE reading (id serial PRIMARY KEY, station text NOT NULL, at timestamptz NOT NULL, temp numeric(30, 20),
      is_valid boolean NOT NULL, tags text[] NOT NULL, extra jsonb, raw bytea);
      INSERT INTO reading (station, at, temp, is_valid, tags, extra, raw) VALUES
        ('roof', '2024-02-29T12:00:00.5Z', 21.12345678901234567890, true, '{a,"b c"}', '{"wind": [1, null]}', '\\x00ff'),
        ('cellar', '1969-07-20T20:17:40Z', NULL, false, '{}', NULL, NULL);
      INSERT INTO reading (station, at, is_valid, tags)
        SELECT 'many', now(), true, '{}' FROM generate_series(1, 1200);
      DELETE FROM reading WHERE id > 1000`);
    const migrations = migrationsOf('docs/from-pglite.md');
    const db = await testing.openInMemory({ migrations });
    await moveFromPGlite(pg, db);
    const [roof, cellar] = await db.query('SELECT * FROM reading ORDER BY id LIMIT 2');
    assert.deepEqual(roof, {
      id: 1,
      station: 'roof',
      at: Date.UTC(2024, 1, 29, 12, 0, 0, 500),
      temp: '21.12345678901234567890',
      is_valid: 1,
      tags: '["a","b c"]',
      extra: '{"wind":[1,null]}',
      raw: new Uint8Array([0, 255]),
    });
    const at = Date.UTC(1969, 6, 20, 20, 17, 40);
    assert.deepEqual(cellar, {
      id: 2,
      station: 'cellar',
      at,
      temp: null,
      is_valid: 0,
      tags: '[]',
      extra: null,
      raw: null,
    });
    assert.deepEqual(await db.query('SELECT count(*) AS count FROM reading'), [{ count: 1000 }]);
    const { lastInsertRowid } = await db.run(
      "INSERT INTO reading (station, at, is_valid, tags) VALUES ('new', 0, 1, '[]')",
    );
    assert.equal(lastInsertRowid, 1203);

    // What cannot be moved is not half moved.
    const refusing = await testing.openInMemory({
      migrations: { ...migrations, '0002.check.sql': 'CREATE UNIQUE INDEX one ON reading (station)' },
    });
    await assert.rejects(moveFromPGlite(pg, refusing), { code: 'query_failed' });
    assert.deepEqual(
      await refusing.query('SELECT (SELECT count(*) FROM reading) + (SELECT count(*) FROM moved_from) AS count'),
      [{ count: 0 }],
    );
    for (const each of [db, refusing, pg]) await each.close();
  });

  test("from Kysely's Migrator: its functions as files, by which its databases are adopted", async () => {
    const { writeMigrations } = await moduleOf('write-migrations.mjs');
    const { Kysely } = await moduleOf('node_modules/kysely/dist/index.js');
    const { Migrator } = await moduleOf('node_modules/kysely/dist/migration/index.js');
    const { WheatearDialect } = await moduleOf('node_modules/wheatear/kysely.js');
    /** @typedef {import('../adapters/node_modules/kysely').Kysely<any>} AnyKysely */
    const functions = {
      '0002_index': {
        up: (/** @type {AnyKysely} */ db) => db.schema.createIndex('node_name').on('node').column('name').execute(),
        down: (/** @type {AnyKysely} */ db) => db.schema.dropIndex('node_name').execute(),
      },
      '0001_node': {
        up: (/** @type {AnyKysely} */ db) =>
          db.schema
            .createTable('node')
            .addColumn('id', 'integer', (column) => column.primaryKey())
            .addColumn('name', 'text', (column) => column.notNull().defaultTo("it's new"))
            .execute(),
        down: (/** @type {AnyKysely} */ db) => db.schema.dropTable('node').execute(),
      },
    };
    const folder = join(app, 'written');
    await writeMigrations(functions, folder);
    const names = (await readdir(folder)).sort();
    assert.deepEqual(names, ['0001_node.rollback.sql', '0001_node.sql', '0002_index.rollback.sql', '0002_index.sql']);
    const texts = await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')]));
    const migrations = Object.fromEntries(texts);

    // A user's database, of which Kysely has migrated a part.
    const old = await testing.openInMemory({ migrations: [] });
    const kysely = new Kysely({ dialect: new WheatearDialect(old) });
    const provider = { getMigrations: async () => ({ '0001_node': functions['0001_node'] }) };
    const { error } = await new Migrator({ db: kysely, provider }).migrateToLatest();
    assert.equal(error, undefined);
    await old.exec('INSERT INTO node DEFAULT VALUES');
    const initial = await old.export();
    const db = await testing.openInMemory({ migrations, initial, adopt: 'auto' });
    assert.deepEqual(db.report.adopted, { tool: 'Kysely', by: 'id', count: 1 });
    assert.deepEqual(await db.query('SELECT * FROM node'), [{ id: 1, name: "it's new" }]);
    await db.rollback(Number.POSITIVE_INFINITY);
    assert.deepEqual(await db.query("SELECT name FROM sqlite_schema WHERE tbl_name = 'node'"), []);
    for (const each of [db, old]) await each.close();
  });
});

/** The application that was there before, and the new one. */
const sources = {
  'old-dexie.ts': `import Dexie from 'dexie';
// What the first build has left, which had no dates yet; and what the second has.
const first = new Dexie('stations');
first.version(1).stores({ station: '++id, name' });
await first.table('station').bulkAdd([{ name: 'first' }, {}]);
first.close();
const build = new URLSearchParams(location.search).get('build');
if (build === '2') {
  const second = new Dexie('stations');
  second.version(1).stores({ station: '++id, name' });
  second.version(2).stores({ station: '++id, name, at' });
  const table = second.table('station');
  await table.toCollection().modify((station) => { station.at ??= new Date(0); });
  const photo = new Blob([new Uint8Array([1, 2, 255])]);
  await table.bulkAdd(Array.from({ length: 1201 }, (_, index) => ({ name: 'many', at: new Date(index) })));
  await table.add({ name: 'all', at: new Date(5), isIndoors: true, tags: ['a', { b: 1 }], photo });
  await table.where('name').equals('many').and(({ at }) => at.getTime() === 7).delete();
  second.close();
}
document.querySelector('output')!.textContent = 'made';`,
  'new-dexie.ts': `import { db } from './database';
const rows = await db.query('SELECT id, name, at, is_indoors, tags, hex(photo) AS photo FROM station WHERE name IS NOT \\'many\\'');
const [counted] = await db.query<{ count: number }>('SELECT count(*) AS count FROM station');
document.querySelector('output')!.textContent = JSON.stringify([rows, counted?.count]);
Object.assign(window, { db });`,
  'absurd.ts': `import { initBackend } from 'absurd-sql/dist/indexeddb-main-thread';
const worker = new Worker(new URL('./absurd.worker.ts', import.meta.url), { type: 'module' });
initBackend(worker);
worker.onmessage = ({ data }) => { if (typeof data === 'string') document.querySelector('output')!.textContent = data; };`,
  'absurd.worker.ts': `import initSqlJs from '@jlongster/sql.js';
import { SQLiteFS } from 'absurd-sql';
import IndexedDBBackend from 'absurd-sql/dist/indexeddb-backend';
const SQL = await initSqlJs({ locateFile: () => '/sql-wasm.wasm' });
const fs = new SQLiteFS(SQL.FS, new IndexedDBBackend());
SQL.register_for_idb(fs);
SQL.FS.mkdir('/sql');
SQL.FS.mount(fs, {}, '/sql');
const path = '/sql/db.sqlite';
const isShared = typeof SharedArrayBuffer !== 'undefined';
// Without shared memory it writes behind a statement, and reads once it has.
async function written() {
  if (isShared) return;
  const stream = SQL.FS.open(path, 'a+');
  await stream.node.contents.readIfFallback();
  SQL.FS.close(stream);
}
await written();
const db = new SQL.Database(path, { filename: true });
db.exec(\`PRAGMA journal_mode = MEMORY; PRAGMA page_size = 8192;
  CREATE TABLE weather_node (node_addr INTEGER, temp_c REAL);
  INSERT INTO weather_node SELECT value, value FROM json_each('[1,2,3]');
  CREATE TABLE much (text TEXT);
  WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) INSERT INTO much SELECT printf('%.1000c', 'x') FROM n;
  DELETE FROM much; VACUUM;\`);
db.exec('UPDATE weather_node SET temp_c = 21 WHERE node_addr = 3');
await written();
postMessage(isShared ? 'made with shared memory' : 'made without');`,
  'sqlocal.ts': `import { SQLocal } from 'sqlocal';
const { sql, batch, destroy } = new SQLocal('weather.sqlite3');
await sql\`CREATE TABLE weather_node (node_addr INTEGER, temp_c REAL)\`;
await batch((sql) => [sql\`INSERT INTO weather_node VALUES (1, 20)\`, sql\`INSERT INTO weather_node VALUES (2, 21)\`]);
await destroy();
document.querySelector('output')!.textContent = 'made';`,
  'after-sqlocal.ts': `import { open } from 'wheatear';
const migrations: Record<string, string> = {
  '0001.create.sql': 'CREATE TABLE weather_node (node_addr INTEGER, temp_c REAL)',
  '0002.humidity.sql': 'ALTER TABLE weather_node ADD COLUMN humidity INTEGER',
};
${firstBlock('docs/from-sqlocal.md', 'ts')}
const rows = await db.query('SELECT node_addr, temp_c, humidity FROM weather_node', [], { rows: 'array' });
document.querySelector('output')!.textContent = JSON.stringify([db.report.from, rows.rows]);`,
  'after-absurd.ts': `import { open } from 'wheatear';
const migrations: Record<string, string> = {
  '0001.create.sql': 'CREATE TABLE weather_node (node_addr INTEGER, temp_c REAL)',
  '0002.humidity.sql': 'ALTER TABLE weather_node ADD COLUMN humidity INTEGER',
};
${firstBlock('docs/from-absurd-sql.md', 'ts')}
const rows = await db.query('SELECT node_addr, temp_c, humidity FROM weather_node');
const found = (await findDatabases()).map(({ library, name, place }) => ({ library, name, place }));
document.querySelector('output')!.textContent = JSON.stringify({ from: db.report.from, to: db.report.to, rows, found });`,
};

/** What a script shows, or why it cannot. */
const pageOf = (/** @type {string} */ script) => `<!doctype html>
<meta charset="utf-8">
<title>${script}</title>
<link rel="icon" href="data:,">
<output></output>
<script>
  const tell = (error) => { document.querySelector('output').textContent = 'failed: ' + error; };
  addEventListener('error', ({ message }) => tell(message));
  addEventListener('unhandledrejection', ({ reason }) => tell(reason));
</script>
<script type="module" src="/src/${script}.ts"></script>`;

/** With these a page is isolated, and absurd-sql has memory that its workers share. */
const isolating = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

describeInChromium('in Chromium', (driver) => {
  /** @type {string} */
  let app;
  before(async () => {
    const scripts = ['old-dexie', 'new-dexie', 'sqlocal', 'after-sqlocal', 'absurd', 'after-absurd'];
    const database = firstBlock('docs/from-dexie.md', 'ts', '// src/database.ts, with Dexie before');
    app = await makeApp({
      ...Object.fromEntries(scripts.map((name) => [`${name}.html`, pageOf(name)])),
      ...Object.fromEntries(Object.entries(sources).map(([name, text]) => [`src/${name}`, text])),
      'src/move-from-dexie.ts': firstBlock('docs/from-dexie.md', 'ts', '// src/move-from-dexie.ts'),
      'src/database.ts': database,
      'src/migrations/0001.create.sql': firstBlock('docs/from-dexie.md', 'sql', '-- 0001.create.sql'),
    });
    for (const name of [
      'dexie',
      'sqlocal',
      '@sqlite.org',
      'coincident',
      'absurd-sql',
      '@jlongster',
      'safari-14-idb-fix',
    ])
      await symlink(join(installed, name), join(app, 'node_modules', name), 'junction');
    // What sql.js looks for in Node.js is not there in a page.
    const ofNode = ['fs', 'path', 'crypto'];
    /** @type {import('vite').Plugin} */
    const nothing = {
      name: 'nothing-of-node',
      enforce: 'pre',
      resolveId: (id) => (ofNode.includes(id) ? `\0${id}` : null),
      load: (id) => (ofNode.includes(id.slice(1)) ? 'export default {};' : null),
    };
    await build({
      root: app,
      configFile: false,
      logLevel: 'error',
      plugins: [nothing],
      worker: { format: 'es', plugins: () => [nothing] },
      build: { target: 'es2022', rolldownOptions: { input: scripts.map((name) => join(app, `${name}.html`)) } },
    });
    const wasm = await readFile(join(installed, '@jlongster', 'sql.js', 'dist', 'sql-wasm.wasm'));
    await writeFile(join(app, 'dist', 'sql-wasm.wasm'), wasm);
  });
  after(() => rm(app, { recursive: true, force: true }));

  const served = (
    /** @type {Record<string, string>} */ headers,
    /** @type {(origin: string) => Promise<void>} */ work,
  ) => serving(join(app, 'dist'), work, headers);

  /** What a page shows when it is done. @returns {Promise<string>} */
  async function shown(/** @type {string} */ address) {
    await driver().get(address);
    return eventually(async () => {
      const text = await driver().executeScript(() => document.querySelector('output')?.textContent);
      assert.ok(text, `${address} shows nothing`);
      return String(text);
    }, 30_000);
  }

  test('from Dexie: what the last build has left', () =>
    served({}, async (origin) => {
      assert.equal(await shown(`${origin}/old-dexie.html?build=2`), 'made');
      const rows = [
        { id: 1, name: 'first', at: 0, is_indoors: 0, tags: '[]', photo: '' },
        { id: 2, name: null, at: 0, is_indoors: 0, tags: '[]', photo: '' },
        { id: 1204, name: 'all', at: 5, is_indoors: 1, tags: '["a",{"b":1}]', photo: '0102FF' },
      ];
      assert.deepEqual(JSON.parse(await shown(`${origin}/new-dexie.html`)), [rows, 1203]);
      // It is moved once: what is deleted afterwards does not come again.
      await driver().executeScript(() =>
        /** @type {any} */ (window).db.exec("DELETE FROM station WHERE name = 'many'"),
      );
      assert.deepEqual(JSON.parse(await shown(`${origin}/new-dexie.html`)), [rows, 3]);
    }));

  test('from Dexie: what the first build has left, which is upgraded before', () =>
    served({}, async (origin) => {
      assert.equal(await shown(`${origin}/old-dexie.html?build=1`), 'made');
      const [rows] = JSON.parse(await shown(`${origin}/new-dexie.html`));
      assert.deepEqual(
        rows.map((/** @type {{ name: string, at: number }} */ { name, at }) => [name, at]),
        [
          ['first', 0],
          [null, 0],
        ],
      );
    }));

  test('to who has no database of Dexie, none is made', () =>
    served({}, async (origin) => {
      assert.equal(await shown(`${origin}/new-dexie.html`), '[[],0]');
      const names = await driver().executeScript(async () => (await indexedDB.databases()).map(({ name }) => name));
      assert.ok(!(/** @type {string[]} */ (names).includes('stations')));
    }));

  test('from sqlocal', () =>
    served(isolating, async (origin) => {
      assert.equal(await shown(`${origin}/sqlocal.html`), 'made');
      assert.deepEqual(JSON.parse(await shown(`${origin}/after-sqlocal.html`)), [
        '0001.create',
        [
          [1, 20, null],
          [2, 21, null],
        ],
      ]);
    }));

  for (const [how, headers] of /** @type {[string, Record<string, string>][]} */ ([
    ['with shared memory', isolating],
    ['without', {}],
  ])) {
    test(`from absurd-sql, ${how}`, () =>
      served(headers, async (origin) => {
        assert.equal(await shown(`${origin}/absurd.html`), `made ${how}`);
        const { rows, from, to, found } = JSON.parse(await shown(`${origin}/after-absurd.html`));
        assert.deepEqual(
          rows.map((/** @type {object} */ row) => Object.values(row)),
          [
            [1, 1, null],
            [2, 2, null],
            [3, 21, null],
          ],
        );
        assert.deepEqual([from, to], ['0001.create', '0002.humidity']);
        assert.deepEqual(found, [{ library: 'absurd-sql', name: 'db.sqlite', place: 'db.sqlite' }]);
      }));
  }
});
