// Several tabs and one database. Each `open` is a tab of its own to all others, whichever page it is in.

import { deepEqual, equal, ok, rejects, sameBytes } from '../../pages/assert.mjs';
import { tripToOtherTab } from '../../pages/channels.mjs';
import { Frame } from '../../pages/frame.mjs';
import { migrating, packageWorker } from '../../pages/worker-options.mjs';

/** @typedef {import('../../../client/index.js').Database} Database */
/** @typedef {import('../../../client/index.js').OpenOptions} OpenOptions */
/** @typedef {import('../../../client/index.js').Progress} Progress */
/** @typedef {import('../../pages/suite.mjs').Context} Context */

/** @typedef {{ database: Database, workers: Worker[] }} OpenTab */

const create = { '1.note.sql': 'CREATE TABLE note (id INTEGER PRIMARY KEY, text);' };

/** @type {import('../../pages/suite.mjs').Suite} */
export const tests = {
  'one owns the database, the others use it all the same': withTabs(3, async (tabs, { storage }) => {
    deepEqual(
      tabs.map(({ database }) => database.isOwner),
      [true, false, false],
    );
    for (const [index, { database }] of tabs.entries()) {
      await database.query('INSERT INTO note (text) VALUES (?)', [`from ${index}`]);
      equal(database.storage.kind, storage);
      equal(database.report.to, '1.note');
      equal(database.report.applied.length, index === 0 ? 1 : 0);
    }
    for (const { database } of tabs) {
      const rows = await database.query('SELECT text FROM note ORDER BY id');
      deepEqual(rows, [{ text: 'from 0' }, { text: 'from 1' }, { text: 'from 2' }]);
      deepEqual(
        (await database.status()).map(({ id, state }) => [id, state]),
        [['1.note', 'applied']],
      );
    }
  }),

  'a follower gets and gives values, errors and files as the owner does': withTabs(
    2,
    async ([owner, follower], { wheatear }) => {
      const { database } = follower;
      const values = [null, 1.5, 2n ** 60n, 'text ☀', Uint8Array.of(0, 255)];
      const [row] = await database.query('SELECT ? AS a, ? AS b, ? AS c, ? AS d, ? AS e', values);
      deepEqual(Object.values(row ?? {}), values);
      const arrays = await database.query('SELECT ? AS a, ? AS a', values.slice(0, 2), { rows: 'array' });
      deepEqual(arrays, { columns: ['a', 'a'], rows: [values.slice(0, 2)] });
      const error = await rejects(database.query('SELECT nothing'), wheatear.QueryError, 'query_failed', /nothing/);
      equal(error.sqlite?.code, 1);
      const unfit = /** @type {any} */ (() => {});
      await rejects(database.query('SELECT ?', [unfit]), wheatear.QueryError, 'invalid_value');
      const blob = new Uint8Array(5_000_000).fill(7);
      await database.query('INSERT INTO note (text) VALUES (?)', [blob]);
      const [stored] = await database.query('SELECT text FROM note');
      ok(stored?.text instanceof Uint8Array && stored.text.length === 5_000_000, 'the blob is another');
      const bytes = async (/** @type {Database} */ of) => new Uint8Array(await (await of.export()).arrayBuffer());
      ok(sameBytes(await bytes(database), await bytes(owner.database)), 'the files differ');
    },
  ),

  'a follower whose options the database does not fit is told what it would be told as the owner': withTabs(
    1,
    async (_, context) => {
      const { wheatear, name, storage } = context;
      const options = optionsOf(context);
      const other = storage === 'opfs' ? 'indexeddb' : 'opfs';
      const elsewhere = wheatear.open(name, { ...options, storage: other });
      await rejects(elsewhere, wheatear.StorageError, 'storage_elsewhere', /lives in .*moveDatabase/);
      const beyond = wheatear.open(name, { ...options, target: '9.absent' });
      await rejects(beyond, wheatear.HistoryError, 'unknown_target', /"9\.absent".*the latest is "1\.note"/);
      const same = await wheatear.open(name, { ...options, target: '1.note', storage });
      deepEqual([same.isOwner, same.storage.kind], [false, storage]);
      await same.close();
    },
  ),

  'of twenty that open at once one upgrades, and all see the result': async (context) => {
    const { wheatear, name } = context;
    for (const [round, files] of [create, { ...create, '2.at.sql': 'ALTER TABLE note ADD COLUMN at;' }].entries()) {
      const tabs = await Promise.all(Array.from({ length: 20 }, () => wheatear.open(name, optionsOf(context, files))));
      equal(tabs.filter(({ report }) => report.applied.length === 1).length, 1);
      equal(tabs.filter(({ isOwner }) => isOwner).length, 1);
      await Promise.all(tabs.map((tab, index) => tab.query('INSERT INTO note (text) VALUES (?)', [index])));
      for (const tab of tabs) {
        const sql = 'SELECT count(*) AS count, count(DISTINCT text) AS texts FROM note';
        deepEqual(await tab.query(sql), [{ count: 20 * (round + 1), texts: 20 }]);
      }
      await Promise.all(tabs.map((tab) => tab.close()));
    }
  },

  'a tab that waits for an upgrade hears of its progress': async (context) => {
    const { wheatear, name } = context;
    await (await wheatear.open(name, optionsOf(context))).close();
    const slow = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 400000)
      INSERT INTO note (text) SELECT i FROM n`;
    const files = { ...create, '2.slow.sql': `${slow};`, '3.slow.sql': `${slow};` };
    /** @type {Progress[][]} */
    const heard = [[], []];
    const tabs = await Promise.all(
      heard.map((events) =>
        wheatear.open(name, { ...optionsOf(context, files), onProgress: (event) => events.push(event) }),
      ),
    );
    deepEqual(tabs.map(({ report }) => report.applied.length).sort(), [0, 2]);
    for (const events of heard) {
      ok(
        events.some((event) => event.type === 'step' && event.migrationId === '3.slow'),
        `only ${JSON.stringify(events.map(({ type }) => type))} was heard`,
      );
    }
    await Promise.all(tabs.map((tab) => tab.close()));
  },

  'when the owner closes, another one goes on, and nothing is lost': async (context) => {
    /** @type {boolean[]} */
    const owners = [];
    const onOwnerChange = (/** @type {{ isOwner: boolean }} */ { isOwner }) => owners.push(isOwner);
    let tabs = await openTabs(context, 4, { onOwnerChange });
    for (let number = 0; tabs.length > 0; number++) {
      await Promise.all(tabs.map(({ database }) => database.query('INSERT INTO note (text) VALUES (?)', [number])));
      const [first, ...others] = tabs;
      await first?.database.close();
      tabs = others;
    }
    equal(owners.filter((isOwner) => isOwner).length, 3);
    const database = await context.wheatear.open(context.name, optionsOf(context));
    deepEqual(await database.query('SELECT text, count(*) AS count FROM note GROUP BY text'), [
      { text: 0, count: 4 },
      { text: 1, count: 3 },
      { text: 2, count: 2 },
      { text: 3, count: 1 },
    ]);
    await database.close();
  },

  'a tab takes over with the options that it was opened with, whatever became of the object': withTabs(
    1,
    async ([owner], context) => {
      const options = optionsOf(context);
      const follower = await context.wheatear.open(context.name, options);
      await owner.database.query("INSERT INTO note (text) VALUES ('kept')");
      Object.assign(options, { storage: 'memory', target: '9.absent', worker: () => ok(false, 'it was called') });
      await owner.database.close();
      deepEqual(await follower.query('SELECT text FROM note'), [{ text: 'kept' }]);
      equal(follower.isOwner, true);
      await follower.close();
    },
  ),

  'when the worker of the owner dies, all go on': withTabs(3, async ([owner, ...followers]) => {
    await owner.database.query("INSERT INTO note (text) VALUES ('before')");
    for (let round = 0; round < 3; round++) {
      const current = [owner, ...followers].find(({ database }) => database.isOwner);
      current?.workers.at(-1)?.terminate();
      for (const { database } of [...followers, owner]) {
        const written = database.query("INSERT INTO note (text) VALUES ('after')");
        await written.catch((error) => equal(error.code, 'owner_lost'));
        equal((await database.query("SELECT * FROM note WHERE text = 'before'")).length, 1);
      }
    }
    await checkIntegrity(owner.database);
  }),

  'what a worker may have done after its page had given it up is not done again': withTabs(2, async (tabs, context) => {
    const [owner, follower] = tabs;
    const { database, workers } = owner;
    const slow =
      'WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 1000000) SELECT count(*) FROM n';
    const read = database.query(slow);
    const written = database.exec("INSERT INTO note (text) VALUES ('own')");
    const asked = follower.database.exec("INSERT INTO note (text) VALUES ('asked')");
    // Until it has arrived, as something has that was sent later.
    await tripToOtherTab();
    // Chromium's goes on with the first, and with what it finds then, though nobody hears it any more.
    workers.at(-1)?.terminate();
    await rejects(written, context.wheatear.ConnectionError, 'owner_lost', /unknown/);
    equal((await read).length, 1);
    await asked;
    const notes = await database.query('SELECT text, count(*) AS count FROM note GROUP BY text ORDER BY text');
    deepEqual(notes, [{ text: 'asked', count: 1 }]);
  }),

  'what was only read is read again, and what has a key is done once': withTabs(2, async ([owner, follower]) => {
    const { database } = follower;
    const slow = 'WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 3000000)';
    const asked = [
      database.query(`${slow} SELECT count(*) AS count FROM n`),
      database.exec(`${slow} INSERT INTO note (text) SELECT 'exec' FROM n WHERE i = 7`, { key: 'an exec' }),
      database.query(`INSERT INTO note (text) VALUES ('query')`, [], { key: 'a query' }),
      database.run("INSERT INTO note VALUES (70, 'run')", [], { key: 'a run' }),
      database.transaction(
        async (transaction) => {
          await transaction.query("INSERT INTO note (text) VALUES ('transaction')");
          return 'its result';
        },
        { key: 'a transaction' },
      ),
    ];
    // It is busy with the first.
    owner.workers.at(-1)?.terminate();
    const done = { changes: 1, lastInsertRowid: 70 };
    deepEqual(await Promise.all(asked), [[{ count: 3_000_000 }], undefined, [], done, 'its result']);
    const again = [
      owner.database.run("INSERT INTO note VALUES (70, 'run')", [], { key: 'a run' }),
      database.exec("INSERT INTO note (text) VALUES ('exec')", { key: 'an exec' }),
      owner.database.query("INSERT INTO note (text) VALUES ('query')", [], { key: 'a query' }),
      database.transaction(async () => ok(false, 'it was run again'), { key: 'a transaction' }),
    ];
    deepEqual(await Promise.all(again), [done, undefined, [], undefined]);
    deepEqual(await database.query('SELECT text, count(*) AS count FROM note GROUP BY text ORDER BY text'), [
      { text: 'exec', count: 1 },
      { text: 'query', count: 1 },
      { text: 'run', count: 1 },
      { text: 'transaction', count: 1 },
    ]);
    deepEqual(owner.database.report.warnings, []);
  }),

  'a write that was begun when its owner died is not done again, and says so': withTabs(2, async (tabs, context) => {
    const [owner, { database }] = tabs;
    const worker = owner.workers.at(-1);
    const begun = new Promise((resolve) => {
      worker?.addEventListener('message', ({ data }) => data.type === 'accepted' && resolve(undefined));
    });
    // Long, but not without end: WebKitGTK 2.50 does not end a worker before its call into the module returns.
    const long = 'WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 5000000)';
    const written = owner.database.exec(`${long} INSERT INTO note (text) SELECT count(*) FROM n`);
    await begun;
    // It waits, and is not begun: that is asked again.
    const behind = database.exec("INSERT INTO note (text) VALUES ('behind')");
    worker?.terminate();
    const lost = await rejects(written, context.wheatear.ConnectionError, 'owner_lost', /unknown/);
    // By its file: WebKit leaves out functions that end with a call.
    ok(lost.stack?.includes(import.meta.url), lost.stack ?? 'no stack');
    await behind;
    // Chromium lets a worker go on for two seconds; whether it was done is unknown, but it is not done twice.
    const isLong = "SELECT typeof(text) = 'integer' AS isLong, count(*) AS count FROM note GROUP BY 1 ORDER BY 1";
    const [short, lasting] = await owner.database.query(isLong);
    deepEqual(short, { isLong: 0, count: 1 });
    deepEqual(lasting ?? { isLong: 1, count: 1 }, { isLong: 1, count: 1 });
  }),

  'a transaction whose owner died is rolled back, and with a key it is run again': withTabs(
    2,
    async (tabs, { wheatear }) => {
      const [, { database }] = tabs;
      const kill = () =>
        tabs
          .find((tab) => tab.database.isOwner)
          ?.workers.at(-1)
          ?.terminate();
      const lost = database.transaction(async (transaction) => {
        await transaction.query("INSERT INTO note (text) VALUES ('lost')");
        kill();
        await transaction.query("INSERT INTO note (text) VALUES ('lost too')");
      });
      await rejects(lost, wheatear.ConnectionError, 'owner_lost', /rolled back/);
      let runs = 0;
      const kept = database.transaction(
        async (transaction) => {
          await transaction.query("INSERT INTO note (text) VALUES ('kept')");
          if (++runs === 1) kill();
          await transaction.query("INSERT INTO note (text) VALUES ('kept too')");
          return runs;
        },
        { key: 'kept' },
      );
      equal(await kept, 2);
      deepEqual(await database.query('SELECT text FROM note'), [{ text: 'kept' }, { text: 'kept too' }]);
    },
  ),

  'transactions of different tabs take turns in the order in which they were begun': withTabs(3, async (tabs) => {
    /** @type {number[]} */
    const order = [];
    const [first] = tabs;
    await first.database
      .transaction(async (transaction) => {
        const queued = [1, 2, 0, 2, 1, 0].map((index) =>
          tabs[index]?.database.transaction(async (transaction) => {
            order.push(index);
            await transaction.query('INSERT INTO note (text) VALUES (?)', [index]);
            await transaction.query('SELECT * FROM note');
          }),
        );
        deepEqual(await transaction.query('SELECT * FROM note'), []);
        return [Promise.all(queued)];
      })
      .then(([queued]) => queued);
    deepEqual([...order].sort(), [0, 0, 1, 1, 2, 2]);
    // Each tab's own are in order; those of the followers travel on channels of their own.
    deepEqual(
      await first.database.query('SELECT text FROM note ORDER BY id'),
      order.map((text) => ({ text })),
    );
  }),

  'a transaction that does nothing while others wait is rolled back': withTabs(
    2,
    async ([owner, follower], { wheatear }) => {
      for (const { one, other } of [
        { one: owner, other: follower },
        { one: follower, other: owner },
      ]) {
        const idle = one.database.transaction(async (transaction) => {
          await transaction.query("INSERT INTO note (text) VALUES ('idle')");
          // A mistake that only shows in time: this waits for the transaction to end, and not in the same tab.
          deepEqual(await other.database.query('SELECT * FROM note'), []);
          await transaction.query("INSERT INTO note (text) VALUES ('too late')");
        });
        const rolledBack = rejects(idle, wheatear.ConnectionError, 'timeout', /5 s.*rolled back/);
        deepEqual(await other.database.query('SELECT * FROM note'), []);
        await rolledBack;
      }
    },
  ),

  'a tab that closes in a transaction leaves nothing of it': withTabs(2, async ([owner, follower], { wheatear }) => {
    const ended = follower.database.transaction(async (transaction) => {
      await transaction.query("INSERT INTO note (text) VALUES ('half')");
      const waiting = owner.database.query('SELECT * FROM note');
      await follower.database.close();
      deepEqual(await waiting, []);
      await transaction.query('SELECT 1');
    });
    await rejects(ended, wheatear.ConnectionError, 'closed');
  }),

  async 'a tab that goes away in a transaction leaves nothing of it, and is not waited for like one that idles'(
    context,
  ) {
    const { name, storage } = context;
    await withTabs(1, async ([{ database }]) => {
      const waited = async (/** @type {(frame: Frame) => void} */ then) => {
        const frame = await Frame.load();
        equal(await frame.call('other-tab.mjs', 'open', name, storage, create), false);
        equal(await frame.call('other-tab.mjs', 'leaveOpen', "INSERT INTO note (text) VALUES ('half')"), 'left open');
        const start = performance.now();
        const waiting = database.query('SELECT * FROM note');
        then(frame);
        deepEqual(await waiting, []);
        frame.remove();
        return performance.now() - start;
      };
      const [gone, idle] = [await waited((frame) => frame.remove()), await waited(() => {})];
      ok(gone < idle / 2, `${gone} ms after it had gone, ${idle} ms while it was idle`);
    })(context);
  },

  // The events are made by hand here, because the page of the test must stay; the demo's tests really go away and come back.
  'a page that is put into the back/forward cache lets go of everything, and goes on when it is shown again': withTabs(
    2,
    async ([owner, follower], { wheatear, name, storage }) => {
      const page = (/** @type {string} */ event) => dispatchEvent(new PageTransitionEvent(event, { persisted: true }));
      const halfDone = follower.database.transaction(async (transaction) => {
        await transaction.query("INSERT INTO note (text) VALUES ('half')");
        page('pagehide');
        await transaction.query("INSERT INTO note (text) VALUES ('half too')");
      });
      await rejects(halfDone, wheatear.ConnectionError, 'owner_lost', /rolled back/);
      const asked = owner.database.query('SELECT text FROM note');
      const frame = await Frame.load();
      equal(await frame.call('other-tab.mjs', 'open', name, storage, create), true);
      await frame.call('other-tab.mjs', 'query', "INSERT INTO note (text) VALUES ('of another page')");
      const told = [owner, follower].map(({ database }) => nextChange(database));
      page('pageshow');
      deepEqual(await asked, [{ text: 'of another page' }]);
      // Nobody knows what they have missed.
      for (const tables of await Promise.all(told)) deepEqual(tables.includes('note'), true);
      await follower.database.query("INSERT INTO note (text) VALUES ('and on')");
      equal((await owner.database.query('SELECT text FROM note')).length, 2);
      deepEqual([owner.database.isOwner, follower.database.isOwner], [false, false]);
      frame.remove();
      await checkIntegrity(owner.database);
    },
  ),

  async 'what a page had asked before it was put into the back/forward cache is not done twice'(context) {
    const { name, storage, wheatear } = context;
    const page = (/** @type {string} */ event) => dispatchEvent(new PageTransitionEvent(event, { persisted: true }));
    const frame = await Frame.load();
    equal(await frame.call('other-tab.mjs', 'open', name, storage, create), true);
    await withTabs(1, async ([{ database }]) => {
      // They wait there until it is over, which nobody will hear.
      await frame.call('other-tab.mjs', 'leaveOpen', "INSERT INTO note (text) VALUES ('half')");
      const written = database.exec("INSERT INTO note (text) VALUES ('without a key')");
      const named = database.exec("INSERT INTO note (text) VALUES ('with a key')", { key: 'named' });
      const read = database.query("SELECT count(*) AS count FROM note WHERE text = 'half'");
      const begun = database.transaction((transaction) =>
        transaction.exec("INSERT INTO note (text) VALUES ('in a transaction')"),
      );
      // What is asked has arrived there before what is asked now.
      await frame.call('other-tab.mjs', 'ask', 'SELECT 1');
      page('pagehide');
      await rejects(written, wheatear.ConnectionError, 'owner_lost', /unknown/);
      page('pageshow');
      deepEqual(await read, [{ count: 0 }]);
      await Promise.all([named, begun]);
      const notes = await database.query('SELECT text, count(*) AS count FROM note GROUP BY text ORDER BY text');
      const [first, second, third] = notes;
      deepEqual(
        [first, second],
        [
          { text: 'in a transaction', count: 1 },
          { text: 'with a key', count: 1 },
        ],
      );
      // Whether it was done is unknown, but it was not done twice.
      deepEqual(third ?? { text: 'without a key', count: 1 }, { text: 'without a key', count: 1 });
    })(context);
    frame.remove();
  },

  async 'an owner that closes while a newer tab wants to take over has closed'({ wheatear, name, storage }) {
    const options = { ...migrating(create), storage };
    const newer = { ...create, '2.at.sql': 'ALTER TABLE note ADD COLUMN at;' };
    let hear = () => {};
    const superseding = new Promise((resolve) => {
      hear = () => resolve(undefined);
    });
    const owner = await wheatear.open(name, options);
    const other = await wheatear.open(name, { ...options, onSuperseding: () => hear() });
    /** @type {Promise<Database> | undefined} */
    let opening;
    const cutShort = other.transaction(async (transaction) => {
      opening = wheatear.open(name, { ...migrating(newer), storage });
      await superseding;
      // The owner waits for this transaction now.
      for (let query = 0; query < 5; query++) await transaction.query('SELECT 1');
      await owner.close();
      await transaction.query('SELECT 1');
    });
    await rejects(cutShort, wheatear.ConnectionError, 'owner_lost', /rolled back/);
    const opened = await opening;
    equal(opened?.report.to, '2.at');
    await rejects(other.query('SELECT 1'), wheatear.ConnectionError, 'superseded');
    await Promise.all([other.close(), opened?.close()]);
  },

  async 'an owner that goes away without a word is followed by another tab'(context) {
    const { name, storage } = context;
    const frame = await Frame.load();
    equal(await frame.call('other-tab.mjs', 'open', name, storage, create), true);
    await frame.call('other-tab.mjs', 'query', "INSERT INTO note (text) VALUES ('kept')");
    await withTabs(2, async (tabs) => {
      deepEqual(
        tabs.map(({ database }) => database.isOwner),
        [false, false],
      );
      await frame.call('other-tab.mjs', 'leaveOpen', "INSERT INTO note (text) VALUES ('half')");
      const waiting = tabs.map(({ database }) => database.query('SELECT text FROM note'));
      frame.remove();
      deepEqual(await Promise.all(waiting), [[{ text: 'kept' }], [{ text: 'kept' }]]);
    })(context);
  },

  'a change is told in every tab, with the names of the tables': withTabs(3, async (tabs, { wheatear }) => {
    const [owner, one] = tabs;
    const script = `CREATE TABLE parent (id INTEGER PRIMARY KEY);
      CREATE TABLE child (id INTEGER PRIMARY KEY, parent REFERENCES parent ON DELETE CASCADE);
      CREATE TABLE log (text);
      CREATE TABLE plain (id TEXT PRIMARY KEY) WITHOUT ROWID;
      CREATE TRIGGER logged AFTER UPDATE ON note BEGIN INSERT INTO log VALUES (new.text); END;
      INSERT INTO parent VALUES (1); INSERT INTO child VALUES (1, 1);`;
    const changed = async (/** @type {() => Promise<unknown>} */ work) => {
      const heard = tabs.map(({ database }) => nextChange(database));
      await work();
      const [tables, ...others] = await Promise.all(heard);
      for (const other of others) deepEqual(other, tables);
      return [...(tables ?? [])].sort();
    };
    const { database } = one;
    deepEqual(await changed(() => database.exec(script)), ['child', 'parent']);
    const insert = "INSERT INTO note (text) VALUES ('a')";
    // Twice, for what is compiled once tells once.
    for (let time = 0; time < 2; time++) deepEqual(await changed(() => database.query(insert)), ['note']);
    deepEqual(await changed(() => owner.database.query("UPDATE note SET text = 'b'")), ['log', 'note']);
    deepEqual(await changed(() => database.query("INSERT INTO plain VALUES ('x')")), ['plain']);
    deepEqual(await changed(() => database.query('DELETE FROM plain')), ['plain']);
    deepEqual(await changed(() => database.query('DELETE FROM parent')), ['child', 'parent']);
    const both = async () => {
      await database.query("UPDATE note SET text = 'c' WHERE id = -1");
      await database.query('SELECT * FROM note');
      await rejects(database.query('INSERT INTO note (id) VALUES (1)'), wheatear.QueryError, 'query_failed');
      const undone = database.transaction(async (transaction) => {
        await transaction.query('DELETE FROM log');
        throw new Error('changed my mind');
      });
      await undone.catch(() => {});
      await database.transaction(async (transaction) => {
        await transaction.query("INSERT INTO plain VALUES ('y')");
        await transaction.query(insert);
      });
    };
    deepEqual(await changed(both), ['note', 'plain']);
  }),

  async 'an owner whose tab is suspended and says nothing is not waited for without end'({ wheatear, name, options }) {
    const releases = await Promise.all([`wheatear:${name}`, `wheatear/1/owner/${name}`].map(hold));
    await rejects(wheatear.open(name, options), wheatear.StorageError, 'storage_busy', /another tab/);
    for (const release of releases) release();
    await (await wheatear.open(name, options)).close();
  },

  async 'another version of Wheatear is told apart, and waited for in vain by nobody'({ wheatear, name, options }) {
    const held = [`wheatear:${name}`, `wheatear/2/owner/${name}`].map(hold);
    const releases = await Promise.all(held);
    const refused = wheatear.open(name, options);
    await rejects(refused, wheatear.ConnectionError, 'other_protocol', /another version of Wheatear/);
    for (const release of releases) release();
    const follower = await wheatear.open(name, options);
    await follower.close();
  },

  'and so it is when it takes over from an owner': withTabs(2, async ([owner, { database }], { name }) => {
    // It is the first in the queue once the follower's request is behind it.
    const releases = [await hold(`wheatear/2/owner/${name}`)];
    const next = hold(`wheatear:${name}`);
    await database.close();
    await owner.database.close();
    (await next)();
    for (const release of releases) release();
  }),

  'each tab closes for itself, and the last one frees the database': withTabs(3, async (tabs, { wheatear, name }) => {
    const [owner, one, other] = tabs;
    await one.database.close();
    await rejects(one.database.query('SELECT 1'), wheatear.ConnectionError, 'closed');
    await owner.database.query('SELECT 1');
    await rejects(wheatear.deleteDatabase(name), wheatear.StorageError, 'storage_busy');
    await owner.database.close();
    await other.database.query('SELECT 1');
    await other.database.close();
    await wheatear.deleteDatabase(name);
  }),
};

/** @returns {OpenOptions} */
function optionsOf(/** @type {Context} */ { storage }, files = /** @type {Record<string, string>} */ (create)) {
  return { ...migrating(files), storage };
}

async function openTabs(
  /** @type {Context} */ context,
  /** @type {number} */ count,
  /** @type {Partial<OpenOptions>} */ more = {},
) {
  /** @type {OpenTab[]} */
  const tabs = [];
  for (let index = 0; index < count; index++) {
    /** @type {Worker[]} */
    const workers = [];
    const options = optionsOf(context);
    const worker = () => {
      const started = packageWorker();
      workers.push(started);
      return started;
    };
    tabs.push({ database: await context.wheatear.open(context.name, { ...options, worker, ...more }), workers });
  }
  return tabs;
}

/**
 * A test that begins with so many open tabs; the first of them is the owner, unless there is one already.
 *
 * @param {number} count
 * @param {(tabs: [OpenTab, OpenTab, OpenTab], context: Context) => Promise<void>} test gets as many as there are
 */
function withTabs(count, test) {
  return async (/** @type {Context} */ context) => {
    const tabs = await openTabs(context, count);
    try {
      await test(/** @type {[OpenTab, OpenTab, OpenTab]} */ (tabs), context);
    } finally {
      for (const { database } of tabs) await database.close();
    }
  };
}

/** The tables that the next change names. */
function nextChange(/** @type {Database} */ database) {
  return new Promise((/** @type {(tables: readonly string[]) => void} */ resolve) => {
    database.addEventListener('change', ({ tables }) => resolve(tables), { once: true });
  });
}

async function checkIntegrity(/** @type {Database} */ database) {
  deepEqual(await database.query('PRAGMA integrity_check'), [{ integrity_check: 'ok' }]);
}

/** Holds a lock; gives what lets go of it. */
function hold(/** @type {string} */ name) {
  return new Promise((/** @type {(release: () => void) => void} */ resolve) => {
    void navigator.locks.request(name, () => new Promise((release) => resolve(() => release(undefined))));
  });
}
