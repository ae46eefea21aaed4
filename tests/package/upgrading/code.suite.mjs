// Migrations that the worker's script brings in code.

import { deepEqual, equal, matches, ok, rejects } from '../../pages/assert.mjs';
import { workerAt } from '../../pages/worker-options.mjs';

const migrations = {
  './migrations/0001.note.sql': "CREATE TABLE note (text, slug); INSERT INTO note (text) VALUES ('Wren'), ('OWL');",
  './migrations/0001.note.rollback.sql': 'DROP TABLE note;',
  './migrations/0003.index.sql': 'CREATE INDEX note_slug ON note (slug);',
  './migrations/0003.index.rollback.sql': 'DROP INDEX note_slug;',
};

/** What a page opens its database with whose worker has this code; see pages/workers/code.mjs. */
const having = (/** @type {string} */ code, /** @type {any} */ { storage }) => ({
  ...workerAt(`/pages/workers/code.mjs?${encodeURIComponent(code)}`),
  migrations,
  storage,
});

const slugs = 'SELECT slug FROM note ORDER BY rowid';
const filled = [{ slug: 'wren' }, { slug: 'owl' }];

/** What a step fails with; afterwards nothing is there of the migrations before it. */
async function failure(/** @type {import('../../pages/suite.mjs').Context} */ context, /** @type {string} */ code) {
  const { wheatear, name } = context;
  const opening = wheatear.open(name, having(code, context));
  const error = await rejects(
    opening,
    wheatear.ApplyError,
    'code_failed',
    /^the code of migration "000\d\.[a-z]+" failed/,
  );
  matches(error.message, /nothing was changed$/);
  const database = await wheatear.open(name, { migrations: [], storage: context.storage });
  deepEqual(await database.query("SELECT name FROM sqlite_schema WHERE name LIKE 'note%'"), []);
  equal(database.report.from, null);
  await database.close();
  return error;
}

/** @type {import('../../pages/suite.mjs').Suite} */
export const tests = {
  async 'code is applied in its place, in the transaction of all, and taken back by its own function'(context) {
    const { wheatear, name } = context;
    /** @type {import('../../../client/index.js').Progress[]} */
    const heard = [];
    const options = { ...having('slug', context), onProgress: (/** @type {any} */ progress) => heard.push(progress) };
    const database = await wheatear.open(name, options);
    deepEqual(
      database.report.applied.map(({ id }) => id),
      ['0001.note', '0002.slug', '0003.index'],
    );
    const steps = heard.flatMap((progress) => (progress.type === 'step' ? [progress.migrationId] : []));
    deepEqual(steps, ['0001.note', '0002.slug', '0003.index']);
    deepEqual(await database.query(slugs), filled);
    deepEqual(
      (await database.status()).map(({ id, state }) => [id, state]),
      [
        ['0001.note', 'applied'],
        ['0002.slug', 'applied'],
        ['0003.index', 'applied'],
      ],
    );

    const back = { rollback: { to: '0001.note' } };
    const planned = (await database.plan(back)).steps.map(({ operation, id, sql }) => [operation, id, sql]);
    deepEqual(planned, [
      ['rollback', '0003.index', 'DROP INDEX note_slug;'],
      ['rollback', '0002.slug', null],
    ]);
    const { report, error } = await database.rehearse(back);
    equal(error, null);
    deepEqual(
      report?.steps.map(({ id }) => id),
      ['0003.index', '0002.slug'],
    );
    deepEqual(await database.query(slugs), filled);
    await database.rollback({ to: '0001.note' });
    deepEqual(await database.query(slugs), [{ slug: null }, { slug: null }]);
    await database.close();

    const again = await wheatear.open(name, having('slug', context));
    deepEqual(
      again.report.applied.map(({ id }) => id),
      ['0002.slug', '0003.index'],
    );
    deepEqual(await again.query(slugs), filled);
    await again.close();
    const nothing = await wheatear.open(name, having('slug', context));
    deepEqual(nothing.report.applied, []);
    await nothing.close();
  },

  async 'values go in and come out as those of queries do'(context) {
    const { wheatear, name } = context;
    const database = await wheatear.open(name, having('values', context));
    const [row] = await database.query('SELECT text FROM note');
    deepEqual(JSON.parse(String(row?.text)), [
      2,
      4,
      `${2n ** 60n}n`,
      [0, 255],
      null,
      1.5,
      { changes: 0, lastInsertRowid: null },
    ]);
    await database.close();
  },

  async 'an error that code throws is the cause, with its name, where it was thrown, and its own cause'(context) {
    const error = await failure(context, 'throws an error');
    equal(error.migrationId, '0002.slug');
    matches(error.message, /BirdError: no bird/);
    const cause = /** @type {Error} */ (error.cause);
    ok(cause instanceof Error, 'the cause is no Error');
    deepEqual([cause.name, cause.message], ['BirdError', 'no bird']);
    matches(String(cause.stack), /workers\/code\.mjs/);
    const first = /** @type {Error} */ (cause.cause);
    ok(first instanceof Error, 'its cause is no Error');
    deepEqual([first.name, first.message], ['TypeError', 'an egg']);
  },

  async 'what it throws and is no error is the cause, or its text if it cannot be sent'(context) {
    deepEqual((await failure(context, 'throws an object')).cause, { bird: 7n });
    matches(String((await failure(context, 'throws a function')).cause), /=> 'bird'/);
  },

  async 'what its transaction has refused is an error of a query, with SQLite’s words'(context) {
    const { QueryError } = context.wheatear;
    const cause = /** @type {import('../../../client/index.js').QueryError} */ (
      (await failure(context, 'throws what SQLite says')).cause
    );
    ok(cause instanceof QueryError, 'the cause is no QueryError');
    deepEqual([cause.code, cause.line, cause.sqlite?.message], ['query_failed', 2, 'no such column: absent']);
    const bound = /** @type {any} */ ((await failure(context, 'throws what is bound')).cause);
    ok(bound instanceof QueryError, 'the cause is no QueryError');
    equal(bound.code, 'invalid_value');
  },

  async 'code that is asynchronous is refused'(context) {
    matches((await failure(context, 'is asynchronous')).message, /returned a promise, and must be synchronous/);
  },

  async 'it cannot end its transaction, but has savepoints'(context) {
    const { wheatear, name } = context;
    const database = await wheatear.open(name, having('ends the transaction', context));
    const slug = '["transaction_misuse"]';
    deepEqual(await database.query(slugs), [{ slug }, { slug }]);
    await database.close();
  },

  async 'nothing is done outside once SQLite has ended the transaction'(context) {
    const { wheatear, name, storage } = context;
    const opening = wheatear.open(name, having('rolls back by a conflict', context));
    const error = await rejects(opening, wheatear.ApplyError, 'code_failed', /query_failed, transaction_misuse/);
    equal(error.migrationId, '0002.slug');
    const database = await wheatear.open(name, { migrations: [], storage });
    deepEqual(await database.query("SELECT name FROM sqlite_schema WHERE name IN ('note', 'outside')"), []);
    await database.close();
  },

  async 'a transaction that is used after its migration has ended says so'(context) {
    const { cause, migrationId } = await failure(context, 'is used later');
    equal(migrationId, '0003.uses');
    ok(cause instanceof context.wheatear.QueryError, 'the cause is no QueryError');
    equal(/** @type {any} */ (cause).code, 'transaction_misuse');
  },

  async 'another version is an edit, and a new name is none'(context) {
    const { wheatear, name } = context;
    await (await wheatear.open(name, having('slug', context))).close();
    await rejects(wheatear.open(name, having('edited', context)), wheatear.HistoryError, 'edited', /0002\.slug/);
    const database = await wheatear.open(name, having('renamed', context));
    deepEqual(database.report.applied, []);
    deepEqual(
      (await database.status()).map(({ id, state }) => [id, state]),
      [
        ['0001.note', 'applied'],
        ['0002.of-slugs', 'applied'],
        ['0003.index', 'applied'],
      ],
    );
    await database.close();
  },

  async 'a build without the code is behind one with it, unless that is compatible'(context) {
    const { wheatear, name, storage } = context;
    await (await wheatear.open(name, having('more', context))).close();
    await (await wheatear.open(name, having('slug', context))).close();
    const without = wheatear.open(name, { migrations, storage });
    await rejects(without, wheatear.HistoryError, 'missing', /0002\.slug/);
  },

  async 'what is wrong with a definition is told with its id, and nothing is begun'(context) {
    const { wheatear, name } = context;
    for (const [code, is, words] of /** @type {[string, any, RegExp][]} */ ([
      ['no version', 'invalid_option', /"0002\.slug" version must be a string that is not empty/],
      ['no function', 'invalid_option', /"0002\.slug" up must be a function/],
      ['no step', 'invalid_option', /"0002\.slug" it must be an object/],
      ['no list', 'invalid_option', /"0002\.slug" depends must be an array of ids/],
      ['misspelt', 'invalid_option', /"0002\.slug" there is no depend; there are: version, depends/],
      ['of SQL', 'duplicate_id', /0001\.note/],
      ['depends on nothing', 'unknown_dependency', /0002\.slug.*0001\.absent/],
      ['no object', 'invalid_option', /code of serve: it must be an object/],
      ['no option', 'invalid_option', /serve has no option cod; there are: code/],
    ])) {
      await rejects(wheatear.open(name, having(code, context)), wheatear.DefinitionError, is, words);
    }
    deepEqual(
      (await wheatear.listDatabases()).filter((each) => each.name === name),
      [],
    );
  },

  async 'a module that carries its migrations takes no code'({ wheatear, name, storage }) {
    const options = { ...workerAt('/pages/workers/code-beside-module.mjs'), storage };
    await rejects(wheatear.open(name, options), wheatear.DefinitionError, 'invalid_option', /write it in Rust/);
  },

  async 'a follower has it done by the owner, and does it itself once the owner is gone'(context) {
    const { wheatear, name } = context;
    const owner = await wheatear.open(name, having('slug', context));
    const follower = await wheatear.open(name, having('slug', context));
    equal(follower.isOwner, false);
    const { steps } = await follower.rollback({ to: '0001.note' });
    deepEqual(
      steps.map(({ id }) => id),
      ['0003.index', '0002.slug'],
    );
    deepEqual(await owner.query(slugs), [{ slug: null }, { slug: null }]);
    await owner.close();
    deepEqual(await follower.query(slugs), filled);
    equal(follower.isOwner, true);
    await follower.close();
  },
};
