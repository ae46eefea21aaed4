import { deepEqual, equal, matches, ok, rejects } from '../../pages/assert.mjs';
import { Frame } from '../../pages/frame.mjs';
import { migrating, packageWorker, workerAt } from '../../pages/worker-options.mjs';

/** @type {import('../../pages/suite.mjs').Suite} */
export const tests = {
  async 'a worker script that does not exist is a worker that failed'(context) {
    const worker = () => new Worker('/pages/workers/absent.mjs', { type: 'module' });
    await everyFunctionRejects(context, { worker }, /could not be loaded .*\/pages\/workers\/absent\.mjs/);
  },

  async 'a worker script that throws is a worker that failed, for the reason that it gave'(context) {
    await everyFunctionRejects(context, workerAt('/pages/workers/throws.mjs'), /out of luck/);
  },

  async 'a worker whose wasm file does not exist has failed, and says at once where it was looked for'(context) {
    const { wheatear, name } = context;
    const { worker } = workerAt('/pages/workers/without-wasm-file.mjs');
    const reason = /404.*http.*\/pkg\/absent\.wasm/;
    await everyFunctionRejects(context, { worker }, reason);
    let starts = 0;
    const counted = () => {
      starts++;
      return worker();
    };
    await rejects(wheatear.open(name, { worker: counted }), wheatear.ConnectionError, 'worker_failed', reason);
    equal(starts, 1);
  },

  async 'a worker whose wasm file is something else has failed, and says where it was looked for'(context) {
    const worker = workerAt('/pages/workers/with-other-file.mjs');
    await everyFunctionRejects(context, worker, /CompileError.*http.*\/pages\/client\.html/);
  },

  async 'a worker whose wasm file lies elsewhere finds it where the option wasm says'({ wheatear, name, storage }) {
    const address = '/pkg/weather_bg.wasm';
    const { href } = new URL(address, location.href);
    // A worker that has ended is followed by one that finds it, too, though an answer can be read only once.
    for (const wasm of [address, new URL(href), await fetch(address), fetch(address), Promise.resolve(href)]) {
      /** @type {Worker[]} */
      const workers = [];
      const worker = () => {
        const started = workerAt('/pages/workers/without-wasm-file.mjs').worker();
        workers.push(started);
        return started;
      };
      const database = await wheatear.open(name, { worker, wasm, storage });
      workers[0]?.terminate();
      deepEqual(await database.query('SELECT 1 AS one'), [{ one: 1 }]);
      equal(workers.length, 2);
      await database.close();
      const file = await wheatear.exportDatabase(name, { worker, wasm: href });
      ok(file.size > 0, 'the file is empty');
    }
  },

  async 'an option wasm that names, or gives, something else is a worker that failed, and what to do is said'(context) {
    const { wheatear, name, options, storage } = context;
    const page = '/pages/client.html';
    for (const [wasm, reason] of /** @type {const} */ ([
      ['/pkg/absent.wasm', /404.*http.*\/pkg\/absent\.wasm.*wheatear_bg\.wasm of this version/],
      [page, /CompileError.*http.*\/pages\/client\.html.*wheatear_bg\.wasm of this version/],
      [fetch(page), /CompileError.*http.*\/pages\/client\.html.*wheatear_bg\.wasm of this version/],
      [fetch('/pkg/absent.wasm'), /404.*\/pkg\/absent\.wasm.*wheatear_bg\.wasm of this version/],
      [Promise.reject(new Error('out of luck')), /out of luck.*wheatear_bg\.wasm of this version/],
      // It has the exports of no build.
      [new Response(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])), /wheatear_bg\.wasm of this version/],
    ])) {
      const opening = wheatear.open(name, { ...options, wasm, storage });
      await rejects(opening, wheatear.ConnectionError, 'worker_failed', reason);
    }
    const wasm = /** @type {any} */ (Promise.resolve(7));
    const reason = /promise of the option wasm must give a string or a URL or a Response, not 7/;
    await rejects(
      wheatear.open(name, { ...options, wasm, storage }),
      wheatear.DefinitionError,
      'invalid_option',
      reason,
    );
    equal(
      (await wheatear.listDatabases()).some((database) => database.name === name),
      false,
    );
  },

  async 'a worker that never serves has failed, and what it must do is said'(context) {
    const worker = hurried(() => new Worker('/pages/workers/silent.mjs', { type: 'module' }), 20_000);
    await everyFunctionRejects(context, worker, /has not greeted, it says nothing; its script must call serve/);
  },

  async 'a worker that speaks of something else has failed, and what it must do is said'(context) {
    const worker = hurried(() => new Worker('/pages/workers/talkative.mjs', { type: 'module' }), 3000);
    await everyFunctionRejects(context, worker, /has not greeted, it says other things; its script must call serve/);
  },

  async 'a worker that was ended before it was handed over has failed'({ wheatear, name }) {
    const worker = new Worker('/pages/worker.mjs', { type: 'module' });
    worker.terminate();
    const promise = wheatear.open(
      name,
      hurried(() => worker, 20_000),
    );
    await rejects(promise, wheatear.ConnectionError, 'worker_failed', /has not greeted/);
  },

  async 'a worker with another version of Wheatear has failed, and says so'(context) {
    await everyFunctionRejects(context, workerAt('/pages/workers/other-version.mjs'), /another version of Wheatear/);
  },

  async 'a worker in a browser without WebAssembly has failed, and says so'(context) {
    await everyFunctionRejects(context, workerAt('/pages/workers/without-webassembly.mjs'), /no WebAssembly/);
  },

  async 'a worker that serves something else than the module has failed, and says what it lacks'(context) {
    const reason = /lacks default, blockSize,.*whole namespace/;
    await everyFunctionRejects(context, workerAt('/pages/workers/other-module.mjs'), reason);
  },

  async 'a worker whose module is of another build has failed, and says what that lacks'(context) {
    await everyFunctionRejects(
      context,
      workerAt('/pages/workers/other-build.mjs'),
      /lacks queryArrays:.*build it anew/,
    );
  },

  async 'a worker that serves only after a while hears all that was said'({ wheatear, name, storage }) {
    const database = await wheatear.open(name, { ...workerAt('/pages/workers/late.mjs'), storage });
    deepEqual(await database.query('SELECT 1 AS one'), [{ one: 1 }]);
    await database.close();
  },

  async 'a worker serves one database, and no other one, at no time'({ wheatear, name, options, storage }) {
    const given = options.worker();
    const one = { ...options, worker: () => given, storage };
    const database = await wheatear.open(name, one);
    const again = () =>
      rejects(wheatear.open(`${name} other`, one), wheatear.DefinitionError, 'invalid_option', /new Worker each time/);
    await again();
    await rejects(
      wheatear.importDatabase(`${name} other`, new Blob(), { worker: one.worker }),
      wheatear.DefinitionError,
      'invalid_option',
    );
    // A page that has a Wheatear of its own cannot know.
    const frame = await Frame.load();
    const ofFrame = frame.call('other-tab.mjs', 'openWith', `${name} other`, { ...one });
    await ofFrame.then(
      () => ok(false, 'it serves two'),
      ({ message }) => matches(message, /worker_failed.*serves somebody else already/),
    );
    frame.remove();
    await database.query("INSERT INTO weather_node (time_received) VALUES ('2026-01-01 12:00:00')");
    equal((await database.query('SELECT * FROM weather_node')).length, 1);
    await database.close();
    // It was ended with its database.
    await again();
    deepEqual(
      (await wheatear.listDatabases()).filter((each) => each.name === `${name} other`),
      [],
    );
  },

  async 'a worker that is given again in the place of one that has died is refused'({ wheatear, name, options }) {
    const given = options.worker();
    const database = await wheatear.open(name, { ...options, worker: () => given });
    given.terminate();
    await rejects(database.query('SELECT 1'), wheatear.DefinitionError, 'invalid_option', /new Worker each time/);
    await database.close();
  },

  async 'a worker that the policy forbids to compile wasm has failed, and says so'(context) {
    const worker = workerAt('/pages/without-wasm/serves.mjs');
    await everyFunctionRejects(context, worker, /Content Security Policy|blocked by CSP/i);
  },

  async 'a worker of another origin, which no browser starts, is a worker that failed'(context) {
    await everyFunctionRejects(context, workerAt('http://127.0.0.1:1/worker.mjs'), /./);
  },

  async 'after a fault of the module, which is named, another worker goes on'({ wheatear, name }) {
    const database = await wheatear.open(name, workerAt('/pages/workers/faulty.mjs'));
    for (let attempt = 0; attempt < 5; attempt++) {
      const promise = database.query('fault');
      // It is sent to the next worker.
      const behind = database.query('SELECT 1');
      await rejects(promise, wheatear.ConnectionError, 'worker_failed', /RuntimeError: memory access out of bounds/);
      deepEqual(await behind, []);
    }
    await database.close();
    const inMemory = await wheatear.open(name, { ...workerAt('/pages/workers/faulty.mjs'), storage: 'memory' });
    await rejects(inMemory.query('fault'), wheatear.ConnectionError, 'worker_failed', /out of bounds/);
    // What was in memory is gone.
    await rejects(inMemory.query('SELECT 1'), wheatear.ConnectionError, 'worker_failed', /out of bounds/);
    await inMemory.close();
  },

  async 'a fault of the module while it copies the database is one, and not what its storage says'(context) {
    const { wheatear, name, storage } = context;
    // What is in IndexedDB the page copies by itself.
    if (storage !== 'opfs') return;
    const opening = wheatear.open(name, { ...workerAt('/pages/workers/faulty.mjs#unreadable'), storage, backup: true });
    await rejects(opening, wheatear.ConnectionError, 'worker_failed', /RuntimeError: memory access out of bounds/);
  },

  async 'a browser that fails to open a folder is storage that failed, and no fault'({ wheatear, name, storage }) {
    if (storage !== 'opfs') return;
    const importing = wheatear.importDatabase(name, new Blob(['text']), {
      ...workerAt('/pages/workers/without-folders.mjs'),
      storage,
    });
    await rejects(importing, wheatear.StorageError, 'storage_io', /Something went wrong/);
  },

  async 'a worker that dies while it upgrades has failed, and the upgrade is not begun again'(context) {
    const { wheatear, name, storage } = context;
    const slow = 'WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 2000000)';
    const release = migrating({ '1.note.sql': `CREATE TABLE note AS ${slow} SELECT count(*) AS count FROM n;` });
    /** @type {Worker[]} */
    const workers = [];
    const worker = () => {
      const started = packageWorker();
      workers.push(started);
      return started;
    };
    const onProgress = () => workers.at(-1)?.terminate();
    const opening = wheatear.open(name, { ...release, worker, storage, onProgress });
    await rejects(opening, wheatear.ConnectionError, 'worker_failed', /gone/);
    equal(workers.length, 1);
    const database = await wheatear.open(name, { ...release, storage });
    deepEqual(await database.query('SELECT count FROM note'), [{ count: 2_000_000 }]);
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

/**
 * Starts workers that are not waited for as long as that, in milliseconds, but are given up at once.
 * @returns {import('../../../client/index.js').WorkerOptions}
 */
function hurried(/** @type {() => Worker} */ worker, /** @type {number} */ limit) {
  const { setTimeout } = globalThis;
  return {
    worker: () => {
      globalThis.setTimeout = /** @type {typeof setTimeout} */ (
        (/** @type {TimerHandler} */ then, /** @type {number} */ delay) => {
          if (delay !== limit) return setTimeout(then, delay);
          globalThis.setTimeout = setTimeout;
          return setTimeout(then, 0);
        }
      );
      return worker();
    },
  };
}

/** Of a new database, and of one that is there: it stays. */
async function everyFunctionRejects(
  /** @type {import('../../pages/suite.mjs').Context} */ { wheatear, name, options, storage },
  /** @type {import('../../../client/index.js').WorkerOptions} */ worker,
  /** @type {RegExp} */ reason,
) {
  const failing = { ...worker, storage: /** @type {import('../../../client/index.js').DurableKind} */ (storage) };
  const fails = (/** @type {Promise<unknown>} */ promise) =>
    rejects(promise, wheatear.ConnectionError, 'worker_failed', reason);
  await fails(wheatear.open(name, failing));
  const file = await fetch('/pages/files/wal.sqlite3');
  await fails(wheatear.importDatabase(name, await file.blob(), failing));
  equal(
    (await wheatear.listDatabases()).some((database) => database.name === name),
    false,
  );

  const database = await wheatear.open(name, options);
  await database.query("INSERT INTO weather_node (time_received) VALUES ('2026-01-01 12:00:00')");
  await database.close();
  await fails(wheatear.open(name, failing));
  await fails(wheatear.importDatabase(name, new Blob(['text']), { ...failing, overwrite: true }));
  if (storage === 'opfs') {
    // What is in IndexedDB the page reads by itself.
    await fails(wheatear.exportDatabase(name, failing));
    await fails(wheatear.moveDatabase(name, 'indexeddb', failing));
  }
  const again = await wheatear.open(name, options);
  equal((await again.query('SELECT * FROM weather_node')).length, 1);
  await again.close();
}
