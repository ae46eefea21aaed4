// Builds of different ages in several tabs of one database.

import { deepEqual, equal, matches, ok, rejects } from '../../pages/assert.mjs';
import { migrating } from '../../pages/worker-options.mjs';

/** @typedef {import('../../../client/index.js').Database} Database */
/** @typedef {import('../../../client/index.js').OpenOptions} OpenOptions */
/** @typedef {import('../../pages/suite.mjs').Context} Context */
/** @typedef {Record<string, string>} Build */

const first = { '1.note.sql': 'CREATE TABLE note (id INTEGER PRIMARY KEY, text);' };
const column = 'ALTER TABLE note ADD COLUMN at;';

/** @satisfies {Record<string, Build>} */
const builds = {
  old: first,
  newer: { ...first, '2.at.sql': column },
  'newer compatible': { ...first, '2.at.sql': `-- compatible: true\n${column}` },
  reversible: { ...first, '2.at.sql': column, '2.at.rollback.sql': 'ALTER TABLE note DROP COLUMN at;' },
  renumbered: { ...first, '3.at.sql': `-- was: 2.at\n${column}` },
  'renumbered compatible': { ...first, '3.at.sql': `-- was: 2.at\n-- compatible: true\n${column}` },
  failing: { ...first, '2.at.sql': 'ALTER TABLE nothing ADD COLUMN at;' },
  'failing compatible': { ...first, '2.at.sql': '-- compatible: true\nALTER TABLE nothing ADD COLUMN at;' },
  diverged: { ...first, '2.who.sql': 'ALTER TABLE note ADD COLUMN who;' },
  edited: { '1.note.sql': 'CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT);' },
};

/** @type {import('../../pages/suite.mjs').Suite} */
export const tests = {
  async 'the same build uses the database of the other tab'(context) {
    await meet(context, builds.newer, builds.newer, async (tabs, newcomer) => {
      deepEqual([newcomer.isOwner, newcomer.report.to, newcomer.report.applied], [false, '2.at', []]);
      for (const tab of tabs) await goesOn(tab);
      for (const tab of tabs) deepEqual(tab.heard, []);
    });
  },

  async 'a newer build takes over, and the tabs of the old one hear of it and stop'(context) {
    const { wheatear } = context;
    await meet(context, builds.old, builds.newer, async (tabs, newcomer) => {
      deepEqual([newcomer.isOwner, newcomer.report.from, newcomer.report.to], [true, '1.note', '2.at']);
      for (const { database, heard } of tabs) {
        const stopped = database.query('SELECT * FROM note');
        const { message } = await rejects(stopped, wheatear.ConnectionError, 'superseded', /reload/);
        matches(message, /newer version/);
        await rejects(database.exec('DELETE FROM note'), wheatear.ConnectionError, 'superseded');
        deepEqual(heard, ['superseding: 1.note, 2.at', 'superseded']);
      }
      // What was written last by the old tabs, when they heard of it, is there.
      const saved = await newcomer.query("SELECT count(*) AS count FROM note WHERE text = 'saved in time'");
      deepEqual(saved, [{ count: 2 }]);
    });
  },

  async 'a newer build whose migration fails leaves the tabs of the old one working'(context) {
    const { wheatear, name } = context;
    await meet(context, builds.old, undefined, async (tabs) => {
      for (const build of [builds.failing, builds['failing compatible']]) {
        const newer = wheatear.open(name, optionsOf(context, build));
        const waiting = tabs.map((tab) => goesOn(tab));
        const error = await rejects(newer, wheatear.ApplyError, 'statement_failed');
        equal(error.migrationId, '2.at');
        await Promise.all(waiting);
        for (const tab of tabs) await goesOn(tab);
      }
      for (const { heard } of tabs) deepEqual(heard, ['superseding: 1.note, 2.at']);
      equal(tabs.filter(({ database }) => database.isOwner).length, 1);
    });
  },

  async 'a tab that was there before takes nothing back of what a newer build did'(context) {
    const { wheatear, name } = context;
    const old = await wheatear.open(name, { ...optionsOf(context, builds.old), ahead: 'rollback' });
    const newer = await wheatear.open(name, optionsOf(context, builds.reversible));
    // Both at once: the answer may come before the other tab has closed.
    const refused = rejects(old.query('SELECT 1'), wheatear.ConnectionError, 'superseded');
    await newer.close();
    await refused;
    const again = await wheatear.open(name, optionsOf(context, builds.reversible));
    deepEqual([again.report.from, again.report.to], ['2.at', '2.at']);
    await again.close();
  },

  async 'a newer build whose migrations are compatible takes over, and nobody notices'(context) {
    await meet(context, builds.old, builds['newer compatible'], async (tabs, newcomer) => {
      deepEqual([newcomer.isOwner, newcomer.report.to], [true, '2.at']);
      for (const tab of tabs) {
        await goesOn(tab);
        equal(tab.database.isOwner, false);
        deepEqual(tab.heard, []);
      }
      // And when it closes, an old one takes over again.
      await newcomer.close();
      for (const tab of tabs) await goesOn(tab);
      equal(tabs.filter(({ database }) => database.isOwner).length, 1);
    });
  },

  async 'a build that renumbered a migration takes over, runs nothing, and the old one is told'(context) {
    const { wheatear, name } = context;
    for (const build of [builds.renumbered, builds['renumbered compatible']]) {
      await meet(context, builds.newer, build, async (tabs, newcomer) => {
        const { from, to, applied, rolledBack } = newcomer.report;
        deepEqual([newcomer.isOwner, from, to, applied, rolledBack], [true, '2.at', '3.at', [], []]);
        const ids = (await newcomer.status()).map(({ id, state }) => `${id} ${state}`);
        deepEqual(ids, ['1.note applied', '3.at applied']);
        for (const { database } of tabs) {
          await rejects(database.query('SELECT at FROM note'), wheatear.ConnectionError, 'superseded');
        }
        const beside = wheatear.open(name, optionsOf(context, builds.newer));
        await rejects(beside, wheatear.HistoryError, 'database_ahead', /newer build.*3\.at/);
        equal((await newcomer.query('SELECT at FROM note')).length, 2);
      });
      const alone = wheatear.open(name, optionsOf(context, builds.newer));
      await rejects(alone, wheatear.HistoryError, 'database_ahead', /recorded as "3\.at"/);
      await wheatear.deleteDatabase(name);
    }
  },

  async 'an old build is told that the database is ahead, and the newer one goes on'(context) {
    const { wheatear } = context;
    await meet(context, builds.newer, undefined, async (tabs) => {
      const old = wheatear.open(context.name, optionsOf(context, builds.old));
      const error = await rejects(old, wheatear.HistoryError, 'database_ahead', /newer build.*2\.at/);
      equal(error.migrationId, '2.at');
      for (const tab of tabs) await goesOn(tab);
      for (const tab of tabs) deepEqual(tab.heard, []);
    });
    // As it is when no other tab is there.
    const alone = wheatear.open(context.name, optionsOf(context, builds.old));
    await rejects(alone, wheatear.HistoryError, 'database_ahead', /2\.at/);
  },

  async 'an old build may use a newer database that is compatible'(context) {
    await meet(context, builds['newer compatible'], builds.old, async (tabs, old) => {
      equal(old.isOwner, false);
      deepEqual(await old.query('SELECT text FROM note'), []);
      for (const tab of tabs) await goesOn(tab);
      for (const tab of tabs) deepEqual(tab.heard, []);
    });
  },

  async 'a build that has another history is told so, and the others go on'(context) {
    const { wheatear } = context;
    for (const [build, code] of /** @type {const} */ ([
      [builds.diverged, 'database_ahead'],
      [builds.edited, 'edited'],
    ])) {
      await meet(context, builds.newer, undefined, async (tabs) => {
        const refused = wheatear.open(context.name, optionsOf(context, build));
        await rejects(refused, wheatear.HistoryError, code);
        for (const tab of tabs) await goesOn(tab);
      });
    }
  },

  async 'of two newer tabs at once one upgrades, and the other one uses it'(context) {
    const { wheatear, name } = context;
    await meet(context, builds.old, undefined, async (tabs) => {
      const newer = await Promise.all([1, 2].map(() => wheatear.open(name, optionsOf(context, builds.newer))));
      deepEqual(newer.map(({ isOwner }) => isOwner).sort(), [false, true]);
      equal(newer.filter(({ report }) => report.applied.length === 1).length, 1);
      for (const database of newer) equal((await database.query('SELECT at FROM note')).length, 2);
      for (const { heard } of tabs) deepEqual(heard, ['superseding: 1.note, 2.at', 'superseded']);
      await Promise.all(newer.map((database) => database.close()));
    });
  },

  async 'a tab that wants more than another one had as its target takes over, and both go on'(context) {
    const { wheatear, name } = context;
    const early = await wheatear.open(name, { ...optionsOf(context, builds.newer), target: '1.note' });
    const late = await wheatear.open(name, optionsOf(context, builds.newer));
    deepEqual([late.isOwner, late.report.to], [true, '2.at']);
    deepEqual(await early.query('SELECT at FROM note'), []);
    const again = await wheatear.open(name, { ...optionsOf(context, builds.newer), target: '1.note' });
    deepEqual([again.isOwner, again.report.to], [false, '2.at']);
    await Promise.all([early, late, again].map((database) => database.close()));
  },

  async 'a transaction that is open is finished before the newer build takes over'(context) {
    const { wheatear, name } = context;
    const old = await wheatear.open(name, optionsOf(context, builds.old));
    let hear = () => {};
    const heard = new Promise((resolve) => {
      hear = () => resolve(undefined);
    });
    const other = await wheatear.open(name, { ...optionsOf(context, builds.old), onSuperseding: () => hear() });
    /** @type {Promise<Database> | undefined} */
    let opening;
    await other.transaction(async (transaction) => {
      await transaction.query("INSERT INTO note (text) VALUES ('one')");
      opening = wheatear.open(name, optionsOf(context, builds.newer));
      await heard;
      await transaction.query("INSERT INTO note (text) VALUES ('two')");
    });
    const newer = await opening;
    deepEqual(await newer?.query('SELECT text, at FROM note'), [
      { text: 'one', at: null },
      { text: 'two', at: null },
    ]);
    await Promise.all([old, other, newer].map((database) => database?.close()));
  },

  async 'a tab that does not say when it is ready is waited for no longer than was said'(context) {
    const { wheatear, name } = context;
    let deadline = 0;
    /** @param {{ deadlineMs: number }} event */
    const onSuperseding = ({ deadlineMs }) => {
      deadline = deadlineMs;
      return new Promise(() => {});
    };
    const old = await wheatear.open(name, { ...optionsOf(context, builds.old), onSuperseding });
    const start = performance.now();
    const newer = await wheatear.open(name, optionsOf(context, builds.newer));
    ok(deadline > 0 && performance.now() - start >= deadline, 'it was not waited for');
    await rejects(old.query('SELECT 1'), wheatear.ConnectionError, 'superseded');
    await newer.close();
  },
};

/** @returns {OpenOptions} */
function optionsOf(/** @type {Context} */ { storage }, /** @type {Build} */ build) {
  return { ...migrating(build), storage };
}

/** @typedef {{ database: Database, heard: string[] }} OpenTab */

/**
 * Two tabs of one build, an owner and a follower, with a row of each; then another tab of another build, if there is one.
 *
 * @param {Context} context
 * @param {Build} build
 * @param {Build | undefined} other
 * @param {(tabs: OpenTab[], newcomer: Database) => Promise<void>} work
 */
async function meet(context, build, other, work) {
  const { wheatear, name } = context;
  /** @type {OpenTab[]} */
  const tabs = [];
  /** @type {Database | undefined} */
  let newcomer;
  try {
    for (let index = 0; index < 2; index++) {
      /** @type {string[]} */
      const heard = [];
      /** @type {OpenOptions} */
      const options = {
        ...optionsOf(context, build),
        onSuperseding: async ({ migrationIds }) => {
          heard.push(`superseding: ${migrationIds.join(', ')}`);
          await database.query("INSERT INTO note (text) VALUES ('saved in time')");
        },
        onSuperseded: ({ code }) => heard.push(code),
      };
      const database = await wheatear.open(name, options);
      tabs.push({ database, heard });
    }
    if (other) newcomer = await wheatear.open(name, optionsOf(context, other));
    await work(tabs, /** @type {Database} */ (newcomer));
  } finally {
    for (const { database } of tabs) await database.close();
    await newcomer?.close();
  }
}

/** Throws unless a tab still reads and writes. */
async function goesOn(/** @type {OpenTab} */ { database }) {
  const [row] = await database.query("INSERT INTO note (text) VALUES ('on') RETURNING id");
  equal((await database.query('SELECT text FROM note WHERE id = ?', [Number(row?.id)])).length, 1);
  await database.query('DELETE FROM note WHERE id = ?', [Number(row?.id)]);
}
