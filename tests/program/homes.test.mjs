// What the program does where it lives: databases that others use, somebody at a terminal, JSON, settings of a folder above.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { lstatSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { NodeFunctions } from '../../dist/package/build/node-host.js';
import { workplace } from './homes.mjs';

/** A text in green. */
const painted = (/** @type {string} */ text) => new RegExp(`${String.fromCharCode(27)}\\[32m${text}`);

const create = 'CREATE TABLE node (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\n';

for (const home of /** @type {const} */ (['native', 'node'])) {
  describe(home, () => {
    /** A workplace with one migration that is applied. @param {import('node:test').TestContext} t */
    function applied(t) {
      const place = workplace(home, t);
      mkdirSync(join(place.folder, 'migrations'));
      writeFileSync(join(place.folder, 'migrations', '0001.node.sql'), create);
      writeFileSync(join(place.folder, 'migrations', '0001.node.rollback.sql'), 'DROP TABLE node;\n');
      const type = (/** @type {string} */ command, input = '') => {
        const { status, stdout, stderr } = spawnSync('bash', ['-c', command], {
          cwd: place.folder,
          env: place.env,
          encoding: 'utf8',
          input,
        });
        return { status, stdout, stderr };
      };
      assert.equal(type('wheatear apply weather.db').status, 0);
      return { ...place, type };
    }

    test('a database that somebody else is writing to is busy, and stays as it is', async (t) => {
      const { folder, env, type } = applied(t);
      writeFileSync(join(folder, 'migrations', '0002.more.sql'), 'CREATE TABLE more (a);\n');
      const other = spawn('sqlite3', ['weather.db'], { cwd: folder, env, stdio: ['pipe', 'pipe', 'inherit'] });
      t.after(() => void other.kill());
      // A journal lies beside the file as soon as the first page is to change.
      other.stdin.write(
        "PRAGMA cache_spill = 1; BEGIN EXCLUSIVE; INSERT INTO node (name) VALUES ('a'); SELECT 'held';\n",
      );
      await once(other.stdout, 'data');
      const { status, stdout } = type('wheatear apply weather.db --json');
      assert.deepEqual([status, JSON.parse(stdout).error.code], [75, 'storage_busy']);
      other.stdin.end('COMMIT;\n');
      await once(other, 'exit');
      assert.equal(type('wheatear apply weather.db').status, 0);
      assert.equal(type("sqlite3 weather.db 'SELECT name FROM node'").stdout, 'a\n');
    });

    test('in WAL mode it stays so, and what was committed by others is kept', (t) => {
      const { folder, type } = applied(t);
      type('sqlite3 weather.db "PRAGMA journal_mode = wal; INSERT INTO node (name) VALUES (\'a\')"');
      writeFileSync(join(folder, 'migrations', '0002.more.sql'), "INSERT INTO node (name) VALUES ('b');\n");
      assert.equal(type('wheatear apply weather.db').status, 0);
      const { stdout } = type("sqlite3 weather.db 'PRAGMA journal_mode; SELECT group_concat(name) FROM node'");
      assert.equal(stdout, 'wal\na,b\n');
    });

    test('at a terminal it asks before it loses data, takes yes and no, and paints', (t) => {
      const { type } = applied(t);
      const atTerminal = (/** @type {string} */ command, /** @type {string} */ answer) =>
        type(`script -qec '${command}' /dev/null`, answer);
      const no = atTerminal('wheatear rollback weather.db', 'n\n');
      assert.equal(no.status, 1, no.stdout);
      assert.match(no.stdout, /0001\.node: is taken back\s+Go on\? \[y\/N\]/);
      assert.match(atTerminal('wheatear status weather.db', '').stdout, painted('applied'));
      assert.doesNotMatch(atTerminal('NO_COLOR=1 wheatear status weather.db', '').stdout, painted(''));
      assert.equal(atTerminal('wheatear rollback weather.db', 'y\n').status, 0);
      assert.match(type('wheatear status weather.db').stdout, /^pending {2}0001\.node\n/);
    });

    test('JSON is one value for each command, in the shapes of the package', (t) => {
      const { type } = applied(t);
      const json = (/** @type {string} */ command) => JSON.parse(type(`wheatear ${command} --json`).stdout);
      assert.deepEqual(json('plan weather.db'), { from: '0001.node', to: '0001.node', steps: [] });
      assert.deepEqual(
        json('status weather.db').map((/** @type {any} */ { id, state }) => [id, state]),
        [['0001.node', 'applied']],
      );
      assert.deepEqual(json('check'), { findings: [], error: null });
      assert.equal(json('log weather.db')[0].operation, 'apply');
      assert.equal(json('apply weather.db --to 9').error.code, 'unknown_target');
      assert.equal(json('list')[0].hasRollback, true);
      assert.match(json('schema').text, /^CREATE TABLE node/);
      assert.equal(json('plan weather.db rollback 1').error.code, 'usage');
    });

    test('settings are found above, and their folder is where they are', (t) => {
      const { folder, type } = applied(t);
      writeFileSync(join(folder, 'wheatear.json'), '{ "folder": "migrations", "tablePrefix": "shop" }');
      mkdirSync(join(folder, 'src', 'deep'), { recursive: true });
      assert.equal(type('cd src/deep && wheatear apply ../../shop.db').status, 0);
      assert.match(type("sqlite3 shop.db '.tables'").stdout, /shop_wheatear_ledger/);
      writeFileSync(join(folder, 'wheatear.json'), '{ "foldr": "migrations" }');
      const { status, stderr } = type('wheatear list');
      assert.equal(status, 78);
      assert.match(stderr, /wheatear\.json: unknown field `foldr`/);
    });

    test('what makes no sense says what does', (t) => {
      const { type } = applied(t);
      const said = (/** @type {string} */ command) => {
        const { status, stderr } = type(`wheatear ${command}`);
        return `${status}: ${stderr.split('\n', 1)}`;
      };
      assert.equal(said('aply weather.db'), "2: error: unrecognized subcommand 'aply'");
      assert.equal(said('status none.db'), '66: error: there is no database none.db');
      assert.match(said('list --folder none'), /^66: error: there is no folder none; make one with `wheatear init`/);
      assert.match(said('status migrations/0001.node.sql'), /^65: error: the file is not a SQLite database/);
      assert.match(said('mark weather.db'), /^2: error: say which/);
      assert.match(said('apply none/weather.db'), /^66: error: none\/weather\.db cannot be made/);
    });

    test('check goes on when a file changes, with --watch', async (t) => {
      const { folder, env } = applied(t);
      const watching = spawn('wheatear', ['check', '--watch'], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
      t.after(() => void watching.kill());
      let said = '';
      const hear = (/** @type {Buffer} */ data) => {
        said += data;
      };
      for (const stream of [watching.stdout, watching.stderr]) stream.on('data', hear);
      const until = async (/** @type {RegExp} */ expected) => {
        while (!expected.test(said)) await Promise.race([once(watching.stdout, 'data'), once(watching.stderr, 'data')]);
        said = '';
      };
      await until(/watching migrations/);
      writeFileSync(join(folder, 'migrations', '0002.wrong.sql'), 'CREATE TABL more (a);\n');
      await until(/0002\.wrong\.sql:1: .*syntax error.*watching/s);
      writeFileSync(join(folder, 'migrations', '0002.wrong.sql'), 'CREATE TABLE more (a);\n');
      await until(/watching/);
    });
  });
}

describe('a database in Node.js', () => {
  /** @param {import('node:test').TestContext} t */
  function database(t) {
    const { folder } = workplace('node', t);
    const path = join(folder, 'weather.db');
    spawnSync('sqlite3', [path, 'CREATE TABLE a (b)']);
    return { folder, path, functions: new NodeFunctions() };
  }

  const busy = (/** @type {any} */ error) => error.exit === 75;

  test('that was changed meanwhile is not written over', (t) => {
    const { folder, path, functions } = database(t);
    const bytes = functions.readDatabase(path, false).slice();
    spawnSync('sqlite3', [path, 'INSERT INTO a VALUES (1)']);
    const theirs = readFileSync(path);
    assert.throws(() => functions.writeDatabase(path, bytes), busy);
    assert.deepEqual(readFileSync(path), theirs);
    assert.deepEqual(readdirSync(folder), ['weather.db']);
  });

  test('that was made meanwhile is not written over', (t) => {
    const { folder, functions } = database(t);
    const path = join(folder, 'new.db');
    functions.readDatabase(path, true);
    writeFileSync(path, 'theirs');
    assert.throws(() => functions.writeDatabase(path, new Uint8Array(4096)), busy);
    assert.equal(readFileSync(path, 'utf8'), 'theirs');
  });

  for (const end of ['-wal', '-journal', '-shm']) {
    test(`is busy while something is in ${end}, and not if it is empty`, (t) => {
      const { path, functions } = database(t);
      writeFileSync(path + end, '');
      const bytes = functions.readDatabase(path, false).slice();
      writeFileSync(path + end, 'x');
      assert.throws(() => functions.readDatabase(path, false), busy);
      assert.throws(() => functions.writeDatabase(path, bytes), busy);
    });
  }

  test('behind a link is written where it is, and what is no file is none', (t) => {
    const { folder, path, functions } = database(t);
    const link = join(folder, 'link.db');
    symlinkSync('weather.db', link);
    const bytes = functions.readDatabase(link, false).slice();
    functions.writeDatabase(link, bytes);
    assert.equal(lstatSync(link).isSymbolicLink(), true);
    assert.deepEqual(readFileSync(path), Buffer.from(bytes));
    assert.throws(
      () => functions.readDatabase(folder, true),
      (/** @type {any} */ error) => error.exit === 65,
    );
  });

  test('keeps its rights', (t) => {
    const { path, functions } = database(t);
    const bytes = functions.readDatabase(path, false).slice();
    const before = statSync(path);
    functions.writeDatabase(path, bytes);
    const after = statSync(path);
    assert.equal(after.mode, before.mode);
    assert.notEqual(after.ino, before.ino);
  });
});
