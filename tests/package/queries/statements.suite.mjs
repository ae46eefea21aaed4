import { deepEqual, equal, ok, rejects } from '../../pages/assert.mjs';
import { withDatabase } from '../../pages/suite.mjs';

export const tests = withDatabase({
  async 'an option that there is not is refused, and what is no object or no function too'({ wheatear, database }) {
    const insert = "INSERT INTO weather_node (time_received) VALUES ('2026-01-01 12:00:00')";
    const work = (/** @type {any} */ options) => [
      () => database.query(insert, [], options),
      () => database.run(insert, [], options),
      () => database.exec(insert, options),
      () => database.transaction((transaction) => transaction.exec(insert), options),
      () => database.transaction((transaction) => transaction.query(insert, [], options)),
    ];
    for (const [options, reason] of /** @type {[any, RegExp][]} */ ([
      [{ keys: 'a key' }, /no option keys/],
      [{ Signal: undefined }, /no option Signal/],
      [{ row: 'array' }, /no option row/],
      [null, /must be an object/],
      ['array', /must be an object/],
    ])) {
      for (const begin of work(options)) await rejects(begin(), wheatear.DefinitionError, 'invalid_option', reason);
    }
    await rejects(
      database.query(insert, [], /** @type {any} */ ({ row: 'array' })),
      wheatear.DefinitionError,
      'invalid_option',
      /rows was meant/,
    );
    for (const none of /** @type {any[]} */ ([undefined, null, insert, {}])) {
      await rejects(database.transaction(none), wheatear.DefinitionError, 'invalid_option', /takes a function/);
    }
    deepEqual(await database.query('SELECT * FROM weather_node'), []);
  },

  async 'parameters by position fill ? and ?NNN in order'({ database }) {
    deepEqual(await database.query('SELECT ? AS a, ? AS b', ['x', 2]), [{ a: 'x', b: 2 }]);
    deepEqual(await database.query('SELECT ?2 AS a, ?1 AS b, ?2 AS c', [1, 2]), [{ a: 2, b: 1, c: 2 }]);
    deepEqual(await database.query('SELECT $2 AS a, $1 AS b', [1, 2]), [{ a: 2, b: 1 }]);
  },

  async 'parameters by name may be given with or without their first character'({ database }) {
    const sql = 'SELECT :a AS a, @b AS b, $c AS c, :a AS again';
    const row = { a: 1, b: 2, c: 3, again: 1 };
    deepEqual(await database.query(sql, { a: 1, b: 2, c: 3 }), [row]);
    deepEqual(await database.query(sql, { ':a': 1, '@b': 2, $c: 3 }), [row]);
  },

  async 'a parameter too few, too many or of another name is refused'({ database, wheatear }) {
    const cases = /** @type {const} */ ([
      ['SELECT ?, ?', [1]],
      ['SELECT ?', [1, 2]],
      ['SELECT 1', [1]],
      ['SELECT ?', []],
      ['SELECT :b, :a', [1, 2]],
      ['SELECT $2, $1', [1]],
      ['SELECT :a, :b', { a: 1 }],
      ['SELECT :a', { b: 1 }],
      ['SELECT :a', { a: 1, b: 2 }],
    ]);
    for (const [sql, params] of cases) {
      await rejects(database.query(sql, params), wheatear.QueryError, 'query_failed');
    }
  },

  async 'a parameter given twice does not stand in for one that is missing'({ database, wheatear }) {
    const promise = database.query('SELECT :a, :b', { a: 1, ':a': 2 });
    await rejects(promise, wheatear.QueryError, 'query_failed');
  },

  async 'a cached statement keeps no value of the call before'({ database, wheatear }) {
    deepEqual(await database.query('SELECT :a AS a, :b AS b', { a: 1, b: 2 }), [{ a: 1, b: 2 }]);
    await rejects(database.query('SELECT :a AS a, :b AS b', { a: 3 }), wheatear.QueryError, 'query_failed');
    deepEqual(await database.query('SELECT :a AS a, :b AS b', { a: null, b: 4 }), [{ a: null, b: 4 }]);
  },

  async 'properties of a row come in the order of the columns'({ database }) {
    const [row] = await database.query('SELECT 1 AS zebra, 2 AS ant, 3 AS "Name with spaces", 4 AS ""');
    deepEqual(Object.keys(row ?? {}), ['zebra', 'ant', 'Name with spaces', '']);
  },

  async 'of columns with the same name the last one stays'({ database }) {
    deepEqual(await database.query('SELECT 1 AS a, 2 AS b, 3 AS a'), [{ a: 3, b: 2 }]);
  },

  async 'rows as arrays lose no column of those with the same name'({ database, wheatear }) {
    const sql = 'SELECT a.id, a.x, b.id FROM (SELECT 1 AS id, ? AS x) a JOIN (SELECT 2 AS id) b';
    const all = { columns: ['id', 'x', 'id'], rows: [[1, 7, 2]] };
    deepEqual(await database.query(sql, [7], { rows: 'array' }), all);
    await database.transaction(async (transaction) => {
      deepEqual(await transaction.query(sql, [7], { rows: 'array' }), all);
      deepEqual(await transaction.query(sql, [7], { rows: 'object' }), [{ id: 2, x: 7 }]);
    });
    const none = await database.query('SELECT node_addr, 1 AS node_addr FROM weather_node', [], { rows: 'array' });
    deepEqual(none, { columns: ['node_addr', 'node_addr'], rows: [] });
    deepEqual(await database.query('CREATE TABLE empty (a)', [], { rows: 'array' }), { columns: [], rows: [] });
    for (const rows of /** @type {any[]} */ (['arrays', null, 1n])) {
      await rejects(database.query('SELECT 1', [], { rows }), wheatear.QueryError, 'invalid_value', /option rows/);
    }
  },

  async 'run gives what the statement did, and nothing of statements before'({ database }) {
    await database.exec('CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT UNIQUE)');
    const insert = 'INSERT INTO item (name) VALUES (?) ON CONFLICT DO NOTHING';
    const changed = new Promise((resolve) => database.addEventListener('change', ({ tables }) => resolve(tables)));
    deepEqual(await database.run(insert, ['a']), { changes: 1, lastInsertRowid: 1 });
    deepEqual(await changed, ['item']);
    deepEqual(await database.run(insert, ['a']), { changes: 0, lastInsertRowid: null });
    deepEqual(await database.run('UPDATE item SET name = :n', { n: 'b' }), { changes: 1, lastInsertRowid: null });
    deepEqual(await database.run('SELECT * FROM item'), { changes: 0, lastInsertRowid: null });
    const large = 2n ** 53n + 1n;
    const last = await database.transaction((transaction) =>
      transaction.run('INSERT INTO item VALUES (?, ?)', [large, 'large']),
    );
    deepEqual(last, { changes: 1, lastInsertRowid: large });
  },

  async 'each of many insertions at once is told its own id'({ database }) {
    await database.exec('CREATE TABLE item (id INTEGER PRIMARY KEY, n INTEGER)');
    const numbers = Array.from({ length: 100 }, (_, index) => index);
    const answers = await Promise.all(numbers.map((n) => database.run('INSERT INTO item (n) VALUES (?)', [n])));
    const rows = await database.query('SELECT id FROM item ORDER BY n');
    deepEqual(
      answers.map(({ lastInsertRowid }) => lastInsertRowid),
      rows.map(({ id }) => id),
    );
  },

  async 'a run with a key gives the same numbers when it is asked again'({ database }) {
    // As an earlier release made it.
    await database.exec(`CREATE TABLE _wheatear_request (key TEXT PRIMARY KEY, at TEXT NOT NULL) STRICT, WITHOUT ROWID;
      CREATE TABLE item (id INTEGER PRIMARY KEY, n INTEGER)`);
    const key = crypto.randomUUID();
    const insert = 'INSERT INTO item (n) VALUES (1), (2)';
    for (let time = 0; time < 3; time++) {
      deepEqual(await database.run(insert, [], { key }), { changes: 2, lastInsertRowid: 2 });
      await database.run('INSERT INTO item (id) VALUES (100 + ?)', [time]);
    }
    await database.query('SELECT 1', [], { key: 'of a query' });
    deepEqual(await database.run(insert, [], { key: 'of a query' }), { changes: 0, lastInsertRowid: null });
    deepEqual(await database.query(insert, [], { key, rows: 'array' }), { columns: [], rows: [] });
    deepEqual(await database.query('SELECT count(*) AS count FROM item'), [{ count: 5 }]);
  },

  async 'what could be taken for another key is refused before anything is sent'({ database, wheatear }) {
    for (const key of /** @type {any[]} */ (['', '\ud800', 'a\udc00b', 5, 5n, null, {}, Symbol('s'), true])) {
      for (const work of [
        () => database.query('CREATE TABLE sent (a)', [], { key }),
        () => database.run('CREATE TABLE sent (a)', [], { key }),
        () => database.exec('CREATE TABLE sent (a)', { key }),
        () => database.transaction(async (transaction) => transaction.exec('CREATE TABLE sent (a)'), { key }),
      ]) {
        await rejects(work(), wheatear.QueryError, 'invalid_value', /option key/);
      }
    }
    await rejects(database.query('SELECT * FROM sent'), wheatear.QueryError, 'query_failed', /no such table: sent/);
    deepEqual(await database.query('SELECT 1 AS a', [], { key: '👩🏽‍🚀' }), [{ a: 1 }]);
  },

  async 'a column called __proto__ is a property like any other'({ database }) {
    const [row] = await database.query('SELECT 1 AS "__proto__"');
    deepEqual(Object.keys(row ?? {}), ['__proto__']);
  },

  async 'a result that is too large for a page is refused, and the worker goes on'({ database, wheatear }) {
    // Twenty million small ones would do as well, in more time.
    const numbers = 'WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 100000)';
    const large = database.query(`${numbers} SELECT zeroblob(20000000) FROM n`);
    await rejects(large, wheatear.QueryError, 'result_too_large');
    deepEqual(await database.query('SELECT 7 AS n'), [{ n: 7 }]);
  },

  async 'a query without rows gives an empty array'({ database }) {
    deepEqual(await database.query('SELECT * FROM weather_node'), []);
    deepEqual(await database.query('CREATE TABLE empty (a)'), []);
  },

  async 'ten thousand rows arrive complete and in order'({ database }) {
    const rows = await database.query(
      `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
       SELECT i, 'row ' || i AS text FROM n ORDER BY i`,
    );
    equal(rows.length, 10_000);
    for (const [index, row] of rows.entries()) deepEqual(row, { i: index + 1, text: `row ${index + 1}` });
  },

  async 'queries sent at once are answered in order, each with its own rows'({ database }) {
    const numbers = Array.from({ length: 200 }, (_, index) => index);
    const answers = await Promise.all(numbers.map((n) => database.query('SELECT ? AS n', [n])));
    deepEqual(
      answers,
      numbers.map((n) => [{ n }]),
    );
  },

  async "an error carries SQLite's extended code and words"({ database, wheatear }) {
    await database.exec('CREATE TABLE once (a UNIQUE); INSERT INTO once VALUES (1)');
    const promise = database.query('INSERT INTO once VALUES (?)', [1]);
    const error = await rejects(promise, wheatear.QueryError, 'query_failed', /UNIQUE constraint failed: once\.a/);
    deepEqual(error.sqlite, { code: 2067, message: 'UNIQUE constraint failed: once.a' });
    equal(error.migrationId, undefined);
  },

  async "an error shows the SQL around the fault, the caller's own stack, and what the worker said"({
    database,
    wheatear,
  }) {
    async function whereItIsCalled() {
      await database.query('SELECT 1,\n  absent');
    }
    const error = await rejects(
      whereItIsCalled(),
      wheatear.QueryError,
      'query_failed',
      /absent.*\n {2}2 \| {3}absent\n {4}\| {3}\^/,
    );
    equal(error.line, 2);
    ok(error.stack?.includes('whereItIsCalled'), error.stack ?? 'no stack');
    ok(!error.stack?.startsWith('Error'), error.stack ?? 'no stack');
    const { code, message } = /** @type {any} */ (error.cause);
    deepEqual([code, message], ['query_failed', error.message]);
  },

  async 'a syntax error is a typed error and leaves the database usable'({ database, wheatear }) {
    await rejects(database.query('SELEKT 1'), wheatear.QueryError, 'query_failed', /near "SELEKT": syntax error/);
    deepEqual(await database.query('SELECT 1 AS usable'), [{ usable: 1 }]);
  },

  async 'a second statement in a query is refused, not forgotten'({ database, wheatear }) {
    await database.exec('CREATE TABLE t (a)');
    const promise = database.query('INSERT INTO t VALUES (1); INSERT INTO t VALUES (2)');
    await rejects(promise, wheatear.QueryError, 'query_failed');
    deepEqual(await database.query('SELECT * FROM t'), []);
  },

  async 'a query without a statement is refused, an empty script does nothing'({ database, wheatear }) {
    for (const sql of ['', ' \n', '-- nothing', ';']) {
      await rejects(database.query(sql), wheatear.QueryError, 'query_failed', /empty/);
      equal(await database.exec(sql), undefined);
    }
  },

  async 'SQL that is not text is refused and leaves the database usable'({ database, wheatear }) {
    for (const sql of /** @type {any[]} */ ([undefined, null, 1, {}])) {
      await rejects(database.query(sql), wheatear.QueryError, 'invalid_value');
      await rejects(database.exec(sql), wheatear.QueryError, 'invalid_value');
    }
    deepEqual(await database.query('SELECT 1 AS usable'), [{ usable: 1 }]);
  },

  async 'foreign keys are enforced'({ database, wheatear }) {
    await database.exec('CREATE TABLE parent (id INTEGER PRIMARY KEY); CREATE TABLE child (id REFERENCES parent)');
    const promise = database.query('INSERT INTO child VALUES (1)');
    await rejects(promise, wheatear.QueryError, 'query_failed', /FOREIGN KEY constraint failed/);
  },

  async 'a script runs all of its statements, or none'({ database, wheatear }) {
    await database.exec('CREATE TABLE t (a UNIQUE); INSERT INTO t VALUES (1); INSERT INTO t VALUES (2);');
    const promise = database.exec('INSERT INTO t VALUES (3);\n\n-- again\nINSERT INTO t\nVALUES (1);\nDROP TABLE t;');
    const error = await rejects(promise, wheatear.QueryError, 'query_failed', /statement 2 on line 4/);
    equal(error.statement, 2);
    equal(error.line, 4);
    equal(error.sqlite?.code, 2067);
    deepEqual(await database.query('SELECT a FROM t ORDER BY a'), [{ a: 1 }, { a: 2 }]);
  },

  async 'a syntax error in a script is found on its line, and nothing of the script stays'({ database, wheatear }) {
    const promise = database.exec('CREATE TABLE t (a);\nCREATE TABLE u (\n  a,\n  SELECT\n);');
    const error = await rejects(promise, wheatear.QueryError, 'query_failed', /near "SELECT"/);
    deepEqual([error.statement, error.line], [2, 4]);
    deepEqual(await database.query("SELECT name FROM sqlite_schema WHERE name IN ('t', 'u')"), []);
  },

  async 'a script may hold triggers, whose semicolons end no statement'({ database }) {
    await database.exec(`
      CREATE TABLE t (a); CREATE TABLE log (a);
      CREATE TRIGGER log_t AFTER INSERT ON t BEGIN INSERT INTO log VALUES (new.a); SELECT ';'; END;
      INSERT INTO t VALUES (7)`);
    deepEqual(await database.query('SELECT a FROM log'), [{ a: 7 }]);
  },

  async 'a script gives nothing back, even if its statements have rows'({ database }) {
    equal(await database.exec('SELECT 1; SELECT 2'), undefined);
  },

  async 'VACUUM runs as the only statement of a script'({ database }) {
    await database.exec('CREATE TABLE t (a); INSERT INTO t VALUES (zeroblob(1000000)); DELETE FROM t;');
    const pages = async () => Number((await database.query('PRAGMA page_count'))[0]?.page_count);
    const before = await pages();
    await database.exec('VACUUM');
    const after = await pages();
    ok(after < before / 10, `${before} pages before, ${after} after`);
  },

  async 'SQL text cannot begin or end a transaction'({ database, wheatear }) {
    const words = ['BEGIN', 'begin immediate', '/* x */ COMMIT', 'END', 'ROLLBACK', ';BEGIN'];
    for (const sql of words) {
      await rejects(database.query(sql), wheatear.QueryError, 'transaction_misuse', /transaction\(\)/);
      await rejects(database.exec(sql), wheatear.QueryError, 'transaction_misuse', /transaction\(\)/);
    }
    const script = 'CREATE TABLE t (a); COMMIT; SELECT 1';
    await rejects(database.exec(script), wheatear.QueryError, 'transaction_misuse');
    deepEqual(await database.query("SELECT name FROM sqlite_schema WHERE name = 't'"), []);
  },

  async 'a lone SAVEPOINT outside of a transaction is refused and rolled back'({ database, wheatear }) {
    await rejects(database.exec('SAVEPOINT s'), wheatear.QueryError, 'transaction_misuse');
    await rejects(database.query('SAVEPOINT s'), wheatear.QueryError, 'transaction_misuse');
    await database.transaction((transaction) => transaction.exec('CREATE TABLE t (a); INSERT INTO t VALUES (1)'));
    deepEqual(await database.query('SELECT a FROM t'), [{ a: 1 }]);
  },
});
