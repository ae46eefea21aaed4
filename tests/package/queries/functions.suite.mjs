// SQL functions and collations that the worker's script brings.

import { deepEqual, equal, matches, ok, rejects } from '../../pages/assert.mjs';
import { workerAt } from '../../pages/worker-options.mjs';

/** @typedef {import('../../pages/suite.mjs').Context} Context */

const migrations = {
  './migrations/0001.note.sql': `CREATE TABLE note (text, slug GENERATED ALWAYS AS (slug(text)), sorted TEXT COLLATE length);
    CREATE INDEX note_slug ON note (slug(text), sorted);
    CREATE VIEW slugs AS SELECT slug(text) AS slug FROM note;`,
  './migrations/0002.notes.sql':
    "INSERT INTO note (text, sorted) VALUES ('A Wren', 'ccc'), ('Two Owls', 'bb'), ('Jay', 'a');",
};

/** What a page opens its database with whose worker has these functions; see pages/workers/functions.mjs. */
const having = (/** @type {string} */ which, /** @type {Pick<Context, 'storage'>} */ { storage }) => ({
  ...workerAt(`/pages/workers/functions.mjs?${encodeURIComponent(which)}`),
  migrations,
  storage,
});

/** @returns {import('../../pages/suite.mjs').Suite[string]} */
function withFunctions(
  /** @type {(context: Context & { database: import('../../../client/index.js').Database }) => Promise<void>} */ test,
) {
  return async (context) => {
    const database = await context.wheatear.open(context.name, having('', context));
    try {
      await test({ ...context, database });
    } finally {
      await database.close();
    }
  };
}

/** @type {import('../../pages/suite.mjs').Suite} */
export const tests = {
  'migrations and their code use them, in columns, indexes and views too': withFunctions(async ({ database }) => {
    deepEqual(await database.query('SELECT slug FROM note ORDER BY slug'), [
      { slug: 'a-wren' },
      { slug: 'by-code2' },
      { slug: 'jay' },
      { slug: 'two-owls' },
    ]);
    const plan = await database.query("EXPLAIN QUERY PLAN SELECT * FROM note WHERE slug(text) = 'jay'");
    matches(String(plan[0]?.detail), /USING INDEX note_slug/);
    equal((await database.query('SELECT * FROM slugs')).length, 4);
  }),

  'values go in and come out as those of queries do': withFunctions(async ({ database }) => {
    const values = [null, 7, 1.5, 2n ** 60n, 'Wren ☀', new Uint8Array([0, 255])];
    for (const value of values) {
      deepEqual(await database.query('SELECT echo(?) AS value', [value]), [{ value }]);
    }
    const kinds = await database.query("SELECT kind(NULL) AS a, kind(1) AS b, kind(?) AS c, kind(x'00') AS d", [
      2n ** 60n,
    ]);
    deepEqual(kinds, [{ a: 'null', b: 'number', c: 'bigint', d: 'bytes' }]);
    deepEqual(await database.query('SELECT echo(1 = 1) AS value, count_of() AS none, count_of(1, 2, 3) AS three'), [
      { value: 1, none: 0, three: 3 },
    ]);
  }),

  'what is no value of SQL is refused, and said': withFunctions(async ({ database, wheatear }) => {
    for (const [which, words] of /** @type {[string, RegExp][]} */ ([
      ['undefined', /use null/],
      ['Date', /a value of class Date/],
      ['NaN', /NaN/],
      ['promise', /a value of class Promise/],
    ])) {
      const query = database.query('SELECT given(?)', [which]);
      const { cause, message } = await rejects(query, wheatear.QueryError, 'query_failed', words);
      matches(message, /the function given gave what cannot be stored/);
      ok(cause instanceof wheatear.QueryError, 'the cause is no QueryError');
      equal(/** @type {any} */ (cause).code, 'invalid_value');
    }
  }),

  'what a function throws fails the statement, and is the cause': withFunctions(async ({ database, wheatear }) => {
    for (const sql of [
      'SELECT fails()',
      'SELECT fails_late() FROM note',
      'INSERT INTO note (text) SELECT slug(text) || fails() FROM note',
    ]) {
      const { cause } = await rejects(database.query(sql), wheatear.QueryError, 'query_failed', /BirdError: no bird/);
      ok(cause instanceof Error, 'the cause is no Error');
      const { name, message, stack } = /** @type {Error} */ (cause);
      deepEqual([name, message], ['BirdError', 'no bird']);
      matches(String(stack), /workers\/functions\.mjs/);
    }
    deepEqual(await database.query('SELECT count(*) AS count FROM note'), [{ count: 4 }]);
    // An error with other words has nothing to do with it.
    const { cause } = await rejects(database.query('SELECT absent'), wheatear.QueryError, 'query_failed');
    ok(!(cause instanceof Error), 'another error has the cause');
  }),

  async 'a migration whose function throws fails with the cause, and changes nothing'(context) {
    const { wheatear, name } = context;
    const more = { ...migrations, './migrations/0003.fails.sql': '\nUPDATE note SET text = fails();' };
    const opening = wheatear.open(name, { ...having('', context), migrations: more });
    const error = await rejects(opening, wheatear.ApplyError, 'statement_failed', /0003\.fails\.sql:2.*no bird/s);
    equal(/** @type {Error} */ (error.cause).name, 'BirdError');
    const database = await wheatear.open(name, having('', context));
    equal(database.report.from, null);
    await database.close();
  },

  'aggregates take all rows in, and those with an inverse are window functions': withFunctions(async ({ database }) => {
    const numbers = 'WITH n (n) AS (VALUES (2), (3), (4))';
    deepEqual(await database.query(`${numbers} SELECT product(n) AS p, all_of(n) AS a FROM n`), [
      { p: 24, a: '2+3+4' },
    ]);
    deepEqual(await database.query('SELECT product(1) AS p, all_of(1) AS a WHERE 0'), [{ p: 1, a: '' }]);
    const grouped = `${numbers} SELECT all_of(n) AS a FROM n GROUP BY n % 2 ORDER BY a`;
    deepEqual(await database.query(grouped), [{ a: '2+4' }, { a: '3' }]);
    const window = 'all_of(n) OVER (ORDER BY n ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)';
    deepEqual(await database.query(`${numbers} SELECT ${window} AS a FROM n`), [
      { a: '2' },
      { a: '2+3' },
      { a: '3+4' },
    ]);
  }),

  'what is only for statements no view may call': withFunctions(async ({ database, wheatear }) => {
    deepEqual(await database.query('SELECT secret() AS s'), [{ s: 'secret' }]);
    await database.exec('CREATE VIEW told AS SELECT secret() AS s');
    await rejects(database.query('SELECT * FROM told'), wheatear.QueryError, 'query_failed', /unsafe use of secret/);
  }),

  'what is no deterministic function no index may call': withFunctions(async ({ database, wheatear }) => {
    const index = database.exec('CREATE INDEX other ON note (echo(text))');
    await rejects(index, wheatear.QueryError, 'query_failed', /non-deterministic/);
  }),

  'collations order text': withFunctions(async ({ database }) => {
    const rows = await database.query(
      'SELECT value FROM json_each(\'["ccc", "a", "bb"]\') ORDER BY value COLLATE length',
    );
    deepEqual(rows, [{ value: 'a' }, { value: 'bb' }, { value: 'ccc' }]);
    const sorted = await database.query('SELECT sorted FROM note WHERE sorted IS NOT NULL ORDER BY sorted');
    deepEqual(sorted, [{ sorted: 'a' }, { sorted: 'bb' }, { sorted: 'ccc' }]);
  }),

  async 'a collation that throws ends the worker, and nothing of the statement is kept'(context) {
    const { wheatear, name } = context;
    const database = await wheatear.open(name, having('', context));
    const sorting = 'INSERT INTO note (text) SELECT text FROM note ORDER BY text COLLATE broken';
    await rejects(database.run(sorting), wheatear.ConnectionError, 'worker_failed', /BirdError: no bird/);
    deepEqual(await database.query('SELECT count(*) AS count FROM note'), [{ count: 4 }]);
    await database.close();
  },

  'a rehearsal has them, and so has the try-out of a set': withFunctions(
    async ({ database, wheatear, name, storage }) => {
      await database.unmark('0009.code');
      const { error } = await database.rehearse();
      equal(error, null);
      await database.close();
      const strict = { ...having('', { storage }), drift: /** @type {const} */ ('error') };
      await (await wheatear.open(name, strict)).close();
    },
  ),

  async 'followers use them, and the next owner has them'(context) {
    const { wheatear, name } = context;
    const owner = await wheatear.open(name, having('', context));
    const follower = await wheatear.open(name, having('', context));
    equal(follower.isOwner, false);
    const query = "SELECT slug('A B') AS slug, 'x' < 'yy' COLLATE length AS shorter";
    const expected = [{ slug: 'a-b', shorter: 1 }];
    deepEqual(await follower.query(query), expected);
    const error = await rejects(follower.query('SELECT fails()'), wheatear.QueryError, 'query_failed');
    equal(/** @type {Error} */ (error.cause).name, 'BirdError');
    await owner.close();
    deepEqual(await follower.query(query), expected);
    await follower.close();
  },

  async 'what is wrong with a definition is told with its name, and nothing is begun'(context) {
    const { wheatear, name } = context;
    for (const [which, words] of /** @type {[string, RegExp][]} */ ([
      ['a number', /functions of serve: "slug" must be a function, or an object with scalar or step/],
      ['nothing', /"slug" must have either scalar or step/],
      ['both', /"slug" must have either scalar or step/],
      ['no start', /"slug" must have start, beside step/],
      ['misspelt', /"slug" has a field determinstic; there are: deterministic, /],
      ['no boolean', /"slug" must have a boolean as varargs/],
      ['no function', /"slug" must have a function as step/],
      ['a name twice', /"SLUG" is there twice/],
      ['no name', /"" is no name/],
      ['a collation that is none', /collations of serve: "length" must be a function/],
      ['no object', /functions of serve: it must be an object/],
    ])) {
      const opening = wheatear.open(name, having(which, context));
      await rejects(opening, wheatear.DefinitionError, 'invalid_option', words);
    }
    deepEqual(
      (await wheatear.listDatabases()).filter((each) => each.name === name),
      [],
    );
  },
};
