// Rows that come one by one.

import { deepEqual, equal, ok, rejects } from '../../pages/assert.mjs';
import { Frame } from '../../pages/frame.mjs';
import { withTabsOf } from '../../pages/open-tabs.mjs';
import { migrating } from '../../pages/worker-options.mjs';

/** @typedef {import('../../../client/index.js').Queryable} Queryable */

const create = { '1.note.sql': 'CREATE TABLE note (id INTEGER PRIMARY KEY, text);' };
const insert = 'INSERT INTO note (text) VALUES (?)';
const fill = (/** @type {number} */ count) =>
  `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT ${count}) INSERT INTO note (text) SELECT 'row ' || i FROM n`;
const numbers = 'WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)';

/** @type {import('../../pages/suite.mjs').Suite} */
export const tests = {
  'all rows come, in order and once, as objects or arrays, of text or a fragment': withTabs(
    2,
    async (tabs, { wheatear }) => {
      const [owner] = tabs;
      const { sql } = wheatear;
      await owner.exec(fill(25));
      const every = Array.from({ length: 25 }, (_, index) => index + 1);
      for (const tab of tabs) {
        for (const size of [undefined, 1, 7, 25, 26]) {
          deepEqual(
            await all(tab.stream('SELECT id FROM note ORDER BY id', [], { size })),
            every.map((id) => ({ id })),
          );
        }
        deepEqual(await all(tab.stream('SELECT id, text FROM note WHERE id > ?', [24])), [{ id: 25, text: 'row 25' }]);
        deepEqual(await all(tab.stream('SELECT 1 AS a, 2 AS a', [], { rows: 'array' })), [[1, 2]]);
        deepEqual(await all(tab.stream(sql`SELECT id FROM note WHERE id = ${3}`, { rows: 'array', size: 1 })), [[3]]);
        deepEqual(await all(tab.stream('SELECT id FROM note WHERE id < 0')), []);
      }
    },
  ),

  'of a hundred thousand rows there are few in the page, and those are as of one moment': withTabs(
    2,
    async ([owner, follower], _, workersOf) => {
      await owner.exec(fill(100_000));
      const parts = partsOf(workersOf(owner));
      let [count, sum, most] = [0, 0, 0];
      /** @type {Promise<unknown> | undefined} */
      let written;
      for await (const { id } of owner.stream('SELECT id FROM note')) {
        // By another tab, in the midst of it.
        if (count === 1500) written = follower.run(insert, ['later']);
        most = Math.max(most, parts() * 1000 - count);
        count++;
        sum += Number(id);
      }
      deepEqual([count, sum], [100_000, (100_000 * 100_001) / 2]);
      // The last one says that there are no more.
      equal(parts(), 101);
      equal(most, 1000);
      await written;
      deepEqual(await owner.query('SELECT count(*) AS count FROM note'), [{ count: 100_001 }]);
    },
  ),

  'a part ends when its rows are large': withTabs(1, async ([owner], _, workersOf) => {
    await owner.exec('INSERT INTO note (text) VALUES (zeroblob(400000)), (zeroblob(400000)), (zeroblob(400000)), (1)');
    const parts = partsOf(workersOf(owner));
    let taken = 0;
    for await (const _ of owner.stream('SELECT text FROM note')) taken++;
    deepEqual([parts(), taken], [2, 4]);
  }),

  'what is left half-way is free at once, and so is what is read to its last part': withTabs(2, async (tabs) => {
    await tabs[0].exec(fill(10));
    for (const tab of tabs) {
      for await (const { id } of tab.stream('SELECT id FROM note', [], { size: 2 })) {
        equal(id, 1);
        break;
      }
      await tab.run(insert, ['after']);
      const rows = tab.stream('SELECT id FROM note LIMIT 3', [], { size: 2 });
      for (let index = 0; index < 3; index++) await rows.next();
      await tab.run(insert, ['before it is told that there are no more']);
      equal((await rows.next()).done, true);
      const thrown = new Error('changed my mind');
      const failing = (async () => {
        for await (const _ of tab.stream('SELECT id FROM note', [], { size: 1 })) throw thrown;
      })();
      await failing.catch((error) => equal(error, thrown));
      await tab.run(insert, ['after that']);
    }
  }),

  'its signal ends it, also while SQLite looks for the next row or nobody asks for one': withTabs(
    2,
    async (tabs, context) => {
      const { ApplyError } = context.wheatear;
      for (const tab of tabs) {
        await tab.exec('DELETE FROM note');
        await tab.exec(fill(10));
        const resting = new AbortController();
        const rows = tab.stream('SELECT id FROM note', [], { size: 2, signal: resting.signal });
        await rows.next();
        resting.abort('changed my mind');
        await tab.run(insert, ['free']);
        const error = await rejects(rows.next(), ApplyError, 'cancelled');
        equal(error.cause, 'changed my mind');
        equal((await rows.next()).done, true);

        const never = tab.stream('SELECT id FROM note', [], { signal: AbortSignal.abort() });
        await rejects(never.next(), ApplyError, 'cancelled');

        const looking = new AbortController();
        const endless = tab.stream(`${numbers} SELECT i FROM n WHERE i < 3`, [], { size: 1, signal: looking.signal });
        deepEqual([(await endless.next()).value, (await endless.next()).value], [{ i: 1 }, { i: 2 }]);
        const refused = rejects(endless.next(), ApplyError, 'cancelled');
        looking.abort();
        await refused;
        equal((await tab.query('SELECT count(*) AS count FROM note'))[0]?.count, 11);
      }
    },
  ),

  'in a transaction it sees what that has done, beside other work of it': withTabs(2, async (tabs, { wheatear }) => {
    await tabs[0].exec(fill(6));
    for (const tab of tabs) {
      const seen = await tab.transaction(async (transaction) => {
        await transaction.run('UPDATE note SET text = ?', ['new']);
        const seen = [];
        for await (const { id, text } of transaction.stream('SELECT id, text FROM note', [], { size: 2 })) {
          for await (const [other] of transaction.stream('SELECT ?', [Number(id)], { rows: 'array' })) seen.push(other);
          await transaction.run('UPDATE note SET text = ? WHERE id = ?', [`${text} ${id}`, Number(id)]);
        }
        for await (const _ of transaction.stream('SELECT id FROM note', [], { size: 2 })) break;
        return seen;
      });
      deepEqual(seen, [1, 2, 3, 4, 5, 6]);
      equal((await tab.query('SELECT text FROM note WHERE id = 6'))[0]?.text, 'new 6');
      /** @type {AsyncGenerator<unknown> | undefined} */
      let left;
      await tab.transaction(async (transaction) => {
        left = transaction.stream('SELECT id FROM note', [], { size: 2 });
        await left.next();
        await left.next();
      });
      if (left) await rejects(left.next(), wheatear.QueryError, 'transaction_misuse', /ended/);
    }
  }),

  'inside of the function of a transaction a stream of the database is refused, for it would wait for its end':
    withTabs(1, async ([database], { wheatear }) => {
      const asked = database.transaction(async () => {
        for await (const _ of database.stream('SELECT 1')) ok(false, 'a row came');
      });
      await rejects(asked, wheatear.QueryError, 'transaction_misuse', /is given/);
    }),

  'what writes or gives no rows is refused, and so is what no stream can be told': withTabs(
    2,
    async (tabs, context) => {
      const { QueryError, DefinitionError } = context.wheatear;
      for (const tab of tabs) {
        for (const sql of ["INSERT INTO note (text) VALUES ('a') RETURNING id", 'CREATE TABLE a (b)', 'SAVEPOINT a']) {
          await rejects(tab.stream(sql).next(), QueryError, 'query_refused');
          await tab.transaction(
            async (within) => void (await rejects(within.stream(sql).next(), QueryError, 'query_refused')),
          );
        }
        await rejects(tab.stream('SELECT nothing').next(), QueryError, 'query_failed', /nothing/);
        await rejects(tab.stream(/** @type {any} */ (7)).next(), QueryError, 'invalid_value');
        for (const options of [{ size: 0 }, { key: 'a' }, { signal: 'stop' }]) {
          const wrong = async () => tab.stream('SELECT 1', [], /** @type {any} */ (options));
          await rejects(wrong(), DefinitionError, 'invalid_option');
        }
        deepEqual(await tab.query('SELECT * FROM note'), []);
      }
    },
  ),

  'when its owner is gone it ends with an error, and no row is missing in silence': withTabs(
    1,
    async ([owner], context) => {
      const { wheatear, name, storage } = context;
      await owner.exec(fill(10));
      const follower = await wheatear.open(name, { ...migrating(create), storage });
      const rows = follower.stream('SELECT id FROM note', [], { size: 2 });
      await rows.next();
      // What it has got already it gives.
      await Promise.all([owner.close(), rows.next()]);
      await rejects(rows.next(), wheatear.ConnectionError, 'owner_lost', /before its last row/);
      equal((await rows.next()).done, true);
      equal((await all(follower.stream('SELECT id FROM note', [], { size: 2 }))).length, 10);
      await follower.close();
    },
  ),

  'when the worker of its owner dies it ends with an error, and so does one of a transaction': withTabs(
    2,
    async (tabs, { wheatear }, workersOf) => {
      await tabs[0].exec(fill(10));
      for (const tab of tabs) {
        const breaks = async (/** @type {Queryable} */ from) => {
          const rows = from.stream('SELECT id FROM note', [], { size: 2 });
          await rows.next();
          const owner = tabs.find(({ isOwner }) => isOwner);
          if (owner) workersOf(owner).at(-1)?.terminate();
          await rows.next();
          await rejects(rows.next(), wheatear.ConnectionError, 'owner_lost');
          equal((await rows.next()).done, true);
        };
        await breaks(tab);
        equal((await all(tab.stream('SELECT id FROM note', [], { size: 3 }))).length, 10);
        await rejects(tab.transaction(breaks), wheatear.ConnectionError, 'owner_lost');
        equal((await all(tab.stream('SELECT id FROM note', [], { size: 3 }))).length, 10);
      }
    },
  ),

  'a tab that goes away in the midst of a stream holds nobody up': withTabs(
    1,
    async ([database], { name, storage }) => {
      await database.exec(fill(10));
      const frame = await Frame.load();
      equal(await frame.call('other-tab.mjs', 'open', name, storage, create), false);
      await frame.call('other-tab.mjs', 'leaveStream', 'SELECT id FROM note');
      const behind = database.run(insert, ['behind']);
      frame.remove();
      await behind;
    },
  ),

  'one that nobody takes rows of while others wait ends with an error': withTabs(2, async (tabs, { wheatear }) => {
    await tabs[0].exec(fill(10));
    const rows = tabs[1].stream('SELECT id FROM note', [], { size: 1 });
    await rows.next();
    await tabs[0].run(insert, ['behind']);
    await rejects(rows.next(), wheatear.ConnectionError, 'timeout', /Nobody took rows/);
  }),

  'closing ends it': withTabs(2, async (tabs, { wheatear }) => {
    await tabs[0].exec(fill(10));
    for (const tab of [...tabs].reverse()) {
      const rows = tab.stream('SELECT id FROM note', [], { size: 1 });
      await rows.next();
      await tab.close();
      await rejects(rows.next(), wheatear.ConnectionError, 'closed');
    }
  }),
};

/**
 * @template Row
 * @param {AsyncIterable<Row>} rows
 */
async function all(rows) {
  const found = [];
  for await (const row of rows) found.push(row);
  return found;
}

/** Counts the parts that a tab asks its worker for. */
function partsOf(/** @type {Worker[]} */ workers) {
  const worker = workers.at(-1);
  let count = 0;
  if (worker) {
    const post = worker.postMessage.bind(worker);
    worker.postMessage = (/** @type {any} */ message, /** @type {any} */ transfer) => {
      if (message.type === 'fetch') count++;
      post(message, transfer);
    };
  }
  return () => count;
}

/** @type {(count: number, test: Parameters<typeof withTabsOf>[2]) => ReturnType<typeof withTabsOf>} */
function withTabs(count, test) {
  return withTabsOf(create, count, test);
}
