// The package's databases in memory, in an application's tests, as the documentation shows them.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { transform } from 'esbuild';
import { firstBlock, makeApp } from './package.mjs';

const run = promisify(execFile);

/** What the documentation shows, of which every Node.js that the package runs in reads the last as it is. */
const shown = ['nodes', 'upgrade'].map((name) => firstBlock('docs/testing.md', 'ts', `// tests/${name}.test.ts`));
const plain = firstBlock('docs/testing.md', 'js', '// tests/nodes.test.mjs');

/** A listener that throws. */
const throwing = `import { openInMemory } from 'wheatear/testing';
const db = await openInMemory({ migrations: { '0001.create.sql': 'CREATE TABLE node (id)' } });
db.watch('SELECT * FROM node', [], () => { throw new Error('thrown by a listener'); });
`;

/** @type {string} */
let app;
/** @type {typeof import('../../dist/package/testing.js')} */
let testing;
before(async () => {
  // The oldest Node.js cannot read it as it is.
  const [nodes, upgrade] = await Promise.all(shown.map((text) => transform(text, { loader: 'ts', target: 'es2022' })));
  app = await makeApp({
    'throwing.mjs': throwing,
    'tests/nodes.test.mjs': plain,
    'tests/typed-nodes.test.mjs': nodes?.code ?? '',
    'tests/upgrade.test.mjs': upgrade?.code ?? '',
  });
  testing = await import(pathToFileURL(join(app, 'node_modules', 'wheatear', 'testing.js')).href);
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
  assert.match(stdout, /^# pass 3$/m);
});

test('it is a database like any other', async () => {
  const db = await testing.openInMemory({ migrations });
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

test('what a listener throws ends the process, as nobody catches it', async () => {
  const ended = run(process.execPath, ['throwing.mjs'], { cwd: app });
  await assert.rejects(ended, { code: 1, stderr: /Error: thrown by a listener/ });
});

test('each has its own rows, and functions of its own', async () => {
  const step = { version: '1', up: (/** @type {any} */ tx) => tx.exec('UPDATE weather_node SET temp_c = own(temp_c)') };
  const set = [
    { id: '0001.create', up: 'CREATE TABLE weather_node (temp_c REAL); INSERT INTO weather_node VALUES (1)' },
  ];
  const open = (/** @type {number} */ factor) =>
    testing.openInMemory({
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
  await assert.rejects(testing.openInMemory(/** @type {any} */ ({ storage: 'opfs' })), { code: 'invalid_option' });
  await assert.rejects(testing.openInMemory(), { code: 'no_migrations' });
  await assert.rejects(testing.openInMemory({ migrations: { '0001.a.sql': 'CREATE TABLE' } }), {
    code: 'statement_failed',
  });
  await assert.rejects(testing.expectUpgrade(await old()), { code: 'no_migrations' });
});

/** A database at the first version, with nodes and notes of them. */
async function old() {
  const db = await testing.openInMemory({ migrations: first });
  await db.exec(
    `INSERT INTO node VALUES (1, 'a'), (2, 'b'), (3, 'c'); INSERT INTO note VALUES ('of a', 1), ('of b', 2)`,
  );
  const file = await db.export();
  await db.close();
  return file;
}

const first = {
  '0001.create.sql': `CREATE TABLE node (id INTEGER PRIMARY KEY, name TEXT);
    CREATE TABLE note (text TEXT, node INTEGER REFERENCES node (id));`,
};
const upgradeBy = async (/** @type {string} */ sql, options = {}) =>
  testing.expectUpgrade(await old(), { migrations: { ...first, '0002.change.sql': sql }, ...options });

test('an upgrade that loses nothing gives the upgraded database', async () => {
  const change = `CREATE TABLE other (id TEXT PRIMARY KEY, name TEXT, since INTEGER);
    INSERT INTO other SELECT id, name, 0 FROM node; DROP TABLE node; ALTER TABLE other RENAME TO node;`;
  const db = await upgradeBy(change);
  assert.deepEqual([db.report.from, db.report.to], ['0001.create', '0002.change']);
  assert.deepEqual(await db.query('SELECT id, since FROM node WHERE name = ?', ['c']), [{ id: '3', since: 0 }]);
  await db.close();
});

test('rows that are lost are told of, by key where there is one, unless they may be', async () => {
  const replaced = "DELETE FROM note; DELETE FROM node WHERE id = 2; INSERT INTO node VALUES (4, 'd');";
  await assert.rejects(
    upgradeBy(replaced),
    (/** @type {import('../../dist/package/testing.js').UpgradeFailure} */ error) => {
      assert.ok(error instanceof testing.UpgradeFailure);
      assert.deepEqual(error.lost, [
        { table: 'node', before: 3, after: 3, keys: ['2'] },
        { table: 'note', before: 2, after: 0, keys: [] },
      ]);
      assert.equal(error.message, 'node had 3 rows, and has 3; gone are 2.\nnote had 2 rows, and has 0.');
      return true;
    },
  );
  await (await upgradeBy(replaced, { mayLose: ['node', 'note'] })).close();
  await assert.rejects(upgradeBy('DROP TABLE note'), { lost: [{ table: 'note', before: 2, after: 0, keys: [] }] });
});

/** A table of each kind of key that is hard to compare, one by one: parts that look alike, NULL, and values of two types. */
const hard = {
  '0001.create.sql': `CREATE TABLE comp (p TEXT, q TEXT, PRIMARY KEY (p, q));
    INSERT INTO comp VALUES ('a, b', 'c'), ('a', 'b, c');
    CREATE TABLE n (k TEXT PRIMARY KEY, v); INSERT INTO n VALUES (NULL, 'one'), (NULL, 'two');
    CREATE TABLE d (k PRIMARY KEY, v); INSERT INTO d VALUES (1, 'int'), ('1', 'text'), (NULL, 'null'), ('NULL', 'named');
    CREATE TABLE Cased (Id INTEGER PRIMARY KEY); INSERT INTO Cased VALUES (1);`,
};

test('a row is missed whatever its key is', async () => {
  const old = await testing.openInMemory({ migrations: hard });
  const lost = async (/** @type {string} */ sql, options = {}) => {
    const upgrade = testing.expectUpgrade(old, { migrations: { ...hard, '0002.change.sql': sql }, ...options });
    return upgrade.then(
      (db) => db.close(),
      (error) => error.lost,
    );
  };
  const only = (/** @type {string} */ table, before = 2, /** @type {string[]} */ ...keys) => [
    { table, before, after: before - 1, keys },
  ];
  assert.deepEqual(await lost("DELETE FROM comp WHERE p = 'a'"), only('comp', 2, "'a', 'b, c'"));
  assert.deepEqual(await lost("DELETE FROM n WHERE v = 'one'"), only('n', 2, 'NULL'));
  assert.deepEqual(await lost("DELETE FROM d WHERE v = 'text'"), only('d', 4, "'1'"));
  assert.deepEqual(await lost("DELETE FROM d WHERE v = 'int'"), only('d', 4, '1'));
  assert.deepEqual(await lost("DELETE FROM d WHERE v = 'named'"), only('d', 4, "'NULL'"));
  // One table with names in another case, and values of another type, has lost nothing.
  const anew = 'CREATE TABLE other (id TEXT PRIMARY KEY); INSERT INTO other SELECT id FROM cased; DROP TABLE cased;';
  assert.equal(await lost(`${anew} ALTER TABLE other RENAME TO cased`), undefined);
  assert.equal(await lost('DROP TABLE cased', { mayLose: ['CASED'] }), undefined);
  await old.close();
});

test('a table that may lose rows must be one', async () => {
  await assert.rejects(upgradeBy('DROP TABLE note', { mayLose: ['notes', 'node'] }), {
    code: 'invalid_option',
    message: 'The option mayLose names notes, of which nothing is looked at: there are node, note.',
  });
  await assert.rejects(upgradeBy('DROP TABLE note', { mayLose: [1] }), { code: 'invalid_option' });
});

test('rows of virtual tables that keep them are counted', async () => {
  const migrations = {
    '0001.create.sql': `CREATE TABLE note (id INTEGER PRIMARY KEY, text); INSERT INTO note VALUES (1, 'a b'), (2, 'b');
      CREATE VIRTUAL TABLE own USING fts5 (text); INSERT INTO own SELECT text FROM note;
      CREATE VIRTUAL TABLE nowhere USING fts5 (text, content = ''); INSERT INTO nowhere (rowid, text) VALUES (7, 'c');
      CREATE VIRTUAL TABLE of_notes USING fts5 (text, content = 'note', content_rowid = 'id');
      CREATE VIRTUAL TABLE term USING fts5vocab (own, row);
      CREATE VIRTUAL TABLE place USING rtree (id, low, high); INSERT INTO place VALUES (1, 2, 3);`,
  };
  const old = await testing.openInMemory({ migrations });
  const upgrade = (/** @type {string} */ sql) =>
    testing.expectUpgrade(old, { migrations: { ...migrations, '0002.change.sql': sql } });
  await assert.rejects(upgrade('DELETE FROM own WHERE rowid = 1; DROP TABLE nowhere; DELETE FROM place;'), {
    lost: [
      { table: 'nowhere', before: 1, after: 0, keys: [] },
      { table: 'own', before: 2, after: 1, keys: [] },
      { table: 'place', before: 1, after: 0, keys: [] },
    ],
  });
  // What only finds the rows of others may go.
  await (await upgrade('DROP TABLE term; DROP TABLE of_notes;')).close();
  await old.close();
});

test('what SQLite finds wrong since is told of', async () => {
  // Rows that a table refuses no migration can write; but a function may think otherwise later.
  let isAllowed = 1;
  const options = {
    functions: { allowed: { deterministic: true, scalar: (/** @type {number} */ _) => isAllowed } },
    onProgress: (/** @type {import('../../dist/package/index.js').Progress} */ progress) => {
      if (progress.type === 'phase' && progress.phase === 'committing') isAllowed = 0;
    },
  };
  const upgrade = upgradeBy('CREATE TABLE checked (x CHECK (allowed(x))); INSERT INTO checked VALUES (1)', options);
  await assert.rejects(upgrade, { name: 'UpgradeFailure', damage: ['CHECK constraint failed in checked'], lost: [] });
  await assert.rejects(upgradeBy('-- foreign_keys: off\nUPDATE note SET node = 9'), { code: 'foreign_key_violation' });
});

test('a file is read where it lies, with what is beside it, and is left as it is', async () => {
  const path = join(app, 'old.sqlite');
  const bytes = new Uint8Array(await (await old()).arrayBuffer());
  await writeFile(path, bytes);
  for (const from of [path, pathToFileURL(path), bytes, new Blob([bytes])]) {
    const db = await testing.openInMemory({ migrations: first, initial: from });
    assert.deepEqual(await db.query('SELECT count(*) AS count FROM node'), [{ count: 3 }]);
    await db.exec('DELETE FROM note');
    await db.close();
  }
  assert.deepEqual(new Uint8Array(await readFile(path)), bytes);
  await writeFile(`${path}-wal`, 'no log');
  await assert.rejects(testing.expectUpgrade(path, { migrations: first }), { name: 'StorageError' });
  await assert.rejects(testing.expectUpgrade(bytes.slice(0, 9000), { migrations: first }), {
    code: 'database_truncated',
  });
  await assert.rejects(testing.expectUpgrade(join(app, 'absent'), { migrations: first }), { code: 'ENOENT' });
});

test('a schema that is not what the migrations make is told of, if you want to know', async () => {
  const db = await testing.openInMemory({ migrations: first });
  await db.exec('CREATE TABLE mine (id)');
  const migrations = { ...first, '0002.more.sql': 'ALTER TABLE node ADD COLUMN more' };
  await assert.rejects(testing.expectUpgrade(db, { migrations }), { code: 'schema_drift' });
  const upgraded = await testing.expectUpgrade(db, { migrations, drift: 'warn' });
  assert.equal(upgraded.report.to, '0002.more');
  await Promise.all([db.close(), upgraded.close()]);
});
