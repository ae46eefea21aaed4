// Queries that are run again when what they read was changed.

import { deepEqual, equal, ok, rejects } from '../../pages/assert.mjs';
import { withTabsOf } from '../../pages/open-tabs.mjs';
import { migrating } from '../../pages/worker-options.mjs';

/** @typedef {import('../../../client/index.js').Database} Database */

const create = {
  '1.note.sql': 'CREATE TABLE note (id INTEGER PRIMARY KEY, text);',
  '2.other.sql': 'CREATE TABLE other (id INTEGER PRIMARY KEY); CREATE VIEW shown AS SELECT text FROM note;',
};
const count = 'SELECT count(*) AS count FROM note';
const insert = 'INSERT INTO note (text) VALUES (?)';
const addOther = 'INSERT INTO other DEFAULT VALUES';

/** @type {import('../../pages/suite.mjs').Suite} */
export const tests = {
  'it gives what there is, and again when any tab has changed a table that it reads, and for no other': withTabs(
    3,
    async (tabs) => {
      for (const tab of tabs) {
        await tab.exec('DELETE FROM note');
        await hearOut(tab);
        const [table, view] = [tab.watch(count), tab.watch('SELECT text FROM shown ORDER BY text')];
        deepEqual([(await table.next()).value, (await view.next()).value], [[{ count: 0 }], []]);
        for (const [index, writer] of tabs.entries()) {
          const [next, shown] = [table.next(), view.next()];
          const heard = nextChange(tab);
          await writer.run(addOther);
          // Had it been run for this, its result would lack the row.
          deepEqual(await heard, ['other']);
          await writer.run(insert, [`from ${index}`]);
          deepEqual((await next).value, [{ count: index + 1 }]);
          equal((await shown).value?.length, index + 1);
        }
        table.stop();
        view.stop();
        deepEqual(await table.next(), { done: true, value: undefined });
      }
    },
  ),

  'values are bound, rows are objects or arrays, and a fragment stands for text and values': withTabs(
    2,
    async (tabs, { wheatear }) => {
      const { sql } = wheatear;
      await tabs[0].run(insert, ['a']);
      for (const tab of tabs) {
        for await (const rows of tab.watch('SELECT id, text FROM note WHERE id = ?', [1])) {
          deepEqual(rows, [{ id: 1, text: 'a' }]);
          break;
        }
        for await (const rows of tab.watch(sql`SELECT id, text FROM note WHERE id = ${1}`, { rows: 'array' })) {
          deepEqual(rows, { columns: ['id', 'text'], rows: [[1, 'a']] });
          break;
        }
      }
    },
  ),

  'many changes cost few runs, and the last one is never missed': withTabs(2, async (tabs) => {
    for (const tab of tabs) {
      await tab.exec('DELETE FROM note');
      /** @type {unknown[]} */
      const results = [];
      const live = tab.watch(count, [], ([row]) => results.push(row?.count));
      await until(() => results.length === 1);
      await Promise.all(Array.from({ length: 200 }, () => tab.run(insert, ['more'])));
      await until(() => results.at(-1) === 200);
      // Whatever it was told of by now, it has run for when this is there.
      await tab.run(insert, ['last']);
      await until(() => results.at(-1) === 201);
      // All were sent before the first change was heard: one run for that, one for those heard meanwhile, one for the last.
      ok(results.length <= 4, `it was run ${results.length} times`);
      live.stop();
      await tab.run(insert, ['not told']);
      equal(results.at(-1), 201);
    }
  }),

  'two tabs that write at the same time end with the same result': withTabs(3, async (tabs) => {
    /** @type {unknown[]} */
    const last = [];
    const live = tabs.map((tab, index) =>
      tab.watch(count, [], {
        onRows: ([row]) => {
          last[index] = row?.count;
        },
      }),
    );
    for (let round = 1; round <= 5; round++) {
      await Promise.all(tabs.flatMap((tab) => [tab.run(insert, ['a']), tab.run(insert, ['b'])]));
      await until(() => last.length === 3 && last.every((value) => value === round * 6));
    }
    for (const one of live) one.stop();
  }),

  'whoever is slow gets the newest result': withTabs(2, async ([owner, follower]) => {
    const live = follower.watch(count);
    await live.next();
    for (let time = 0; time < 3; time++) {
      const heard = nextChange(follower);
      await owner.run(insert, ['more']);
      await heard;
    }
    deepEqual((await live.next()).value, [{ count: 3 }]);
    live.stop();
  }),

  'when its owner is gone it goes on with the next one, and is run again': withTabs(
    3,
    async ([first, second, third], _, workersOf) => {
      /** @type {unknown[]} */
      const results = [];
      const live = third.watch(count, [], { onRows: ([row]) => results.push(row?.count) });
      await until(() => results.length === 1);
      // Nothing was changed, as far as anybody knows; but what was, nobody might have heard.
      await first.close();
      await until(() => results.length === 2);
      await second.run(insert, ['a']);
      await until(() => results.at(-1) === 1);
      const before = results.length;
      workersOf(second).at(-1)?.terminate();
      await until(() => results.length > before);
      await second.run(insert, ['b']).catch((error) => equal(error.code, 'owner_lost'));
      await third.run(insert, ['c']);
      const [row] = await third.query(count);
      await until(() => results.at(-1) === row?.count);
      live.stop();
    },
  ),

  'a newer build that it can go on with runs it again': withTabs(2, async (tabs, { wheatear, name, storage }) => {
    const seen = tabs.map((tab) => {
      /** @type {unknown[]} */
      const results = [];
      tab.watch('SELECT text FROM note', [], { onRows: (rows) => results.push(rows) });
      return results;
    });
    await until(() => seen.every((results) => results.length === 1));
    const newer = {
      ...create,
      '3.seed.sql': `-- compatible: true
INSERT INTO note (text) VALUES ('of the newer build');`,
    };
    const database = await wheatear.open(name, { ...migrating(newer), storage });
    await until(() => seen.every((results) => JSON.stringify(results.at(-1)) === '[{"text":"of the newer build"}]'));
    await database.close();
  }),

  'an error ends it, and is told where its results are': withTabs(2, async (tabs, { wheatear }) => {
    const { QueryError, DefinitionError } = wheatear;
    for (const tab of tabs) {
      await tab.exec('CREATE TABLE brief (a); INSERT INTO brief VALUES (1)');
      const live = tab.watch('SELECT a FROM brief');
      equal((await live.next()).value?.length, 1);
      const failed = rejects(live.next(), QueryError, 'query_failed', /brief/);
      /** @type {unknown[]} */
      const errors = [];
      const heard = tab.watch('SELECT a FROM brief', [], { onRows() {}, onError: (error) => errors.push(error) });
      await tab.exec('DELETE FROM brief; DROP TABLE brief');
      await failed;
      equal((await live.next()).done, true);
      await until(() => errors.length === 1);
      equal(errors[0] instanceof QueryError, true);
      equal((await heard.next()).done, true);
      for (const sql of [insert.replace('?', "'a'"), `${insert.replace('?', "'a'")} RETURNING id`]) {
        await rejects(tab.watch(sql).next(), QueryError, 'query_refused');
      }
      for (const options of [{ onRows: 'draw' }, { key: 'a' }, { signal: 'stop' }, { onRow() {} }]) {
        const wrong = async () => tab.watch(count, [], /** @type {any} */ (options));
        await rejects(wrong(), DefinitionError, 'invalid_option');
      }
      deepEqual(await tab.query('SELECT * FROM note'), []);
    }
  }),

  'its signal ends it, also while SQLite is at it, and closing does': withTabs(2, async (tabs, { wheatear }) => {
    const { ApplyError, ConnectionError } = wheatear;
    for (const tab of [...tabs].reverse()) {
      const ending = new AbortController();
      const { signal } = ending;
      const waiting = tab.watch(count, [], { signal });
      await waiting.next();
      const endless = 'WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n';
      const refused = [waiting.next(), tab.watch(endless, [], { signal }).next()].map((next) =>
        rejects(next, ApplyError, 'cancelled'),
      );
      ending.abort();
      await Promise.all(refused);
      const [asked, later] = [tab.watch(count), tab.watch(count)];
      await asked.next();
      await later.next();
      const closed = rejects(asked.next(), ConnectionError, 'closed');
      await tab.close();
      await closed;
      await rejects(later.next(), ConnectionError, 'closed');
      await rejects(tab.watch(count).next(), ConnectionError, 'closed');
    }
  }),

  'a result waits for a transaction that is open, and sees nothing of one that is rolled back': withTabs(
    2,
    async ([owner, follower]) => {
      const live = follower.watch(count);
      await live.next();
      const next = live.next();
      await owner
        .transaction(async (transaction) => {
          await transaction.run(insert, ['undone']);
          throw new Error('undo');
        })
        .catch(() => {});
      await owner.run(insert, ['kept']);
      deepEqual((await next).value, [{ count: 1 }]);
      live.stop();
    },
  ),
};

/** Resolves once something is so. */
async function until(/** @type {() => boolean} */ isSo) {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** The tables that the next change names. */
function nextChange(/** @type {Database} */ database) {
  return new Promise((/** @type {(tables: readonly string[]) => void} */ resolve) => {
    database.addEventListener('change', ({ tables }) => resolve(tables), { once: true });
  });
}

/** Waits until a tab has heard of all changes until now: those of another tab may come later than the answer to it. */
async function hearOut(/** @type {Database} */ database) {
  const heard = new Promise((/** @type {(value: void) => void} */ resolve) => {
    database.addEventListener('change', function hear({ tables }) {
      if (!tables.includes('other')) return;
      database.removeEventListener('change', hear);
      resolve();
    });
  });
  await database.run(addOther);
  await heard;
}

/** @type {(count: number, test: Parameters<typeof withTabsOf>[2]) => ReturnType<typeof withTabsOf>} */
function withTabs(count, test) {
  return withTabsOf(create, count, test);
}
