// The package in a frame that is sandboxed, and so has no origin, and in one of another site: each function works there, or
// says in its own words what is missing; nothing hangs, and nothing is left for the console.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import sirv from 'sirv';
import { Browser } from '../../lab/browser.mjs';
import { engines } from '../../lab/engines.mjs';
import { eventually } from '../../lab/eventually.mjs';

/** In the frame: calls everything, and tells the page around it. */
async function callEverything() {
  const tell = (/** @type {unknown} */ what) => parent.postMessage(what, '*');
  addEventListener('error', ({ message }) => tell({ uncaught: message }));
  addEventListener('unhandledrejection', ({ reason }) => tell({ uncaught: String(reason) }));
  // @ts-expect-error: as the server of this test has it.
  const wheatear = await import('/index.js');
  const migrations = { '0001.create.sql': 'CREATE TABLE t (a INTEGER)' };
  /** @type {Blob | undefined} */
  let file;
  const use = async (/** @type {import('/package/index.js').Database} */ db) => {
    await db.sql`INSERT INTO t VALUES (${1})`;
    await db.close();
    return 'rows';
  };
  /** @type {[string, () => Promise<unknown>][]} */
  const calls = [
    ['open', () => wheatear.open('x', { migrations }).then(use)],
    ['open in memory', () => wheatear.open('x', { migrations, storage: 'memory' }).then(use)],
    [
      'open it twice',
      async () => {
        const both = await Promise.all([wheatear.open('x', { migrations }), wheatear.open('x', { migrations })]);
        const rows = await both[1].query('SELECT a FROM t');
        await Promise.all(both.map((db) => db.close()));
        return rows.length;
      },
    ],
    [
      'exportDatabase',
      async () => {
        file = await wheatear.exportDatabase('x');
        return 'a file';
      },
    ],
    ['importDatabase', () => wheatear.importDatabase('y', file ?? new Blob(['x'])).then(() => 'done')],
    ['moveDatabase', () => wheatear.moveDatabase('y', 'indexeddb').then(() => 'done')],
    [
      'listDatabases',
      async () => (await wheatear.listDatabases()).map((/** @type {{ name: string }} */ { name }) => name).join(),
    ],
    ['listBackups', async () => (await wheatear.listBackups('x')).length],
    ['restoreBackup', () => wheatear.restoreBackup('1764000000000.x')],
    ['deleteDatabase', () => wheatear.deleteDatabase('x').then(() => 'done')],
  ];
  for (const [name, call] of calls) {
    const answer = await call().catch((error) =>
      error instanceof wheatear.WheatearError
        ? `${error.constructor.name} ${error.code}: ${error.message}`
        : `not typed: ${error}`,
    );
    tell({ name, answer });
  }
  tell({ name: 'everything', answer: 'done' });
}

const frame = `<!doctype html><title>A frame</title><script type="module">(${callEverything})();</script>`;

const around = (/** @type {string} */ element) => `<!doctype html>
  <title>Frames</title>
  <link rel="icon" href="data:,">
  <script>
    window.told = [];
    addEventListener('message', ({ data }) => told.push(data));
  </script>
  ${element}`;

/** Serves the package, and a frame within a page: under two names, which are two sites. */
async function startServer() {
  const serve = sirv(fileURLToPath(new URL('../../../dist/package', import.meta.url)), { dev: true });
  const server = createServer((request, response) => {
    // Scripts of a module are asked for by a page that has no origin.
    response.setHeader('Access-Control-Allow-Origin', '*');
    const pages = /** @type {Record<string, string>} */ ({
      '/frame': frame,
      '/sandboxed': around('<iframe sandbox="allow-scripts" src="/frame"></iframe>'),
      '/other-site': around(`<iframe src="http://127.0.0.1:${port}/frame"></iframe>`),
    });
    const page = pages[request.url ?? ''];
    if (page === undefined) return serve(request, response, () => void response.writeHead(404).end());
    response.setHeader('Content-Type', 'text/html');
    response.end(page);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    origin: `http://localhost:${port}`,
    withhold: () => {},
    takeComplaints: () => [],
    close: () =>
      new Promise((/** @type {(value: void) => void} */ resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

for (const engine of engines) {
  describe(`in a frame, in ${engine.name}`, () => {
    /** @type {Browser} */
    let browser;
    before(async () => {
      browser = await Browser.start(engine, {}, await startServer());
    });
    after(() => browser?.quit());

    /** What everything answers in the frame of a page. */
    async function answersIn(/** @type {string} */ path) {
      await browser.driver.get(`${browser.site.origin}${path}`);
      /** @type {{ name?: string, answer?: unknown, uncaught?: string }[]} */
      const told = await eventually(async () => {
        const told = /** @type {any[]} */ (await browser.driver.executeScript(() => /** @type {any} */ (window).told));
        assert.ok(
          told.some(({ name }) => name === 'everything'),
          JSON.stringify(told),
        );
        return told;
      }, 40_000);
      assert.deepEqual(
        told.filter(({ uncaught }) => uncaught !== undefined),
        [],
      );
      await browser.assertNoComplaints();
      return Object.fromEntries(told.map(({ name, answer }) => [name, answer]));
    }

    test('one that is sandboxed is told what its page must allow', async () => {
      const { everything, ...answers } = await answersIn('/sandboxed');
      assert.equal(Object.keys(answers).length, 10);
      for (const [name, answer] of Object.entries(answers))
        assert.match(String(answer), /^StorageError storage_unsupported: .* allow-same-origin /, name);
    });

    test('one of another site has databases of its own', async () => {
      assert.deepEqual(await answersIn('/other-site'), {
        open: 'rows',
        'open in memory': 'rows',
        'open it twice': 1,
        exportDatabase: 'a file',
        importDatabase: 'done',
        moveDatabase: 'done',
        // WebKit lists no database of IndexedDB in a frame of another site, though it has them.
        listDatabases: engine.storages.includes('opfs') ? 'x,y' : '',
        listBackups: 0,
        restoreBackup: 'StorageError no_such_database: There is no backup "1764000000000.x".',
        deleteDatabase: 'done',
        everything: 'done',
      });
    });
  });
}
