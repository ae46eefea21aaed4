// The plugin with the option `folder`: what is wrong with migrations and queries is told before a page runs them.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { build, createLogger, createServer } from 'vite';
import { eventually } from '../lab/eventually.mjs';
import { describeInChromium } from './chromium.mjs';
import { makeApp, pageOf } from './package.mjs';

/** Counts its visits, and shows what opening has done. */
const main = `import { open } from 'wheatear';
import migrations from 'virtual:wheatear/migrations';
import { visitsOf } from './queries.js';

const db = await open('weather', { migrations });
await db.exec('INSERT INTO visit DEFAULT VALUES');
const visits = await db.query('SELECT count(*) AS count FROM visit');
export { visitsOf };
const columns = await db.query("SELECT name FROM pragma_table_info('node')");
document.querySelector('output').textContent = JSON.stringify({
  to: db.report.to,
  visits: visits[0].count,
  node: columns.map(({ name }) => name).join(),
});`;

const queries = `export const visitsOf = (db) =>\n  db.sql.visits\`SELECT count(*) AS count FROM visit WHERE id > \${0}\`;\n`;

const first = {
  '0001.create.sql': 'CREATE TABLE node (addr INTEGER);\nCREATE TABLE visit (id INTEGER PRIMARY KEY);\n',
  '0001.create.rollback.sql': 'DROP TABLE visit;\nDROP TABLE node;\n',
};
const second = {
  '0002.name.sql': 'ALTER TABLE node ADD COLUMN name TEXT;\n',
  '0002.name.rollback.sql': 'ALTER TABLE node DROP COLUMN name;\n',
};
/** A file whose second line SQLite refuses. */
const broken = '-- A column.\nALTER TABEL node ADD COLUMN name TEXT;\n';

/** @type {string} */
let app;
before(async () => {
  app = await makeApp({ 'index.html': pageOf('/src/main.js') });
});
after(() => rm(app, { recursive: true, force: true }));
beforeEach(async () => {
  for (const folder of ['migrations', 'src', 'dist']) await rm(join(app, folder), { recursive: true, force: true });
  await write('migrations', first);
  await write('src', { 'main.js': main, 'queries.js': queries });
});

async function write(/** @type {string} */ folder, /** @type {Record<string, string>} */ files) {
  await mkdir(join(app, folder), { recursive: true });
  for (const [file, text] of Object.entries(files)) await writeFile(join(app, folder, file), text);
}

/** Vite for the application, and what it writes to the terminal. */
async function viteWith(/** @type {import('../../client/vite.js').FolderOptions} */ options) {
  const module = pathToFileURL(createRequire(join(app, 'package.json')).resolve('wheatear/vite')).href;
  const { wheatear } = /** @type {typeof import('../../client/vite.js')} */ (await import(module));
  /** @type {string[]} */
  const told = [];
  const customLogger = createLogger('info');
  for (const level of /** @type {const} */ (['info', 'warn', 'warnOnce', 'error'])) {
    customLogger[level] = (message) => {
      told.push(message);
    };
  }
  const plugins = [/** @type {any} */ (wheatear({ folder: 'migrations', ...options }))];
  const target = /** @type {const} */ ('esnext');
  const config = { root: app, configFile: /** @type {const} */ (false), plugins, customLogger };
  return {
    told: () => told.join('\n'),
    build: () => build({ ...config, build: { target } }),
    serve: () => createServer({ ...config, server: { port: 0 } }),
  };
}

describe('when an application is built', () => {
  test('nothing is made of a folder that cannot be applied, also where no page needs it', async () => {
    await write('migrations', { ...second, '0002.name.sql': broken });
    await write('src', { 'main.js': 'export {};' });
    const { build } = await viteWith({});
    await assert.rejects(build(), ({ errors: [{ message, loc, frame }] }) => {
      assert.match(message, /migrations\/0002\.name\.sql:2: .*syntax error/);
      assert.deepEqual(loc, { file: join(app, 'migrations/0002.name.sql'), line: 2, column: 6 });
      assert.match(
        frame,
        /^ {2}1 \| -- A column\.\n> 2 \| ALTER TABEL node ADD COLUMN name TEXT;\n {4}\| {7}\^\n {2}3 \|$/,
      );
      return true;
    });
    await assert.rejects(stat(join(app, 'dist')));
  });

  test('lints are told, each finding once, and those that are switched off are not', async () => {
    await write('migrations', { '0002.drop.sql': 'ALTER TABLE node DROP COLUMN addr;' });
    await write('migrations', { '0001.create.sql': 'CREATE TABLE node (addr INTEGER, x);\nCREATE TABLE visit (id);' });
    const all = await viteWith({});
    await all.build();
    const found = /migrations\/0002\.drop\.sql:1: column(?:[^(]*)\(drops-column: docs\/lints\.md#drops-column\)/g;
    assert.equal(all.told().match(found)?.length, 1, all.told());
    assert.match(all.told(), /\(missing-down: /);
    const some = await viteWith({ off: ['drops-column', 'missing-down', 'wrong-down'] });
    await some.build();
    assert.doesNotMatch(some.told(), /0002\.drop/);
    const { build } = await viteWith({ off: ['no-such-lint'] });
    await assert.rejects(build(), /no lint "no-such-lint"; there are fails-on-rows, /);
  });

  test('what calls a function of the page is not held for a fault', async () => {
    await write('migrations', { '0002.call.sql': "INSERT INTO node SELECT of_the_page('a');" });
    const vite = await viteWith({});
    await vite.build();
    assert.match(vite.told(), /Only a page can tell .*0002\.call\.sql:1.*no such function: of_the_page/);
  });

  test('a query that calls a function of the page is told of, and the rest of it is checked', async () => {
    const calling = 'export const far = (db) => db.sql.far`SELECT addr, of_the_page(addr) AS d FROM node`;';
    await write('src', { 'far.js': calling });
    const vite = await viteWith({ types: 'src/made/database.ts', queries: ['src/**/*.js'] });
    await vite.build();
    assert.match(vite.told(), /Only a page can tell .*src\/far\.js:1:.*the query far: .*the function of_the_page\(\)/);
    const types = await readFile(join(app, 'src/made/database.ts'), 'utf8');
    assert.match(types, /far: \{\n {6}row: \{ addr: number \| null; d: unknown \};/);
    await write('src', { 'far.js': calling.replace('SELECT addr', 'SELECT adr') });
    await assert.rejects((await viteWith({ queries: ['src/**/*.js'] })).build(), /no such column: adr/);
  });

  test('types are written, and only if they are others', async () => {
    const { build } = await viteWith({ types: 'src/made/database.ts', queries: ['src/**/*.js'] });
    await build();
    const file = join(app, 'src/made/database.ts');
    const text = await readFile(file, 'utf8');
    assert.match(text, /export type Node = \{\n {2}addr: number \| null;\n\};/);
    assert.match(text, /visits: \{\n {6}row: \{ count: number \};/);
    const before = await stat(file, { bigint: true });
    await build();
    assert.equal((await stat(file, { bigint: true })).mtimeNs, before.mtimeNs);
    await write('migrations', second);
    await build();
    assert.match(await readFile(file, 'utf8'), /name: string \| null;/);
  });

  test('each query that the schema does not have is a fault', async () => {
    await write('src/data', {
      'queries.sql': '-- name: nodes\nSELECT addr\nFROM nodes;\n',
      'app.ts': 'export const named = (db) => db.sql.named`SELECT title FROM node`;',
      'app.test.ts': 'export const other = (db) => db.sql.other`SELECT other FROM node`;',
    });
    const { build } = await viteWith({ queries: ['src/data/app.ts', 'src/**/*.sql'] });
    await assert.rejects(build(), ({ errors: [{ message, loc, frame }] }) => {
      assert.match(message, /src\/data\/app\.ts:1:\d+: the query named: .*no such column: title/);
      assert.match(message, /src\/data\/queries\.sql:3:\d+: the query nodes: .*no such table: nodes/);
      assert.doesNotMatch(message, /other/);
      assert.deepEqual([loc.file, loc.line], [join(app, 'src/data/app.ts'), 1]);
      assert.match(frame, /^> 1 \| export const named/);
      return true;
    });
  });

  test('a folder of drizzle-kit is one of migrations, as it is', async () => {
    await write('drizzle', {
      '0000_first.sql':
        'CREATE TABLE `node` (\n\t`addr` integer PRIMARY KEY NOT NULL\n);\n--> statement-breakpoint\nSELECT 1;',
      '0001_second.sql':
        'ALTER TABLE `node` ADD `name` text;--> statement-breakpoint\nCREATE INDEX `i` ON `node` (`name`);',
    });
    await write('drizzle/meta', { '_journal.json': '{ "version": "7", "dialect": "sqlite", "entries": [] }' });
    const { build, told } = await viteWith({ folder: 'drizzle', types: 'src/database.ts', off: ['missing-down'] });
    await build();
    assert.match(await readFile(join(app, 'src/database.ts'), 'utf8'), /addr: number;\n {2}name: string \| null;/);
    assert.doesNotMatch(told(), /plugin wheatear/);
    await rm(join(app, 'drizzle'), { recursive: true });
  });

  test('types and queries are those of a folder', async () => {
    const options = { folder: undefined, types: 'src/database.ts' };
    await assert.rejects(viteWith(options), /no folder whose schema they are for/);
  });
});

describeInChromium('while an application is written', (driver) => {
  /** Serves it while something is done in the page. */
  async function serving(
    /** @type {import('../../client/vite.js').FolderOptions} */ options,
    /** @type {(told: () => string, server: import('vite').ViteDevServer) => Promise<void>} */ work,
  ) {
    const { serve, told } = await viteWith(options);
    const server = await serve();
    await server.listen();
    try {
      await driver().get(server.resolvedUrls?.local[0] ?? '');
      await work(told, server);
    } finally {
      await server.close();
    }
  }

  async function assertShows(/** @type {object} */ expected) {
    await eventually(async () => {
      const shown = await driver().executeScript(() => document.querySelector('output')?.textContent);
      assert.deepEqual(JSON.parse(shown || '{}'), expected);
    });
  }

  /** What Vite shows over the page. */
  async function overlay() {
    return driver().executeScript(() => {
      const root = document.querySelector('vite-error-overlay')?.shadowRoot;
      if (!root) return null;
      const textOf = (/** @type {string} */ part) => root.querySelector(part)?.textContent ?? '';
      return { message: textOf('.message-body'), file: textOf('.file'), frame: textOf('.frame') };
    });
  }

  async function assertOverlay(/** @type {Record<'message' | 'file' | 'frame', RegExp>} */ expected) {
    await eventually(async () => {
      const shown = await overlay();
      assert.ok(shown, 'no overlay');
      for (const [part, words] of Object.entries(expected)) assert.match(shown[part], words);
    });
  }

  const fault = {
    message: /^(\[plugin:wheatear\] *)?migrations\/0002\.name\.sql:2: .*near "TABEL": syntax error/,
    file: /migrations\/0002\.name\.sql:2:/,
    frame: /1 \| -- A column\.\n> 2 \| ALTER TABEL node ADD COLUMN name TEXT;\n {4}\| {7}\^/,
  };

  test('a fault is shown over the open page, which loads nothing of it, and goes when it is mended', async () => {
    await serving({}, async (told) => {
      await assertShows({ to: '0001.create', visits: 1, node: 'addr' });
      await write('migrations', { ...second, '0002.name.sql': broken });
      await assertOverlay(fault);
      assert.match(told(), /\[wheatear\] migrations\/0002\.name\.sql:2: .*\n {2}1 \| -- A column/);
      // The page that was open is as it was, and one that is loaded has the fault.
      await assertShows({ to: '0001.create', visits: 1, node: 'addr' });
      await driver().navigate().refresh();
      await assertOverlay(fault);
      assert.equal(await driver().executeScript(() => document.querySelector('output')?.textContent), '');
      await write('migrations', second);
      await assertShows({ to: '0002.name', visits: 2, node: 'addr,name' });
      assert.equal(await overlay(), null);
    });
  });

  test('a fault that comes so soon behind another change that the watcher does not tell of it is shown', async () => {
    await write('migrations', second);
    await serving({}, async (_, server) => {
      await assertShows({ to: '0002.name', visits: 1, node: 'addr,name' });
      const isTold = once(server.watcher, 'change');
      await write('migrations', { '0002.name.sql': `-- A name.\n${second['0002.name.sql']}` });
      await isTold;
      // It tells of a file once in 50 ms.
      await pause(30);
      await write('migrations', { '0002.name.sql': broken });
      await assertOverlay(fault);
    });
  });

  test('a fault that was there from the beginning is mended without a restart', async () => {
    await write('migrations', { ...second, '0002.name.sql': broken });
    await serving({}, async (told) => {
      await assertOverlay(fault);
      assert.match(told(), /\[wheatear\] migrations\/0002\.name\.sql:2: /);
      await write('migrations', second);
      await assertShows({ to: '0002.name', visits: 1, node: 'addr,name' });
    });
  });

  test('a query with a fault is shown over the page, and types follow the files', async () => {
    await serving({ types: 'src/database.ts', queries: ['src/*.js'] }, async () => {
      await assertShows({ to: '0001.create', visits: 1, node: 'addr' });
      await write('src', { 'queries.js': queries.replace('count(*) AS count', 'total') });
      await assertOverlay({
        message: /src\/queries\.js:2:\d+: the query visits: .*no such column: total/,
        file: /src\/queries\.js:2:/,
        frame: /> 2 \| {3}db\.sql\.visits`SELECT total/,
      });
      await write('src', { 'queries.js': queries });
      await assertShows({ to: '0001.create', visits: 2, node: 'addr' });
      await write('migrations', second);
      await eventually(async () => {
        assert.match(await readFile(join(app, 'src/database.ts'), 'utf8'), /name: string \| null;/);
      });
    });
  });

  test('an edited migration is applied anew in the open page, and rows of other tables are kept', async () => {
    await write('migrations', second);
    await serving({}, async () => {
      await assertShows({ to: '0002.name', visits: 1, node: 'addr,name' });
      await write('migrations', { '0002.name.sql': 'ALTER TABLE node ADD COLUMN name TEXT COLLATE NOCASE;' });
      await assertShows({ to: '0002.name', visits: 2, node: 'addr,name' });
      await write('migrations', {
        '0002.name.sql': 'ALTER TABLE node ADD COLUMN title TEXT;',
        '0002.name.rollback.sql': 'ALTER TABLE node DROP COLUMN title;',
      });
      await assertShows({ to: '0002.name', visits: 3, node: 'addr,title' });
      assert.equal(await overlay(), null);
    });
  });

  test('what lost its file or got another name is taken back, and rows of other tables are kept', async () => {
    await write('migrations', second);
    const assertIs = (/** @type {string} */ to, /** @type {string} */ node) =>
      eventually(async () => {
        const shown = await driver().executeScript(() => document.querySelector('output')?.textContent);
        // Each file that comes or goes may load the page anew.
        const { visits, ...version } = JSON.parse(shown || '{}');
        assert.deepEqual(version, { to, node });
        assert.ok(visits >= 1);
      });
    await serving({}, async () => {
      await assertShows({ to: '0002.name', visits: 1, node: 'addr,name' });
      for (const name of Object.keys(second)) {
        await rename(join(app, 'migrations', name), join(app, 'migrations', name.replace('0002', '0003')));
      }
      await assertIs('0003.name', 'addr,name');
      for (const name of Object.keys(second)) await rm(join(app, 'migrations', name.replace('0002', '0003')));
      await assertIs('0001.create', 'addr');
      assert.equal(await overlay(), null);
    });
  });

  test('a module that accepts it is replaced, and the page is not loaded anew', async () => {
    const accepting = `globalThis.times = (globalThis.times ?? 0) + 1;
document.querySelector('output').dataset.times = globalThis.times;
import.meta.hot.accept();
import.meta.hot.dispose(() => db.close());`;
    await write('src', { 'main.js': `${main}\n${accepting}` });
    await serving({}, async () => {
      await assertShows({ to: '0001.create', visits: 1, node: 'addr' });
      await write('migrations', second);
      await assertShows({ to: '0002.name', visits: 2, node: 'addr,name' });
      const times = await driver().executeScript(() => document.querySelector('output')?.dataset.times);
      assert.equal(times, '2');
      // A fault that is mended between leaves nothing behind.
      await write('migrations', { '0002.name.sql': broken });
      await assertOverlay(fault);
      await write('migrations', { '0002.name.sql': 'ALTER TABLE node ADD COLUMN label;' });
      await write('migrations', { '0002.name.rollback.sql': 'ALTER TABLE node DROP COLUMN label;' });
      await assertShows({ to: '0002.name', visits: 3, node: 'addr,label' });
    });
  });
});
