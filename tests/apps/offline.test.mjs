// An application whose service worker keeps all of it: without its server it starts, reads and writes, and a newer build that
// was kept before the server went away upgrades the database.

import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import sirv from 'sirv';
import { build } from 'vite';
import { blocksOf } from '../docs/pages.mjs';
import { engines } from '../lab/engines.mjs';
import { eventually } from '../lab/eventually.mjs';
import { makeApp, pageOf } from './package.mjs';

const engine = engines.find(({ name }) => name === 'Chromium');
const page = 'docs/offline.md';

/** The block of the page that begins with this comment. */
function blockOf(/** @type {string} */ comment) {
  const block = blocksOf(page).find(({ code }) => code.startsWith(`// ${comment}\n`));
  assert.ok(block, `${page} has no block ${comment}`);
  return block.code;
}

const main = `import './offline.js';
import { open } from 'wheatear';

const db = await open('weather', {
  migrations: import.meta.glob('./migrations/*.sql', { query: '?raw', import: 'default', eager: true }),
});
await db.sql\`INSERT INTO weather_node (node_addr) VALUES (\${17})\`;
const rows = await db.sql\`SELECT * FROM weather_node\`;
document.querySelector('output')!.textContent = JSON.stringify(rows);
`;

const create = 'CREATE TABLE weather_node (node_addr INTEGER);';
const humidity = 'ALTER TABLE weather_node ADD COLUMN humidity INTEGER DEFAULT 40;';

/** @type {string} */
let app;
/** @type {import('selenium-webdriver').WebDriver} */
let driver;
before(async () => {
  if (!engine) return;
  app = await makeApp({
    'index.html': pageOf('/src/main.ts'),
    'src/main.ts': main,
    'src/migrations/0001.create.sql': create,
    'src/offline.ts': blockOf('src/offline.ts'),
    'src/sw.js': blockOf('src/sw.js'),
    'vite.config.js': blockOf('vite.config.js'),
  });
  driver = await engine.start({ downloads: '/tmp' });
});
after(async () => {
  await driver?.quit();
  if (app) await rm(app, { recursive: true, force: true });
});

/** Builds the application as it is now. */
const built = () => build({ root: app, logLevel: 'error', configFile: join(app, 'vite.config.js') });

/** Serves what is built, at an address that stays the same. */
async function serve(port = 0) {
  const files = sirv(join(app, 'dist'), { dev: true });
  const server = createServer((request, response) =>
    files(request, response, () => void response.writeHead(404).end()),
  );
  await new Promise((resolve) => server.listen(port, 'localhost', () => resolve(undefined)));
  return server;
}

async function gone(/** @type {import('node:http').Server} */ server) {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

/** Waits until the page shows these rows. */
async function assertShows(/** @type {object[]} */ rows) {
  await eventually(async () => {
    const shown = await driver.executeScript(() => document.querySelector('output')?.textContent);
    assert.equal(shown, JSON.stringify(rows));
  });
}

/** Waits until a service worker keeps everything, and the page is its. */
const assertKept = (/** @type {number} */ count) =>
  eventually(async () => {
    const names = await driver.executeScript(async () => {
      const { controller } = navigator.serviceWorker;
      const names = await caches.keys();
      const kept = names.map(async (name) => (await (await caches.open(name)).keys()).length);
      return controller?.state === 'activated' ? Promise.all(kept) : [];
    });
    assert.equal(/** @type {number[]} */ (names).filter((files) => files >= 4).length, count);
  });

test('an application that is kept starts, writes and upgrades without its server', { skip: !engine }, async () => {
  await built();
  const first = await serve();
  const { port } = /** @type {import('node:net').AddressInfo} */ (first.address());
  await driver.get(`http://localhost:${port}/`);
  await assertShows([{ node_addr: 17 }]);
  await assertKept(1);
  await gone(first);

  await driver.navigate().refresh();
  await assertShows([{ node_addr: 17 }, { node_addr: 17 }]);

  await writeFile(join(app, 'src/migrations/0002.humidity.sql'), humidity);
  await built();
  const second = await serve(port);
  const isNew = driver.executeScript(async () => {
    const registration = await navigator.serviceWorker.ready;
    await registration.update();
    return Boolean(registration.installing ?? registration.waiting);
  });
  assert.equal(await isNew, true);
  await eventually(async () => {
    const state = await driver.executeScript(async () => {
      const { installing, waiting } = await navigator.serviceWorker.ready;
      return !installing && !waiting;
    });
    assert.equal(state, true);
  });
  await gone(second);

  await driver.navigate().refresh();
  const old = { node_addr: 17, humidity: 40 };
  await assertShows([old, old, old]);
  await driver.navigate().refresh();
  await assertShows([old, old, old, old]);
});
