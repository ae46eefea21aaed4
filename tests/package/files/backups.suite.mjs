// Copies of a database from before its upgrades.

import { deepEqual, equal, matches, ok, rejects } from '../../pages/assert.mjs';
import { patched, withoutRoom } from '../../pages/patched.mjs';
import { damageBackup, readStored, writeStored } from '../../pages/stored-file.mjs';
import { migrating, workerAt } from '../../pages/worker-options.mjs';

/** @typedef {import('../../../client/index.js').Database} Database */
/** @typedef {import('../../../client/index.js').OpenOptions} OpenOptions */
/** @typedef {import('../../pages/suite.mjs').Context} Context */
/** @typedef {Record<string, string>} Release */

/** Releases of an application, each with one migration more. */
const steps = {
  '1.note.sql': 'CREATE TABLE note (text TEXT);',
  '2.at.sql': 'ALTER TABLE note ADD COLUMN at TEXT;',
  '3.who.sql': 'ALTER TABLE note ADD COLUMN who TEXT;',
  '4.index.sql': 'CREATE INDEX note_text ON note (text);',
  '5.done.sql': 'ALTER TABLE note ADD COLUMN done INTEGER;',
};
const release = (/** @type {number} */ number) => Object.fromEntries(Object.entries(steps).slice(0, number));
const failing = { ...release(1), '2.bad.sql': "INSERT INTO note VALUES (json('no json'));" };

/** @type {import('../../pages/suite.mjs').Suite} */
export const tests = {
  async 'a copy is made if something is to be upgraded, and not of a new database'(context) {
    const { wheatear, name, storage } = context;
    await use(context, release(1), { backup: true }, async (database) => {
      equal(database.backup, null);
      await database.query("INSERT INTO note VALUES ('kept')");
    });
    await use(context, release(1), { backup: true }, async (database) => equal(database.backup, null));
    deepEqual(await wheatear.listBackups(name), []);

    const before = Date.now();
    const expected = `${name}@1.note`;
    await use(context, release(2), { backup: true }, async (database) => equal(database.backup, expected));
    const [backup, ...others] = await wheatear.listBackups(name);
    if (!backup) throw new Error('no backup is listed');
    deepEqual(others, []);
    const { size, createdAt, ...rest } = backup;
    deepEqual(rest, { name: expected, database: name, storage });
    ok(size > 0 && size % 4096 === 0, `its size is ${size}`);
    // Firefox blurs its clocks, by 100 ms at most.
    ok(createdAt.getTime() >= before - 100 && createdAt.getTime() <= Date.now() + 100, `made at ${createdAt}`);

    await use(context, release(3), {}, async (database) => equal(database.backup, null));
    deepEqual(await wheatear.listBackups(name), [backup]);
    equal((await wheatear.listDatabases()).filter((database) => database.name.startsWith(name)).length, 1);
  },

  async 'a copy is made of a newer database that is taken back, with what that drops'(context) {
    const { wheatear, name } = context;
    const newer = { ...release(2), '2.at.rollback.sql': 'ALTER TABLE note DROP COLUMN at;' };
    await use(context, newer, {}, (database) => database.exec("INSERT INTO note VALUES ('kept', 'noon')"));
    await use(context, release(1), { backup: true, ahead: 'rollback' }, async (database) => {
      equal(database.backup, `${name}@2.at`);
      deepEqual(await database.query('SELECT * FROM note'), [{ text: 'kept' }]);
    });
    await wheatear.restoreBackup(`${name}@2.at`);
    await use(context, newer, {}, async (database) =>
      deepEqual(await database.query('SELECT * FROM note'), [{ text: 'kept', at: 'noon' }]),
    );
  },

  async 'the newest copy is kept even if the clock was set back'(context) {
    const { wheatear, name, storage } = context;
    await use(context, release(1), {}, (database) => database.exec(manyRows));
    await use(context, release(2), { backup: true }, async () => {});
    // In OPFS the copy is made in the worker, whose clock a page cannot set.
    const yesterday = () => performance.timeOrigin - 86_400_000;
    await patched(Date, 'now', storage === 'opfs' ? Date.now : yesterday, () =>
      use(context, release(3), { backup: { keep: 1 } }, async () => {}),
    );
    deepEqual(
      (await wheatear.listBackups(name)).map((backup) => backup.name),
      [`${name}@2.at`],
    );
  },

  async 'a copy brings back rows and schema, and the next open upgrades them again'(context) {
    const { wheatear, name } = context;
    await use(context, release(1), {}, (database) => database.exec(manyRows));
    await use(context, release(2), { backup: true }, async (database) => {
      await database.exec('DELETE FROM note');
      await database.exec('VACUUM');
    });
    // Twice: the copy stays.
    for (let time = 0; time < 2; time++) {
      await wheatear.restoreBackup(`${name}@1.note`, migrating(release(2)));
      await use(context, release(1), {}, async (database) => {
        equal(database.report.to, '1.note');
        deepEqual(Object.keys((await database.query('SELECT * FROM note LIMIT 1'))[0] ?? {}), ['text']);
      });
      await use(context, release(2), {}, async (database) => {
        deepEqual([database.report.from, database.report.to], ['1.note', '2.at']);
        const sql = 'SELECT count(*) AS count, count(at) AS at, max(text) AS last FROM note';
        deepEqual(await database.query(sql), [{ count: 3000, at: 0, last: 'note 999' }]);
        deepEqual(await database.query('PRAGMA integrity_check'), [{ integrity_check: 'ok' }]);
        await database.exec('DELETE FROM note');
      });
    }
    equal((await wheatear.listBackups(name)).length, 1);
  },

  async 'one of a damaged database is put back, and the damage is told'(context) {
    const { wheatear, name, storage } = context;
    await use(context, release(4), {}, (database) => database.exec(manyRows));
    const kind = /** @type {import('../../../client/index.js').DurableKind} */ (storage);
    const damaged = await readStored(name, kind);
    // In the midst of the index, which nothing below reads.
    damaged.fill(0xff, damaged.length - 3 * 4096, damaged.length - 2 * 4096);
    await writeStored(name, kind, damaged);
    await use(context, release(5), { backup: true }, async () => {});
    const { warnings } = await wheatear.restoreBackup(`${name}@4.index`, migrating(release(5)));
    equal(warnings.length, 1);
    matches(String(warnings), /damaged/);
    await use(context, release(4), {}, async (database) => equal(database.report.to, '4.index'));
  },

  async 'one that is damaged so that it would not open is refused, and the database stays'(context) {
    const { wheatear, name, storage } = context;
    await use(context, release(1), {}, (database) => database.exec(manyRows));
    await use(context, release(2), { backup: true }, async () => {});
    await damageBackup(name, storage === 'opfs' ? 'opfs' : 'indexeddb');
    const before = await storedBytes(context);
    const restored = wheatear.restoreBackup(`${name}@1.note`, migrating(release(2)));
    await rejects(restored, wheatear.StorageError, 'database_corrupt', /damaged/);
    deepEqual(await storedBytes(context), before);
    await use(context, release(2), {}, async (database) => {
      deepEqual(await database.query('SELECT count(*) AS count FROM note'), [{ count: 3000 }]);
    });
  },

  async 'the newest are kept, three if nothing else is said'(context) {
    const { wheatear, name } = context;
    const names = async () => (await wheatear.listBackups(name)).map((backup) => backup.name);
    for (let number = 1; number <= 5; number++) await use(context, release(number), { backup: true }, async () => {});
    deepEqual(await names(), [`${name}@4.index`, `${name}@3.who`, `${name}@2.at`]);
    await use(context, { ...release(5), '6.x.sql': 'SELECT 1;' }, { backup: { keep: 2 } }, async () => {});
    deepEqual(await names(), [`${name}@5.done`, `${name}@4.index`]);
    await use(
      context,
      { ...release(5), '6.x.sql': 'SELECT 1;', '7.y.sql': 'SELECT 1;' },
      { backup: { keep: 1 } },
      async () => {},
    );
    deepEqual(await names(), [`${name}@6.x`]);
  },

  async 'one of the same version is replaced'(context) {
    const { wheatear, name } = context;
    const kept = `${name}@1.note`;
    await use(context, release(1), {}, (database) => database.query("INSERT INTO note VALUES ('one')"));
    await rejects(open(context, failing, { backup: true }), wheatear.ApplyError, 'statement_failed');
    const [first] = await wheatear.listBackups(name);
    await use(context, release(1), {}, (database) => database.query("INSERT INTO note VALUES ('two')"));
    await rejects(open(context, failing, { backup: true }), wheatear.ApplyError, 'statement_failed');
    const [second, ...others] = await wheatear.listBackups(name);
    deepEqual([first?.name, second?.name, others], [kept, kept, []]);
    ok((first?.createdAt ?? 0) < (second?.createdAt ?? 0), 'it is the old one');

    await use(context, release(1), {}, (database) => database.query('DELETE FROM note'));
    await wheatear.restoreBackup(kept, migrating(release(1)));
    await use(context, release(1), {}, async (database) => {
      deepEqual(await database.query('SELECT text FROM note'), [{ text: 'one' }, { text: 'two' }]);
    });
  },

  async 'without room for a copy the upgrade is not begun, and half a copy is none'(context) {
    const { wheatear, name, storage } = context;
    await use(context, release(1), {}, (database) => database.exec(manyRows));
    const before = await storedBytes(context);
    for (const fault of ['#nothing', '#half']) {
      const address = `/pages/workers/without-room-for-backups.mjs?${new URLSearchParams(release(2))}${fault}`;
      const options = { ...workerAt(address), storage, backup: true };
      const refused = withoutRoom(['backupBlocks'], () => wheatear.open(name, options));
      const { message } = await rejects(refused, wheatear.StorageError, 'storage_full');
      matches(message, /copy.*upgrade was not begun.*free some space/s);
      deepEqual(await wheatear.listBackups(name), []);
      deepEqual(await storedBytes(context), before);
    }
    await use(context, release(2), { backup: true }, async (database) => equal(database.backup, `${name}@1.note`));
    equal((await wheatear.listBackups(name)).length, 1);
  },

  async 'an older copy of that version stays if the new one has no room'(context) {
    const { wheatear, name, storage } = context;
    await use(context, release(1), {}, (database) => database.query("INSERT INTO note VALUES ('one')"));
    await rejects(open(context, failing, { backup: true }), wheatear.ApplyError, 'statement_failed');
    const before = await wheatear.listBackups(name);
    const address = `/pages/workers/without-room-for-backups.mjs?${new URLSearchParams(release(2))}`;
    const options = { ...workerAt(address), storage, backup: true };
    const refused = withoutRoom(['backupBlocks'], () => wheatear.open(name, options));
    await rejects(refused, wheatear.StorageError, 'storage_full');
    deepEqual(await wheatear.listBackups(name), before);
    await wheatear.restoreBackup(`${name}@1.note`, migrating(release(1)));
    await use(context, release(1), {}, async (database) => {
      deepEqual(await database.query('SELECT text FROM note'), [{ text: 'one' }]);
    });
  },

  async 'they go with their database'(context) {
    const { wheatear, name } = context;
    for (const number of [1, 2, 3]) await use(context, release(number), { backup: true }, async () => {});
    equal((await wheatear.listBackups(name)).length, 2);
    await wheatear.deleteDatabase(name);
    deepEqual(await wheatear.listBackups(name), []);
    const restored = wheatear.restoreBackup(`${name}@1.note`, migrating(release(1)));
    await rejects(restored, wheatear.StorageError, 'no_such_database', /1\.note/);
    await use(context, release(1), { backup: true }, async (database) => equal(database.report.from, null));
    deepEqual(await wheatear.listBackups(name), []);
  },

  async 'their names are those of the migrations, whatever these are'({ wheatear, ...context }) {
    const ids = [`1.größe(neu)*~!'é🐦.`, `2.${'ü'.repeat(60)}`, '3.a@b%2F', '4.con', '5.x'];
    const all = Object.fromEntries(ids.map((id, index) => [`${id}.sql`, `CREATE TABLE t${index} (x);`]));
    const name = `${context.name}@ü`;
    const own = { ...context, wheatear, name };
    try {
      for (let number = 1; number <= ids.length; number++) {
        const files = Object.fromEntries(Object.entries(all).slice(0, number));
        await use(own, files, { backup: { keep: 9 } }, async () => {});
      }
      const backups = await wheatear.listBackups(name);
      equal(backups.length, ids.length - 1);
      const names = backups.map((backup) => backup.name);
      for (const id of [ids[0], ids[2], ids[3]]) ok(names.includes(`${name}@${id}`), `${id} is not among ${names}`);
      for (const backup of backups) await wheatear.restoreBackup(backup.name, migrating(all));
      await use(own, all, {}, async (database) => equal(database.report.from, ids[0]));
    } finally {
      await wheatear.deleteDatabase(name);
    }
  },

  async 'none is put back that is not there, or while the database is open'(context) {
    const { wheatear, name } = context;
    for (const absent of [name, `${name}@1.note`, '@', '']) {
      await rejects(wheatear.restoreBackup(absent, migrating(steps)), wheatear.StorageError, 'no_such_database');
    }
    deepEqual(await wheatear.listBackups(name), []);
    equal(
      (await wheatear.listDatabases()).some((database) => database.name === name),
      false,
    );
    for (const number of [1, 2]) await use(context, release(number), { backup: true }, async () => {});
    await use(context, release(2), {}, async (database) => {
      const refused = wheatear.restoreBackup(`${name}@1.note`, migrating(steps));
      await rejects(refused, wheatear.StorageError, 'storage_busy');
      deepEqual(await database.query('SELECT at FROM note'), []);
    });
  },
};

const manyRows = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 3000)
  INSERT INTO note (text) SELECT printf('note %d', i) FROM n`;

function open(
  /** @type {Context} */ { wheatear, name, storage },
  /** @type {Release} */ files,
  /** @type {Partial<OpenOptions>} */ options,
) {
  return wheatear.open(name, { ...migrating(files), storage, ...options });
}

async function use(
  /** @type {Context} */ context,
  /** @type {Release} */ files,
  /** @type {Partial<OpenOptions>} */ options,
  /** @type {(database: Database) => Promise<unknown>} */ work,
) {
  const database = await open(context, files, options);
  try {
    await work(database);
  } finally {
    await database.close();
  }
}

async function storedBytes(/** @type {Context} */ { wheatear, name }) {
  return new Uint8Array(await (await wheatear.exportDatabase(name, migrating(steps))).arrayBuffer());
}
