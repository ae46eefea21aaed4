// Work without an end, and those who wait for it.

import { deepEqual, equal, ok, rejects } from '../../pages/assert.mjs';
import { busyWith } from '../../pages/channels.mjs';
import { Frame } from '../../pages/frame.mjs';
import { migrating } from '../../pages/worker-options.mjs';

/** @typedef {import('../../../client/index.js').Database} Database */
/** @typedef {import('../../../client/index.js').WorkOptions} WorkOptions */
/** @typedef {import('../../pages/suite.mjs').Context} Context */

const create = { '1.note.sql': 'CREATE TABLE note (id INTEGER PRIMARY KEY, text);' };
const numbers = 'WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)';
const endlessRead = `${numbers} SELECT max(i) FROM n`;
const endlessWrite = `INSERT INTO note (text) ${endlessRead}`;
const insert = 'INSERT INTO note (text) VALUES (?)';

/** Work that never ends, in each way in which it can be asked for. */
const endless = /** @type {Record<string, (database: Database, options: WorkOptions) => Promise<unknown>>} */ ({
  query: (database, options) => database.query(endlessRead, [], options),
  write: (database, options) => database.query(endlessWrite, [], options),
  exec: (database, options) => database.exec(`${insert.replace('?', "'half'")}; ${endlessWrite};`, options),
  transaction: (database, options) =>
    database.transaction(async (transaction) => {
      await transaction.query(insert, ['half']);
      await transaction.query(endlessRead);
    }, options),
});

/** @type {import('../../pages/suite.mjs').Suite} */
export const tests = {
  ...Object.fromEntries(
    Object.entries(endless).map(([way, ask], index) => [
      `work without an end ends with its signal, and nothing of it is kept: ${way}`,
      // In turn by the owner and by one that is not.
      endsWithItsSignal(ask, index % 2 === 0),
    ]),
  ),

  'what is aborted before it is begun is never begun': withTabs(2, async ([owner, follower], { wheatear }) => {
    for (const tab of [owner, follower]) {
      const ending = new AbortController();
      const { signal } = ending;
      const ways = () => [
        tab.query('SELECT * FROM note', [], { signal }),
        tab.query(insert, ['never'], { signal }),
        tab.run(insert, ['never'], { signal }),
        tab.exec("INSERT INTO note (text) VALUES ('never')", { signal, key: 'never' }),
        tab.transaction(async () => ok(false, 'it was begun'), { signal }),
      ];
      await owner.transaction(async (transaction) => {
        const waiting = ways();
        const refused = waiting.map((asked) => rejects(asked, wheatear.ApplyError, 'cancelled'));
        await transaction.query(insert, ['kept']);
        ending.abort();
        // At once, though the transaction goes on.
        await Promise.all(refused);
        for (const asked of ways()) await rejects(asked, wheatear.ApplyError, 'cancelled');
        await transaction.query(insert, ['kept too']);
      });
      deepEqual(await tab.query("SELECT * FROM note WHERE text = 'never'"), []);
      // The key was not used up.
      await tab.exec("UPDATE note SET text = 'done' WHERE id = 1", { key: 'never' });
    }
    deepEqual(await owner.query('SELECT text FROM note'), [
      { text: 'done' },
      { text: 'kept too' },
      { text: 'kept' },
      { text: 'kept too' },
    ]);
  }),

  'a transaction that is aborted while its function waits is rolled back, and its function is not waited for': withTabs(
    2,
    async ([owner, follower], { wheatear }) => {
      for (const tab of [owner, follower]) {
        const ending = new AbortController();
        /** @type {Promise<unknown> | undefined} */
        let later;
        const aborted = tab.transaction(
          async (transaction) => {
            await transaction.query(insert, ['half']);
            ending.abort('changed my mind');
            later = transaction.query(insert, ['half too']);
            await later.catch(() => {});
            await new Promise(() => {});
          },
          { signal: ending.signal },
        );
        const error = await rejects(aborted, wheatear.ApplyError, 'cancelled');
        equal(error.cause, 'changed my mind');
        await rejects(/** @type {Promise<unknown>} */ (later), wheatear.ApplyError, 'cancelled');
        deepEqual(await owner.query('SELECT * FROM note'), []);
      }
    },
  ),

  'a signal that is aborted too late, or never, changes nothing': withTabs(1, async ([database]) => {
    const ending = new AbortController();
    const { signal } = ending;
    deepEqual(await database.query('SELECT 1 AS one', [], { signal }), [{ one: 1 }]);
    deepEqual(await database.query(`${insert} RETURNING id`, ['a'], { signal }), [{ id: 1 }]);
    equal(await database.exec("INSERT INTO note (text) VALUES ('b')", { signal, key: 'b' }), undefined);
    equal(await database.exec("INSERT INTO note (text) VALUES ('b')", { signal, key: 'b' }), undefined);
    equal(await database.transaction(async () => 'its result', { signal }), 'its result');
    deepEqual(await database.query(`${insert} RETURNING id`, ['a'], { signal, key: 'b' }), []);
    for (let time = 0; time < 2; time++) {
      const done = await database.run(insert, ['c'], { signal, key: 'c' });
      deepEqual(done, { changes: 1, lastInsertRowid: 3 });
    }
    const arrays = await database.query('UPDATE note SET text = text RETURNING id', [], { signal, rows: 'array' });
    deepEqual(arrays, { columns: ['id'], rows: [[1], [2], [3]] });
    ending.abort();
    deepEqual(await database.query('SELECT count(*) AS count FROM note'), [{ count: 3 }]);
  }),

  'what is no signal is refused': withTabs(1, async ([database], { wheatear }) => {
    const options = /** @type {any} */ ({ signal: 'stop' });
    const ways = [
      database.query('SELECT 1', [], options),
      database.run('SELECT 1', [], options),
      database.exec('SELECT 1', options),
      database.transaction(async () => {}, options),
    ];
    for (const asked of ways) await rejects(asked, wheatear.DefinitionError, 'invalid_option', /signal/);
  }),

  async 'work without an end of a tab that is gone ends with it'(context) {
    const { name, storage } = context;
    await withTabs(1, async ([database]) => {
      const frame = await Frame.load();
      equal(await frame.call('other-tab.mjs', 'open', name, storage, create), false);
      const told = busyWith(name);
      await frame.call('other-tab.mjs', 'ask', endlessWrite);
      await told;
      const behind = database.query(insert, ['behind']);
      frame.remove();
      await behind;
      deepEqual(await database.query('SELECT text FROM note'), [{ text: 'behind' }]);
    })(context);
  },

  'a tab that closes does not wait for its own work without an end, nor do others': withTabs(
    2,
    async ([owner, follower], { wheatear }) => {
      for (const tab of [follower, owner]) {
        const asked = tab.query(endlessRead);
        const closed = rejects(asked, wheatear.ConnectionError, 'closed', /unknown/);
        await tab.close();
        await closed;
        await rejects(tab.query('SELECT 1'), wheatear.ConnectionError, 'closed', /is closed/);
        if (tab === follower) await owner.query(insert, ['after']);
      }
    },
  ),

  'a tab that opens, and one that waits, are told what the database is busy with': withTabs(
    2,
    async ([owner, follower], { wheatear, name, storage }) => {
      const options = { ...migrating(create), storage };
      const ending = new AbortController();
      const asked = rejects(owner.query(endlessRead, [], { signal: ending.signal }), wheatear.ApplyError, 'cancelled');
      const busy = /busy for \d+ s with "WITH RECURSIVE/;
      await rejects(wheatear.open(name, options), wheatear.StorageError, 'storage_busy', busy);
      const waiting = new AbortController();
      const waited = follower.query(insert, ['never'], { signal: waiting.signal });
      waiting.abort();
      await rejects(waited, wheatear.ApplyError, 'cancelled', busy);
      ending.abort();
      await asked;
      deepEqual(await follower.query('SELECT * FROM note'), []);
      await (await wheatear.open(name, options)).close();
    },
  ),

  async 'a database in memory is not given up for a query that is aborted'({ wheatear, name }) {
    const database = await wheatear.open(name, { ...migrating(create), storage: 'memory' });
    await database.query(insert, ['kept']);
    const ending = new AbortController();
    const long = `${numbers} SELECT count(*) FROM (SELECT i FROM n LIMIT 3000000)`;
    const asked = rejects(database.query(long, [], { signal: ending.signal }), wheatear.ApplyError, 'cancelled');
    ending.abort();
    await asked;
    deepEqual(await database.query('SELECT text FROM note'), [{ text: 'kept' }]);
    await database.close();
  },
};

/**
 * @param {(database: Database, options: WorkOptions) => Promise<unknown>} ask asks for work that never ends
 * @param {boolean} isAskedByOwner
 */
function endsWithItsSignal(ask, isAskedByOwner) {
  return withTabs(3, async (tabs, { wheatear, name }) => {
    const asking = /** @type {Database} */ (tabs.find(({ isOwner }) => isOwner === isAskedByOwner));
    const told = busyWith(name);
    const ending = new AbortController();
    const asked = ask(asking, { signal: ending.signal });
    // They wait, and are not lost with it, whoever else asks.
    const behind = tabs.map((tab) => tab.query(insert, ['behind']));
    await told;
    const reason = new Error('no longer wanted');
    ending.abort(reason);
    const error = await rejects(asked, wheatear.ApplyError, 'cancelled', /nothing of it is kept/);
    equal(error.cause, reason);
    await Promise.all(behind);
    const notes = 'SELECT text, count(*) AS count FROM note GROUP BY text';
    for (const tab of tabs) deepEqual(await tab.query(notes), [{ text: 'behind', count: tabs.length }]);
    deepEqual(await asking.query('PRAGMA integrity_check'), [{ integrity_check: 'ok' }]);
  });
}

/**
 * A test that begins with so many open tabs, of which the first is the owner.
 *
 * @param {number} count
 * @param {(tabs: [Database, Database, Database], context: Context) => Promise<void>} test gets as many as there are
 */
function withTabs(count, test) {
  return async (/** @type {Context} */ context) => {
    const { wheatear, name, storage } = context;
    /** @type {Database[]} */
    const tabs = [];
    for (let index = 0; index < count; index++) tabs.push(await wheatear.open(name, { ...migrating(create), storage }));
    try {
      await test(/** @type {[Database, Database, Database]} */ (tabs), context);
    } finally {
      for (const tab of tabs) await tab.close();
    }
  };
}
