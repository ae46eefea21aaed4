import { deepEqual, equal, ok, rejects } from '../../pages/assert.mjs';
import { patched } from '../../pages/patched.mjs';
import { keepOpen } from '../../pages/stored-file.mjs';

/** @typedef {import('../../../client/index.js').DurableKind} DurableKind */

/** @type {import('../../pages/suite.mjs').Suite} */
export const tests = {
  async 'after close every call rejects with closed'({ wheatear, name, options }) {
    const database = await wheatear.open(name, options);
    await database.close();
    const calls = [
      database.query('SELECT 1'),
      database.exec('SELECT 1'),
      database.status(),
      database.transaction(async () => {
        throw new Error('the function must not run');
      }),
    ];
    for (const call of calls) await rejects(call, wheatear.ConnectionError, 'closed', new RegExp(name));
  },

  async 'a block that uses it closes it at its end'({ wheatear, name, options }) {
    // A browser that lacks this has no such blocks.
    if (!Symbol.asyncDispose) return;
    const database = await wheatear.open(name, options);
    await database[Symbol.asyncDispose]();
    await rejects(database.query('SELECT 1'), wheatear.ConnectionError, 'closed');
  },

  async 'closing twice does no harm, at once or later'({ wheatear, name, options }) {
    const database = await wheatear.open(name, options);
    deepEqual(await Promise.all([database.close(), database.close()]), [undefined, undefined]);
    equal(await database.close(), undefined);
  },

  async 'what was sent before close is still done'({ wheatear, name, options }) {
    const database = await wheatear.open(name, options);
    const sent = database.query("INSERT INTO weather_node (time_received) VALUES ('2026-01-01 12:00:00')");
    await database.close();
    deepEqual(await sent, []);
    const again = await wheatear.open(name, options);
    deepEqual(await again.query('SELECT count(*) AS count FROM weather_node'), [{ count: 1 }]);
    await again.close();
  },

  async 'closing rolls an open transaction back and rejects all that waits for it'({ wheatear, name, options }) {
    const database = await wheatear.open(name, options);
    /** @type {Promise<unknown>[]} */
    const refused = [];
    const transaction = database.transaction(async (open) => {
      await open.query("INSERT INTO weather_node (time_received) VALUES ('2026-01-01 12:00:00')");
      refused.push(database.query('SELECT 1'), database.exec('SELECT 1'), database.status());
      refused.push(database.transaction(async () => {}));
      // Each is awaited only below, and until then must not count as unhandled.
      for (const promise of refused) promise.catch(() => {});
      await database.close();
      await rejects(open.query('SELECT 1'), wheatear.ConnectionError, 'closed');
    });
    await rejects(transaction, wheatear.ConnectionError, 'closed');
    equal(refused.length, 4);
    for (const promise of refused) await rejects(promise, wheatear.ConnectionError, 'closed');

    const again = await wheatear.open(name, options);
    deepEqual(await again.query('SELECT * FROM weather_node'), []);
    await again.close();
  },

  async 'the same name can be opened at once after close, over and over'({ wheatear, name, options }) {
    for (let opened = 0; opened < 10; opened++) {
      const database = await wheatear.open(name, options);
      equal(database.report.applied.length, opened === 0 ? 2 : 0);
      await database.close();
    }
  },

  async 'what needs the whole database is awaited for a while'({ wheatear, name, options }) {
    const release = await holdRight(name);
    const waiting = wheatear.open(name, options);
    while (!(await navigator.locks.query()).pending?.some((lock) => lock.name === `wheatear:${name}`));
    const undecided = Symbol('undecided');
    equal(await Promise.race([waiting, undecided]), undecided);
    release();
    const database = await waiting;
    deepEqual(await database.query('SELECT 1 AS usable'), [{ usable: 1 }]);
    await database.close();
  },

  async 'and if it takes too long, opening says so'({ wheatear, name, options }) {
    const release = await holdRight(name);
    await rejects(wheatear.open(name, options), wheatear.StorageError, 'storage_busy', /another tab/);
    release();
    await (await wheatear.open(name, options)).close();
  },

  async 'while it is open nobody can export it as a whole, replace, move or delete it'({ wheatear, name, options }) {
    const holder = await wheatear.open(name, options);
    const other = await wheatear.open(name, options);
    await Promise.all([
      rejects(wheatear.exportDatabase(name, options), wheatear.StorageError, 'storage_busy', /another tab/),
      rejects(
        wheatear.importDatabase(name, new Blob(['x']), { ...options, overwrite: true }),
        wheatear.StorageError,
        'storage_busy',
      ),
      rejects(wheatear.moveDatabase(name, 'indexeddb', options), wheatear.StorageError, 'storage_busy'),
      rejects(wheatear.deleteDatabase(name), wheatear.StorageError, 'storage_busy'),
    ]);
    await holder.query("INSERT INTO weather_node (time_received) VALUES ('2026-01-01 12:00:00')");
    await holder.close();
    equal((await other.query('SELECT * FROM weather_node')).length, 1);
    await other.close();
    const again = await wheatear.open(name, options);
    equal(again.report.applied.length, 0);
    equal((await again.query('SELECT * FROM weather_node')).length, 1);
    await again.close();
  },

  async 'several databases can be open side by side'({ wheatear, name, options }) {
    const names = [1, 2, 3].map((n) => `${name} ${n}`);
    const databases = await Promise.all(names.map((each) => wheatear.open(each, options)));
    await Promise.all(databases.map((each) => each.exec(`CREATE TABLE label AS SELECT '${each.name}' AS name`)));
    const labels = await Promise.all(databases.map((each) => each.query('SELECT name FROM label')));
    deepEqual(
      labels,
      names.map((each) => [{ name: each }]),
    );
    await Promise.all(databases.map((each) => each.close()));
  },

  async 'an export is a SQLite file with every committed row'({ wheatear, name, options }) {
    const database = await wheatear.open(name, options);
    await database.query('INSERT INTO weather_node (time_received) VALUES (?)', ['a time to be found again']);
    await database.close();
    const blob = await wheatear.exportDatabase(name, options);
    ok(blob instanceof Blob, 'no Blob');
    equal(blob.type, 'application/vnd.sqlite3');
    const text = new TextDecoder('latin1').decode(await blob.arrayBuffer());
    equal(text.slice(0, 16), 'SQLite format 3\0');
    // Page size and number of pages: https://www.sqlite.org/fileformat2.html#the_database_header
    const header = new DataView(await blob.arrayBuffer());
    equal(blob.size, header.getUint16(16) * header.getUint32(28));
    ok(text.includes('a time to be found again'), 'the row is missing');
    await (await wheatear.open(name, options)).close();
  },

  async 'there is nothing to export of a database that does not exist, and asking creates none'(context) {
    const { wheatear, name, options } = context;
    const promise = wheatear.exportDatabase(name, options);
    await rejects(promise, wheatear.StorageError, 'no_such_database', new RegExp(`no database.*${name}`));
    equal(await isStored(context), false);
  },

  async 'a deleted database is gone, and its name is free'(context) {
    const { wheatear, name, options } = context;
    await (await wheatear.open(name, options)).close();
    equal(await isStored(context), true);
    equal(await wheatear.deleteDatabase(name), undefined);
    equal(await isStored(context), false);
    const database = await wheatear.open(name, options);
    equal(database.report.from, null);
    await database.close();
  },

  async 'what something keeps open that heeds no lock is not waited for without end'(context) {
    const { wheatear, name, options, storage } = context;
    await (await wheatear.open(name, options)).close();
    const release = await keepOpen(name, /** @type {DurableKind} */ (storage));
    await rejects(wheatear.deleteDatabase(name), wheatear.StorageError, 'storage_busy');
    await release();
    await wheatear.deleteDatabase(name);
    equal(await isStored(context), false);
  },

  async 'a page that is put into the back/forward cache deletes nothing any more'({ wheatear, name, options }) {
    if (!navigator.storage?.getDirectory) return;
    const { getDirectory } = StorageManager.prototype;
    const { removeEntry } = FileSystemDirectoryHandle.prototype;
    for (let moment = 1; ; moment++) {
      await (await wheatear.open(name, options)).close();
      let calls = 0;
      let deletions = 0;
      const leave = () => {
        if (++calls === moment) dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }));
        return getDirectory.call(navigator.storage);
      };
      /** @this {FileSystemDirectoryHandle} */
      function remove(/** @type {Parameters<typeof removeEntry>} */ ...entry) {
        if (calls >= moment) deletions++;
        return removeEntry.apply(this, entry);
      }
      const outcome = await patched(StorageManager.prototype, 'getDirectory', leave, () =>
        patched(FileSystemDirectoryHandle.prototype, 'removeEntry', remove, () =>
          wheatear.deleteDatabase(name).then(
            () => 'deleted',
            ({ code }) => code,
          ),
        ),
      );
      if (calls < moment) {
        equal(outcome, 'deleted');
        return;
      }
      deepEqual([outcome, deletions], ['closed', 0]);
    }
  },

  async 'deleting a database that does not exist does nothing'(context) {
    equal(await context.wheatear.deleteDatabase(context.name), undefined);
    equal(await isStored(context), false);
  },
};

/** Takes the right to a database, as an import in another tab does; gives what lets go of it. */
function holdRight(/** @type {string} */ name) {
  return new Promise((/** @type {(release: () => void) => void} */ resolve) => {
    void navigator.locks.request(`wheatear:${name}`, () => new Promise((release) => resolve(() => release(undefined))));
  });
}

/** Whether the browser has storage of this database. */
async function isStored(/** @type {import('../../pages/suite.mjs').Context} */ { wheatear, name }) {
  return (await wheatear.listDatabases()).some((database) => database.name === name);
}
