// What SQLite needs of the place where a database lives, the same for each: memory, OPFS, IndexedDB.

import { deepEqual, equal, ok, rejection, rejects, sameBytes } from '../../pages/assert.mjs';

/** @typedef {import('../../../client/index.js').Database} Database */
/** @typedef {import('../../pages/suite.mjs').Context} Context */

const megabyte = 1_000_000;

/** @type {import('../../pages/suite.mjs').Suite} */
export const tests = {
  'tells where it is': withTable(async ({ database, storage }) => {
    equal(database.storage.kind, storage);
    equal(typeof database.storage.persisted, 'boolean');
    deepEqual(database.storage.passedOver, []);
  }),

  'what is written can be read, at once and after it is opened anew': withTable(async (context) => {
    const { database } = context;
    await database.query("INSERT INTO item VALUES (1, 'one'), (2, x'00ff'), (3, NULL), (4, 1.5)");
    await database.query('UPDATE item SET value = 2 WHERE id = 1');
    await database.query('DELETE FROM item WHERE id = 3');
    const rows = [
      { id: 1, value: 2 },
      { id: 2, value: Uint8Array.of(0, 255) },
      { id: 4, value: 1.5 },
    ];
    const read = (/** @type {Database} */ database) => database.query('SELECT * FROM item ORDER BY id');
    deepEqual(await read(database), rows);
    await reopened(context, async (database) => deepEqual(await read(database), rows));
  }),

  'blobs of ten megabytes come back byte for byte': withTable(async (context) => {
    const blobs = [1, 2].map(() => randomBytes(10 * megabyte));
    for (const [id, blob] of blobs.entries()) {
      await context.database.query('INSERT INTO item VALUES (?, ?)', [id, blob]);
    }
    const check = async (/** @type {Database} */ database) => {
      for (const [id, blob] of blobs.entries()) {
        const [row] = await database.query('SELECT value FROM item WHERE id = ?', [id]);
        ok(sameBytes(row?.value, blob), `blob ${id} is another`);
      }
    };
    await check(context.database);
    await reopened(context, check);
  }),

  'a transaction of many megabytes is there as a whole': withTable(async (context) => {
    await context.database.transaction(async (transaction) => {
      await transaction.query('PRAGMA cache_size = 20');
      await transaction.exec(fill(20_000));
      await transaction.query('UPDATE item SET value = zeroblob(1000) WHERE id % 2');
      await transaction.query('DELETE FROM item WHERE id % 5 = 0');
    });
    const check = async (/** @type {Database} */ database) => {
      const sql =
        'SELECT count(*) AS count, sum(length(value)) AS bytes, sum(value = zeroblob(1000)) AS zeros FROM item';
      deepEqual(await database.query(sql), [{ count: 16_000, bytes: 16 * megabyte, zeros: 8_000 }]);
      await checkIntegrity(database);
    };
    await check(context.database);
    await reopened(context, check);
  }),

  'a transaction that is rolled back leaves no trace, whatever had left the cache already': withTable(
    async (context) => {
      const { database } = context;
      await database.exec(fill(1000));
      const before = await digest(database);
      // With so little room SQLite writes changed pages before the end of the transaction.
      await database.query('PRAGMA cache_size = 5');
      const broken = database.transaction(async (transaction) => {
        await transaction.query('UPDATE item SET value = zeroblob(2000)');
        await transaction.exec(fill(5000, 1001));
        await transaction.query('DROP TABLE item');
        throw new Error('changed my mind');
      });
      await broken.catch(() => {});
      deepEqual(await digest(database), before);
      await checkIntegrity(database);
      await database.query("INSERT INTO item VALUES (-1, 'after')");
      await reopened(context, async (database) => {
        deepEqual(await database.query('SELECT value FROM item WHERE id = -1'), [{ value: 'after' }]);
        await database.query('DELETE FROM item WHERE id = -1');
        deepEqual(await digest(database), before);
        await checkIntegrity(database);
      });
    },
  ),

  'savepoints undo what came after them, and no more': withTable(async (context) => {
    await context.database.transaction(async (transaction) => {
      await transaction.query('PRAGMA cache_size = 5');
      await transaction.exec(fill(100));
      await transaction.query('SAVEPOINT a');
      await transaction.exec(fill(900, 101));
      await transaction.query('SAVEPOINT b');
      await transaction.query('DELETE FROM item');
      await transaction.query('ROLLBACK TO b');
      await transaction.query('RELEASE b');
      await transaction.exec(fill(100, 5000));
      await transaction.query('ROLLBACK TO a');
      await transaction.query('RELEASE a');
      await transaction.exec(fill(1, 101));
    });
    const check = async (/** @type {Database} */ database) => {
      deepEqual(await database.query('SELECT count(*) AS count, max(id) AS last FROM item'), [
        { count: 101, last: 101 },
      ]);
      await checkIntegrity(database);
    };
    await check(context.database);
    await reopened(context, check);
  }),

  'VACUUM gives room back': withTable(async (context) => {
    const { database } = context;
    await database.exec(fill(5000));
    await database.query('DELETE FROM item WHERE id > 10');
    const full = await pages(database);
    const before = await digest(database);
    await database.query('VACUUM');
    const check = async (/** @type {Database} */ database) => {
      ok((await pages(database)) < full / 20, `${await pages(database)} pages are left of ${full}`);
      deepEqual(await digest(database), before);
      await checkIntegrity(database);
    };
    await check(database);
    await reopened(context, check);
  }),

  'a database that has shrunk can grow again, and nothing old comes back': withTable(async (context) => {
    const { database } = context;
    for (let round = 0; round < 3; round++) {
      await database.exec(fill(2000));
      await database.query('DELETE FROM item');
      await database.query('VACUUM');
      await database.exec(fill(round + 1));
      const count = async (/** @type {Database} */ database) => {
        deepEqual(await database.query('SELECT count(*) AS count FROM item'), [{ count: round + 1 }]);
        await checkIntegrity(database);
      };
      await count(database);
      await database.query('DELETE FROM item');
    }
    await database.exec(fill(7));
    await reopened(context, async (database) => {
      deepEqual(await database.query('SELECT count(*) AS count FROM item'), [{ count: 7 }]);
      await checkIntegrity(database);
    });
  }),

  'the size of a page can be changed to any that SQLite has': withTable(async (context) => {
    const { database } = context;
    await database.exec(fill(500));
    const before = await digest(database);
    for (const size of [512, 65536, 1024, 8192]) {
      await database.query(`PRAGMA page_size = ${size}`);
      await database.query('VACUUM');
      deepEqual(await database.query('PRAGMA page_size'), [{ page_size: size }]);
      deepEqual(await digest(database), before);
    }
    await reopened(context, async (database) => {
      deepEqual(await database.query('PRAGMA page_size'), [{ page_size: 8192 }]);
      deepEqual(await digest(database), before);
      await checkIntegrity(database);
    });
  }),

  'what needs room for a while, and sorting that does, work': withTable(async ({ database }) => {
    await database.query('PRAGMA cache_size = 5');
    await database.exec(fill(5000));
    const sql = `WITH copy AS MATERIALIZED (SELECT * FROM item ORDER BY value, id DESC)
      SELECT count(*) AS count, sum(a.id = b.id) AS same FROM copy a JOIN copy b ON a.id = b.id AND a.value = b.value`;
    deepEqual(await database.query(sql), [{ count: 5000, same: 5000 }]);
  }),

  'an export is a SQLite file of what is committed': withTable(async (context) => {
    const { wheatear, name, options, database } = context;
    await database.exec(fill(3000));
    const file = await database.export();
    equal(file.type, 'application/vnd.sqlite3');
    equal(file.size, await bytes(database));
    equal(await file.slice(0, 16).text(), 'SQLite format 3\0');
    // The way back in shows that it is whole.
    const copy = `${name} copy`;
    const storage = context.storage === 'memory' ? 'auto' : context.storage;
    await wheatear.importDatabase(copy, file, { ...options, storage });
    const imported = await wheatear.open(copy, { ...options, storage });
    try {
      deepEqual(await digest(imported), await digest(database));
      await checkIntegrity(imported);
    } finally {
      await imported.close();
      await wheatear.deleteDatabase(copy);
    }
  }),

  'an export waits for the transaction that is open': withTable(async ({ database }) => {
    const file = await database.transaction(async (transaction) => {
      await transaction.exec(fill(10));
      const exporting = database.export();
      await transaction.exec(fill(10, 11));
      return [exporting];
    });
    equal((await file[0])?.size, await bytes(database));
  }),

  'what makes a commit safe cannot be switched off': withTable(async (context) => {
    const { database, wheatear } = context;
    const asked = ['journal_mode', 'locking_mode', 'synchronous', 'foreign_keys'];
    const state = () => Promise.all(asked.map((name) => database.query(`PRAGMA ${name}`)));
    const before = await state();
    await database.exec(fill(2000));
    for (const sql of [
      'PRAGMA journal_mode = WAL',
      'PRAGMA main.journal_mode(OFF)',
      'PRAGMA locking_mode = NORMAL',
      'PRAGMA synchronous = OFF',
      'EXPLAIN PRAGMA foreign_keys = OFF',
      'CREATE TEMP TABLE t (a)',
    ]) {
      for (const promise of [database.query(sql), database.exec(sql), database.run(sql)]) {
        await rejects(promise, wheatear.QueryError, 'query_refused');
      }
    }
    deepEqual(await state(), before);
    // More than the cache holds is undone as well as before.
    await database.query('PRAGMA cache_size = 5');
    const undone = database.transaction(async (transaction) => {
      await transaction.exec('UPDATE item SET value = zeroblob(900)');
      throw new Error('undo it');
    });
    await rejection(undone);
    await checkIntegrity(database);
    await reopened(context, checkIntegrity);
  }),
};

/**
 * A test that begins with an open database that has an empty table.
 * @param {(context: Context & { database: Database }) => Promise<void>} test
 */
function withTable(test) {
  return async (/** @type {Context} */ context) => {
    const database = await context.wheatear.open(context.name, context.options);
    try {
      await database.exec('CREATE TABLE item (id INTEGER PRIMARY KEY, value)');
      await test({ ...context, database });
    } finally {
      await database.close();
    }
  };
}

/** Closes the database, opens it anew and looks; in memory there is nothing to come back to. */
async function reopened(
  /** @type {Context & { database: Database }} */ { wheatear, name, options, storage, database },
  /** @type {(database: Database) => Promise<void>} */ look,
) {
  if (storage === 'memory') return;
  await database.close();
  const again = await wheatear.open(name, options);
  try {
    await look(again);
  } finally {
    await again.close();
  }
}

/** A script that adds rows of a thousand bytes each. */
function fill(/** @type {number} */ count, first = 1) {
  return `WITH RECURSIVE n (i) AS (SELECT ${first} UNION ALL SELECT i + 1 FROM n LIMIT ${count})
    INSERT INTO item SELECT i, CAST(printf('%01000d', i * 7919) AS BLOB) FROM n`;
}

/** Something that changes with every value of the table. */
async function digest(/** @type {Database} */ database) {
  return database.query(`SELECT count(*) AS count, sum(id) AS ids, sum(length(value)) AS bytes,
    group_concat(CAST(substr(value, -9) AS TEXT)) AS ends FROM (SELECT * FROM item ORDER BY id)`);
}

async function pages(/** @type {Database} */ database) {
  const [row] = await database.query('PRAGMA page_count');
  return Number(row?.page_count);
}

async function bytes(/** @type {Database} */ database) {
  const [row] = await database.query('PRAGMA page_size');
  return (await pages(database)) * Number(row?.page_size);
}

async function checkIntegrity(/** @type {Database} */ database) {
  deepEqual(await database.query('PRAGMA integrity_check'), [{ integrity_check: 'ok' }]);
}

/** Fills in steps of what the browser gives at once. */
function randomBytes(/** @type {number} */ length) {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  return bytes;
}
