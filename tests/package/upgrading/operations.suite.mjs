// What can be done with migrations once the database is open, in the tab that holds it and in others.

import { deepEqual, equal, matches, ok, rejects } from '../../pages/assert.mjs';
import { tripToOtherTab } from '../../pages/channels.mjs';
import { migrating, packageWorker } from '../../pages/worker-options.mjs';

/** @typedef {import('../../../client/index.js').Database} Database */
/** @typedef {import('../../../client/index.js').OpenOptions} OpenOptions */
/** @typedef {import('../../pages/suite.mjs').Context} Context */
/** @typedef {{ database: Database, workers: Worker[] }} OpenTab */

const create = {
  '1.note.sql': 'CREATE TABLE note (id INTEGER PRIMARY KEY, text);',
  '1.note.rollback.sql': 'DROP TABLE note;',
};
const all = {
  ...create,
  '2.at.sql': 'ALTER TABLE note ADD COLUMN at;',
  '2.at.rollback.sql': 'ALTER TABLE note DROP COLUMN at;',
  '3.tag.sql': 'CREATE TABLE tag (name);',
  '3.tag.rollback.sql': 'DROP TABLE tag;',
};

/** A query that takes a while. */
const slow = 'WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 1000000) SELECT count(*) FROM n';

/** @type {import('../../pages/suite.mjs').Suite} */
export const tests = {
  'what is pending, and what would be taken back, is planned with its SQL, and nothing is done': inEachTab(
    async (database) => {
      deepEqual(await database.plan(), { from: '3.tag', to: '3.tag', steps: [] });
      const back = { operation: 'rollback', was: null, late: false, transactional: true };
      deepEqual(await database.plan({ rollback: { to: '1.note' } }), {
        from: '3.tag',
        to: '1.note',
        steps: [
          { ...back, id: '3.tag', sql: all['3.tag.rollback.sql'] },
          { ...back, id: '2.at', sql: all['2.at.rollback.sql'] },
        ],
      });
      const again = await database.plan({ reapply: 1 });
      deepEqual(named(again.steps), ['rollback 3.tag', 'apply 3.tag']);
      deepEqual(await states(database), ['1.note applied', '2.at applied', '3.tag applied']);
    },
  ),

  'a rehearsal tells how it would go and changes nothing, and one that would fail tells with what': inEachTab(
    async (database, { wheatear }) => {
      await database.exec("INSERT INTO note VALUES (7, 'kept', 8); CREATE INDEX note_at ON note (at)");
      const good = await database.rehearse({ rollback: 1 });
      deepEqual([named(good.report?.steps), good.error], [['rollback 3.tag'], null]);
      ok(good.durationMs >= 0, 'its duration is missing');
      const { report, error } = await database.rehearse({ rollback: { to: '1.note' } });
      equal(report, null);
      ok(error instanceof wheatear.ApplyError, `${error} is no ApplyError`);
      deepEqual([error?.code, error?.migrationId], ['statement_failed', '2.at']);
      deepEqual(await states(database), ['1.note applied', '2.at applied', '3.tag applied']);
      deepEqual(await database.query('SELECT * FROM note'), [{ id: 7, text: 'kept', at: 8 }]);
    },
  ),

  'what is taken back is gone in every tab, which go on, and each hears that everything has changed': inEachTab(
    async (database, _, tabs) => {
      const heard = Promise.all(tabs.map((tab) => nextChange(tab.database)));
      const { from, to, rolledBack, applied, steps, warnings } = await database.rollback(2);
      deepEqual([from, to, ids(rolledBack), applied, warnings], ['3.tag', '1.note', ['3.tag', '2.at'], [], []]);
      deepEqual(named(steps), ['rollback 3.tag', 'rollback 2.at']);
      for (const tables of await heard) deepEqual(tables, ['note', 'tag']);
      for (const tab of tabs) {
        await tab.database.run("INSERT INTO note (text) VALUES ('on')");
        deepEqual(Object.keys((await tab.database.query('SELECT * FROM note'))[0] ?? {}), ['id', 'text']);
        deepEqual(await states(tab.database), ['1.note applied', '2.at pending', '3.tag pending']);
        equal((await tab.database.info()).version, '1.note');
        deepEqual(named((await tab.database.plan()).steps), ['apply 2.at', 'apply 3.tag']);
      }
      const everything = await database.rollback(Number.POSITIVE_INFINITY);
      deepEqual([everything.to, ids(everything.rolledBack)], [null, ['1.note']]);
    },
  ),

  'what has no way back stays, and so does everything else': inEachTab(async (database, { wheatear }) => {
    const alone = await database.rollback({ only: ['3.tag'] });
    deepEqual([alone.to, named(alone.steps)], ['2.at', ['rollback 3.tag']]);
    await database.reapply({ only: ['2.at'] });
    await database.exec('CREATE INDEX note_at ON note (at)');
    const failed = database.rollback({ to: '1.note' });
    const error = await rejects(failed, wheatear.ApplyError, 'statement_failed', /2\.at/);
    equal(error.migrationId, '2.at');
    deepEqual(await states(database), ['1.note applied', '2.at applied', '3.tag pending']);
    await rejects(database.rollback({ only: ['9.absent'] }), wheatear.HistoryError, 'unknown_target', /9\.absent/);
    await rejects(database.rollback({ to: '9.absent' }), wheatear.HistoryError, 'unknown_target', /9\.absent/);
    for (const wrong of [0, 'all', {}]) {
      const refused = database.rollback(/** @type {any} */ (wrong));
      await rejects(refused, wheatear.DefinitionError, 'invalid_option', /number from 1/);
    }
  }),

  async 'of what cannot be undone the error has a report, every tab hears, and a new one applies it again'(context) {
    const { wheatear, name } = context;
    const outside = {
      ...create,
      '1.note.rollback.sql': 'DROP TABLE absent;',
      '2.tag.sql': '-- transactional: false\nCREATE TABLE IF NOT EXISTS tag (name);',
      '2.tag.rollback.sql': 'DROP TABLE IF EXISTS tag;',
    };
    await withTabs(
      context,
      async ([owner, follower]) => {
        const heard = nextChange(owner.database);
        const failed = follower.database.rollback(2);
        const { report, migrationId } = await rejects(failed, wheatear.ApplyError, 'statement_failed', /absent/);
        deepEqual([ids(report?.rolledBack ?? []), report?.to, migrationId], [['2.tag'], '1.note', '1.note']);
        deepEqual(await heard, ['note', 'tag']);
        deepEqual(await states(owner.database), ['1.note applied', '2.tag pending']);
        const late = await wheatear.open(name, optionsOf(context, outside));
        deepEqual([late.isOwner, ids(late.report.applied)], [true, ['2.tag']]);
        await late.close();
      },
      outside,
    );
  },

  'what is reapplied is empty again, and what is there else stays': inEachTab(async (database) => {
    await database.exec("INSERT INTO note VALUES (7, 'kept', 8); INSERT INTO tag VALUES ('gone')");
    const { rolledBack, applied, to } = await database.reapply(1);
    deepEqual([ids(rolledBack), ids(applied), to], [['3.tag'], ['3.tag'], '3.tag']);
    deepEqual(await database.query('SELECT * FROM tag'), []);
    deepEqual(await database.query('SELECT * FROM note'), [{ id: 7, text: 'kept', at: 8 }]);
  }),

  'only what is named is marked and unmarked, its SQL is not run, and the tables are nobody\u2019s news': inEachTab(
    async (database, { wheatear }, tabs) => {
      let heard = 0;
      for (const tab of tabs) tab.database.addEventListener('change', () => heard++);
      await database.exec('UPDATE note SET at = 1');
      const unmarked = await database.unmark('2.at', '3.tag');
      deepEqual([named(unmarked.steps), unmarked.to], [['unmark 3.tag', 'unmark 2.at'], '1.note']);
      const marked = await database.mark('3.tag');
      deepEqual([named(marked.steps), marked.to], [['mark 3.tag'], '3.tag']);
      deepEqual(await states(database), ['1.note applied', '2.at late', '3.tag applied']);
      deepEqual((await database.mark('3.tag')).steps, []);
      deepEqual(named((await database.mark('2.at')).steps), ['mark 2.at']);
      deepEqual(await database.query('SELECT at, (SELECT count(*) FROM tag) AS tags FROM note'), []);
      await rejects(database.mark('9.absent'), wheatear.HistoryError, 'unknown_target', /9\.absent/);
      const unmarkNothing = database.unmark.bind(database, .../** @type {[any]} */ (/** @type {unknown} */ ([])));
      await rejects(unmarkNothing(), wheatear.DefinitionError, 'invalid_option', /ids of migrations/);
      equal(heard, 0);
    },
  ),

  'a baseline adopts the tables that are there, and only those': inEachTab(async (database, { wheatear }) => {
    await rejects(database.baseline('3.tag'), wheatear.HistoryError, 'already_managed');
    await database.unmark('1.note', '2.at', '3.tag');
    deepEqual(named((await database.baseline('3.tag')).steps), ['baseline 1.note', 'baseline 2.at', 'baseline 3.tag']);
    await database.unmark('1.note', '2.at', '3.tag');
    await database.exec('ALTER TABLE note ADD COLUMN foreign_body');
    await rejects(database.baseline('2.at'), wheatear.HistoryError, 'schema_drift', /note/);
    await rejects(database.baseline('9'), wheatear.HistoryError, 'unknown_target');
    // Else the next owner would make them again.
    await database.mark('1.note', '2.at', '3.tag');
  }),

  'a way back that was edited since is recorded as it is now, and used': async (context) => {
    const { wheatear, name } = context;
    await (await wheatear.open(name, optionsOf(context))).close();
    const edited = { ...all, '3.tag.rollback.sql': 'ALTER TABLE tag RENAME TO old_tag;' };
    const database = await wheatear.open(name, optionsOf(context, edited));
    deepEqual(named((await database.repair()).steps), ['repair 3.tag']);
    deepEqual((await database.repair()).steps, []);
    await database.rollback(1);
    deepEqual(await database.query('SELECT * FROM old_tag'), []);
    await database.close();
  },

  'the log tells everything that was done, when, and by which version of the application': inEachTab(
    async (database, _, tabs) => {
      await database.rollback(1);
      await database.mark('3.tag');
      for (const tab of tabs) {
        const log = await tab.database.log();
        deepEqual(named(log), ['apply 1.note', 'apply 2.at', 'apply 3.tag', 'rollback 3.tag', 'mark 3.tag']);
        for (const { at, outcome, appVersion, libraryVersion } of log) {
          ok(at instanceof Date && Math.abs(Date.now() - at.getTime()) < 60_000, `it was at ${at}`);
          deepEqual([outcome, appVersion], ['done', '1.4.2']);
          matches(libraryVersion, /^\d+\.\d+\.\d+/);
        }
      }
    },
  ),

  'a new tab finds missing what was taken back, applies it, and the others go on': inEachTab(
    async (database, context, tabs) => {
      await database.run("INSERT INTO note VALUES (7, 'kept', 8)");
      await database.rollback(2);
      const late = await context.wheatear.open(context.name, optionsOf(context));
      deepEqual([late.isOwner, late.report.from, ids(late.report.applied)], [true, '1.note', ['2.at', '3.tag']]);
      for (const tab of tabs) {
        deepEqual(await tab.database.query('SELECT * FROM note'), [{ id: 7, text: 'kept', at: null }]);
      }
      // What was only forgotten is there already, so there is nothing to take over for once it is recorded again.
      await database.unmark('3.tag');
      await database.mark('3.tag');
      const beside = await context.wheatear.open(context.name, optionsOf(context));
      deepEqual([beside.isOwner, beside.report.to], [false, '3.tag']);
      await late.close();
      await beside.close();
    },
  ),

  'an operation waits for an open transaction of another tab': inEachTab(async (database, _, tabs) => {
    const other = tabs.find((tab) => tab.database !== database);
    /** @type {string[]} */
    const order = [];
    /** @type {Promise<void> | undefined} */
    let back;
    await other?.database.transaction(async (transaction) => {
      await transaction.run("INSERT INTO tag VALUES ('in time')");
      back = database.rollback(1).then(({ steps }) => void order.push(...named(steps)));
      await database.isOwner;
      await transaction.query('SELECT * FROM tag');
      order.push('commit');
    });
    await back;
    deepEqual(order, ['commit', 'rollback 3.tag']);
  }),

  async 'a follower with other migrations is refused, with what to do, and may look'(context) {
    const { wheatear, name } = context;
    const newer = { ...all, '4.who.sql': '-- compatible: true\nALTER TABLE note ADD COLUMN who;' };
    const back = { '4.who.rollback.sql': 'ALTER TABLE note DROP COLUMN who;' };
    const owner = await wheatear.open(name, optionsOf(context, { ...newer, ...back }));
    const follower = await wheatear.open(name, optionsOf(context));
    equal(follower.isOwner, false);
    for (const refused of [
      () => follower.rollback(1),
      () => follower.reapply(1),
      () => follower.mark('3.tag'),
      () => follower.unmark('3.tag'),
      () => follower.baseline('3.tag'),
      () => follower.repair(),
      () => follower.plan(),
      () => follower.rehearse({ rollback: 1 }),
    ]) {
      await rejects(refused(), wheatear.HistoryError, 'database_ahead', /other migrations.*nothing was done.*Reload/);
    }
    deepEqual((await states(owner)).at(-1), '4.who applied');
    deepEqual([(await follower.log()).length, (await follower.info()).version], [4, '4.who']);
    // And when it holds the database itself, it goes by its own.
    await owner.close();
    deepEqual(named((await follower.plan({ rollback: 1 })).steps), ['rollback 4.who']);
    await follower.close();
  },

  async 'an operation that its owner had not begun is done by the next one, once, and the log tells of it'(context) {
    await withTabs(context, async ([owner, follower]) => {
      const read = owner.database.query(slow);
      const asked = follower.database.rollback(1);
      await tripToOtherTab();
      owner.workers.at(-1)?.terminate();
      deepEqual(named((await asked).steps), ['rollback 3.tag']);
      await read;
      const log = await follower.database.log();
      deepEqual(named(log).slice(3), ['rollback 3.tag']);
      deepEqual(await owner.database.log(), log);
    });
  },

  async 'one that its owner had begun is not done again, and what was taken back the next owner applies'(context) {
    const { wheatear } = context;
    const long = {
      ...all,
      '3.tag.rollback.sql': `CREATE TABLE old AS ${slow}, (VALUES (1), (2), (3), (4), (5), (6), (7), (8), (9)); DROP TABLE tag;`,
    };
    await withTabs(
      context,
      async ([owner, follower]) => {
        const asked = rejects(follower.database.rollback(1), wheatear.ConnectionError, 'owner_lost', /unknown/);
        // Behind it, so that it has begun when this one is asked for and not answered for a while.
        let isRead = false;
        const read = follower.database.log().then((log) => {
          isRead = true;
          return log;
        });
        await new Promise((resolve) => setTimeout(resolve, 300));
        ok(!isRead, 'the operation takes too little time');
        owner.workers.at(-1)?.terminate();
        await asked;
        ok((await read).length >= 3, 'the log is shorter than before');
        deepEqual(await states(follower.database), ['1.note applied', '2.at applied', '3.tag applied']);
      },
      long,
    );
  },
};

/** @returns {OpenOptions} */
function optionsOf(/** @type {Context} */ { storage }, files = /** @type {Record<string, string>} */ (all)) {
  return { ...migrating(files), storage, appVersion: '1.4.2' };
}

/**
 * Opens a database in two tabs, the first of which holds it.
 *
 * @param {Context} context
 * @param {(tabs: [OpenTab, OpenTab]) => Promise<void>} work
 * @param {Record<string, string>} [files]
 */
async function withTabs(context, work, files) {
  /** @type {OpenTab[]} */
  const tabs = [];
  try {
    for (let index = 0; index < 2; index++) {
      /** @type {Worker[]} */
      const workers = [];
      const options = optionsOf(context, files);
      const worker = () => {
        const started = packageWorker();
        workers.push(started);
        return started;
      };
      tabs.push({ database: await context.wheatear.open(context.name, { ...options, worker }), workers });
    }
    await work(/** @type {[OpenTab, OpenTab]} */ (tabs));
  } finally {
    for (const { database } of tabs) await database.close();
  }
}

/**
 * A test that is done twice with a new database: once asking the tab that holds it, once another one.
 *
 * @param {(database: Database, context: Context, tabs: OpenTab[]) => Promise<void>} work
 */
function inEachTab(work) {
  return async (/** @type {Context} */ context) => {
    for (const index of /** @type {const} */ ([0, 1])) {
      await withTabs(context, async (tabs) => {
        deepEqual([tabs[index].database.isOwner, tabs.length], [index === 0, 2]);
        await work(tabs[index].database, context, tabs);
      });
      await context.wheatear.deleteDatabase(context.name);
    }
  };
}

function ids(/** @type {readonly { id: string }[]} */ migrations) {
  return migrations.map(({ id }) => id);
}

function named(/** @type {readonly { operation: string, id: string }[]} */ steps = []) {
  return steps.map(({ operation, id }) => `${operation} ${id}`);
}

async function states(/** @type {Database} */ database) {
  return (await database.status()).map(({ id, state }) => `${id} ${state}`);
}

/** The tables that the next change names. */
function nextChange(/** @type {Database} */ database) {
  return new Promise((/** @type {(tables: readonly string[]) => void} */ resolve) => {
    database.addEventListener('change', ({ tables }) => resolve(tables), { once: true });
  });
}
