// Databases that other libraries have stored in this origin, made here by those libraries themselves.

import { deepEqual, equal, ok, rejects } from '../../pages/assert.mjs';
import { filesOfOrigin, forget, OtherLibrary } from '../../pages/other-library.mjs';
import { migrating } from '../../pages/worker-options.mjs';

/** @typedef {import('../../pages/suite.mjs').Context} Context */
/** @typedef {typeof import('../../../client/find.js')} Find */

const create = 'CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT);\n';
const at = 'ALTER TABLE note ADD COLUMN at TEXT;\n';
const record = `CREATE TABLE kysely_migration (name varchar(255) not null primary key, timestamp varchar(255) not null);
  INSERT INTO kysely_migration VALUES ('0001_create', '');`;

/** Those that each kind of storage has. */
const librariesOf = {
  opfs: ['sqlite-wasm-pool', 'wa-sqlite-pool', 'file'],
  indexeddb: ['wa-sqlite-idb-batch', 'wa-sqlite-idb-mirror'],
};

/** @type {import('../../pages/suite.mjs').Suite} */
export const tests = {
  'what each library has made is found, imported and adopted, and stays as it is': (context) =>
    withEach(context, async (library, other, place) => {
      await other.exec(create + record);
      await other.exec(`INSERT INTO note (text) SELECT printf('%.2000c', 'x') FROM json_each('[1,2,3,4,5,6,7,8,9]')`);
      await other.exec("UPDATE note SET text = 'kept' WHERE id > 1; DELETE FROM note WHERE id = 9");
      await other.close();
      const before = await filesOfOrigin();
      const found = await foundIn(place);
      deepEqual([found.library, found.name], [library, 'notes.sqlite3']);
      const file = await found.read();
      deepEqual([file.size, file.name], [found.size, 'notes.sqlite3']);
      equal(await found.readWal(), null);
      deepEqual(await filesOfOrigin(), before);

      const { wheatear, name, storage } = context;
      const options = { storage: /** @type {import('../../../client/index.js').DurableKind} */ (storage) };
      deepEqual(await wheatear.importDatabase(name, file, options), { warnings: [] });
      const migrations = migrating({ '0001_create.sql': create, '0002_at.sql': at });
      const database = await wheatear.open(name, { ...migrations, storage, adopt: 'auto' });
      deepEqual(database.report.adopted, { tool: 'Kysely', by: 'id', count: 1 });
      const rows = await database.query('SELECT count(*) AS count, max(text) AS text, max(at) AS at FROM note');
      deepEqual(rows, [{ count: 8, text: 'xxxx'.repeat(500), at: null }]);
      await database.close();
      await wheatear.deleteDatabase(name);
    }),

  'one that is open is busy if it is in a pool, and read as it was committed last if not': (context) =>
    withEach(context, async (library, other, place) => {
      await other.exec(create);
      const { wheatear } = context;
      const found = await foundIn(place);
      equal(found.library, library);
      if (library.endsWith('-pool')) {
        await rejects(found.read(), wheatear.StorageError, 'storage_busy', /notes\.sqlite3/);
        await other.close();
        await found.read();
        return;
      }
      await other.exec("INSERT INTO note (text) VALUES ('committed')");
      await other.exec("BEGIN; INSERT INTO note (text) VALUES ('not committed')");
      if (library === 'file') await rejects(found.read(), wheatear.StorageError, 'storage_busy');
      await other.exec('ROLLBACK');
      await other.close();
      const { name, storage } = context;
      const options = { storage: /** @type {import('../../../client/index.js').DurableKind} */ (storage) };
      await wheatear.importDatabase(name, await found.read(), options);
      const database = await wheatear.open(name, { ...migrating({}), storage });
      deepEqual(await database.query('SELECT text FROM note'), [{ text: 'committed' }]);
      await database.close();
      await wheatear.deleteDatabase(name);
    }),

  async 'our own databases are not among them, and one that is gone is told'(context) {
    const { wheatear, name, storage } = context;
    const [library = ''] = librariesOf[/** @type {keyof typeof librariesOf} */ (storage)];
    const database = await wheatear.open(name, { ...migrating({}), storage });
    await database.close();
    const other = new OtherLibrary(library, `gone-${name}`);
    await other.exec(create);
    await other.close();
    const all = await (await find()).findDatabases();
    ok(
      all.every(({ place, name: path }) => !`${place}/${path}`.startsWith('wheatear')),
      JSON.stringify(all),
    );
    const found = await foundIn(`gone-${name}`);
    await forget(`gone-${name}`);
    await rejects(found.read(), wheatear.StorageError, 'no_such_database');
    const after = await (await find()).findDatabases();
    ok(!after.some(({ place }) => place === `gone-${name}`), 'what is gone is not found');
  },
};

/** @returns {Promise<Find>} */
async function find() {
  return import(`/package/find.js${''}`);
}

async function foundIn(/** @type {string} */ wanted) {
  const all = await (await find()).findDatabases();
  const [found, ...others] = all.filter(({ place }) => place === wanted);
  equal(others.length, 0);
  if (!found) throw new Error(`nothing in ${wanted} among ${JSON.stringify(all)}`);
  return found;
}

/**
 * @param {Context} context
 * @param {(library: string, other: OtherLibrary, place: string) => Promise<void>} work
 */
async function withEach({ storage, name }, work) {
  for (const library of librariesOf[/** @type {keyof typeof librariesOf} */ (storage)]) {
    const place = `${library}-${name}`;
    try {
      await work(library, new OtherLibrary(library, place), place);
    } catch (error) {
      throw new Error(`${library}: ${error}`, { cause: error });
    }
    await forget(place);
  }
}
