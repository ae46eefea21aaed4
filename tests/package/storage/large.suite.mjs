// A database that is too large to be read as a whole before the page may go on.

import { deepEqual, equal, ok } from '../../pages/assert.mjs';
import { patched } from '../../pages/patched.mjs';
import { migrating } from '../../pages/worker-options.mjs';

/** @typedef {import('../../../client/index.js').Database} Database */
/** @typedef {import('../../pages/suite.mjs').Context} Context */

/** Rows of ten thousand bytes each. */
const rows = 7000;

/** What upgrades it: it comes late, so that the ledger is behind all the rows. */
const release = { '1.size.sql': 'ALTER TABLE item ADD COLUMN size; CREATE INDEX item_size ON item (size);' };

/** @type {import('../../pages/suite.mjs').Suite} */
export const tests = {
  async 'it is imported, opened and upgraded'(context) {
    const { wheatear } = context;
    const file = await largeFile(context);
    await wheatear.importDatabase(context.name, file, at(release));
    await use(context, release, async (database) => {
      deepEqual([database.report.from, database.report.to], [null, '1.size']);
      await look(database);
    });
    await use(context, release, look);
  },

  async 'it opens when no more than a small part of it has been read'(context) {
    const { wheatear, name } = context;
    await wheatear.importDatabase(name, await largeFile(context), at(release));
    await use(context, release, async () => {});

    const { getAll } = IDBObjectStore.prototype;
    let mebibytes = 4;
    /** To what is asked for later there is no answer. @this {IDBObjectStore} @param {Parameters<typeof getAll>} args */
    function answerSome(...args) {
      return mebibytes-- > 0 ? getAll.apply(this, args) : {};
    }
    await patched(IDBObjectStore.prototype, 'getAll', answerSome, () =>
      use(context, release, async ({ report }) => deepEqual([report.applied, report.to], [[], '1.size'])),
    );
    await use(context, release, look);
  },

  async 'a write reads no more than a small part of it, on its own and in a transaction'(context) {
    const { wheatear, name } = context;
    await wheatear.importDatabase(name, await largeFile(context), at(release));
    await use(context, release, async () => {});

    const { getAll } = IDBObjectStore.prototype;
    let read = 0;
    /** @this {IDBObjectStore} @param {Parameters<typeof getAll>} args */
    function count(...args) {
      const [range] = args;
      if (range instanceof IDBKeyRange) read += range.upper - range.lower + 1;
      return getAll.apply(this, args);
    }
    await patched(IDBObjectStore.prototype, 'getAll', count, () =>
      use(context, release, async (database) => {
        await database.query("UPDATE item SET value = 'short' WHERE id = 5000");
        await database.transaction(async (transaction) => {
          await transaction.query("INSERT INTO item (value) VALUES ('new')");
          await transaction.exec("UPDATE item SET value = 'also' WHERE id = 2000; DELETE FROM item WHERE id = 6000");
        });
      }),
    );
    const mebibytes = (read * 16) / 1024;
    ok(mebibytes < 8, `${mebibytes} MiB were read`);
    await use(context, release, async (database) => {
      const sql = 'SELECT count(*) AS count, sum(length(value)) AS bytes FROM item';
      deepEqual(await database.query(sql), [{ count: rows, bytes: (rows - 3) * 10_000 + 12 }]);
      deepEqual(await database.query('PRAGMA integrity_check'), [{ integrity_check: 'ok' }]);
    });
  },

  async 'an export is the file as it is stored, of which little is in memory'(context) {
    const { wheatear, name } = context;
    await wheatear.importDatabase(name, await largeFile(context), at(release));
    /** @type {Blob | undefined} */
    let file;
    await use(context, release, async (database) => {
      await database.query("UPDATE item SET value = 'short' WHERE id = 5000");
      file = await database.export();
    });
    const stored = await wheatear.exportDatabase(name, at(release));
    deepEqual(await digest(file), await digest(stored));
  },
};

const at = (/** @type {Record<string, string>} */ files) =>
  /** @type {const} */ ({ ...migrating(files), storage: 'indexeddb' });

async function use(
  /** @type {Context} */ { wheatear, name },
  /** @type {Record<string, string>} */ files,
  /** @type {(database: Database) => Promise<unknown>} */ work,
) {
  const database = await wheatear.open(name, at(files));
  try {
    await work(database);
  } finally {
    await database.close();
  }
}

/** @type {Promise<Blob> | undefined} */
let made;

/** The same for each test of a page: it takes seconds to make. */
function largeFile(/** @type {Context} */ context) {
  made ??= makeLargeFile(context);
  return made;
}

async function makeLargeFile(/** @type {Context} */ { wheatear, name }) {
  const database = await wheatear.open(name, { ...at({}), storage: 'memory' });
  await database.exec('CREATE TABLE item (id INTEGER PRIMARY KEY, value)');
  await database.exec(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT ${rows})
    INSERT INTO item SELECT i, printf('%010000d', i) FROM n`);
  const file = await database.export();
  await database.close();
  ok(file.size > rows * 10_000, `the file has ${file.size} bytes`);
  return file;
}

async function digest(/** @type {Blob | undefined} */ file) {
  const hash = await crypto.subtle.digest('SHA-256', (await file?.arrayBuffer()) ?? new ArrayBuffer());
  return [file?.size, ...new Uint8Array(hash)];
}

async function look(/** @type {Database} */ database) {
  const sql = 'SELECT count(*) AS count, sum(length(value)) AS bytes FROM item';
  deepEqual(await database.query(sql), [{ count: rows, bytes: rows * 10_000 }]);
  deepEqual(await database.query('PRAGMA integrity_check'), [{ integrity_check: 'ok' }]);
  equal((await database.query('SELECT size FROM item WHERE id = 1')).length, 1);
}
