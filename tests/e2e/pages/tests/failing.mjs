import { deepEqual, equal, matches, ok, rejects } from '../assert.mjs';
import { workerAt } from '../worker-options.mjs';

/** @type {import('../suite.mjs').Suite} */
export const tests = {
  async 'a worker script that does not exist is a worker that failed'({ wheatear, name }) {
    await everyFunctionRejects(
      wheatear,
      name,
      workerAt('/pages/workers/absent.mjs'),
      /could not be loaded|worker failed/,
    );
  },

  async 'a worker script that throws is a worker that failed, for the reason that it gave'({ wheatear, name }) {
    await everyFunctionRejects(wheatear, name, workerAt('/pages/workers/throws.mjs'), /out of luck/);
  },

  async 'a worker whose wasm file does not exist has failed, and says that it could not be loaded'(context) {
    const { wheatear, name } = context;
    await everyFunctionRejects(
      wheatear,
      name,
      workerAt('/pages/workers/without-wasm-file.mjs'),
      /404|Not Found|MIME|wasm/i,
    );
  },

  async 'a worker that the policy forbids to compile wasm has failed, and says so'({ wheatear, name }) {
    const worker = workerAt('/pages/without-wasm/serves.mjs');
    await everyFunctionRejects(wheatear, name, worker, /Content Security Policy|blocked by CSP/i);
  },

  async 'a worker of another origin, which no browser starts, is a worker that failed'({ wheatear, name }) {
    await everyFunctionRejects(wheatear, name, workerAt('http://127.0.0.1:1/worker.mjs'), /./);
  },

  async 'a browser without the file system that is needed says so, and what it lacks'({ wheatear, name }) {
    const lacking = /** @type {const} */ ({
      'without-storage': /OPFS/,
      'in-private-window': /SecurityError/,
      'without-handles': /createSyncAccessHandle/,
    });
    for (const [worker, reason] of Object.entries(lacking)) {
      const options = workerAt(`/pages/workers/${worker}.mjs`);
      await rejects(wheatear.open(name, options), wheatear.StorageError, 'storage_unsupported', reason);
    }
  },

  async 'a browser without a private file system has nothing to export or delete'({ wheatear, name }) {
    for (const worker of ['without-storage', 'in-private-window']) {
      const options = workerAt(`/pages/workers/${worker}.mjs`);
      await rejects(wheatear.exportDatabase(name, options), wheatear.StorageError, 'storage_unsupported');
      await rejects(wheatear.deleteDatabase(name, options), wheatear.StorageError, 'storage_unsupported');
    }
  },

  async 'what is stored but no database is neither opened nor lost'({ wheatear, name, options }) {
    await (await wheatear.open(name, options)).close();
    const garbage = `this is no database: ${'x'.repeat(5000)}`;
    await overwriteDatabaseFile(name, garbage);
    await rejects(wheatear.open(name, options), wheatear.StorageError, 'not_a_database');

    const kept = await (await wheatear.exportDatabase(name, options)).text();
    equal(kept.slice(0, garbage.length), garbage);

    await wheatear.deleteDatabase(name, options);
    const database = await wheatear.open(name, options);
    equal(database.report.from, null);
    await database.close();
  },

  async 'after a fault of the module every call is refused, and the fault is named'({ wheatear, name }) {
    const database = await wheatear.open(name, workerAt('/pages/workers/faulty.mjs'));
    deepEqual(await database.query('SELECT 1'), []);
    for (let attempt = 0; attempt < 2; attempt++) {
      const promise = database.query('fault');
      await rejects(promise, wheatear.ConnectionError, 'worker_failed', /RuntimeError: memory access out of bounds/);
    }
    await rejects(database.exec('SELECT 1'), wheatear.ConnectionError, 'worker_failed');
    await database.close();
  },

  async 'every class of error is an Error of its own name'({ wheatear }) {
    const names = ['DefinitionError', 'HistoryError', 'ApplyError', 'QueryError', 'StorageError', 'ConnectionError'];
    for (const name of names) {
      const Class = /** @type {Record<string, any>} */ (wheatear)[name];
      const error = new Class({ code: 'closed', message: 'text' });
      ok(error instanceof Error && error instanceof wheatear.WheatearError, `${name} is no WheatearError`);
      deepEqual([error.name, error.code, error.message], [name, 'closed', 'text']);
      matches(String(error), new RegExp(`^${name}: text`));
    }
  },
};

async function everyFunctionRejects(
  /** @type {typeof import('../../../../client/index.js')} */ wheatear,
  /** @type {string} */ name,
  /** @type {import('../../../../client/index.js').WorkerOptions} */ options,
  /** @type {RegExp} */ reason,
) {
  await rejects(wheatear.open(name, options), wheatear.ConnectionError, 'worker_failed', reason);
  await rejects(wheatear.exportDatabase(name, options), wheatear.ConnectionError, 'worker_failed', reason);
  await rejects(wheatear.deleteDatabase(name, options), wheatear.ConnectionError, 'worker_failed', reason);
}

/**
 * Overwrites the beginning of the stored database. Each file of the pool is named by its first
 * bytes, and its content begins after a header of 4096.
 * Source: https://sqlite.org/wasm/doc/trunk/persistence.md#vfs-opfs-sahpool
 */
async function overwriteDatabaseFile(/** @type {string} */ name, /** @type {string} */ text) {
  const root = await navigator.storage.getDirectory();
  const folder = await (await root.getDirectoryHandle('wheatear')).getDirectoryHandle(name);
  for await (const file of filesWithin(folder)) {
    const path = await (await file.getFile()).slice(0, 18).text();
    if (path !== '/database.sqlite3\0') continue;
    const stream = await file.createWritable({ keepExistingData: true });
    await stream.write({ type: 'write', position: 4096, data: text });
    return stream.close();
  }
  throw new Error('the database has no file');
}

/** @returns {AsyncGenerator<FileSystemFileHandle>} */
async function* filesWithin(/** @type {any} */ folder) {
  for await (const entry of folder.values()) {
    if (entry.kind === 'file') yield entry;
    else yield* filesWithin(entry);
  }
}
