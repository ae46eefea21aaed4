// What happens to a database while releases of an application come and go.

import { deepEqual, equal, matches, ok, rejects } from '../../pages/assert.mjs';
import { migrating, workerOfTried } from '../../pages/worker-options.mjs';

/** @typedef {import('../../../client/index.js').Database} Database */

const create = { '1.note.sql': 'CREATE TABLE note (text TEXT);' };
const add = {
  '2.at.sql': 'ALTER TABLE note ADD COLUMN at TEXT;',
  '2.at.rollback.sql': 'ALTER TABLE note DROP COLUMN at;',
};
const index = { '3.index.sql': 'CREATE INDEX note_text ON note (text);' };

const ids = (/** @type {readonly { id: string }[]} */ migrations) => migrations.map(({ id }) => id);

/**
 * A file without the two numbers that count when it was changed: SQLite counts, too, that it was given the journal of an
 * upgrade. Source: https://www.sqlite.org/fileformat2.html#file_change_counter
 */
function withoutCounter(/** @type {Uint8Array} */ file) {
  return file.fill(0, 24, 28).fill(0, 92, 96);
}

/** @type {import('../../pages/suite.mjs').Suite} */
export const tests = {
  async 'a new deploy upgrades, a rolled-back one is refused or takes the database back, and the rows stay'(context) {
    const { wheatear, name } = context;
    const [old, new_] = [migrating(create), migrating({ ...create, ...add })];
    await use(context, old, (database) => database.query("INSERT INTO note VALUES ('kept')"));

    await use(context, new_, async ({ report }) => {
      const applied = report.applied.map(({ id, late }) => ({ id, late }));
      deepEqual(
        { ...report, applied },
        { ...nothing, from: '1.note', to: '2.at', applied: [{ id: '2.at', late: false }] },
      );
    });

    const refused = wheatear.open(name, old);
    await rejects(refused, wheatear.HistoryError, 'database_ahead', /2\.at.*rollback/);

    await use(context, { ...old, ahead: 'rollback' }, async (database) => {
      const { rolledBack, ...report } = database.report;
      const { rolledBack: _, ...expected } = { ...nothing, from: '2.at', to: '1.note' };
      deepEqual(report, expected);
      deepEqual(ids(rolledBack), ['2.at']);
      ok((rolledBack[0]?.durationMs ?? -1) >= 0, 'its duration is missing');
      deepEqual(await database.query('SELECT * FROM note'), [{ text: 'kept' }]);
    });

    await use(context, new_, async (database) => {
      deepEqual(ids(database.report.applied), ['2.at']);
      deepEqual(await database.query('SELECT * FROM note'), [{ text: 'kept', at: null }]);
    });
  },

  async 'what only a newer build knows is no obstacle if it is compatible, and has the status unknown'(context) {
    const compatible = { '2.at.sql': `-- compatible: true\n${add['2.at.sql']}` };
    await use(context, migrating({ ...create, ...compatible }), async () => {});
    await use(context, migrating(create), async (database) => {
      deepEqual(database.report, { ...nothing, from: '2.at', to: '2.at' });
      deepEqual(await states(database), [
        ['1.note', 'applied'],
        ['2.at', 'unknown'],
      ]);
    });
  },

  async 'a migration that comes late is applied and named as such, or refused'(context) {
    const { wheatear, name } = context;
    await use(context, migrating({ ...create, ...index }), async () => {});

    const all = migrating({ ...create, ...add, ...index });
    await rejects(wheatear.open(name, { ...all, late: 'error' }), wheatear.HistoryError, 'late', /2\.at/);
    await use(context, { ...all, target: '1.note' }, async (database) => {
      deepEqual(await states(database), [
        ['1.note', 'applied'],
        ['2.at', 'late'],
        ['3.index', 'applied'],
      ]);
    });
    await use(context, all, async ({ report }) => {
      const applied = report.applied.map(({ id, late }) => ({ id, late }));
      deepEqual(
        { ...report, applied },
        { ...nothing, from: '3.index', to: '3.index', applied: [{ id: '2.at', late: true }] },
      );
    });
  },

  async 'a migration that was edited after it was applied is refused, and the message shows the lines'(context) {
    const { wheatear, name } = context;
    await use(context, migrating(create), async () => {});
    const before = await storedBytes(context);
    const edited = migrating({ '1.note.sql': 'CREATE TABLE note (text TEXT NOT NULL);', ...add });
    const { message } = await rejects(wheatear.open(name, edited), wheatear.HistoryError, 'edited', /1\.note/);
    matches(message, /^-CREATE TABLE note \(text TEXT\);$/m);
    matches(message, /^\+CREATE TABLE note \(text TEXT NOT NULL\);$/m);
    deepEqual(await storedBytes(context), before);
  },

  async 'a schema that something else has changed is a warning, or an error that changes nothing'(context) {
    const { wheatear, name } = context;
    await use(context, migrating(create), (database) => database.exec('CREATE INDEX foreign_body ON note (text)'));
    const before = withoutCounter(await storedBytes(context));
    const newer = workerOfTried({ ...create, ...add });
    const refused = wheatear.open(name, { ...newer, drift: 'error' });
    await rejects(refused, wheatear.HistoryError, 'schema_drift', /foreign_body/);
    deepEqual(withoutCounter(await storedBytes(context)), before);

    await use(context, newer, async ({ report }) => {
      deepEqual([ids(report.applied), report.warnings.map(({ kind }) => kind)], [['2.at'], ['schema_drift']]);
      matches(report.warnings[0]?.message ?? '', /foreign_body/);
    });
  },

  async 'rows that lacked their parent before an upgrade are a warning'(context) {
    const family = {
      // Outside of a transaction it is told, and stays.
      '1.family.sql': `-- transactional: false
        CREATE TABLE parent (id INTEGER PRIMARY KEY); CREATE TABLE child (parent REFERENCES parent);
        INSERT INTO child VALUES (7);`,
    };
    const { name, wheatear } = context;
    await rejects(wheatear.open(name, migrating(family)), wheatear.ApplyError, 'foreign_key_violation');
    const newer = migrating({ ...family, '2.name.sql': 'ALTER TABLE parent ADD COLUMN name;' });
    await use(context, newer, async ({ report }) => {
      deepEqual(
        report.warnings.map(({ kind }) => kind),
        ['orphaned_rows'],
      );
      matches(report.warnings[0]?.message ?? '', /child/);
    });
  },

  async 'an upgrade that fails after a part of it was committed says what was'(context) {
    const { wheatear, name } = context;
    const split = {
      ...create,
      '2.vacuum.sql': '-- transactional: false\nVACUUM;',
      // Fails, and only on a database that has what the first one made.
      '3.bad.sql': "\nINSERT INTO note VALUES (json('no json'));",
    };
    const error = await rejects(wheatear.open(name, migrating(split)), wheatear.ApplyError, 'statement_failed');
    deepEqual([error.migrationId, error.statement, error.line], ['3.bad', 1, 2]);
    const { report } = error;
    deepEqual([report?.from, report?.to, ids(report?.applied ?? [])], [null, '2.vacuum', ['1.note', '2.vacuum']]);

    await use(context, { ...migrating(split), target: '2.vacuum' }, async (database) => {
      deepEqual(database.report, { ...nothing, from: '2.vacuum', to: '2.vacuum' });
    });
    const whole = await rejects(wheatear.open(name, migrating(split)), wheatear.ApplyError, 'statement_failed');
    equal(whole.report, undefined);
  },

  async 'the version of the application is kept in the log'(context) {
    await use(context, { ...migrating(create), appVersion: '1.4.2' }, async (database) => {
      const log = await database.query('SELECT operation, migration, app_version FROM _wheatear_log');
      deepEqual(log, [{ operation: 'apply', migration: '1.note', app_version: '1.4.2' }]);
    });
  },
};

const nothing = { from: null, to: null, applied: [], rolledBack: [], warnings: [] };

/** Opens the database as some release does, works with it, and closes it. */
async function use(
  /** @type {import('../../pages/suite.mjs').Context} */ { wheatear, name },
  /** @type {import('../../../client/index.js').OpenOptions} */ options,
  /** @type {(database: Database) => Promise<unknown>} */ work,
) {
  const database = await wheatear.open(name, options);
  try {
    await work(database);
  } finally {
    await database.close();
  }
}

async function states(/** @type {Database} */ database) {
  return (await database.status()).map(({ id, state }) => [id, state]);
}

async function storedBytes(/** @type {import('../../pages/suite.mjs').Context} */ { wheatear, name, options }) {
  return new Uint8Array(await (await wheatear.exportDatabase(name, options)).arrayBuffer());
}
