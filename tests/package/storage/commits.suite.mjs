// Commits to IndexedDB that fail.

import { deepEqual, equal, matches, ok, rejects } from '../../pages/assert.mjs';
import { patched, withoutRoom } from '../../pages/patched.mjs';
import { readStored, removeBlock, replaceBlock, replaceRecord, writeStored } from '../../pages/stored-file.mjs';
import { migrating } from '../../pages/worker-options.mjs';

/** @typedef {import('../../../client/index.js').Database} Database */
/** @typedef {import('../../pages/suite.mjs').Context} Context */

const storage = 'indexeddb';
const create = { '1.note.sql': 'CREATE TABLE note (id INTEGER PRIMARY KEY, text);' };
const current = /** @type {const} */ ({ ...migrating(create), storage: 'indexeddb' });

/** The object stores of which a commit writes. */
const stores = ['file', 'blocks'];

/** @type {import('../../pages/suite.mjs').Suite} */
export const tests = {
  async 'without room a write is refused, and so is all that comes after'(context) {
    const { wheatear } = context;
    await loses(context, (database) => database.query("INSERT INTO note (text) VALUES ('lost')"), wheatear);
  },

  async 'without room a transaction is refused'(context) {
    const { wheatear } = context;
    const write = (/** @type {Database} */ database) =>
      database.transaction(async (transaction) => {
        await transaction.exec(many);
        await transaction.query("UPDATE note SET text = 'lost'");
      });
    await loses(context, write, wheatear);
  },

  async 'without room a script is refused'(context) {
    await loses(context, (database) => database.exec(`${many}; DELETE FROM note WHERE id = 1`), context.wheatear);
  },

  async 'a commit is stored as a whole or not at all, even if the browser refuses a part of it at once'(context) {
    const { wheatear, name } = context;
    const before = await prepare(context);
    const database = await wheatear.open(name, current);
    const { put } = IDBObjectStore.prototype;
    let puts = 0;
    /** @this {IDBObjectStore} @param {unknown} value @param {IDBValidKey} key */
    function third(value, key) {
      if (++puts === 3) throw new DOMException('This cannot be stored.', 'DataCloneError');
      return put.call(this, value, key);
    }
    await patched(IDBObjectStore.prototype, 'put', third, async () => {
      const written = database.exec(`${many}; UPDATE note SET text = 'lost'`);
      await rejects(written, wheatear.StorageError, 'storage_io', /DataCloneError/);
    });
    equal(puts, 3);
    await database.close();
    deepEqual(await readStored(name, storage), before);
    await look(context);
  },

  async 'what else the browser says is an error of its own'(context) {
    const { wheatear, name } = context;
    const before = await prepare(context);
    const database = await wheatear.open(name, current);
    const transaction = () => {
      throw new DOMException('The connection was closed.', 'InvalidStateError');
    };
    await patched(IDBDatabase.prototype, 'transaction', transaction, async () => {
      const written = database.query("INSERT INTO note (text) VALUES ('lost')");
      await rejects(written, wheatear.StorageError, 'storage_io', /InvalidStateError.*close the database and open/s);
    });
    await rejects(database.query('SELECT 1'), wheatear.StorageError, 'storage_io');
    await database.close();
    deepEqual(await readStored(name, storage), before);
    await look(context);
  },

  async 'without room an upgrade is undone, with its rows and its schema, and can be tried again'(context) {
    const { wheatear, name } = context;
    const before = await prepare(context);
    const newer = migrating({ ...create, '2.big.sql': `${many}; ALTER TABLE note ADD COLUMN at;` });
    const refused = withoutRoom(stores, () => wheatear.open(name, { ...newer, storage }));
    await rejects(refused, wheatear.StorageError, 'storage_full', /free some space/);
    deepEqual(await readStored(name, storage), before);
    await look(context);
    const database = await wheatear.open(name, { ...newer, storage });
    deepEqual([database.report.from, database.report.to], ['1.note', '2.big']);
    await database.close();
  },

  async 'without room a new database is none'(context) {
    const { wheatear, name } = context;
    const refused = withoutRoom(stores, () => wheatear.open(name, current));
    await rejects(refused, wheatear.StorageError, 'storage_full');
    equal(
      (await wheatear.listDatabases()).some((database) => database.name === name),
      false,
    );
    const database = await wheatear.open(name, current);
    equal(database.report.from, null);
    await database.close();
  },

  async 'without room an import changes nothing'(context) {
    const { wheatear, name } = context;
    const before = await prepare(context);
    const file = await wheatear.exportDatabase(name, current);
    const replace = () => wheatear.importDatabase(name, file, { ...current, overwrite: true });
    // In the midst of a part that waits beside it, while the parts take their place, and at the end.
    for (const full of [['backupBlocks'], ['blocks'], ['file']]) {
      await rejects(withoutRoom(full, replace), wheatear.StorageError, 'storage_full');
      deepEqual(await readStored(name, storage), before);
      equal(await countOf(name, 'backupBlocks'), 0);
    }
    await replace();
    equal(await countOf(name, 'backupBlocks'), 0);
    await look(context);
  },

  async 'who missed what another one has written must not write'(context) {
    const { wheatear, name } = context;
    const before = await prepare(context);
    const database = await wheatear.open(name, current);
    // As a page would that a browser without a sense for locks has let in.
    await writeStored(name, storage, before);
    for (let time = 0; time < 2; time++) {
      const written = database.query("INSERT INTO note (text) VALUES ('lost')");
      await rejects(written, wheatear.StorageError, 'storage_busy', /Someone else/);
    }
    await database.close();
    deepEqual(await readStored(name, storage), before);
    await look(context);
  },

  async 'a block that has got lost is damage, and not zeros'(context) {
    const { wheatear, name } = context;
    const large = {
      ...create,
      '2.large.sql': 'CREATE TABLE large (bytes); INSERT INTO large VALUES (randomblob(200000));',
    };
    const options = /** @type {const} */ ({ ...migrating(large), storage });
    await (await wheatear.open(name, options)).close();
    const sum = 'SELECT instr(bytes, zeroblob(16000)) AS zeros FROM large';
    const read = async () => {
      const database = await wheatear.open(name, options);
      try {
        await database.query(sum);
      } finally {
        await database.close();
      }
    };
    await replaceBlock(name, 8, 'no block');
    await rejects(read(), wheatear.StorageError, 'database_corrupt', /block 8/);
    await removeBlock(name, 8);
    await rejects(read(), wheatear.StorageError, 'database_corrupt', /block 8/);
  },

  async 'no new database is made where only blocks of one are left: they are kept until something replaces them'(
    context,
  ) {
    const { wheatear, name } = context;
    await prepare(context);
    const records = [undefined, null, 'nonsense', {}, { size: 0, blockSize: 16384, sequence: 2 }, { size: '4096' }];
    for (const record of records) {
      const before = await readStored(name, storage);
      await replaceRecord(name, record);
      for (const choice of /** @type {const} */ (['auto', 'indexeddb'])) {
        const opening = wheatear.open(name, { ...current, storage: choice });
        await rejects(opening, wheatear.StorageError, 'database_corrupt', /exportDatabase/);
      }
      await rejects(wheatear.moveDatabase(name, 'opfs', current), wheatear.StorageError, 'database_corrupt');
      deepEqual(
        (await wheatear.listDatabases()).filter((found) => found.name === name),
        [{ name, storage }],
      );
      const left = await wheatear.exportDatabase(name, current);
      deepEqual(new Uint8Array(await left.slice(0, before.length).arrayBuffer()), before);
      const again = wheatear.importDatabase(name, left, { ...current, wal: null });
      await rejects(again, wheatear.StorageError, 'database_exists');
      await wheatear.importDatabase(name, left, { ...current, overwrite: true });
      await look(context);
    }
    await replaceRecord(name, undefined);
    await replaceBlock(name, 1000, 'no block');
    await rejects(wheatear.open(name, current), wheatear.StorageError, 'database_corrupt', /exportDatabase/);
    ok((await wheatear.exportDatabase(name, current)).size < 1_000_000, 'what is no block is not counted');
    await wheatear.deleteDatabase(name);
    const database = await wheatear.open(name, current);
    deepEqual(await database.query('SELECT * FROM note'), []);
    await database.close();
  },

  async 'an answer comes only once the browser says that all of it is stored'({ wheatear, name }) {
    const database = await wheatear.open(name, current);
    /** @type {string[]} */
    const order = [];
    const { transaction } = IDBDatabase.prototype;
    /** @this {IDBDatabase} @param {Parameters<typeof transaction>} args */
    function observed(...args) {
      const begun = transaction.apply(this, args);
      if (begun.mode === 'readwrite') {
        order.push(begun.durability);
        begun.addEventListener('complete', () => order.push('complete'));
      }
      return begun;
    }
    await patched(IDBDatabase.prototype, 'transaction', observed, async () => {
      for (const write of [
        () => database.query("INSERT INTO note VALUES (1, 'one')"),
        () => database.exec("INSERT INTO note VALUES (2, 'two'); INSERT INTO note VALUES (3, 'three');"),
        () => database.transaction((transaction) => transaction.query("INSERT INTO note VALUES (4, 'four')")),
      ]) {
        await write();
        deepEqual(order.splice(0), ['strict', 'complete']);
      }
      await database.query('SELECT * FROM note');
      await database.transaction(async () => {});
      deepEqual(order, []);
    });
    await database.close();
  },
};

const many = `WITH RECURSIVE n (i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n LIMIT 3000)
  INSERT INTO note SELECT i, printf('lost %0100d', i) FROM n`;

/** How many records an object store has. */
async function countOf(/** @type {string} */ name, /** @type {string} */ store) {
  const opening = indexedDB.open(`wheatear/${name}`);
  await new Promise((resolve) => (opening.onsuccess = resolve));
  const counting = opening.result.transaction(store).objectStore(store).count();
  await new Promise((resolve) => (counting.onsuccess = resolve));
  opening.result.close();
  return counting.result;
}

/** A database with rows that were acknowledged. */
async function prepare(/** @type {Context} */ { wheatear, name }) {
  const database = await wheatear.open(name, current);
  await database.query("INSERT INTO note VALUES (1, 'kept'), (2, 'kept')");
  await database.close();
  return readStored(name, storage);
}

/** Throws unless there is what was acknowledged, and nothing else. */
async function look(/** @type {Context} */ { wheatear, name }) {
  const database = await wheatear.open(name, current);
  deepEqual(await database.query('SELECT * FROM note'), [
    { id: 1, text: 'kept' },
    { id: 2, text: 'kept' },
  ]);
  deepEqual(await database.query('PRAGMA integrity_check'), [{ integrity_check: 'ok' }]);
  // It has stopped for that connection only.
  await database.query("INSERT INTO note VALUES (3, 'after')");
  await database.query('DELETE FROM note WHERE id = 3');
  await database.close();
}

/** Works with a database that has room no longer, and sees what is left. */
async function loses(
  /** @type {Context} */ context,
  /** @type {(database: Database) => Promise<unknown>} */ write,
  /** @type {Context['wheatear']} */ wheatear,
) {
  const { name } = context;
  const before = await prepare(context);
  const database = await wheatear.open(name, current);
  const { message } = await withoutRoom(stores, () => rejects(write(database), wheatear.StorageError, 'storage_full'));
  matches(message, /free some space.*not stored.*close the database and open it again/s);
  // There is room again, but what this connection has in memory is ahead of what is stored.
  for (const call of [
    () => database.query('SELECT * FROM note'),
    () => database.query("INSERT INTO note (text) VALUES ('late')"),
    () => database.exec('DELETE FROM note'),
    () => database.status(),
    () => database.export(),
    () => database.transaction(async () => ok(false, 'the function must not run')),
  ]) {
    await rejects(call(), wheatear.StorageError, 'storage_full');
  }
  await database.close();
  await rejects(database.query('SELECT 1'), wheatear.ConnectionError, 'closed');
  deepEqual(await readStored(name, storage), before);
  await look(context);
}
