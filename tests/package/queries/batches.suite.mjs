// Several statements in one round trip and one transaction.

import { deepEqual, equal, rejects } from '../../pages/assert.mjs';
import { busyWith } from '../../pages/channels.mjs';
import { Frame } from '../../pages/frame.mjs';
import { migrating } from '../../pages/worker-options.mjs';

/** @typedef {import('../../../client/index.js').Database} Database */
/** @typedef {import('../../pages/suite.mjs').Context} Context */

const create = { '1.note.sql': 'CREATE TABLE note (id INTEGER PRIMARY KEY, text UNIQUE);' };
const insert = 'INSERT INTO note (text) VALUES (?)';
const add = (/** @type {unknown} */ text) => ({ sql: insert, params: [/** @type {string} */ (text)] });
const count = 'SELECT count(*) AS count FROM note';
const nothing = { changes: 0, lastInsertRowid: null, rows: [] };

/** @type {import('../../pages/suite.mjs').Suite} */
export const tests = {
  'each statement sees those before it, and its result has its place': withTabs(async (tabs, { wheatear }) => {
    const { sql } = wheatear;
    for (const tab of tabs) {
      const texts = /** @type {const} */ ([`a of ${tab.isOwner}`, `b of ${tab.isOwner}`]);
      const [first, second, third, fourth] = await tab.batch([
        add(texts[0]),
        sql`INSERT INTO note (text) VALUES (${texts[1]}) RETURNING text`,
        sql`UPDATE note SET text = text || '!' WHERE text IN (SELECT value FROM json_each(${JSON.stringify(texts)}))`,
        { sql: 'SELECT text FROM note WHERE id >= :id', params: { id: tab.isOwner ? 1 : 3 } },
      ]);
      const lastInsertRowid = tab.isOwner ? 1 : 3;
      deepEqual(first, { changes: 1, lastInsertRowid, rows: [] });
      deepEqual(second, { changes: 1, lastInsertRowid: lastInsertRowid + 1, rows: [{ text: texts[1] }] });
      deepEqual(third, { changes: 2, lastInsertRowid: null, rows: [] });
      deepEqual(fourth, { ...nothing, rows: texts.map((text) => ({ text: `${text}!` })) });
      const arrays = await tab.batch(['SELECT 1 AS a, 2 AS a', 'DELETE FROM note WHERE 0'], { rows: 'array' });
      deepEqual(arrays, [
        { ...nothing, columns: ['a', 'a'], rows: [[1, 2]] },
        { ...nothing, columns: [] },
      ]);
      deepEqual(await tab.batch([]), []);
    }
  }),

  'one that fails undoes all, and the error says which it is': withTabs(async (tabs, { wheatear }) => {
    for (const tab of tabs) {
      const failing = tab.batch([add('a'), 'SELECT 1', add('a'), add('b')]);
      const error = await rejects(
        failing,
        wheatear.QueryError,
        'query_failed',
        /^statement 3 of the batch failed: .*UNIQUE/,
      );
      equal(error.statement, 3);
      equal(error.sqlite?.code, 2067);
      const ways = /** @type {[string, import('../../../client/index.js').ErrorCode, RegExp][]} */ ([
        ['SELECT absent', 'query_failed', /no such column: absent/],
        ['COMMIT', 'transaction_misuse', /cannot begin or end a transaction/],
        ['PRAGMA journal_mode = OFF', 'query_refused', /journal_mode/],
        ['SELECT ?', 'query_failed', /needed 1|parameter/],
      ]);
      for (const [sql, code, message] of ways) {
        const refused = await rejects(tab.batch([add('a'), sql]), wheatear.QueryError, code, message);
        equal(refused.statement, 2);
      }
      deepEqual(await tab.query(count), [{ count: 0 }]);
    }
  }),

  'within a transaction one that fails undoes the batch only': withTabs(async (tabs, { wheatear }) => {
    for (const [index, tab] of tabs.entries()) {
      await tab.transaction(async (transaction) => {
        const [{ lastInsertRowid }] = await transaction.batch([add(`before ${index}`)]);
        equal(lastInsertRowid, index * 2 + 1);
        const failing = transaction.batch([add('a'), add('a')]);
        const error = await rejects(failing, wheatear.QueryError, 'query_failed', /^statement 2 of the batch/);
        equal(error.statement, 2);
        await transaction.batch([add(`after ${index}`)]);
      });
      deepEqual(await tab.query(count), [{ count: index * 2 + 2 }]);
    }
  }),

  'within a transaction it cannot end a savepoint that it has not begun': withTabs(async ([owner], { wheatear }) => {
    const lost = owner.transaction(async (transaction) => {
      await transaction.exec('SAVEPOINT mine');
      const batch = transaction.batch([add('a'), 'RELEASE mine']);
      await rejects(batch, wheatear.QueryError, 'transaction_misuse', /ended a savepoint/);
    });
    await rejects(lost, wheatear.QueryError, 'transaction_misuse', /rolled back/);
    deepEqual(await owner.query(count), [{ count: 0 }]);
  }),

  'a commit that SQLite refuses undoes all': withTabs(async ([owner], { wheatear }) => {
    await owner.exec(`CREATE TABLE parent (id INTEGER PRIMARY KEY);
      CREATE TABLE child (id REFERENCES parent DEFERRABLE INITIALLY DEFERRED)`);
    const refused = owner.batch(['INSERT INTO child VALUES (1)', 'SELECT 1']);
    const error = await rejects(refused, wheatear.QueryError, 'query_failed', /^FOREIGN KEY constraint failed/);
    equal(error.statement, undefined);
    deepEqual(await owner.batch(['SELECT * FROM child', add('usable')]), [
      nothing,
      { changes: 1, lastInsertRowid: 1, rows: [] },
    ]);
  }),

  'with a key it is done once, whoever asks': withTabs(async (tabs) => {
    const { signal } = new AbortController();
    const batch = [add('once'), 'SELECT text FROM note'];
    const [first, second] = await tabs[0].batch(batch, { key: 'a' });
    deepEqual([first?.changes, second?.rows], [1, [{ text: 'once' }]]);
    for (const tab of tabs) {
      for (const options of [{ key: 'a' }, { key: 'a', signal }]) {
        deepEqual(await tab.batch(batch, options), [nothing, nothing]);
        const arrays = { ...nothing, columns: [] };
        deepEqual(await tab.batch(batch, { ...options, rows: 'array' }), [arrays, arrays]);
      }
      deepEqual(await tab.query(count), [{ count: 1 }]);
    }
    // A key of a batch that failed is free.
    for (const tab of tabs) await tab.batch([add('once')], { key: 'b' }).catch(() => {});
    await tabs[1].batch([add('twice')], { key: 'b' });
    deepEqual(await tabs[0].query(count), [{ count: 2 }]);
  }),

  'its signal ends it, and nothing of it is kept': withTabs(async (tabs, { wheatear }) => {
    for (const tab of tabs) {
      const ending = new AbortController();
      await tabs[0].transaction(async (transaction) => {
        const waiting = tab.batch([add('never'), add('never too')], { signal: ending.signal, key: 'free' });
        const refused = rejects(waiting, wheatear.ApplyError, 'cancelled');
        await transaction.query('SELECT 1');
        ending.abort();
        await refused;
      });
      await rejects(tab.batch(['SELECT 1'], { signal: ending.signal }), wheatear.ApplyError, 'cancelled');
      deepEqual(await tab.query(count), [{ count: 0 }]);
    }
    const { signal } = new AbortController();
    deepEqual(await tabs[1].batch(['SELECT 1 AS one'], { signal }), [{ ...nothing, rows: [{ one: 1 }] }]);
    const [done] = await tabs[1].batch([add('kept')], { signal, key: 'free' });
    deepEqual(done, { changes: 1, lastInsertRowid: 1, rows: [] });
  }),

  'tabs hear once of what it has changed': withTabs(async (tabs) => {
    const heard = tabs.map((tab) => {
      /** @type {string[][]} */
      const changes = [];
      tab.addEventListener('change', ({ tables }) => changes.push([...tables]));
      return changes;
    });
    await tabs[1].exec('CREATE TABLE other (a)');
    await tabs[1].batch([add('a'), 'INSERT INTO other VALUES (1)', add('b')]);
    await tabs[1].batch([add('a')]).catch(() => {});
    // What is told is told before what is answered afterwards.
    for (const tab of tabs) await tab.query('SELECT 1');
    for (const changes of heard) deepEqual(changes, [['note', 'other']]);
  }),

  'options and items that there are not are refused': withTabs(async ([owner], { wheatear }) => {
    const unfit = /** @type {any} */ ({ size: 1 });
    await rejects(owner.batch(['SELECT 1'], unfit), wheatear.DefinitionError, 'invalid_option', /size/);
    await rejects(owner.batch(unfit), wheatear.QueryError, 'invalid_value', /takes a list of statements/);
    const error = await rejects(owner.batch(['SELECT 1', unfit]), wheatear.QueryError, 'invalid_value', /Statement 2/);
    equal(error.statement, 2);
  }),

  'a batch whose owner is lost is asked again if it only reads or has a key, else nobody knows': async (context) => {
    const { wheatear, name, storage } = context;
    const frame = await Frame.load();
    equal(await frame.call('other-tab.mjs', 'open', name, storage, create), true);
    const follower = await wheatear.open(name, { ...migrating(create), storage });
    equal(follower.isOwner, false);
    // The owner is busy with this when it goes.
    const numbers = 'WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)';
    await frame.call('other-tab.mjs', 'ask', `${numbers} SELECT max(i) FROM n`);
    const reading = follower.batch(['SELECT 1 AS one', count]);
    const keyed = follower.batch([add('keyed'), count], { key: 'keyed' });
    frame.remove();
    deepEqual(await reading, [
      { ...nothing, rows: [{ one: 1 }] },
      { ...nothing, rows: [{ count: 0 }] },
    ]);
    deepEqual((await keyed)[1]?.rows, [{ count: 1 }]);
    equal(follower.isOwner, true);
    await follower.close();
  },

  'a batch that the owner had begun when it was lost is owner_lost without a key': async (context) => {
    const { wheatear, name, storage } = context;
    const frame = await Frame.load();
    equal(await frame.call('other-tab.mjs', 'open', name, storage, create), true);
    const follower = await wheatear.open(name, { ...migrating(create), storage });
    const long = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) INSERT INTO note (text) SELECT i FROM n`;
    const told = busyWith(name);
    const begun = follower.batch([add('half'), long]);
    const lost = rejects(begun, wheatear.ConnectionError, 'owner_lost', /unknown/);
    await told;
    frame.remove();
    await lost;
    deepEqual(await follower.query(count), [{ count: 0 }]);
    await follower.close();
  },
};

/**
 * A test that begins with two open tabs, the owner and a follower.
 *
 * @param {(tabs: [Database, Database], context: Context) => Promise<void>} test
 */
function withTabs(test) {
  return async (/** @type {Context} */ context) => {
    const { wheatear, name, storage } = context;
    const open = () => wheatear.open(name, { ...migrating(create), storage });
    /** @type {[Database, Database]} */
    const tabs = [await open(), await open()];
    try {
      await test(tabs, context);
    } finally {
      for (const tab of tabs) await tab.close();
    }
  };
}
