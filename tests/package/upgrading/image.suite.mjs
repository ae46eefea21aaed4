// New databases that begin as an image of their migrations.

import { deepEqual, equal, rejects } from '../../pages/assert.mjs';
import { patched } from '../../pages/patched.mjs';
import { workerAt } from '../../pages/worker-options.mjs';

/** @typedef {import('../../../client/index.js').LazyMigrations} LazyMigrations */
/** @typedef {import('../../../client/index.js').OpenOptions} OpenOptions */
/** @typedef {import('../../pages/suite.mjs').Context} Context */
/** @typedef {Record<string, string>} Files */

const files = {
  '1.note.sql': 'CREATE TABLE note (id INTEGER PRIMARY KEY AUTOINCREMENT, text);',
  '1.note.rollback.sql': 'DROP TABLE note;',
  '2.rows.sql': "INSERT INTO note (text) VALUES ('a'), ('b'), ('c'); DELETE FROM note WHERE text <> 'b';",
  '2.rows.rollback.sql': 'DELETE FROM note;',
};
const rows = [{ id: 2, text: 'b' }];
const applied = ['1.note', '2.rows'];

/** What makes images. It is for Node.js, and works here as well. */
const module = '/package/tools/wheatear_tools';

/** @type {import('../../pages/suite.mjs').Suite} */
export const tests = {
  async 'a new database has the same, its log says so, and nothing is loaded, then and later'(context) {
    const build = await built(files);
    const first = await opened(context, build);
    deepEqual([first.report.from, first.report.to, build.loads(), build.asked()], [null, '2.rows', 0, 1]);
    deepEqual(
      first.report.applied.map(({ id, late }) => [id, late]),
      applied.map((id) => [id, false]),
    );
    deepEqual(await first.query('SELECT * FROM note'), rows);
    deepEqual(
      (await first.log()).map(({ operation, id, outcome, appVersion }) => [operation, id, outcome, appVersion]),
      applied.map((id) => ['image', id, 'done', '1.4']),
    );
    deepEqual((await first.run("INSERT INTO note (text) VALUES ('d')")).lastInsertRowid, 4);
    const changed = new Promise((resolve) => first.addEventListener('change', ({ tables }) => resolve(tables)));
    await first.run("DELETE FROM note WHERE text = 'd'");
    deepEqual(await changed, ['note']);
    equal(build.loads(), 0);
    deepEqual(
      (await first.status()).map(({ state, durationMs }) => [state, durationMs]),
      applied.map(() => ['applied', 0]),
    );
    await first.close();
    if (context.storage === 'memory') return;

    const later = await built(files);
    const second = await opened(context, later);
    deepEqual([second.report.applied, later.loads(), later.asked()], [[], 0, 0]);
    deepEqual(await second.query('SELECT * FROM note'), rows);
    deepEqual((await second.rollback(1)).rolledBack.length, 1);
    await second.close();
    const third = await opened(context, later);
    deepEqual([third.report.applied.map(({ id }) => id), later.asked()], [['2.rows'], 0]);
    deepEqual(
      (await third.log()).map(({ operation }) => operation),
      ['image', 'image', 'rollback', 'apply'],
    );
    await third.close();
  },

  async 'it may be a file, its address, or a function, and compressed or not'({ wheatear, name, storage }) {
    const { digest, bytes, packed } = await made(files);
    const images = [
      new Blob([bytes]),
      new Blob([packed]),
      '/served/bytes',
      '/served/packed',
      new URL('/served/packed', location.href),
      () => new Blob([packed]),
      async () => '/served/packed',
    ];
    const serve = (/** @type {string} */ what) => new Response(what === 'bytes' ? bytes : packed);
    await serving(serve, async () => {
      for (const [index, image] of images.entries()) {
        const load = () => Promise.reject(new Error(`${index} is not used`));
        const database = await wheatear.open(`${name} ${index}`, { migrations: { digest, load, image }, storage });
        deepEqual(await database.query('SELECT * FROM note'), rows);
        await database.close();
      }
    });
  },

  async 'what cannot be had, or is not what it should be, is not used'({ wheatear, name, storage }) {
    const { digest, bytes, packed } = await made(files);
    const other = await made({ ...files, '2.rows.sql': "INSERT INTO note (text) VALUES ('other');" });
    const damaged = packed.slice();
    damaged.set([0, 0, 0, 0], packed.length - 8);
    const images = [
      '/served/nothing',
      '/package/index.js',
      () => Promise.reject(new Error('no network')),
      /** @type {() => any} */ (() => 7),
      new Blob([]),
      new Blob([other.packed]),
      new Blob([bytes.slice(0, -4096)]),
      new Blob([packed.slice(0, -20)]),
      new Blob([damaged]),
    ];
    const load = async () => files;
    await serving(
      () => new Response(bytes, { status: 404 }),
      async () => {
        for (const [index, image] of images.entries()) {
          const database = await wheatear.open(`${name} ${index}`, { migrations: { digest, load, image }, storage });
          deepEqual(await database.query('SELECT * FROM note'), rows);
          const log = await database.log();
          deepEqual([index, ...log.map(({ operation }) => operation)], [index, 'apply', 'apply']);
          await database.close();
        }
      },
    );
    const wrong = /** @type {any} */ ({ digest, load, image: 7 });
    const opening = wheatear.open(name, { migrations: wrong, storage });
    await rejects(opening, wheatear.DefinitionError, 'invalid_option', /image must be .* not 7/);
  },

  async 'it is not asked for where migrations are to run, or something is there'(context) {
    const { wheatear, name, storage } = context;
    const build = await built(files);
    for (const [index, options] of [{ image: false }, { target: '2.rows' }, { debug: true }].entries()) {
      const database = await opened({ ...context, name: `${name} ${index}` }, build, options);
      deepEqual([(await database.log())[0]?.operation, build.asked(), build.loads()], ['apply', 0, index + 1]);
      await database.close();
    }
    if (storage === 'memory') return;
    const older = { '1.note.sql': files['1.note.sql'] };
    await (await wheatear.open(name, { migrations: older, storage })).close();
    const file = await wheatear.exportDatabase(name);
    for (const options of [{}, { initial: file }]) {
      const database = await opened({ ...context, name: 'initial' in options ? `${name} file` : name }, build, options);
      deepEqual([database.report.from, database.report.to, build.asked()], ['1.note', '2.rows', 0]);
      await database.close();
    }
  },

  async 'beside code of the worker, of which it knows nothing, it is not used'({ wheatear, name, storage }) {
    const { digest, packed } = await made(files);
    const worker = workerAt('/pages/workers/code.mjs?is used later');
    const migrations = { digest, load: async () => files, image: new Blob([packed]) };
    const opening = wheatear.open(name, { ...worker, migrations, storage });
    // As without an image: it is not the digest of both together.
    await rejects(opening, wheatear.DefinitionError, 'invalid_option', /write that/);
  },

  async 'it is not used by a module that lacks what it needs'({ wheatear, name, storage }) {
    const search = { '1.sql': 'CREATE VIRTUAL TABLE search USING fts5 (text);' };
    const { digest, packed } = await made(search);
    const migrations = { digest, load: async () => search, image: new Blob([packed]) };
    const database = await wheatear.open(name, { migrations, storage });
    equal((await database.log())[0]?.operation, 'image');
    await database.run("INSERT INTO search VALUES ('a wheatear')");
    deepEqual(await database.query("SELECT text FROM search ('wheatear')"), [{ text: 'a wheatear' }]);
    await database.close();
    const lean = /** @type {typeof wheatear} */ (await import(`/package/lean/index.js`));
    const opening = lean.open(`${name} lean`, { migrations, storage });
    await rejects(opening, lean.ApplyError, 'statement_failed', /no such module: fts5/);
  },

  async 'tabs that open a new database at once share it'(context) {
    const build = await built(files);
    const tabs = await Promise.all([opened(context, build), opened(context, build)]);
    for (const tab of tabs) deepEqual(await tab.query('SELECT * FROM note'), rows);
    equal(build.loads(), 0);
    for (const tab of tabs) await tab.close();
  },
};

/** What the module for tools makes of these files. */
async function made(/** @type {Files} */ files) {
  const tools = await import(`${module}.js`);
  await tools.default({ module_or_path: `${module}_bg.wasm` });
  const { digest, image } = tools.imageOfFiles(Object.keys(files), Object.values(files));
  const bytes = /** @type {Uint8Array<ArrayBuffer>} */ (image);
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream('gzip'));
  return { digest: String(digest), bytes, packed: new Uint8Array(await new Response(stream).arrayBuffer()) };
}

/** Migrations as they are deployed, which count what is asked of them. */
async function built(/** @type {Files} */ files) {
  const { digest, packed } = await made(files);
  let [loads, asked] = [0, 0];
  const load = async () => {
    loads++;
    return files;
  };
  const image = () => {
    asked++;
    return new Blob([packed]);
  };
  return { migrations: { digest, load, image }, loads: () => loads, asked: () => asked };
}

/** Answers requests for what is in /served/ while work goes on. */
async function serving(/** @type {(what: string) => Response} */ answer, /** @type {() => Promise<void>} */ work) {
  const real = globalThis.fetch;
  const served = async (/** @type {any} */ address, /** @type {any} */ options) => {
    const [, what] = /\/served\/(\w+)$/.exec(String(address)) ?? [];
    return what === undefined ? real(address, options) : answer(what);
  };
  await patched(globalThis, 'fetch', served, work);
}

function opened(
  /** @type {Context} */ { wheatear, name, storage },
  /** @type {{ migrations: LazyMigrations }} */ { migrations },
  /** @type {OpenOptions} */ options = {},
) {
  return wheatear.open(name, { migrations, storage, appVersion: '1.4', ...options });
}
