// Migrations that a page announces by their digest, and loads if they are needed.

import { deepEqual, equal, matches, rejects } from '../../pages/assert.mjs';
import { packageWorker } from '../../pages/worker-options.mjs';

/** @typedef {import('../../../client/index.js').LazyMigrations} LazyMigrations */
/** @typedef {import('../../pages/suite.mjs').Context} Context */
/** @typedef {Record<string, string>} Files */

const create = {
  '1.note.sql': 'CREATE TABLE note (id INTEGER PRIMARY KEY, text);',
  '1.note.rollback.sql': 'DROP TABLE note;',
};
const column = 'ALTER TABLE note ADD COLUMN at;';
const newer = { ...create, '2.at.sql': column, '2.at.rollback.sql': 'ALTER TABLE note DROP COLUMN at;' };
const compatible = { ...create, '2.at.sql': `-- compatible: true\n${column}` };

/** @type {import('../../pages/suite.mjs').Suite} */
export const tests = {
  async 'a new database loads them, and a visit with nothing to do does not'(context) {
    const lazy = await announcing(context, newer);
    const first = await opened(context, lazy);
    deepEqual([first.report.from, first.report.to, lazy.loads()], [null, '2.at', 1]);
    await first.run("INSERT INTO note (text) VALUES ('kept')");
    await first.close();

    const second = await opened(context, lazy);
    deepEqual(second.report, { from: '2.at', to: '2.at', applied: [], rolledBack: [], warnings: [] });
    deepEqual(await second.query('SELECT text FROM note'), [{ text: 'kept' }]);
    const changed = new Promise((resolve) => second.addEventListener('change', ({ tables }) => resolve(tables)));
    await second.run('DELETE FROM note');
    deepEqual(await changed, ['note']);
    deepEqual([(await second.info()).version, (await second.log()).length, lazy.loads()], ['2.at', 2, 1]);
    await second.close();
  },

  async 'a database that has applied less loads them, and one that has applied it otherwise, too'(context) {
    const lazy = await announcing(context, newer);
    await (await opened(context, create)).close();
    const upgraded = await opened(context, lazy);
    deepEqual([upgraded.report.from, upgraded.report.to, lazy.loads()], ['1.note', '2.at', 1]);
    await upgraded.close();
    const edited = await announcing(context, { ...newer, '1.note.sql': 'CREATE TABLE note (id);' });
    await rejects(opened(context, edited), context.wheatear.HistoryError, 'edited', /1\.note/);
    equal(edited.loads(), 1);
  },

  async 'a target, which a digest says nothing of, loads them'({ wheatear, ...context }) {
    const { name, storage } = context;
    const lazy = await announcing({ wheatear, ...context }, newer);
    const open = (/** @type {string} */ target) =>
      wheatear.open(name, { migrations: lazy.migrations, storage, target });
    const old = await open('1.note');
    equal(old.report.to, '1.note');
    const beside = await wheatear.open(name, { migrations: newer, storage });
    deepEqual([beside.isOwner, beside.report.to], [true, '2.at']);
    await old.close();
    await beside.close();
    await rejects(open('3'), wheatear.HistoryError, 'unknown_target');
  },

  async 'tabs that know only the digest share a database, and one follows the other, without loading them'(context) {
    const lazy = await announcing(context, newer);
    await (await opened(context, newer)).close();
    const owner = await opened(context, lazy);
    const follower = await opened(context, lazy);
    const eager = await opened(context, newer);
    deepEqual([owner.isOwner, follower.isOwner, eager.isOwner], [true, false, false]);
    equal(follower.report.to, '2.at');
    await follower.run("INSERT INTO note (text) VALUES ('kept')");
    await owner.close();
    deepEqual(await eager.query('SELECT text FROM note'), [{ text: 'kept' }]);
    deepEqual(await follower.query('SELECT text FROM note'), [{ text: 'kept' }]);
    await eager.close();
    deepEqual(await follower.query('SELECT text FROM note'), [{ text: 'kept' }]);
    equal(lazy.loads(), 0);
    await follower.close();
  },

  async 'what needs their SQL loads them, once in each tab, and also for an owner that has not'(context) {
    const { wheatear } = context;
    await (await opened(context, newer)).close();
    const [one, other] = [await announcing(context, newer), await announcing(context, newer)];
    const owner = await opened(context, one);
    const follower = await opened(context, other);
    const states = (await follower.status()).map(({ id, state }) => `${id} ${state}`);
    deepEqual(states, ['1.note applied', '2.at applied']);
    deepEqual([one.loads(), other.loads()], [0, 1]);
    const { steps } = await follower.plan({ rollback: 1 });
    deepEqual([steps[0]?.sql, other.loads()], [newer['2.at.rollback.sql'], 1]);
    equal((await follower.rehearse({ rollback: 1 })).error, null);

    await follower.rollback(1);
    await rejects(owner.query('SELECT at FROM note'), wheatear.QueryError, 'query_failed');
    // A new tab finds missing what was taken back.
    const third = await opened(context, one);
    deepEqual([third.isOwner, third.report.applied.map(({ id }) => id)], [true, ['2.at']]);
    for (const database of [owner, follower, third]) {
      deepEqual(await database.query('SELECT at FROM note'), []);
      await database.close();
    }
  },

  async 'a tab that has the migrations asks an owner that knows only their digest'(context) {
    await (await opened(context, newer)).close();
    const lazy = await announcing(context, newer);
    const owner = await opened(context, lazy);
    const eager = await opened(context, newer);
    equal((await eager.plan({ rollback: 1 })).steps.length, 1);
    equal((await eager.status()).length, 2);
    equal(lazy.loads(), 0);
    await eager.close();
    await owner.close();
  },

  async 'a tab of an older build that goes on, asking such an owner, does no harm'(context) {
    const { wheatear } = context;
    await (await opened(context, compatible)).close();
    const owner = await opened(context, await announcing(context, compatible));
    const older = await opened(context, await announcing(context, create));
    equal(older.isOwner, false);
    deepEqual(
      (await older.status()).map(({ id, state }) => `${id} ${state}`),
      ['1.note applied', '2.at unknown'],
    );
    await rejects(older.plan(), wheatear.HistoryError, 'database_ahead');
    equal((await owner.plan()).steps.length, 0);
    const later = await opened(context, compatible);
    for (const database of [later, older, owner]) await database.close();
  },

  async 'a tab whose worker has died follows an owner that needs to know all of its migrations'(context) {
    const { wheatear, name, storage } = context;
    await (await opened(context, create)).close();
    const old = await announcing(context, create);
    const owner = await opened(context, old);
    /** @type {Worker[]} */
    const workers = [];
    const worker = () => {
      const started = packageWorker();
      workers.push(started);
      return started;
    };
    const follower = await wheatear.open(name, { migrations: old.migrations, storage, worker });
    workers[0]?.terminate();
    const newcomer = await opened(context, await announcing(context, compatible));
    equal(newcomer.isOwner, true);
    deepEqual(await follower.query('SELECT text FROM note'), []);
    for (const database of [follower, newcomer, owner]) await database.close();
  },

  async 'a tab that cannot load them when its turn comes, because something was taken back, says why'(context) {
    const { wheatear, name, storage } = context;
    const owner = await opened(context, newer);
    const { digest } = (await announcing(context, newer)).migrations;
    const cause = new TypeError('no network');
    const migrations = { digest, load: () => Promise.reject(cause) };
    const follower = await wheatear.open(name, { migrations, storage });
    await owner.rollback(1);
    await owner.close();
    const error = await rejects(follower.query('SELECT 1'), wheatear.DefinitionError, 'no_migrations', /no network/);
    equal(error.cause, cause);
    await follower.close();
    await (await opened(context, newer)).close();
  },

  async 'with debug a digest that was forgotten is noticed on a database that has it'({ wheatear, ...context }) {
    const { name, storage } = context;
    const { digest } = (await announcing({ wheatear, ...context }, create)).migrations;
    await (await wheatear.open(name, { migrations: create, storage })).close();
    const migrations = { digest, load: () => newer };
    const opening = wheatear.open(name, { migrations, storage, debug: true });
    await rejects(opening, wheatear.DefinitionError, 'invalid_option', /write that/);
  },

  async 'a digest that is not that of what is loaded is refused, and which it should be is said'(context) {
    const { wheatear, name, storage } = context;
    const { digest } = (await announcing(context, create)).migrations;
    const migrations = { digest, load: () => newer };
    const reason = new RegExp(`digest is "${digest}".*"[0-9a-f]{64}": write that`);
    await rejects(wheatear.open(name, { migrations, storage }), wheatear.DefinitionError, 'invalid_option', reason);
    for (const none of ['', 'abc', 7, undefined, digest.toUpperCase()]) {
      const wrong = /** @type {any} */ ({ digest: none, load: () => newer });
      const opening = wheatear.open(name, { migrations: wrong, storage });
      await rejects(opening, wheatear.DefinitionError, 'invalid_option', /digest must be .* 64 hexadecimal digits/);
    }
    equal(await isThere(context), false);
  },

  async 'what cannot be loaded is told with its cause, and loaded the next time'(context) {
    const { wheatear, name, storage } = context;
    const { digest } = (await announcing(context, create)).migrations;
    const cause = new TypeError('no network');
    const results = [() => Promise.reject(cause), () => /** @type {any} */ ('SELECT 1'), () => create];
    const migrations = { digest, load: () => /** @type {() => any} */ (results.shift())() };
    const failed = wheatear.open(name, { migrations, storage });
    const error = await rejects(failed, wheatear.DefinitionError, 'no_migrations', /load .*has failed.*no network/);
    equal(error.cause, cause);
    const other = wheatear.open(name, { migrations, storage });
    await rejects(other, wheatear.DefinitionError, 'invalid_option', /load .*must give an object of SQL texts by path/);
    equal(await isThere(context), false);
    await (await wheatear.open(name, { migrations, storage })).close();
  },

  async 'what is wrong with them is told as of those that are there at once'(context) {
    const { wheatear, name, storage } = context;
    const load = () => Promise.resolve([{ id: '1', up: 'SELECT 1; COMMIT;' }]);
    const opening = wheatear.open(name, { migrations: { digest: '0'.repeat(64), load }, storage });
    await rejects(opening, wheatear.DefinitionError, 'transaction_control', /^1:1: /);
  },

  async 'opening that waits for them can be cancelled, and the database is free then'(context) {
    const { wheatear, name, storage } = context;
    const controller = new AbortController();
    const migrations = {
      digest: '0'.repeat(64),
      load: () => {
        controller.abort();
        return /** @type {Promise<Files>} */ (new Promise(() => {}));
      },
    };
    const opening = wheatear.open(name, { migrations, storage, signal: controller.signal });
    await rejects(opening, wheatear.ApplyError, 'cancelled');
    await (await opened(context, create)).close();
  },

  async 'tabs of an older build give way to a newer one, also if the server has no longer what they would load'(
    context,
  ) {
    const { wheatear } = context;
    const [old, gone] = [await announcing(context, create), await announcing(context, create)];
    gone.migrations = { ...gone.migrations, load: () => Promise.reject(new Error('404')) };
    await (await opened(context, create)).close();
    for (const build of [old, gone]) {
      /** @type {string[]} */
      const heard = [];
      const tabs = [await opened(context, build, heard), await opened(context, build, heard)];
      const newcomer = await opened(context, await announcing(context, newer));
      deepEqual([newcomer.isOwner, newcomer.report.to], [true, '2.at']);
      for (const tab of tabs) {
        await rejects(tab.query('SELECT 1'), wheatear.ConnectionError, 'superseded', /reload/);
        await tab.close();
      }
      deepEqual(heard.sort(), ['superseded', 'superseded', 'superseding', 'superseding']);
      // As an old tab that comes later does, whether what it lacks is open or not.
      const later = build === gone ? /no_migrations.*404/ : /database_ahead.*2\.at/;
      const isOpen = opened(context, build).catch((error) => `${error.code}: ${error.message}`);
      matches(String(await isOpen), later);
      await newcomer.rollback(1);
      await newcomer.close();
    }
  },

  async 'tabs of an older build go on beside a newer one that is compatible'(context) {
    await (await opened(context, create)).close();
    const old = await announcing(context, create);
    const tab = await opened(context, old);
    const newcomer = await opened(context, await announcing(context, compatible));
    deepEqual([newcomer.isOwner, newcomer.report.to], [true, '2.at']);
    deepEqual(await tab.query('SELECT text FROM note'), []);
    const later = await opened(context, old);
    deepEqual([tab.isOwner, later.isOwner], [false, false]);
    await newcomer.close();
    for (const database of [tab, later]) deepEqual(await database.query('SELECT text FROM note'), []);
    for (const database of [tab, later]) await database.close();
  },

  async 'an owner that knows no more than the digest tells an older build what it has applied'(context) {
    const { wheatear } = context;
    await (await opened(context, newer)).close();
    const lazy = await announcing(context, newer);
    const owner = await opened(context, lazy);
    const error = await rejects(opened(context, create), wheatear.HistoryError, 'database_ahead', /newer build.*2\.at/);
    equal(error.migrationId, '2.at');
    const edited = opened(context, { ...newer, '2.at.sql': `${column} SELECT 1;` });
    await rejects(edited, wheatear.HistoryError, 'edited', /2\.at/);
    equal(lazy.loads(), 0);
    deepEqual(await owner.query('SELECT at FROM note'), []);
    await owner.close();
  },
};

/**
 * A page's migrations that count how often they are loaded; their digest is what the error about a wrong one says.
 *
 * @returns {Promise<{ migrations: LazyMigrations, loads: () => number }>}
 */
async function announcing(/** @type {Context} */ { wheatear, name }, /** @type {Files} */ files) {
  const wrong = { digest: '0'.repeat(64), load: () => files };
  const opening = wheatear.open(`${name} digest`, { migrations: wrong, storage: 'memory' });
  const { message } = await rejects(opening, wheatear.DefinitionError, 'invalid_option', /write that/);
  const [, digest = ''] = /has the digest "(\w+)"/.exec(message) ?? [];
  let loads = 0;
  const load = async () => {
    loads++;
    return files;
  };
  return { migrations: { digest, load }, loads: () => loads };
}

/** Opens the database with migrations that are announced, or are there. */
function opened(
  /** @type {Context} */ { wheatear, name, storage },
  /** @type {Files | { migrations: LazyMigrations }} */ of,
  /** @type {string[]} */ heard = [],
) {
  const migrations =
    'migrations' in of && typeof of.migrations === 'object' ? of.migrations : /** @type {Files} */ (of);
  return wheatear.open(name, {
    migrations,
    storage,
    onSuperseding: () => void heard.push('superseding'),
    onSuperseded: () => void heard.push('superseded'),
  });
}

async function isThere(/** @type {Context} */ { wheatear, name }) {
  return (await wheatear.listDatabases()).some((database) => database.name === name);
}
