// What an open applies, says and refuses of the migrations that a database has.

import { deepEqual, equal, ok, rejects } from '../../pages/assert.mjs';

/** @typedef {import('../../../client/index.js').Database} Database */

const [first, latest] = ['0001.create', '0002.alter-table'];

/** @type {import('../../pages/suite.mjs').Suite} */
export const tests = {
  async 'the first time all migrations are applied, and reported in order'({ wheatear, name, options, storage }) {
    const database = await wheatear.open(name, options);
    equal(database.name, name);
    equal(database.storage.kind, storage);
    const { from, to, applied } = database.report;
    deepEqual([from, to, applied.map(({ id }) => id)], [null, latest, [first, latest]]);
    ok(
      applied.every(({ durationMs }) => durationMs >= 0),
      'a duration is missing',
    );
    deepEqual(await columns(database), [...columnsOfFirst, 'temp_c']);
    await database.close();
    // As long as nobody clears the site's data, the page's own locks will do.
    equal(document.querySelector('iframe[hidden]'), null);
  },

  async 'the second time nothing is applied, and the rows are there'({ wheatear, name, options }) {
    const database = await wheatear.open(name, options);
    await database.query("INSERT INTO weather_node (time_received, temp_c) VALUES ('2026-01-01 12:00:00', -3)");
    await database.close();
    const again = await wheatear.open(name, options);
    deepEqual(again.report, nothingDoneAt(latest));
    deepEqual(await again.query('SELECT temp_c FROM weather_node'), [{ temp_c: -3 }]);
    await again.close();
  },

  async 'with a target it stops there, and a later open without one goes on'({ wheatear, name, options }) {
    const old = await wheatear.open(name, { ...options, target: first });
    deepEqual([old.report.from, old.report.to, old.report.applied.map(({ id }) => id)], [null, first, [first]]);
    deepEqual(await columns(old), columnsOfFirst);
    await old.query("INSERT INTO weather_node (time_received, batt_mv) VALUES ('2026-01-01 12:00:00', 3900)");
    await old.close();

    const upgraded = await wheatear.open(name, options);
    const { from, to, applied } = upgraded.report;
    deepEqual([from, to, applied.map(({ id }) => id)], [first, latest, [latest]]);
    deepEqual(await upgraded.query('SELECT batt_mv, temp_c FROM weather_node'), [{ batt_mv: 3900, temp_c: null }]);
    await upgraded.close();
  },

  async 'a target that is already behind changes nothing'({ wheatear, name, options }) {
    await (await wheatear.open(name, options)).close();
    const database = await wheatear.open(name, { ...options, target: first });
    deepEqual(database.report, nothingDoneAt(latest));
    deepEqual(await columns(database), [...columnsOfFirst, 'temp_c']);
    await database.close();
  },

  async 'a target that no migration has is refused, and names the latest'({ wheatear, name, options }) {
    const promise = wheatear.open(name, { ...options, target: '0009.absent' });
    await rejects(promise, wheatear.HistoryError, 'unknown_target', /0009\.absent.*0002\.alter-table/);
    const database = await wheatear.open(name, options);
    equal(database.report.from, null);
    await database.close();
  },

  async 'status tells of every migration whether and when it was applied'({ wheatear, name, options }) {
    const before = Date.now();
    const old = await wheatear.open(name, { ...options, target: first });
    const [applied, pending, ...others] = await old.status();
    await old.close();
    deepEqual(others, []);
    deepEqual(pending, { id: latest, state: 'pending', appliedAt: null, durationMs: null });
    deepEqual([applied?.id, applied?.state, typeof applied?.durationMs], [first, 'applied', 'number']);
    const appliedAt = applied?.appliedAt;
    if (!(appliedAt instanceof Date)) throw new Error('appliedAt is no Date');
    // Firefox blurs its clocks, by 100 ms at most.
    const [earliest, last] = [before - 100, Date.now() + 100];
    ok(appliedAt.getTime() >= earliest && appliedAt.getTime() <= last, `applied at ${appliedAt.toISOString()}`);

    const upgraded = await wheatear.open(name, options);
    const status = await upgraded.status();
    await upgraded.close();
    deepEqual(status[0], applied);
    deepEqual([status[1]?.id, status[1]?.state], [latest, 'applied']);
  },

  async 'a migration that fails names itself, its statement, its line and what SQLite said'(context) {
    const { wheatear, name, options } = context;
    await prepareClash(context);
    const error = await rejects(
      wheatear.open(name, options),
      wheatear.ApplyError,
      'statement_failed',
      /0002\.alter-table/,
    );
    deepEqual([error.migrationId, error.statement, error.line], [latest, 1, 2]);
    deepEqual(error.sqlite, { code: 1, message: 'duplicate column name: temp_c' });
  },

  async 'after a migration that failed the database is as it was'(context) {
    const { wheatear, name, options } = context;
    const before = await prepareClash(context);
    await rejects(wheatear.open(name, options), wheatear.ApplyError, 'statement_failed');
    const database = await wheatear.open(name, { ...options, target: first });
    deepEqual(database.report, nothingDoneAt(first));
    deepEqual(await contents(database), before);
    await database.close();
  },

  async 'a database that a newer build has upgraded is left alone'(context) {
    const { wheatear, name, options } = context;
    await writeHistory(
      context,
      `INSERT INTO _wheatear_migration (id, checksum, up, depends, compatible, applied_at, duration_us)
        VALUES ('0003.from-the-future', zeroblob(32), 'SELECT 1', '', 0, '2030-01-01T00:00:00.000Z', 5)`,
    );
    const before = await storedBytes(context);
    await rejects(wheatear.open(name, options), wheatear.HistoryError, 'database_ahead', /0003\.from-the-future/);
    deepEqual(await storedBytes(context), before);
  },

  async 'a history in which an older migration is gone is refused, and named'(context) {
    const { wheatear, name, options } = context;
    // With a text of its own, or it would be taken for one that was renamed.
    const other = "id = '0001.other', checksum = zeroblob(32)";
    await writeHistory(context, `UPDATE _wheatear_migration SET ${other} WHERE id = '${first}'`);
    await rejects(wheatear.open(name, options), wheatear.HistoryError, 'missing', /0001\.other/);
  },

  async 'a ledger of a newer format is refused'(context) {
    const { wheatear, name, options } = context;
    await writeHistory(context, 'UPDATE _wheatear_ledger SET format = 99');
    await rejects(wheatear.open(name, options), wheatear.HistoryError, 'ledger_too_new', /99/);
  },

  async 'a damaged ledger is refused'(context) {
    const { wheatear, name, options } = context;
    await writeHistory(context, 'DELETE FROM _wheatear_migration; DROP TABLE _wheatear_migration');
    await rejects(wheatear.open(name, options), wheatear.HistoryError, 'ledger_corrupt', /_wheatear_migration/);
  },
};

/** The report of an open that found nothing to do. */
const nothingDoneAt = (/** @type {string} */ id) => ({ from: id, to: id, applied: [], rolledBack: [], warnings: [] });

const columnsOfFirst = ['time_received', 'schema', 'node_addr', 'uptime_ms', 'batt_mv'];

async function columns(/** @type {Database} */ database) {
  const rows = await database.query("SELECT name FROM pragma_table_info('weather_node')");
  return rows.map((row) => row.name);
}

/** Schema, rows and ledger. */
async function contents(/** @type {Database} */ database) {
  return [
    await database.query('SELECT name, sql FROM sqlite_schema ORDER BY name'),
    await database.query('SELECT * FROM weather_node'),
    await database.query('SELECT * FROM _wheatear_migration'),
    await database.query('SELECT * FROM _wheatear_ledger'),
  ];
}

/** A database at the first version that already has what the second migration adds; its contents. */
async function prepareClash(/** @type {import('../../pages/suite.mjs').Context} */ { wheatear, name, options }) {
  const database = await wheatear.open(name, { ...options, target: first });
  await database.exec(`ALTER TABLE weather_node ADD COLUMN temp_c INTEGER;
    INSERT INTO weather_node (time_received, temp_c) VALUES ('2026-01-01 12:00:00', 21)`);
  const before = await contents(database);
  await database.close();
  return before;
}

/** Changes the history of a current database behind the library's back. */
async function writeHistory(
  /** @type {import('../../pages/suite.mjs').Context} */ { wheatear, name, options },
  /** @type {string} */ sql,
) {
  const database = await wheatear.open(name, options);
  await database.exec(sql);
  await database.close();
}

async function storedBytes(/** @type {import('../../pages/suite.mjs').Context} */ { wheatear, name, options }) {
  return new Uint8Array(await (await wheatear.exportDatabase(name, options)).arrayBuffer());
}
