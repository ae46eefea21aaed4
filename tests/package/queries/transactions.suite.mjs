import { deepEqual, equal, rejection, rejects } from '../../pages/assert.mjs';
import { withDatabase } from '../../pages/suite.mjs';

/** @typedef {import('../../../client/index.js').Queryable} Queryable */
/** @typedef {import('../../../client/index.js').Transaction} Transaction */

const insert = 'INSERT INTO weather_node (time_received, node_addr) VALUES (?, ?)';
const noon = '2026-01-01 12:00:00';

/** Does something a few steps later. */
async function wrapped(/** @type {() => Promise<unknown>} */ work) {
  for (let step = 0; step < 10; step++) await undefined;
  return work();
}

const addresses = async (/** @type {Queryable} */ from) =>
  (await from.query('SELECT node_addr FROM weather_node ORDER BY rowid')).map((row) => row.node_addr);

export const tests = withDatabase({
  async 'a transaction commits what its function did, and gives what it returned'({ database }) {
    const result = await database.transaction(async (transaction) => {
      await transaction.query(insert, [noon, 1]);
      await transaction.exec(`INSERT INTO weather_node (time_received, node_addr) VALUES ('${noon}', 2)`);
      return { seen: await addresses(transaction) };
    });
    deepEqual(result, { seen: [1, 2] });
    deepEqual(await addresses(database), [1, 2]);
  },

  async 'what the function throws comes out, the very same, and everything is rolled back'({ database }) {
    for (const thrown of [new Error('changed my mind'), { any: 'object' }, 'text', undefined]) {
      const caught = await rejection(
        database.transaction(async (transaction) => {
          await transaction.query(insert, [noon, 1]);
          throw thrown;
        }),
      );
      equal(caught, thrown);
      deepEqual(await addresses(database), []);
    }
  },

  async 'a function that throws before it returns a promise rolls back too'({ database }) {
    const thrown = new Error('at once');
    equal(
      await rejection(
        database.transaction(() => {
          throw thrown;
        }),
      ),
      thrown,
    );
    deepEqual(await database.transaction(async () => 'next'), 'next');
  },

  async 'a query sent while a transaction is open waits for it and sees its result'({ database }) {
    /** @type {string[]} */
    const order = [];
    /** @type {Promise<unknown> | undefined} */
    let outside;
    await database.transaction(async (transaction) => {
      await transaction.query(insert, [noon, 1]);
      outside = addresses(database).then((seen) => {
        order.push('outside');
        return seen;
      });
      await transaction.query(insert, [noon, 2]);
      await transaction.query(insert, [noon, 3]);
      order.push('end of the function');
    });
    deepEqual(await outside, [1, 2, 3]);
    deepEqual(order, ['end of the function', 'outside']);
  },

  async 'a query that waited for a transaction which was rolled back sees nothing of it'({ database }) {
    /** @type {Promise<unknown> | undefined} */
    let outside;
    await rejection(
      database.transaction(async (transaction) => {
        await transaction.query(insert, [noon, 1]);
        outside = addresses(database);
        await transaction.query('SELECT 1');
        throw new Error('rolled back');
      }),
    );
    deepEqual(await outside, []);
  },

  async 'a function that waits for the database itself is told so at once, and its transaction can go on'(context) {
    const { database, wheatear } = context;
    const ways = /** @type {(() => Promise<unknown>)[]} */ ([
      () => database.query('SELECT 1'),
      () => database.query(insert, [noon, 1], { signal: new AbortController().signal }),
      () => database.exec('SELECT 1'),
      () => database.status(),
      () => database.export(),
      () => database.transaction(async () => {}),
      () => database.sql`SELECT ${1}`,
      () => database.batch(['SELECT 1']),
      () => database.batch([insert.replaceAll('?', '1')], { signal: new AbortController().signal }),
      // As deep as an application likes.
      async () => wrapped(async () => wrapped(() => database.query('SELECT 1'))),
    ]);
    for (const way of ways) {
      await database.transaction(async (transaction) => {
        await transaction.query('DELETE FROM weather_node');
        await rejects(way(), wheatear.QueryError, 'transaction_misuse', /use the transaction/);
        await Promise.all([
          transaction.query(insert, [noon, 1]),
          rejects(way(), wheatear.QueryError, 'transaction_misuse'),
        ]);
      });
      deepEqual(await addresses(database), [1]);
    }
    // Before it has asked anything.
    const atOnce = database.transaction(() => database.query('SELECT 1'));
    await rejects(atOnce, wheatear.QueryError, 'transaction_misuse');
  },

  async 'other code of the page waits for its turn, whatever a transaction waits for'({ database }) {
    /** @type {Promise<unknown>[]} */
    const others = [];
    await database.transaction(async (transaction) => {
      await transaction.query(insert, [noon, 1]);
      // In a task of its own.
      await new Promise((resolve) => {
        setTimeout(() => {
          others.push(addresses(database), database.transaction(addresses), database.status());
          setTimeout(resolve);
        });
      });
      // Not waited for.
      others.push(addresses(database));
      await transaction.query(insert, [noon, 2]);
      others.push(addresses(database));
    });
    const seen = await Promise.all(others);
    for (const index of [0, 1, 3, 4]) deepEqual(seen[index], [1, 2]);
  },

  async 'transactions queue, and what waits keeps its order'({ database }) {
    /** @type {string[]} */
    const order = [];
    const run = (/** @type {number} */ n) =>
      database.transaction(async (transaction) => {
        order.push(`begin ${n}`);
        await transaction.query(insert, [noon, n]);
        await transaction.query('SELECT 1');
        order.push(`end ${n}`);
      });
    await Promise.all([run(1), run(2), database.query(insert, [noon, 99]), run(3)]);
    deepEqual(order, ['begin 1', 'end 1', 'begin 2', 'end 2', 'begin 3', 'end 3']);
    deepEqual(await addresses(database), [1, 2, 99, 3]);
  },

  async 'a transaction that has ended refuses to run anything'({ database, wheatear }) {
    const committed = await database.transaction(async (transaction) => [transaction]);
    const rolledBack = /** @type {Queryable[]} */ ([]);
    await rejection(
      database.transaction(async (transaction) => {
        rolledBack.push(transaction);
        throw new Error('rolled back');
      }),
    );
    for (const transaction of [...committed, ...rolledBack]) {
      await rejects(transaction.query(insert, [noon, 1]), wheatear.QueryError, 'transaction_misuse', /has ended/);
      await rejects(transaction.exec('DELETE FROM weather_node'), wheatear.QueryError, 'transaction_misuse');
    }
    await database.transaction(async (open) => {
      await open.query(insert, [noon, 2]);
      await rejects(
        /** @type {Queryable} */ (committed[0]).query('SELECT 1'),
        wheatear.QueryError,
        'transaction_misuse',
      );
    });
    deepEqual(await addresses(database), [2]);
  },

  async 'a statement that fails undoes only itself, and the transaction can go on'({ database, wheatear }) {
    await database.exec('CREATE TABLE once (a UNIQUE)');
    await database.transaction(async (transaction) => {
      await transaction.query('INSERT INTO once VALUES (1)');
      await rejects(transaction.query('INSERT INTO once VALUES (2), (1)'), wheatear.QueryError, 'query_failed');
      await transaction.query('INSERT INTO once VALUES (3)');
    });
    deepEqual(await database.query('SELECT a FROM once'), [{ a: 1 }, { a: 3 }]);
  },

  async 'a script that fails within a transaction undoes only the script'({ database, wheatear }) {
    await database.transaction(async (transaction) => {
      await transaction.query(insert, [noon, 1]);
      const script = `DELETE FROM weather_node; INSERT INTO absent VALUES (1);`;
      await rejects(transaction.exec(script), wheatear.QueryError, 'query_failed', /no such table: absent/);
      deepEqual(await addresses(transaction), [1]);
    });
    deepEqual(await addresses(database), [1]);
  },

  async 'after a failure that ends the transaction, neither a statement nor the commit succeeds'({
    database,
    wheatear,
  }) {
    await database.exec('CREATE TABLE once (a UNIQUE ON CONFLICT ROLLBACK); INSERT INTO once VALUES (1)');
    const promise = database.transaction(async (transaction) => {
      await transaction.query(insert, [noon, 1]);
      await rejects(transaction.query('INSERT INTO once VALUES (1)'), wheatear.QueryError, 'query_failed');
      await rejects(transaction.query(insert, [noon, 2]), wheatear.QueryError, 'transaction_misuse', /rolled back/);
      await rejects(transaction.exec('SELECT 1'), wheatear.QueryError, 'transaction_misuse', /rolled back/);
    });
    await rejects(promise, wheatear.QueryError, 'transaction_misuse', /rolled back/);
    deepEqual(await addresses(database), []);
    await database.transaction((transaction) => transaction.query(insert, [noon, 3]));
    deepEqual(await addresses(database), [3]);
  },

  async 'a commit that SQLite refuses rolls back and rejects'({ database, wheatear }) {
    await database.exec(`CREATE TABLE parent (id INTEGER PRIMARY KEY);
      CREATE TABLE child (id REFERENCES parent DEFERRABLE INITIALLY DEFERRED)`);
    const promise = database.transaction((transaction) => transaction.query('INSERT INTO child VALUES (1)'));
    await rejects(promise, wheatear.QueryError, 'query_failed', /FOREIGN KEY constraint failed/);
    deepEqual(await database.query('SELECT * FROM child'), []);
  },

  async 'savepoints work within a transaction'({ database }) {
    await database.transaction(async (transaction) => {
      await transaction.query(insert, [noon, 1]);
      await transaction.exec('SAVEPOINT s');
      await transaction.query(insert, [noon, 2]);
      await transaction.exec('ROLLBACK TO s');
      await transaction.exec('RELEASE s');
    });
    deepEqual(await addresses(database), [1]);
  },

  async 'SQL text within a transaction cannot end it'({ database, wheatear }) {
    await database.transaction(async (transaction) => {
      await transaction.query(insert, [noon, 1]);
      for (const sql of ['COMMIT', 'END', 'ROLLBACK', 'BEGIN']) {
        await rejects(transaction.query(sql), wheatear.QueryError, 'transaction_misuse');
        await rejects(transaction.exec(sql), wheatear.QueryError, 'transaction_misuse');
        await rejects(transaction.exec(`SELECT 1; ${sql}`), wheatear.QueryError, 'transaction_misuse');
      }
    });
    deepEqual(await addresses(database), [1]);
  },

  async 'statements of a transaction that nobody awaited are part of it'({ database }) {
    await database.transaction(async (transaction) => {
      void transaction.query(insert, [noon, 1]);
      void transaction.query(insert, [noon, 2]);
    });
    deepEqual(await addresses(database), [1, 2]);
  },

  async 'status waits for its turn, too'({ database }) {
    /** @type {Promise<unknown[]> | undefined} */
    let status;
    await database.transaction(async (transaction) => {
      await transaction.query(insert, [noon, 1]);
      status = database.status();
      await transaction.query('SELECT 1');
    });
    equal((await status)?.length, 2);
  },

  async 'a transaction inside of another undoes only itself when it fails'({ database, wheatear }) {
    await database.transaction(async (outer) => {
      await outer.query(insert, [noon, 1]);
      const thrown = new Error('changed my mind');
      const inside = outer.transaction(async (inner) => {
        await inner.query(insert, [noon, 2]);
        await inner.batch([wheatear.sql`DELETE FROM weather_node WHERE node_addr = ${1}`]);
        deepEqual(await addresses(inner), [2]);
        throw thrown;
      });
      equal(await rejection(inside), thrown);
      deepEqual(await addresses(outer), [1]);
      const result = await outer.transaction(async (inner) => {
        await inner.sql`INSERT INTO weather_node (time_received, node_addr) VALUES (${noon}, ${3})`;
        return 'its result';
      });
      equal(result, 'its result');
      await outer.query(insert, [noon, 4]);
    });
    deepEqual(await addresses(database), [1, 3, 4]);
  },

  async 'transactions nest further, and end with the one around them'({ database }) {
    await database.transaction(async (first) => {
      await first.transaction(async (second) => {
        await second.query(insert, [noon, 1]);
        await rejection(
          second.transaction(async (third) => {
            await third.query(insert, [noon, 2]);
            await third.transaction((fourth) => fourth.query(insert, [noon, 3]));
            deepEqual(await addresses(third), [1, 2, 3]);
            throw new Error('the third');
          }),
        );
        deepEqual(await addresses(second), [1]);
        await second.transaction((third) => third.query(insert, [noon, 4]));
      });
      await rejection(
        first.transaction(async (second) => {
          await second.transaction((third) => third.query(insert, [noon, 5]));
          throw new Error('the second');
        }),
      );
    });
    deepEqual(await addresses(database), [1, 4]);
    await rejection(
      database.transaction(async (first) => {
        await first.transaction((second) => second.query(insert, [noon, 6]));
        throw new Error('the first');
      }),
    );
    deepEqual(await addresses(database), [1, 4]);
  },

  async 'what is used after its end, or while one inside of it is open, rejects'({ database, wheatear }) {
    const refused = (/** @type {Promise<unknown>} */ promise, /** @type {RegExp} */ message) =>
      rejects(promise, wheatear.QueryError, 'transaction_misuse', message);
    /** @type {Transaction[]} */
    const ended = [];
    await database.transaction(async (outer) => {
      await rejection(
        outer.transaction(async (inner) => {
          ended.push(inner);
          throw new Error('rolled back');
        }),
      );
      await outer.transaction(async (inner) => {
        ended.push(inner);
        await inner.query(insert, [noon, 1]);
        for (const asked of ways(outer)) await refused(asked, /inside of this one is open/);
        await inner.transaction(async (innermost) => {
          ended.push(innermost);
          for (const asked of [...ways(outer), ...ways(inner)]) await refused(asked, /inside of this one is open/);
        });
      });
      for (const transaction of ended) for (const asked of ways(transaction)) await refused(asked, /has ended/);
      await outer.query(insert, [noon, 2]);
    });
    for (const transaction of ended) for (const asked of ways(transaction)) await refused(asked, /has ended/);
    deepEqual(await addresses(database), [1, 2]);
  },

  async 'a transaction that nobody waited for does not outlive the one around it'({ database, wheatear }) {
    /** @type {Promise<unknown> | undefined} */
    let refused;
    await database.transaction(async (outer) => {
      await outer.transaction((middle) => {
        return new Promise((end) => {
          const left = middle.transaction(async (inner) => {
            end(undefined);
            // In a task of its own.
            await new Promise((resolve) => setTimeout(resolve));
            await inner.query(insert, [noon, 1]);
          });
          refused = rejects(left, wheatear.QueryError, 'transaction_misuse', /has ended/);
        });
      });
      await outer.query(insert, [noon, 2]);
    });
    await refused;
    deepEqual(await addresses(database), [2]);
  },

  async 'after a failure that ends all of it, a transaction inside cannot succeed'({ database, wheatear }) {
    await database.exec('CREATE TABLE once (a UNIQUE ON CONFLICT ROLLBACK); INSERT INTO once VALUES (1)');
    const promise = database.transaction(async (outer) => {
      const inside = outer.transaction(async (inner) => {
        await rejects(inner.query('INSERT INTO once VALUES (1)'), wheatear.QueryError, 'query_failed');
      });
      await rejects(inside, wheatear.QueryError, 'transaction_misuse', /rolled back/);
    });
    await rejects(promise, wheatear.QueryError, 'transaction_misuse', /rolled back/);
  },

  async 'a transaction inside ends with the signal of the one around it'({ database, wheatear }) {
    const ending = new AbortController();
    const aborted = database.transaction(
      (outer) =>
        outer.transaction(async (inner) => {
          await inner.query(insert, [noon, 1]);
          ending.abort();
          await inner.query(insert, [noon, 2]);
        }),
      { signal: ending.signal },
    );
    await rejects(aborted, wheatear.ApplyError, 'cancelled');
    deepEqual(await addresses(database), []);
  },

  async 'a transaction takes a function, inside of another too'({ database, wheatear }) {
    const none = /** @type {any} */ (undefined);
    await rejects(database.transaction(none), wheatear.DefinitionError, 'invalid_option', /takes a function/);
    await database.transaction(async (outer) => {
      await rejects(outer.transaction(none), wheatear.DefinitionError, 'invalid_option', /takes a function/);
      await outer.query(insert, [noon, 1]);
    });
    deepEqual(await addresses(database), [1]);
  },
});

/** Everything that a transaction can be asked for. */
function ways(/** @type {Transaction} */ transaction) {
  return [
    transaction.query('SELECT 1'),
    transaction.sql`SELECT ${1}`,
    transaction.run(insert, [noon, 9]),
    transaction.exec('SELECT 1'),
    transaction.batch(['SELECT 1']),
    transaction.transaction(async () => {}),
  ];
}
