// Databases that move from one storage to the other, and what stops them.

import { deepEqual, equal, matches, ok, rejects } from '../../pages/assert.mjs';
import { moveInFrame } from '../../pages/move-in-frame.mjs';
import { patched, securityError, withoutRoom } from '../../pages/patched.mjs';
import { opfsEntries, readStored, writeStored } from '../../pages/stored-file.mjs';
import { migrating, workerAt } from '../../pages/worker-options.mjs';

/** @typedef {import('../../../client/index.js').DurableKind} DurableKind */
/** @typedef {import('../../../client/index.js').Database} Database */
/** @typedef {import('../../pages/suite.mjs').Context} Context */

const files = { '1.item.sql': 'CREATE TABLE item (id INTEGER PRIMARY KEY, value);' };
const worker = migrating(files);
const kinds = /** @type {const} */ (['opfs', 'indexeddb']);
const other = (/** @type {DurableKind} */ kind) => (kind === 'opfs' ? 'indexeddb' : 'opfs');

/** @type {import('../../pages/suite.mjs').Suite} */
export const tests = {
  async 'there and back again, with every row'(context) {
    const { wheatear, name } = context;
    for (const from of kinds) {
      const to = other(from);
      await use(context, from, (database) => database.exec(fill(20_000)));
      await wheatear.moveDatabase(name, to, worker);
      equal(await homeOf(context), to);
      equal((await opfsEntries()).includes(name), to === 'opfs');
      await rejects(open(context, from), wheatear.StorageError, 'storage_elsewhere');
      await use(context, 'auto', async (database) => {
        equal(database.storage.kind, to);
        equal(database.report.applied.length, 0);
        const sql = 'SELECT count(*) AS count, sum(id) AS ids, sum(length(value)) AS bytes FROM item';
        deepEqual(await database.query(sql), [{ count: 20_000, ids: 200_010_000, bytes: 2_000_000 }]);
        await checkIntegrity(database);
      });
      await wheatear.moveDatabase(name, from, worker);
      equal(await homeOf(context), from);
      await use(context, from, async (database) => {
        deepEqual(await database.query('SELECT count(*) AS count FROM item'), [{ count: 20_000 }]);
        await checkIntegrity(database);
      });
      deepEqual(await marks(), []);
      await wheatear.deleteDatabase(name);
    }
  },

  async 'to where it is: nothing is done'(context) {
    const { wheatear, name } = context;
    for (const kind of kinds) {
      await use(context, kind, (database) => database.exec(fill(10)));
      const before = await readStored(name, kind);
      await wheatear.moveDatabase(name, kind, worker);
      deepEqual(await readStored(name, kind), before);
      equal(await homeOf(context), kind);
      await wheatear.deleteDatabase(name);
    }
  },

  async 'one that is not there cannot be moved, nor to where nothing can live'(context) {
    const { wheatear, name } = context;
    for (const to of kinds) {
      const refused = wheatear.moveDatabase(name, to, worker);
      await rejects(refused, wheatear.StorageError, 'no_such_database', new RegExp(name));
    }
    equal(await homeOf(context), undefined);
    for (const to of /** @type {any[]} */ (['memory', 'auto', undefined, 7])) {
      await rejects(wheatear.moveDatabase(name, to, worker), wheatear.DefinitionError, 'invalid_option');
    }
  },

  async 'one that is open stays where it is'(context) {
    const { wheatear, name } = context;
    await use(context, 'opfs', async (database) => {
      await database.exec(fill(10));
      const refused = wheatear.moveDatabase(name, 'indexeddb', worker);
      await rejects(refused, wheatear.StorageError, 'storage_busy');
      equal((await database.query('SELECT * FROM item')).length, 10);
    });
    equal(await homeOf(context), 'opfs');
  },

  async 'to a storage that does not work: it stays where it is'(context) {
    const { wheatear, name } = context;
    await use(context, 'indexeddb', (database) => database.exec(fill(10)));
    const withoutHandles = workerAt('/pages/workers/without-handles.mjs');
    const refused = wheatear.moveDatabase(name, 'opfs', withoutHandles);
    await rejects(refused, wheatear.StorageError, 'storage_unsupported', /createSyncAccessHandle/);
    await stays(context, 'indexeddb');

    await wheatear.moveDatabase(name, 'opfs', worker);
    const refuse = () => {
      throw securityError();
    };
    await patched(IDBFactory.prototype, 'open', refuse, async () => {
      const refused = wheatear.moveDatabase(name, 'indexeddb', worker);
      await rejects(refused, wheatear.StorageError, 'storage_unsupported', /SecurityError/);
    });
    await stays(context, 'opfs');
  },

  async 'to where there is no room: it stays where it is'(context) {
    const { wheatear, name } = context;
    await use(context, 'opfs', (database) => database.exec(fill(10)));
    const refused = withoutRoom(['blocks'], () => wheatear.moveDatabase(name, 'indexeddb', worker));
    await rejects(refused, wheatear.StorageError, 'storage_full');
    await stays(context, 'opfs');
  },

  async 'a damaged one stays where it is, as it is'(context) {
    const { wheatear, name } = context;
    for (const kind of kinds) {
      await use(context, kind, (database) => database.exec(fill(3000)));
      const damaged = (await readStored(name, kind)).fill(0xff, 3 * 4096, 6 * 4096);
      await writeStored(name, kind, damaged);
      const refused = wheatear.moveDatabase(name, other(kind), worker);
      await rejects(refused, wheatear.StorageError, 'database_corrupt');
      equal(await homeOf(context), kind);
      deepEqual(await readStored(name, kind), damaged);
      await wheatear.deleteDatabase(name);
    }
  },

  async 'its backups stay, are listed, and can be put back'(context) {
    const { wheatear, name } = context;
    const newer = migrating({ ...files, '2.drop.sql': 'DELETE FROM item;' });
    for (const kind of kinds) {
      await use(context, kind, (database) => database.exec(fill(10)));
      const upgraded = await wheatear.open(name, { ...newer, storage: kind, backup: true });
      equal(upgraded.backup, `${name}@1.item`);
      await upgraded.close();
      await wheatear.moveDatabase(name, other(kind), worker);
      const [backup, ...others] = await wheatear.listBackups(name);
      deepEqual([backup?.name, backup?.storage, others], [`${name}@1.item`, kind, []]);
      await wheatear.restoreBackup(`${name}@1.item`, worker);
      await stays(context, other(kind));
      await wheatear.deleteDatabase(name);
      deepEqual(await wheatear.listBackups(name), []);
    }
  },

  async 'the page goes away before some of its calls'(context) {
    await failEverywhere(context, 'page', 'before', 4);
  },

  async 'the page goes away after some of its calls'(context) {
    await failEverywhere(context, 'page', 'after', 6);
  },

  async 'some calls of the page fail'(context) {
    await failEverywhere(context, 'page', 'once', 4);
  },

  async 'the worker goes away before some of its calls'(context) {
    await failEverywhere(context, 'worker', 'before', 8);
  },

  async 'some calls of the worker fail'(context) {
    await failEverywhere(context, 'worker', 'once', 8);
  },
};

/**
 * Moves a database to and fro, each time with a fault one call later, or some calls later, until both ways were gone
 * without one.
 */
async function failEverywhere(
  /** @type {Context} */ context,
  /** @type {'page' | 'worker'} */ where,
  /** @type {'before' | 'after' | 'once'} */ when,
  /** @type {number} */ every,
) {
  const { name } = context;
  await use(context, 'opfs', (database) => database.exec(fill(100)));
  // Engines differ in where they begin, so that between them twice as many calls have a fault.
  const first = navigator.userAgent.includes('Firefox') ? 1 + every / 2 : 1;
  const call = { opfs: first, indexeddb: first };
  const through = { opfs: false, indexeddb: false };
  /** @type {DurableKind} */
  let from = 'opfs';
  for (let rows = 101; !(through.opfs && through.indexeddb); rows++) {
    const to = other(from);
    const { failed, outcome } = await moveInFrame(name, to, { where, when, call: call[from] });
    const what = `to ${to}, call ${call[from]} of the ${where}: ${outcome}`;
    if (failed && when === 'once') matches(outcome, /^moved$|^StorageError storage_/);
    if (!failed) {
      equal(outcome, 'moved');
      through[from] = true;
    }
    call[from] += every;
    try {
      const listed = (await context.wheatear.listDatabases()).filter((database) => database.name === name);
      equal(listed.length, 1);
      await use(context, 'auto', async (database) => {
        deepEqual(await database.query('SELECT count(*) AS count FROM item'), [{ count: rows - 1 }]);
        await checkIntegrity(database);
        await database.query('INSERT INTO item VALUES (?, ?)', [rows, what]);
        if (outcome === 'moved') equal(database.storage.kind, to);
        from = /** @type {DurableKind} */ (database.storage.kind);
      });
      equal(await homeOf(context), from);
    } catch (error) {
      throw new Error(`${what}: ${error}`);
    }
  }
  ok(call.opfs > 10 && call.indexeddb > 10, `there were only ${JSON.stringify(call)} calls`);
}

function open(/** @type {Context} */ { wheatear, name }, /** @type {'auto' | DurableKind} */ storage) {
  return wheatear.open(name, { ...worker, storage });
}

async function use(
  /** @type {Context} */ context,
  /** @type {'auto' | DurableKind} */ storage,
  /** @type {(database: Database) => Promise<unknown>} */ work,
) {
  const database = await open(context, storage);
  try {
    await work(database);
  } finally {
    await database.close();
  }
}

/** Throws unless the ten rows are where they were. */
async function stays(/** @type {Context} */ context, /** @type {DurableKind} */ kind) {
  equal(await homeOf(context), kind);
  await use(context, 'auto', async (database) => {
    equal(database.storage.kind, kind);
    equal((await database.query('SELECT * FROM item')).length, 10);
  });
  equal(await homeOf(context), kind);
}

/** Where it is listed; throws if that is more than once. */
async function homeOf(/** @type {Context} */ { wheatear, name }) {
  const [found, ...others] = (await wheatear.listDatabases()).filter((database) => database.name === name);
  deepEqual(others, []);
  return found?.storage;
}

/** Notes of moves that are under way. */
async function marks() {
  return (await opfsEntries()).filter((entry) => entry.endsWith('.moving'));
}

/** A script that adds rows of a hundred bytes each. */
function fill(/** @type {number} */ count) {
  return `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT ${count})
    INSERT INTO item SELECT i, printf('%0100d', i) FROM n`;
}

async function checkIntegrity(/** @type {Database} */ database) {
  deepEqual(await database.query('PRAGMA integrity_check'), [{ integrity_check: 'ok' }]);
}
