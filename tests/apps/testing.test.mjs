// The package's databases in memory, in an application's tests, as the documentation shows them.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { transform } from 'esbuild';
import { firstBlock, makeApp } from './package.mjs';

const run = promisify(execFile);

/** What the documentation shows, which Node.js cannot read as it is. */
const shown = firstBlock('docs/testing.md', 'ts', '// tests/nodes.test.ts');

/** @type {string} */
let app;
/** @type {typeof import('../../dist/package/testing.js').openInMemory} */
let openInMemory;
before(async () => {
  const { code } = await transform(shown, { loader: 'ts', target: 'es2022' });
  app = await makeApp({ 'tests/nodes.test.mjs': code });
  ({ openInMemory } = await import(pathToFileURL(join(app, 'node_modules', 'wheatear', 'testing.js')).href));
});
after(() => rm(app, { recursive: true, force: true }));

const migrations = {
  '0001.create.sql': 'CREATE TABLE weather_node (node_addr INTEGER PRIMARY KEY, temp_c REAL NOT NULL)',
  '0002.name.sql': "ALTER TABLE weather_node ADD COLUMN name TEXT NOT NULL DEFAULT ''",
  '0002.name.rollback.sql': 'ALTER TABLE weather_node DROP COLUMN name',
};

test('what the documentation shows passes with node --test, which ends by itself', async () => {
  // Else it would tell this test's own runner.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const { stdout } = await run(process.execPath, ['--test', '--test-reporter=tap', 'tests/'], { cwd: app, env });
  assert.match(stdout, /^# pass 2$/m);
});

test('it is a database like any other', async () => {
  const db = await openInMemory({ migrations });
  assert.equal(db.report.to, '0002.name');
  assert.equal((await db.info()).storage.kind, 'memory');
  /** @type {(readonly string[])[]} */
  const changes = [];
  db.addEventListener('change', ({ tables }) => changes.push(tables));
  const live = db.watch('SELECT node_addr FROM weather_node');
  assert.deepEqual((await live.next()).value, []);
  const next = live.next();
  await db.transaction(async (transaction) => {
    await transaction.run('INSERT INTO weather_node (node_addr, temp_c) VALUES (?, ?)', [17, 21]);
  });
  assert.deepEqual((await next).value, [{ node_addr: 17 }]);
  assert.deepEqual(changes, [['weather_node']]);
  const failing = db.transaction(async (transaction) => {
    await transaction.exec('DELETE FROM weather_node');
    throw new Error('no');
  });
  await assert.rejects(failing, { message: 'no' });
  const misuse = db.transaction(async () => void (await db.exec('DELETE FROM weather_node')));
  await assert.rejects(misuse, { code: 'transaction_misuse' });
  await assert.rejects(db.query('SELECT ?', /** @type {any} */ ([() => 1])), { code: 'invalid_value' });
  await assert.rejects(db.query('SELEC'), { name: 'QueryError', code: 'query_failed' });
  assert.deepEqual(await db.query('SELECT count(*) AS count FROM weather_node'), [{ count: 1 }]);
  assert.equal((await db.rollback(1)).to, '0001.create');
  await db.close();
  await assert.rejects(db.query('SELECT 1'), { code: 'closed' });
});

test('each has its own rows, and functions of its own', async () => {
  const step = { version: '1', up: (/** @type {any} */ tx) => tx.exec('UPDATE weather_node SET temp_c = own(temp_c)') };
  const set = [
    { id: '0001.create', up: 'CREATE TABLE weather_node (temp_c REAL); INSERT INTO weather_node VALUES (1)' },
  ];
  const open = (/** @type {number} */ factor) =>
    openInMemory({
      migrations: set,
      code: { '0002.own': step },
      functions: { own: { scalar: (/** @type {number} */ value) => value * factor } },
    });
  const [two, three] = [await open(2), await open(3)];
  await two.createFunction('told', () => {});
  const four = await open(4);
  const temperatures = await Promise.all(
    [two, three, four].map((db) => db.sql`SELECT own(temp_c) AS t FROM weather_node`),
  );
  assert.deepEqual(temperatures, [[{ t: 4 }], [{ t: 9 }], [{ t: 16 }]]);
  await Promise.all([two, three, four].map((db) => db.close()));
});

test('what cannot be opened is told as by open', async () => {
  await assert.rejects(openInMemory(/** @type {any} */ ({ storage: 'opfs' })), { code: 'invalid_option' });
  await assert.rejects(openInMemory(), { code: 'no_migrations' });
  await assert.rejects(openInMemory({ migrations: { '0001.a.sql': 'CREATE TABLE' } }), { code: 'statement_failed' });
});
