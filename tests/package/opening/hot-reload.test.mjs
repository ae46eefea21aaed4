// A module that opens a database and is edited while the page goes on, as the documentation says it should be written.

import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createServer } from 'vite';
import { engines } from '../../lab/engines.mjs';
import { eventually } from '../../lab/eventually.mjs';

const path = (/** @type {string} */ relative) => fileURLToPath(new URL(`../../../${relative}`, import.meta.url));

const [engine] = engines;

/** The page; it counts the workers that are not ended. */
const page = `<!doctype html>
  <title>Edited</title>
  <script>
    const workers = (window.workers = new Set());
    window.Worker = class extends Worker {
      constructor(...given) {
        super(...given);
        workers.add(this);
      }
      terminate() {
        workers.delete(this);
        super.terminate();
      }
    };
  </script>
  <script type="module" src="main.js"></script>`;

const worker = `import { serve } from 'wheatear/worker';
  import * as module from 'weather';
  serve(module);`;

const main = (/** @type {number} */ edit, /** @type {string} */ disposal) => `import { open } from 'wheatear';
  const worker = () => new Worker(new URL('./database.worker.js', import.meta.url), { type: 'module' });
  const db = await open('edited', { worker });
  await db.exec("INSERT INTO weather_node (time_received) VALUES ('edit ${edit}')");
  window.seen = { edit: ${edit}, rows: (await db.query('SELECT * FROM weather_node')).length };
  import.meta.hot?.accept();
  ${disposal}`;

/** The line of the documentation. */
async function documentedDisposal() {
  const page = 'docs/getting-started.md';
  const line = /`(import\.meta\.hot\?\.dispose\([^`]*)`/.exec(await readFile(path(page), 'utf8'))?.[1];
  assert.ok(line, `${page} has no such line`);
  return line;
}

test('a module that closes its database when it is replaced leaves no worker behind', { skip: !engine }, async () => {
  const root = await mkdtemp(join(tmpdir(), 'wheatear-edited-'));
  const disposal = await documentedDisposal();
  const edit = (/** @type {number} */ number) => writeFile(join(root, 'main.js'), main(number, disposal));
  await Promise.all([
    writeFile(join(root, 'index.html'), page),
    writeFile(join(root, 'database.worker.js'), worker),
    edit(0),
  ]);
  const server = await createServer({
    root,
    configFile: false,
    logLevel: 'error',
    resolve: {
      alias: [
        { find: /^wheatear$/, replacement: path('dist/package/index.js') },
        { find: /^wheatear\/worker$/, replacement: path('dist/package/worker.js') },
        { find: /^weather$/, replacement: path('tests/module/pkg/weather.js') },
      ],
    },
    server: { port: 0, host: 'localhost', fs: { strict: false } },
  });
  await server.listen();
  const driver = await engine?.start({ downloads: root });
  try {
    await driver?.get(server.resolvedUrls?.local[0] ?? '');
    for (let number = 0; number < 4; number++) {
      if (number > 0) await edit(number);
      await eventually(async () => {
        const seen = await driver?.executeScript(() => /** @type {any} */ (window).seen);
        assert.deepEqual(seen, { edit: number, rows: number + 1 });
      });
      await eventually(async () => {
        assert.equal(await driver?.executeScript(() => /** @type {any} */ (window).workers.size), 1);
      });
    }
  } finally {
    await driver?.quit();
    await server.close();
    await rm(root, { recursive: true, force: true });
  }
});
