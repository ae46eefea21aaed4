// What `info` tells of a database and where it lives.

import { deepEqual, equal, matches, ok } from '../../pages/assert.mjs';
import { migrating } from '../../pages/worker-options.mjs';

/** @typedef {import('../../pages/suite.mjs').Context} Context */

const files = {
  '1.note.sql': 'CREATE TABLE note (id INTEGER PRIMARY KEY, text);',
  '2.at.sql': 'ALTER TABLE note ADD COLUMN at;',
  '2.at.rollback.sql': 'ALTER TABLE note DROP COLUMN at;',
};

/** @type {import('../../pages/suite.mjs').Suite} */
export const tests = {
  async 'size and free pages are those of the file, and follow what is written'(context) {
    const database = await open(context);
    const before = await database.info();
    equal(before.size, (await database.export()).size);
    deepEqual(await database.query('PRAGMA page_size'), [{ page_size: before.pageSize }]);
    equal(before.freePages, 0);
    await database.run('INSERT INTO note (text) VALUES (?)', [new Uint8Array(400_000)]);
    const full = await database.info();
    ok(full.size > Math.max(before.size, 400_000), `it has ${full.size} bytes`);
    await database.exec('DELETE FROM note');
    const empty = await database.info();
    equal(empty.size, full.size);
    ok(empty.freePages * empty.pageSize >= 390_000, `${empty.freePages} pages are free`);
    await database.exec('VACUUM');
    deepEqual([(await database.info()).freePages, (await database.info()).size < full.size], [0, true]);
    await database.close();
  },

  async 'the version is that of the record, also when something was taken back'(context) {
    const database = await open(context);
    equal((await database.info()).version, '2.at');
    await database.rollback(1);
    equal((await database.info()).version, '1.note');
    await database.unmark('1.note');
    equal((await database.info()).version, null);
    await database.close();
  },

  async 'SQLite, the home and the room that is left are told'(context) {
    const database = await open(context);
    const { sqlite, storage, isOwner, room } = await database.info();
    deepEqual(await database.query('SELECT sqlite_version() AS version'), [{ version: sqlite.version }]);
    matches(sqlite.options.join(' '), /THREADSAFE=\d/);
    deepEqual([storage, isOwner], [database.storage, true]);
    const estimate = navigator.storage?.estimate && (await navigator.storage.estimate());
    if (estimate?.quota === undefined) equal(room, null);
    else ok(room !== null && room > 0 && room <= estimate.quota, `there is room for ${room} bytes`);
    await database.close();
  },

  async 'another tab tells the same, but that it is not the owner, and the owner\u2019s home'(context) {
    if (context.storage === 'memory') return;
    const [database, other] = [await open(context), await open(context)];
    const { room: _, ...owner } = await database.info();
    const { room: __, ...follower } = await other.info();
    deepEqual(follower, { ...owner, isOwner: false });
    await database.close();
    deepEqual([(await other.info()).size, (await other.info()).isOwner], [owner.size, true]);
    await other.close();
  },
};

const open = (/** @type {Context} */ { wheatear, name, storage }) =>
  wheatear.open(name, { ...migrating(files), storage });
