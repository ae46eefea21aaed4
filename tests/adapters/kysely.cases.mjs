// What the dialect for Kysely promises, on an open database whose migrations are these: in a page, or in Node.js.

import { Kysely, sql } from 'kysely';
import { WheatearDialect } from 'wheatear/kysely';
import { deepEqual, equal, ok, rejection } from '../pages/assert.mjs';

export const migrations = {
  '0001.create.sql': `CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, size REAL, data BLOB);
    CREATE TABLE pet (id INTEGER PRIMARY KEY, owner INTEGER REFERENCES person DEFERRABLE INITIALLY DEFERRED, name TEXT);
    CREATE VIEW named AS SELECT name FROM person;
    CREATE VIRTUAL TABLE said USING fts5 (text);
    CREATE TABLE box (width REAL NOT NULL, area REAL AS (width * width) STORED, half AS (width / 2));`,
};

/**
 * @typedef {object} Tables
 * @property {{ id: import('kysely').Generated<number | bigint>, name: string, size: number | null, data: Uint8Array | null }} person
 * @property {{ id: import('kysely').Generated<number>, owner: number | null, name: string | null }} pet
 */

/** @typedef {Kysely<Tables>} Orm */

const anna = { name: 'Anna', size: 1.5, data: null };
const ben = { name: 'Ben', size: null, data: new Uint8Array([0, 255]) };

const namesIn = async (/** @type {Orm} */ orm) => {
  const rows = await orm.selectFrom('person').select('name').orderBy('id').execute();
  return rows.map(({ name }) => name);
};

/** Resolves when what Kysely was asked for has reached the database, which no answer can have come from yet. */
const asked = async () => {
  for (let step = 0; step < 100; step++) await undefined;
};

const codeOf = async (/** @type {Promise<unknown>} */ promise) => /** @type {any} */ (await rejection(promise))?.code;

/** @type {Record<string, (orm: Orm, db: import('../../client/index.js').Database) => Promise<void>>} */
const cases = {
  async 'rows are inserted and selected, with numbers as bigint'(orm) {
    const inserted = await orm.insertInto('person').values([anna, ben]).executeTakeFirstOrThrow();
    deepEqual({ ...inserted }, { insertId: 2n, numInsertedOrUpdatedRows: 2n });
    const rows = await orm.selectFrom('person').selectAll().orderBy('id').execute();
    deepEqual(rows, [
      { id: 1, ...anna },
      { id: 2, ...ben },
    ]);
    const updated = await orm.updateTable('person').set({ size: 2 }).executeTakeFirstOrThrow();
    equal(updated.numUpdatedRows, 2n);
    const deleted = await orm.deleteFrom('person').where('name', '=', 'Ben').executeTakeFirstOrThrow();
    equal(deleted.numDeletedRows, 1n);
  },

  async 'a change gives the rows that it returns'(orm) {
    deepEqual(await orm.insertInto('person').values(anna).returning(['id', 'name']).execute(), [
      { id: 1, name: 'Anna' },
    ]);
    const nobody = orm.deleteFrom('person').where('id', '=', 7).returningAll();
    deepEqual(await nobody.execute(), []);
  },

  async 'no digit of a large number is lost'(orm) {
    const id = 2n ** 62n + 1n;
    await orm
      .insertInto('person')
      .values({ id, ...anna })
      .execute();
    equal((await orm.selectFrom('person').select('id').executeTakeFirstOrThrow()).id, id);
  },

  async 'a statement that changes nothing of rows is run: a table, a pragma, VACUUM'(orm) {
    await orm.schema.createTable('note').addColumn('text', 'text').execute();
    const { rows } = await sql`PRAGMA table_info(note)`.execute(orm);
    equal(/** @type {{ name: string }[]} */ (rows)[0]?.name, 'text');
    await sql`VACUUM`.execute(orm);
    await sql`-- as small as it can be
      /* and now: */ VACUUM`.execute(orm);
    const { numAffectedRows, insertId } = await sql`INSERT INTO note VALUES (${'a'})`.execute(orm);
    deepEqual({ numAffectedRows, insertId }, { numAffectedRows: 1n, insertId: 1n });
  },

  async 'a transaction is committed, and what it gives is given'(orm) {
    const given = await orm.transaction().execute(async (transaction) => {
      await transaction.insertInto('person').values(anna).execute();
      return namesIn(transaction);
    });
    deepEqual(given, ['Anna']);
    deepEqual(await namesIn(orm), ['Anna']);
  },

  async 'a transaction whose function fails is rolled back, and the error is that of the function'(orm) {
    const failure = new Error('no');
    const failing = orm.transaction().execute(async (transaction) => {
      await transaction.insertInto('person').values(anna).execute();
      throw failure;
    });
    equal(await rejection(failing), failure);
    deepEqual(await namesIn(orm), []);
  },

  async 'transactions that are begun at once come one after the other, and what else is asked waits'(orm) {
    /** @type {string[]} */
    const order = [];
    const add = (/** @type {string} */ name) =>
      orm.transaction().execute(async (transaction) => {
        order.push(`${name} begins`);
        await transaction
          .insertInto('person')
          .values({ ...anna, name })
          .execute();
        await namesIn(transaction);
        order.push(`${name} ends`);
      });
    const [, , names] = await Promise.all([add('A'), add('B'), namesIn(orm)]);
    deepEqual(order, ['A begins', 'A ends', 'B begins', 'B ends']);
    ok(names.length > 0, 'it was read before the first transaction had ended');
  },

  async 'whoever waits for the database in a transaction of it hears so'(orm) {
    const waiting = orm.transaction().execute(() => namesIn(orm));
    equal(await codeOf(waiting), 'transaction_misuse');
    deepEqual(await namesIn(orm), []);
  },

  async 'a failed statement has an error with SQLite’s code, and its transaction goes on'(orm) {
    await orm.insertInto('person').values(anna).execute();
    await orm.transaction().execute(async (transaction) => {
      const error = /** @type {any} */ (await rejection(transaction.insertInto('person').values(anna).execute()));
      equal(error.code, 'query_failed');
      equal(error.sqlite.code, 2067);
      await transaction.insertInto('person').values(ben).execute();
    });
    deepEqual(await namesIn(orm), ['Anna', 'Ben']);
  },

  async 'an error of one statement says nothing of a batch'(orm) {
    await orm.insertInto('person').values(anna).execute();
    const again = /** @type {any} */ (await rejection(orm.insertInto('person').values(anna).execute()));
    ok(again.message.startsWith('UNIQUE constraint failed: person.name (SQLite code 2067)\n'), again.message);
    ok(!/of the batch/.test(String(again.stack)), 'its stack does');
    equal(again.statement, undefined);
    const unfit = orm.updateTable('person').set({ size: /** @type {any} */ (new Date(0)) });
    const refused = /** @type {any} */ (await rejection(unfit.execute()));
    equal(refused.code, 'invalid_value');
    ok(!/batch/.test(refused.message), refused.message);
  },

  async 'a commit that SQLite refuses is told, and nothing is kept'(orm) {
    const orphan = orm
      .transaction()
      .execute((transaction) => transaction.insertInto('pet').values({ owner: 7, name: 'Rex' }).execute());
    equal(await codeOf(orphan), 'query_failed');
    deepEqual(await orm.selectFrom('pet').selectAll().execute(), []);
  },

  async 'a controlled transaction goes back to its savepoints'(orm) {
    const transaction = await orm.startTransaction().execute();
    await transaction.insertInto('person').values(anna).execute();
    const marked = await transaction.savepoint('a "mark"').execute();
    await marked.insertInto('person').values(ben).execute();
    const back = await marked.rollbackToSavepoint('a "mark"').execute();
    await back
      .insertInto('person')
      .values({ ...ben, name: 'Cleo' })
      .execute();
    await (await back.releaseSavepoint('a "mark"').execute()).commit().execute();
    deepEqual(await namesIn(orm), ['Anna', 'Cleo']);
    const undone = await orm.startTransaction().execute();
    await undone.deleteFrom('person').execute();
    await undone.rollback().execute();
    deepEqual(await namesIn(orm), ['Anna', 'Cleo']);
  },

  async 'rows are streamed, of the database and of a transaction, and a stream that is left frees it'(orm) {
    const values = Array.from({ length: 25 }, (_, at) => ({ ...anna, name: `${at}` }));
    await orm.insertInto('person').values(values).execute();
    const all = orm.selectFrom('person').select('name').orderBy('id');
    const streamed = [];
    for await (const { name } of all.stream(10)) streamed.push(name);
    deepEqual(streamed, await namesIn(orm));
    for await (const { name } of all.stream()) if (name === '3') break;
    await orm.transaction().execute(async (transaction) => {
      await transaction.deleteFrom('person').where('id', '>', 2).execute();
      const within = [];
      for await (const { name } of transaction.selectFrom('person').select('name').stream()) within.push(name);
      deepEqual(within, ['0', '1']);
    });
  },

  async 'a loop over a stream of a transaction is told that it would wait for itself'(orm) {
    await orm.insertInto('person').values([anna, ben]).execute();
    const failing = orm.transaction().execute(async (transaction) => {
      const names = transaction.selectFrom('person').select('name');
      for await (const { name } of names.stream(1)) {
        await transaction
          .insertInto('person')
          .values({ ...anna, name: `${name} again` })
          .execute();
      }
    });
    equal(await codeOf(failing), 'transaction_misuse');
    await orm.transaction().execute(async (transaction) => {
      const names = transaction.selectFrom('person').select('name').orderBy('id');
      // Between rows, and after a loop that is left, nothing is taken for one of its own.
      for await (const { name } of names.stream(1)) if (name === 'Anna') break;
      await transaction.deleteFrom('person').where('name', '=', 'Anna').execute();
      for await (const { name } of names.stream()) equal(name, 'Ben');
      await transaction.deleteFrom('person').execute();
    });
    deepEqual(await namesIn(orm), []);
  },

  async 'a signal that cancels a query of a transaction ends all of it'(orm) {
    const ending = new AbortController();
    /** @type {Promise<unknown> | undefined} */
    let later;
    const failing = orm.transaction().execute(async (transaction) => {
      await transaction.insertInto('person').values(anna).execute();
      const how = /** @type {const} */ ({ signal: ending.signal, inflightQueryAbortStrategy: 'cancel query' });
      const running = transaction.selectFrom('person').selectAll().execute(how);
      await asked();
      ending.abort(new Error('enough'));
      const failure = await rejection(running);
      later = rejection(namesIn(transaction));
      await later;
      throw failure;
    });
    equal(/** @type {Error} */ (await rejection(failing)).message, 'enough');
    equal(/** @type {any} */ (await later).code, 'cancelled');
    deepEqual(await namesIn(orm), []);
    const going = new AbortController();
    const goesOn = orm.transaction().execute(async (transaction) => {
      const how = /** @type {const} */ ({ signal: going.signal, inflightQueryAbortStrategy: 'cancel query' });
      const running = transaction.insertInto('person').values(anna).execute(how);
      await asked();
      going.abort(new Error('enough'));
      await rejection(running);
    });
    equal(await codeOf(goesOn), 'cancelled');
    deepEqual(await namesIn(orm), []);
  },

  async 'introspection tells of the tables and views of the application'(orm) {
    const tables = await orm.introspection.getTables();
    deepEqual(
      tables.map(({ name, isView }) => ({ name, isView })),
      [
        { name: 'box', isView: false },
        { name: 'named', isView: true },
        { name: 'person', isView: false },
        { name: 'pet', isView: false },
        { name: 'said', isView: false },
      ],
    );
    const columnsOf = (/** @type {string} */ table) => tables.find(({ name }) => name === table)?.columns ?? [];
    equal(columnsOf('person')[0]?.isAutoIncrementing, true);
    deepEqual(
      columnsOf('box').map(({ name, dataType, isNullable, hasDefaultValue }) => [
        name,
        dataType,
        isNullable,
        hasDefaultValue,
      ]),
      [
        ['width', 'REAL', false, false],
        ['area', 'REAL', true, true],
        ['half', '', true, true],
      ],
    );
    deepEqual(
      columnsOf('said').map(({ name }) => name),
      ['text'],
    );
    deepEqual(
      columnsOf('named').map(({ name }) => name),
      ['name'],
    );
    const all = await orm.introspection.getTables({ withInternalKyselyTables: true });
    ok(
      all.some(({ name }) => name === '_wheatear_ledger'),
      'the tables of Wheatear are not among all of them',
    );
  },

  async 'a signal ends what runs, if that is what Kysely is asked for'(orm) {
    const ending = new AbortController();
    const busy = sql`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n`;
    await orm.connection().execute(async (connection) => {
      const running = busy.execute(connection, { signal: ending.signal, inflightQueryAbortStrategy: 'cancel query' });
      const failed = rejection(running);
      await asked();
      ending.abort(new Error('enough'));
      equal(/** @type {Error} */ (await failed).message, 'enough');
      deepEqual(await namesIn(/** @type {Orm} */ (connection)), []);
    });
  },

  async 'a signal ends what runs in a transaction'(orm) {
    const ending = new AbortController();
    const busy = sql`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n`;
    const failing = orm.transaction().execute(async (transaction) => {
      await transaction.insertInto('person').values(anna).execute();
      const how = /** @type {const} */ ({ signal: ending.signal, inflightQueryAbortStrategy: 'cancel query' });
      const running = busy.execute(transaction, how);
      await asked();
      ending.abort(new Error('enough'));
      await running;
    });
    equal(/** @type {Error} */ (await rejection(failing)).message, 'enough');
    deepEqual(await namesIn(orm), []);
  },

  async 'a query of Kysely is watched by the database'(orm, db) {
    const { sql: text, parameters } = orm.selectFrom('person').select('name').where('size', '>', 1).compile();
    const live = db.watch(text, /** @type {number[]} */ (parameters));
    deepEqual((await live.next()).value, []);
    await orm.insertInto('person').values(anna).execute();
    deepEqual((await live.next()).value, [{ name: 'Anna' }]);
    live.stop();
  },

  async 'what begins and ends a transaction is logged like any query'(_, db) {
    /** @type {string[]} */
    const log = [];
    const orm = new Kysely({ dialect: new WheatearDialect(db), log: ({ query }) => void log.push(query.sql) });
    await orm.transaction().execute((transaction) => sql`SELECT 1`.execute(transaction));
    deepEqual(log, ['begin', 'SELECT 1', 'commit']);
  },

  async 'a function opens the database when Kysely begins, and once'(_, db) {
    let opened = 0;
    const orm = new Kysely({
      dialect: new WheatearDialect(async () => {
        opened++;
        return db;
      }),
    });
    equal(opened, 0);
    await Promise.all([sql`SELECT 1`.execute(orm), sql`SELECT 2`.execute(orm)]);
    equal(opened, 1);
  },

  async 'an insert that inserts nothing has no id'(orm) {
    await orm.insertInto('person').values(anna).execute();
    const ignored = orm.insertInto('person').orIgnore().values(anna);
    deepEqual({ ...(await ignored.executeTakeFirstOrThrow()) }, { insertId: undefined, numInsertedOrUpdatedRows: 0n });
  },

  async 'what Kysely destroys is closed'(orm, db) {
    await namesIn(orm);
    await orm.destroy();
    equal(await codeOf(db.query('SELECT 1')), 'closed');
  },
};

/** @type {Record<string, (db: import('../../client/index.js').Database) => Promise<void>>} */
export const tests = Object.fromEntries(
  Object.entries(cases).map(([name, run]) => [name, (db) => run(new Kysely({ dialect: new WheatearDialect(db) }), db)]),
);
