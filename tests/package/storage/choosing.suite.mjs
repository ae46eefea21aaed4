// Which storage a database gets, in a browser that has OPFS.

import { deepEqual, equal, matches, ok, rejects } from '../../pages/assert.mjs';
import { patched, securityError } from '../../pages/patched.mjs';
import { damageFile, opfsEntries, readStored } from '../../pages/stored-file.mjs';
import { workerAt } from '../../pages/worker-options.mjs';

/** @typedef {import('../../../client/index.js').OpenOptions} OpenOptions */
/** @typedef {import('../../pages/suite.mjs').Context} Context */

/** Workers that cannot keep files, and what is said of them. */
const lacking = {
  'without-storage': /getDirectory is missing/,
  'in-private-window': /SecurityError/,
  'without-handles': /createSyncAccessHandle/,
  'unknown-error': /UnknownError/,
  unwritable: /NoModificationAllowedError/,
};

/** @returns {OpenOptions} */
const auto = (/** @type {OpenOptions} */ options, /** @type {string} */ worker = '') => ({
  ...(worker ? workerAt(`/pages/workers/${worker}.mjs`) : options),
  storage: 'auto',
});

/** @type {import('../../pages/suite.mjs').Suite} */
export const tests = {
  async 'OPFS where it works'({ wheatear, name, options }) {
    const database = await wheatear.open(name, auto(options));
    deepEqual({ ...database.storage, persisted: undefined }, { kind: 'opfs', persisted: undefined, passedOver: [] });
    await database.close();
  },

  async 'OPFS, and no other, if it is asked for'({ wheatear, name }) {
    for (const [worker, reason] of Object.entries(lacking)) {
      const options = workerAt(`/pages/workers/${worker}.mjs`);
      const refused = wheatear.open(name, { ...options, storage: 'opfs' });
      const { message } = await rejects(refused, wheatear.StorageError, 'storage_unsupported', reason);
      matches(message, /OPFS/);
      ok(!message.includes('IndexedDB'), message);
      equal(await homeOf(wheatear, name), undefined);
    }
  },

  async 'IndexedDB if the worker cannot keep files, and it says why'({ wheatear, name, options }) {
    const choose = async (/** @type {string} */ worker, /** @type {RegExp} */ reason) => {
      const own = `${name} ${worker}`;
      try {
        const database = await wheatear.open(own, auto(options, worker));
        const { kind, passedOver } = database.storage;
        await database.query("INSERT INTO weather_node (time_received) VALUES ('2026-01-01 12:00:00')");
        await database.close();
        deepEqual([kind, ...passedOver.map(({ kind }) => kind)], ['indexeddb', 'opfs']);
        matches(passedOver[0]?.reason ?? '', reason);
        equal(await homeOf(wheatear, own), 'indexeddb');

        // There it stays, though the next worker has what the first one lacked.
        const again = await wheatear.open(own, auto(options));
        deepEqual([again.storage.kind, ...again.storage.passedOver.map(({ kind }) => kind)], ['indexeddb', 'opfs']);
        matches(again.storage.passedOver[0]?.reason ?? '', /lives in IndexedDB/);
        equal((await again.query('SELECT * FROM weather_node')).length, 1);
        await again.close();

        // Nothing is passed over for one who asks for it.
        const asked = await wheatear.open(own, { ...options, storage: 'indexeddb' });
        deepEqual(asked.storage.passedOver, []);
        await asked.close();
      } finally {
        await wheatear.deleteDatabase(own);
      }
    };
    await Promise.all(Object.entries(lacking).map(([worker, reason]) => choose(worker, reason)));
  },

  async 'IndexedDB if the page cannot ask for files, for it could not tell where they are'(context) {
    const { wheatear, name, options } = context;
    await patched(StorageManager.prototype, 'getDirectory', refuse, async () => {
      const database = await wheatear.open(name, auto(options, 'in-private-window'));
      equal(database.storage.kind, 'indexeddb');
      matches(database.storage.passedOver[0]?.reason ?? '', /SecurityError/);
      await database.close();
      equal(await homeOf(wheatear, name), 'indexeddb');
    });
  },

  async 'OPFS, however long the script of the worker takes to arrive'({ wheatear, name, options }) {
    const database = await wheatear.open(name, auto(options, 'slow'));
    equal(database.storage.kind, 'opfs');
    await database.close();
  },

  async 'OPFS, though it fails once or twice before it works'({ wheatear, name, options }) {
    const { getDirectory } = StorageManager.prototype;
    let calls = 0;
    const hiccup = () => {
      if (++calls < 3) return Promise.reject(new DOMException('Try again.', 'InvalidStateError'));
      return getDirectory.call(navigator.storage);
    };
    await patched(StorageManager.prototype, 'getDirectory', hiccup, async () => {
      const database = await wheatear.open(name, auto(options, 'hiccup'));
      equal(database.storage.kind, 'opfs');
      await database.close();
    });
    ok(calls >= 3, 'the page asked less often');
  },

  async 'none for now, if a storage does not answer or is full: that may pass'({ wheatear, name, options }) {
    const faults = /** @type {const} */ ([
      ['hanging', 'storage_io', /OPFS.*10 s.*nothing was created/],
      ['full', 'storage_full', /OPFS.*QuotaExceededError.*nothing was created/],
    ]);
    // All at once, for what does not answer is waited for.
    const refusals = faults.flatMap(([worker, code, reason]) =>
      /** @type {const} */ (['auto', 'opfs']).map((storage) => {
        const refused = wheatear.open(`${name} ${worker} ${storage}`, { ...auto(options, worker), storage });
        return rejects(refused, wheatear.StorageError, code, reason);
      }),
    );
    await Promise.all(refusals);
    await patched(IDBFactory.prototype, 'open', neverAnswer, async () => {
      const refused = wheatear.open(name, auto(options));
      await rejects(refused, wheatear.StorageError, 'storage_io', /IndexedDB.*10 s.*nothing was created/);
    });
    const neverResolve = () => new Promise(() => {});
    await patched(StorageManager.prototype, 'getDirectory', neverResolve, async () => {
      const refused = wheatear.open(name, { ...options, storage: 'indexeddb' });
      await rejects(refused, wheatear.StorageError, 'storage_io', /OPFS.*10 s.*nothing was created/);
    });
    const known = await wheatear.listDatabases();
    deepEqual(
      known.filter((database) => database.name.startsWith(name)),
      [],
    );
  },

  async 'the one where it lives, though that fails once, and nothing else tells of it'(context) {
    const { wheatear, name, options } = context;
    await addRow(context, auto(options, 'without-handles'));
    localStorage.removeItem(`wheatear:${name}`);
    const { open } = IDBFactory.prototype;
    let calls = 0;
    /** @this {IDBFactory} */
    function hiccup(/** @type {[string, number]} */ ...which) {
      if (++calls === 1) throw new DOMException('Try again.', 'UnknownError');
      return open.apply(this, which);
    }
    await patched(IDBFactory.prototype, 'open', hiccup, async () => {
      equal(await countRows(context, auto(options)), 1);
    });
    equal(await homeOf(wheatear, name), 'indexeddb');
  },

  async 'none, and memory neither, if neither works, and the reasons are told'({ wheatear, name, options }) {
    await patched(IDBFactory.prototype, 'open', refuseAtOnce, async () => {
      const refused = wheatear.open(name, auto(options, 'without-handles'));
      const reason = /IndexedDB: SecurityError/;
      const { message } = await rejects(refused, wheatear.StorageError, 'storage_unsupported', reason);
      matches(message, /OPFS: .*createSyncAccessHandle/);
    });
    equal(await homeOf(wheatear, name), undefined);
  },

  async 'the one where it lives, or an error while that one fails, and never an empty database in the other'(context) {
    const { wheatear, name, options } = context;
    await addRow(context, auto(options));
    const lost = /lives in OPFS.*not created anew/;
    await patched(StorageManager.prototype, 'getDirectory', refuse, async () => {
      for (const storage of /** @type {const} */ (['auto', 'opfs', 'indexeddb'])) {
        const refused = wheatear.open(name, { ...options, storage });
        await rejects(refused, wheatear.StorageError, 'storage_unsupported', lost);
      }
      await rejects(wheatear.exportDatabase(name, options), wheatear.StorageError, 'storage_unsupported', lost);
      const imported = wheatear.importDatabase(name, new Blob(['anything']), { ...options, storage: 'auto' });
      await rejects(imported, wheatear.StorageError, 'storage_unsupported', lost);
    });
    const neverResolve = () => new Promise(() => {});
    await patched(StorageManager.prototype, 'getDirectory', neverResolve, async () => {
      await rejects(wheatear.open(name, auto(options)), wheatear.StorageError, 'storage_io', lost);
    });
    for (const worker of ['without-storage', 'in-private-window', 'without-handles']) {
      const refused = wheatear.open(name, auto(options, worker));
      await rejects(refused, wheatear.StorageError, 'storage_unsupported');
    }
    equal(await homeOf(wheatear, name), 'opfs');
    equal(await hasBlocks(name), false);
    equal(await countRows(context, auto(options)), 1);
  },

  async 'the same if it lives in IndexedDB'(context) {
    const { wheatear, name, options } = context;
    await addRow(context, auto(options, 'without-handles'));
    const lost = /lives in IndexedDB.*not created anew/;
    const faults = /** @type {const} */ ([
      [refuseAtOnce, 'storage_unsupported'],
      [neverAnswer, 'storage_io'],
    ]);
    for (const [open, code] of faults) {
      await patched(IDBFactory.prototype, 'open', open, async () => {
        await rejects(wheatear.open(name, auto(options)), wheatear.StorageError, code, lost);
      });
    }
    equal((await opfsEntries()).includes(name), false);
    equal(await homeOf(wheatear, name), 'indexeddb');
    equal(await countRows(context, auto(options)), 1);
  },

  async 'not another one than where it lives, whatever is asked for'(context) {
    const { wheatear, name, options } = context;
    await addRow(context, { ...options, storage: 'opfs' });
    const message = /lives in OPFS.*IndexedDB.*moveDatabase/;
    const refused = wheatear.open(name, { ...options, storage: 'indexeddb' });
    await rejects(refused, wheatear.StorageError, 'storage_elsewhere', message);
    equal(await hasBlocks(name), false);

    const other = `${name} other`;
    try {
      await addRow({ ...context, name: other }, { ...options, storage: 'indexeddb' });
      const refused = wheatear.open(other, { ...options, storage: 'opfs' });
      await rejects(refused, wheatear.StorageError, 'storage_elsewhere', /lives in IndexedDB.*OPFS.*moveDatabase/);
      equal((await opfsEntries()).includes(other), false);
      equal(await countRows({ ...context, name: other }, auto(options)), 1);
    } finally {
      await wheatear.deleteDatabase(other);
    }
    equal(await countRows(context, auto(options)), 1);
  },

  async 'not another one than where a newer version has put it, though nothing else tells of it'(context) {
    const { wheatear, name, options } = context;
    await addRow(context, auto(options, 'without-handles'));
    localStorage.removeItem(`wheatear:${name}`);
    await raiseVersion(name);
    for (const storage of /** @type {const} */ (['auto', 'opfs', 'indexeddb'])) {
      const refused = wheatear.open(name, { ...options, storage });
      await rejects(refused, wheatear.StorageError, 'storage_unsupported', /newer version/);
    }
    equal((await opfsEntries()).includes(name), false);
  },

  async 'not a new one where its file in OPFS is damaged beyond recognition: what is there is kept'(context) {
    const { wheatear, name, options } = context;
    for (const how of /** @type {const} */ (['cut', 'gone'])) {
      // A file system without this cannot lose a file so.
      if (how === 'gone' && !('remove' in FileSystemFileHandle.prototype)) continue;
      await (await wheatear.open(name, options)).close();
      const stored = await readStored(name, 'opfs');
      await damageFile(name, how);
      await rejects(wheatear.open(name, options), wheatear.StorageError, 'database_corrupt');
      const exported = wheatear.exportDatabase(name, options);
      if (how === 'gone') await rejects(exported, wheatear.StorageError, 'no_such_database');
      else equal((await exported).size, 0);

      await wheatear.importDatabase(name, new Blob([stored]), { ...options, overwrite: true });
      await (await wheatear.open(name, options)).close();
      await wheatear.deleteDatabase(name);
      await (await wheatear.open(name, options)).close();
    }
  },

  async 'and one that cannot be deleted now is not called deleted, lest it come back over a new one'(context) {
    const { wheatear, name, options } = context;
    await addRow(context, auto(options));
    const neverResolve = () => new Promise(() => {});
    const faults = /** @type {const} */ ([
      [refuse, 'storage_unsupported'],
      [neverResolve, 'storage_io'],
    ]);
    for (const [getDirectory, code] of faults) {
      await patched(StorageManager.prototype, 'getDirectory', getDirectory, async () => {
        await rejects(wheatear.deleteDatabase(name), wheatear.StorageError, code, /lives in OPFS/);
        await rejects(wheatear.open(name, auto(options)), wheatear.StorageError, code, /lives in OPFS/);
      });
    }
    equal(await countRows(context, auto(options)), 1);
  },

  async 'and trying it out leaves no file'({ wheatear, name, options }) {
    const before = await opfsEntries();
    await (await wheatear.open(name, auto(options))).close();
    await wheatear.deleteDatabase(name);
    await (await wheatear.open(name, auto(options, 'unwritable'))).close();
    deepEqual((await opfsEntries()).sort(), before.sort());
  },
};

const refuse = () => Promise.reject(securityError());
const refuseAtOnce = () => {
  throw securityError();
};
const neverAnswer = () => ({});

async function addRow(/** @type {Context} */ { wheatear, name }, /** @type {OpenOptions} */ options) {
  const database = await wheatear.open(name, options);
  await database.query("INSERT INTO weather_node (time_received) VALUES ('2026-01-01 12:00:00')");
  await database.close();
}

async function countRows(/** @type {Context} */ { wheatear, name }, /** @type {OpenOptions} */ options) {
  const database = await wheatear.open(name, options);
  const rows = await database.query('SELECT * FROM weather_node');
  await database.close();
  return rows.length;
}

/** Where it is listed; throws if that is more than once. */
async function homeOf(/** @type {Context['wheatear']} */ wheatear, /** @type {string} */ name) {
  const [found, ...others] = (await wheatear.listDatabases()).filter((database) => database.name === name);
  deepEqual(others, []);
  return found?.storage;
}

/** As a version of the package will that keeps other object stores. */
function raiseVersion(/** @type {string} */ name) {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(`wheatear/${name}`, 2);
    request.onsuccess = () => resolve(request.result.close());
    request.onerror = () => reject(request.error);
  });
}

async function hasBlocks(/** @type {string} */ name) {
  return (await indexedDB.databases()).some((database) => database.name === `wheatear/${name}`);
}
