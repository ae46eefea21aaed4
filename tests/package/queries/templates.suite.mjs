// SQL as templates and fragments, in a database. What a template becomes, tests/client/sql-template.test.mjs tells.

import { deepEqual, equal, rejects } from '../../pages/assert.mjs';
import { withDatabase } from '../../pages/suite.mjs';

export const tests = withDatabase({
  async 'a template gives rows, and its values come back as they are'({ database }) {
    const values = [null, 1.5, -1, 2n ** 60n, 'text ☀', "'; DROP TABLE weather_node; --", Uint8Array.of(0, 255)];
    for (const value of values) {
      deepEqual(await database.sql`SELECT ${value} AS value, ${1} AS one`, [{ value, one: 1 }]);
    }
    deepEqual(await database.sql`SELECT ${true} AS yes, ${false} AS no`, [{ yes: 1, no: 0 }]);
  },

  async 'names are quoted so that SQLite takes them for what they are'({ database, wheatear }) {
    const { sql } = wheatear;
    for (const name of ['select', 'a"b', '""', "it's; --", 'a.b', '[x]', '`y`', '☀', ' ', 'a\\b', '1']) {
      const [table, column] = [database.sql.id('main', name), sql.id(name)];
      await database.run(sql`CREATE TABLE ${table} (${column})`);
      await database.run(sql`INSERT INTO ${table} (${column}) VALUES (${name})`);
      deepEqual(await database.sql`SELECT ${column} FROM ${table} WHERE ${column} = ${name}`, [{ [name]: name }]);
      await database.run(sql`DROP TABLE ${table}`);
    }
  },

  async 'fragments are used again, nested, and in the place of text and parameters'({ database, wheatear }) {
    const { sql } = wheatear;
    const insert = (/** @type {number} */ address) =>
      sql`INSERT INTO weather_node (time_received, node_addr) VALUES (${'2026-01-01'}, ${address})`;
    for (const address of [1, 2, 3]) {
      deepEqual(await database.run(insert(address)), { changes: 1, lastInsertRowid: address });
    }
    const high = sql`node_addr > ${1}`;
    const query = sql`SELECT node_addr AS a, ${'x'} AS a FROM weather_node WHERE ${high} AND ${high}`;
    deepEqual(await database.query(query), [{ a: 'x' }, { a: 'x' }]);
    const arrays = {
      columns: ['a', 'a'],
      rows: [
        [2, 'x'],
        [3, 'x'],
      ],
    };
    deepEqual(await database.query(query, { rows: 'array' }), arrays);
    await database.transaction(async (transaction) => {
      deepEqual(await transaction.query(query, { rows: 'array' }), arrays);
      deepEqual(await transaction.sql`${query}`, [{ a: 'x' }, { a: 'x' }]);
      deepEqual(await transaction.run(insert(4)), { changes: 1, lastInsertRowid: 4 });
    });
    const { signal } = new AbortController();
    const options = { key: 'five', signal };
    for (let time = 0; time < 2; time++) {
      deepEqual(await database.run(insert(5), options), { changes: 1, lastInsertRowid: 5 });
    }
    deepEqual(await database.query(insert(5), options), []);
    deepEqual(await database.sql`SELECT count(*) AS count FROM weather_node`, [{ count: 5 }]);
  },

  async 'a list of values is read by json_each'({ database }) {
    const rows = await database.sql`SELECT value FROM json_each(${JSON.stringify([1, 'b', 2.5])})`;
    deepEqual(
      rows.map(({ value }) => value),
      [1, 'b', 2.5],
    );
  },

  async 'what SQLite cannot hold is refused before anything is asked, with what to pass instead'(context) {
    const { database, wheatear } = context;
    const unfit = /** @type {any} */ (new Date());
    const refused = (/** @type {Promise<unknown>} */ promise, /** @type {RegExp} */ message) =>
      rejects(promise, wheatear.QueryError, 'invalid_value', message);
    await refused(database.sql`SELECT ${1}, ${unfit}`, /^The value 2 .*"SELECT |, ".*toISOString/);
    await refused(database.query('SELECT ?', [unfit]), /^The parameter 1 .*toISOString/);
    await refused(database.run('SELECT :at', { at: unfit }), /^The parameter at .*toISOString/);
    const batch = database.batch(['DELETE FROM weather_node', { sql: 'SELECT ?', params: [unfit] }]);
    await refused(batch, /^Statement 2 of the batch: The parameter 1 .*toISOString/);
    await database.transaction(async (transaction) => {
      await refused(transaction.sql`SELECT ${unfit}`, /^The value 1 .*toISOString/);
      await refused(transaction.query('SELECT ?', [unfit]), /^The parameter 1 .*toISOString/);
      await refused(transaction.run('SELECT ?', [unfit]), /^The parameter 1 .*toISOString/);
    });
    const text = /** @type {any} */ ('SELECT 1');
    await refused(database.sql(text), /is the tag of a template/);
    await refused(database.query('SELECT 1', /** @type {any} */ (1)), /must be a list or an object, not 1/);
  },

  async 'a fragment carries its values itself'({ database, wheatear }) {
    const { query } = /** @type {any} */ (database);
    for (const behind of [[[1]], [undefined, { rows: 'array' }]]) {
      const asked = query.call(database, wheatear.sql`SELECT ${1}`, ...behind);
      await rejects(asked, wheatear.DefinitionError, 'invalid_option', /right behind it/);
    }
    equal((await database.sql`SELECT 1`).length, 1);
  },
});
