// What the program does where it lives: databases that others use, somebody at a terminal, JSON, settings of a folder above.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
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
      assert.deepEqual(json('check'), { findings: [], queries: [], untried: [], error: null });
      assert.equal(json('log weather.db')[0].operation, 'apply');
      assert.equal(json('apply weather.db --to 9').error.code, 'unknown_target');
      assert.equal(json('list')[0].hasRollback, true);
      assert.match(json('schema').text, /^CREATE TABLE node/);
      assert.equal(json('plan weather.db rollback 1').error.code, 'usage');
    });

    test('check counts the files that are fine, and a folder without any is not', (t) => {
      const { folder, type } = applied(t);
      for (const file of readdirSync(join(folder, 'migrations'))) {
        if (file.endsWith('.rollback.sql')) rmSync(join(folder, 'migrations', file));
      }
      assert.match(type('wheatear check --off missing-down').stdout, /^1 file is fine: /);
      rmSync(join(folder, 'migrations'), { recursive: true });
      mkdirSync(join(folder, 'migrations'));
      for (const json of ['', ' --json']) {
        const { status, stdout, stderr } = type(`wheatear check${json}`);
        assert.equal(status, 66);
        assert.match(stdout + stderr, /there is no migration in migrations/);
      }
    });

    test('of a query that calls a function of the page only a page can tell, which is no finding', (t) => {
      const { folder, type } = applied(t);
      mkdirSync(join(folder, 'src'));
      writeFileSync(join(folder, 'wheatear.json'), '{ "queries": ["src"] }');
      const query = 'export const far = (db) => db.sql.far`SELECT of_the_page(id) AS d FROM node`;';
      writeFileSync(join(folder, 'src', 'far.js'), query);
      const { status, stdout } = type('wheatear check');
      assert.equal(status, 0, stdout);
      assert.match(stdout, /^warning: src\/far\.js:1:46: the query far: only a page can tell .* of_the_page\(\)\n/);
      const { queries, untried } = JSON.parse(type('wheatear check --json').stdout);
      assert.deepEqual([queries, untried.length, untried[0].query], [[], 1, 'far']);
      const types = type('wheatear types');
      assert.match(types.stdout, /far: \{\n {6}row: \{ d: unknown \};/);
      assert.match(types.stderr, /warning: .*of_the_page/);
      writeFileSync(join(folder, 'src', 'far.js'), query.replace('(id)', '(c)'));
      assert.equal(type('wheatear check').status, 1);
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
      writeFileSync(join(folder, 'wheatear.json'), '{ "off": ["missing-dwn"] }');
      const misspelt = type('wheatear check');
      assert.equal(misspelt.status, 78);
      assert.match(misspelt.stderr, /wheatear\.json: "off": .*missing-dwn/);
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
      assert.equal(said('status migrations'), '66: error: migrations is no file, and so no database');
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
      (/** @type {any} */ error) => error.exit === 66,
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

describe('squash', () => {
  /** A workplace with migrations that each add a table with a row, and a database at each state. @param {import('node:test').TestContext} t */
  function states(t) {
    const { folder, env } = workplace('native', t);
    mkdirSync(join(folder, 'migrations'));
    const type = (/** @type {string} */ command) => {
      const { status, stdout, stderr } = spawnSync('bash', ['-c', command], { cwd: folder, env, encoding: 'utf8' });
      return { status, said: stdout + stderr };
    };
    const names = ['0001.a', '0002.b', '0003.c', '0004.d', '0005.e'];
    for (const [index, name] of names.entries()) {
      const depends = index > 0 ? `-- depends: ${names[index - 1]}\n` : '';
      const table = `CREATE TABLE t${index} (x INTEGER PRIMARY KEY AUTOINCREMENT, y);`;
      const more = index === 1 ? 'PRAGMA user_version = 3; PRAGMA application_id = 77;' : '';
      writeFileSync(
        join(folder, 'migrations', `${name}.sql`),
        `${depends}${table} INSERT INTO t${index} (y) VALUES (1);${more}\n`,
      );
      assert.equal(type(`wheatear apply d${index + 1}.db`).status, 0);
      type(`sqlite3 d${index + 1}.db "INSERT INTO t0 (y) VALUES ('mine')"`);
    }
    const rows = (/** @type {string} */ database) => type(`sqlite3 ${database} "SELECT y FROM t0 ORDER BY x"`).said;
    return { folder, type, rows };
  }

  test('twice, a database at any state is brought up to date or told what it lacks, and loses nothing', (t) => {
    const { folder, type, rows } = states(t);
    assert.deepEqual(type('wheatear squash --to 0003.c --yes').status, 0);
    assert.match(
      readFileSync(join(folder, 'migrations', '0004.d.sql'), 'utf8'),
      /^-- depends: 0003\.c\.squashed\nCREATE TABLE t3/,
    );
    type('cp d5.db once.db && wheatear apply once.db');
    assert.deepEqual(type('wheatear squash --to 0004.d --yes').status, 0);
    for (const database of ['d4.db', 'd5.db', 'once.db']) {
      const { status, said } = type(`wheatear apply ${database}`);
      assert.equal(status, 0, `${database}: ${said}`);
      assert.equal(rows(database), '1\nmine\n');
    }
    for (const database of ['d1.db', 'd2.db', 'd3.db']) {
      const { status, said } = type(`wheatear apply ${database} --json --yes --ahead rollback`);
      assert.deepEqual([status, JSON.parse(said).error.code], [65, 'partly_replaced'], said);
      assert.equal(rows(database), '1\nmine\n');
      const { said: told } = type(`wheatear status ${database} --json`);
      const states = JSON.parse(told).map((/** @type {{ state: string }} */ { state }) => state);
      assert.equal(states[0], 'partly_replaced', told);
    }
    assert.equal(type('wheatear apply new.db').status, 0);
    const all = 'PRAGMA user_version; PRAGMA application_id; SELECT * FROM sqlite_sequence ORDER BY 1;';
    type('sqlite3 d5.db \'DELETE FROM t0 WHERE x = 2; UPDATE sqlite_sequence SET seq = 1 WHERE name = "t0"\'');
    const made = (/** @type {string} */ database) =>
      spawnSync('sqlite3', [join(folder, database)], { input: all, encoding: 'utf8' }).stdout;
    assert.deepEqual(made('new.db').split('\n').sort(), made('d5.db').split('\n').sort());
  });

  test('keeps which tables are big, of those that are still there', (t) => {
    const { folder, type } = states(t);
    const file = join(folder, 'migrations', '0002.b.sql');
    writeFileSync(file, `${readFileSync(file, 'utf8')}-- lint: big t0\n-- lint: big T0\n-- lint: big gone\n`);
    type('wheatear squash --to 0003.c --yes');
    const text = readFileSync(join(folder, 'migrations', '0003.c.squashed.sql'), 'utf8');
    assert.deepEqual(text.match(/-- lint: .*/g), ['-- lint: big t0']);
  });

  test('leaves the numbers of tables alone that are not its own', (t) => {
    const { type } = states(t);
    type('wheatear squash --to 0003.c --yes');
    const other =
      'CREATE TABLE other (id INTEGER PRIMARY KEY AUTOINCREMENT); INSERT INTO other VALUES (7); DELETE FROM other';
    type(`sqlite3 shared.db "${other}"`);
    assert.equal(type('wheatear apply shared.db --yes').status, 0);
    assert.equal(type('sqlite3 shared.db "SELECT seq FROM sqlite_sequence WHERE name = \'other\'"').said, '7\n');
  });
});

describe('what goes round in circles, or cannot be printed', () => {
  for (const home of /** @type {const} */ (['native', 'node'])) {
    test(home, (t) => {
      const { folder, env } = workplace(home, t);
      const type = (/** @type {string} */ command) => spawnSync('bash', ['-c', command], { cwd: folder, env });
      mkdirSync(join(folder, 'migrations'));
      writeFileSync(join(folder, 'migrations', '1_node.up.sql'), create);
      for (const link of ['one', 'two']) symlinkSync('.', join(folder, 'migrations', link));
      assert.equal(type('wheatear check --off missing-down').status, 0);
      assert.equal(type('wheatear import --from golang-migrate migrations --folder ours').status, 0);
      assert.equal(type('wheatear schema > /dev/full').status, 74);
      const { status, stdout } = type('wheatear apply --json');
      assert.deepEqual([status, JSON.parse(String(stdout)).error.code], [2, 'usage']);
    });
  }
});
