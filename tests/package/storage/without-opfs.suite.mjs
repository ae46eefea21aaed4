// Which storage a database gets where there is no OPFS, be it that the browser has none; and memory, and no locks.

import { deepEqual, equal, matches, rejects } from '../../pages/assert.mjs';
import { patched, securityError } from '../../pages/patched.mjs';
import { workerAt } from '../../pages/worker-options.mjs';

const auto = /** @type {const} */ ({ ...workerAt('/pages/workers/without-handles.mjs'), storage: 'auto' });
const insert = "INSERT INTO weather_node (time_received) VALUES ('2026-01-01 12:00:00')";

/** @type {import('../../pages/suite.mjs').Suite} */
export const tests = {
  async 'it lives in IndexedDB, and it says why'({ wheatear, name }) {
    const database = await wheatear.open(name, auto);
    const { kind, persisted, passedOver } = database.storage;
    deepEqual([kind, typeof persisted], ['indexeddb', 'boolean']);
    deepEqual(
      passedOver.map(({ kind }) => kind),
      ['opfs'],
    );
    matches(passedOver[0]?.reason ?? '', /getDirectory|createSyncAccessHandle/);
    await database.query(insert);
    await database.close();
    const again = await wheatear.open(name, auto);
    equal((await again.query('SELECT * FROM weather_node')).length, 1);
    await again.close();
  },

  async 'nothing is asked of OPFS if IndexedDB is asked for'({ wheatear, name, options }) {
    const database = await wheatear.open(name, { ...options, storage: 'indexeddb' });
    deepEqual([database.storage.kind, database.storage.passedOver], ['indexeddb', []]);
    await database.close();
  },

  async 'nowhere, and not in memory either, if IndexedDB fails too'({ wheatear, name }) {
    await patched(IDBFactory.prototype, 'open', refuse, async () => {
      const refused = wheatear.open(name, auto);
      const { message } = await rejects(refused, wheatear.StorageError, 'storage_unsupported', /IndexedDB: Security/);
      matches(message, /OPFS: /);
    });
    deepEqual(await listed(wheatear, name), []);
  },

  async 'while IndexedDB fails, where it lives, it is not created anew'({ wheatear, name }) {
    const database = await wheatear.open(name, auto);
    await database.query(insert);
    await database.close();
    await patched(IDBFactory.prototype, 'open', refuse, async () => {
      const refused = wheatear.open(name, auto);
      await rejects(refused, wheatear.StorageError, 'storage_unsupported', /lives in IndexedDB/);
    });
    deepEqual(await listed(wheatear, name), [{ name, storage: 'indexeddb' }]);
    const again = await wheatear.open(name, auto);
    equal((await again.query('SELECT * FROM weather_node')).length, 1);
    await again.close();
  },

  async 'without Web Locks nothing that lasts is opened, and memory is'({ wheatear, name, options }) {
    await patched(navigator, 'locks', undefined, async () => {
      for (const storage of /** @type {const} */ (['auto', 'indexeddb', 'opfs'])) {
        const refused = wheatear.open(name, { ...options, storage });
        await rejects(refused, wheatear.StorageError, 'storage_unsupported', /navigator\.locks.*HTTPS/);
      }
      await rejects(wheatear.deleteDatabase(name), wheatear.StorageError, 'storage_unsupported', /locks/);
      const database = await wheatear.open(name, { ...options, storage: 'memory' });
      equal(database.storage.kind, 'memory');
      await database.close();
    });
    deepEqual(await listed(wheatear, name), []);
  },

  async 'in memory it is nobody else’s, and gone when it is closed'({ wheatear, name, options }) {
    const memory = /** @type {const} */ ({ ...options, storage: 'memory', backup: true });
    const [one, other] = await Promise.all([wheatear.open(name, memory), wheatear.open(name, memory)]);
    await one.query(insert);
    equal((await other.query('SELECT * FROM weather_node')).length, 0);
    deepEqual([one.storage, one.backup], [{ kind: 'memory', persisted: one.storage.persisted, passedOver: [] }, null]);
    deepEqual(await listed(wheatear, name), []);
    await one.close();
    equal((await other.query('SELECT * FROM weather_node')).length, 0);
    await other.close();
    const again = await wheatear.open(name, memory);
    deepEqual([again.report.from, (await again.query('SELECT * FROM weather_node')).length], [null, 0]);
    await again.close();
    deepEqual(await listed(wheatear, name), []);
  },

  async 'in memory it is another one than the stored one of that name'({ wheatear, name, options }) {
    const stored = await wheatear.open(name, options);
    await stored.query(insert);
    const database = await wheatear.open(name, { ...options, storage: 'memory' });
    equal((await database.query('SELECT * FROM weather_node')).length, 0);
    await database.exec('DROP TABLE weather_node');
    await database.close();
    equal((await stored.query('SELECT * FROM weather_node')).length, 1);
    await stored.close();
  },
};

const refuse = () => {
  throw securityError();
};

async function listed(
  /** @type {import('../../pages/suite.mjs').Context['wheatear']} */ wheatear,
  /** @type {string} */ name,
) {
  return (await wheatear.listDatabases()).filter((database) => database.name === name);
}
