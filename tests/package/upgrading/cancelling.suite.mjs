import { deepEqual, equal, matches, ok, rejects } from '../../pages/assert.mjs';
import { patched } from '../../pages/patched.mjs';
import { migrating } from '../../pages/worker-options.mjs';

/** @typedef {import('../../../client/index.js').Progress} Progress */
/** @typedef {import('../../pages/suite.mjs').Context} Context */

const create = { '1.note.sql': "CREATE TABLE note (text); INSERT INTO note VALUES ('kept');" };

const write = `UPDATE note SET text = 'changed';
  WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 1000)
    INSERT INTO note SELECT hex(randomblob(1000)) FROM n;`;

/** Goes on for ever. */
const endless = 'WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n;';

/** @type {import('../../pages/suite.mjs').Suite} */
export const tests = {
  async 'a signal that is aborted already starts no worker'({ wheatear, name }) {
    const worker = () => {
      throw new Error('a worker was started');
    };
    const signal = AbortSignal.abort('no longer needed');
    const error = await rejects(wheatear.open(name, { worker, signal }), wheatear.ApplyError, 'cancelled');
    equal(error.cause, 'no longer needed');
    matches(error.message, /^Opening was cancelled before it began/);
  },

  async 'aborted while there is nothing to upgrade, it is not said that an upgrade was cancelled'(context) {
    const { wheatear, name } = context;
    await (await wheatear.open(name, migrating(create))).close();
    const ending = new AbortController();
    const opening = wheatear.open(name, { ...migrating(create), signal: ending.signal });
    ending.abort();
    await rejects(opening, wheatear.ApplyError, 'cancelled', /^Opening was cancelled\. If/);
  },

  async 'an upgrade aborted in the middle of a statement leaves the file as it was, and opening works'(context) {
    const { wheatear, name } = context;
    await (await wheatear.open(name, migrating(create))).close();
    const before = await storedBytes(context);

    // Without room in memory SQLite writes changed pages to the file before the commit.
    for (const room of ['PRAGMA cache_size = 5;', '']) {
      const reason = new Error('the user went elsewhere');
      const ending = new AbortController();
      const onProgress = (/** @type {Progress} */ progress) => {
        if (progress.type === 'working' && progress.migrationId === '3.endless') ending.abort(reason);
      };
      const newer = migrating({ ...create, '2.write.sql': `${room} ${write}`, '3.endless.sql': endless });
      const opening = wheatear.open(name, { ...newer, onProgress, signal: ending.signal });
      const error = await rejects(opening, wheatear.ApplyError, 'cancelled', /as it was before/);
      equal(error.cause, reason);
      equal(error.report, undefined);
      deepEqual(await storedBytes(context), before);

      const database = await wheatear.open(name, migrating(create));
      equal(database.report.from, '1.note');
      deepEqual(await database.query('SELECT text FROM note'), [{ text: 'kept' }]);
      deepEqual(await database.query('PRAGMA integrity_check'), [{ integrity_check: 'ok' }]);
      await database.close();
      deepEqual(await storedBytes(context), before);
    }
  },

  async 'aborted after the upgrade, just before it is open, there is no database that does not work'(context) {
    const { wheatear, name } = context;
    const ending = new AbortController();
    // It is noted where the database lives when all is done but the last.
    const { setItem } = Storage.prototype;
    /** @this {Storage} */
    function noted(/** @type {string} */ key, /** @type {string} */ value) {
      setItem.call(this, key, value);
      ending.abort();
    }
    await patched(Storage.prototype, 'setItem', noted, async () => {
      const opening = wheatear.open(name, { ...migrating(create), signal: ending.signal });
      await rejects(opening, wheatear.ApplyError, 'cancelled');
    });
  },

  async 'aborted at any moment, an upgrade is undone or whole'(context) {
    const { wheatear, name } = context;
    const newer = migrating({
      ...create,
      '2.more.sql': write,
      '3.index.sql': 'CREATE INDEX note_text ON note (text);',
    });
    for (let moment = 0; ; moment++) {
      await wheatear.deleteDatabase(name);
      await (await wheatear.open(name, migrating(create))).close();
      const ending = new AbortController();
      let heard = 0;
      const onProgress = () => {
        if (++heard === moment) ending.abort();
      };
      const opening = wheatear.open(name, { ...newer, onProgress, signal: ending.signal });
      // At first in the very moment of the call.
      if (moment === 0) ending.abort();
      const outcome = await opening.then(
        (database) => database.close(),
        (error) => error,
      );
      const aborted = outcome !== undefined;
      if (aborted) equal(outcome.code, 'cancelled');

      const database = await wheatear.open(name, { ...newer, target: '1.note' });
      const { from } = database.report;
      ok(from === '3.index' || (aborted && from === '1.note'), `at ${from} after moment ${moment}`);
      const [{ notes } = {}] = await database.query('SELECT count(*) AS notes FROM note');
      const [{ indexes } = {}] = await database.query(
        "SELECT count(*) AS indexes FROM sqlite_schema WHERE type = 'index' AND name = 'note_text'",
      );
      deepEqual([notes, indexes], from === '1.note' ? [1, 0] : [1001, 1]);
      deepEqual(await database.query('PRAGMA integrity_check'), [{ integrity_check: 'ok' }]);
      await database.close();
      if (!aborted) {
        ok(moment > 8, `only ${moment} moments`);
        return;
      }
    }
  },

  async 'what a migration outside of a transaction had done remains where SQLite wrote it itself'(context) {
    const { wheatear, name, storage } = context;
    const split = { ...create, '2.vacuum.sql': '-- transactional: false\nVACUUM;' };
    const ending = new AbortController();
    const onProgress = (/** @type {Progress} */ progress) => {
      if (progress.type === 'working' && progress.migrationId === '4.endless') ending.abort();
    };
    const files = { ...split, '3.write.sql': write, '4.endless.sql': endless };
    const opening = wheatear.open(name, { ...migrating(files), onProgress, signal: ending.signal });
    await rejects(opening, wheatear.ApplyError, 'cancelled');
    const database = await wheatear.open(name, migrating(split));
    // To IndexedDB a run goes as a whole, when it is over.
    equal(database.report.from, storage === 'opfs' ? '2.vacuum' : null);
    deepEqual(await database.query('SELECT text FROM note'), [{ text: 'kept' }]);
    await database.close();
  },

  async 'once it is open, the signal does nothing'({ wheatear, name, options }) {
    const ending = new AbortController();
    const database = await wheatear.open(name, { ...options, signal: ending.signal });
    ending.abort();
    deepEqual(await database.query('SELECT 1 AS usable'), [{ usable: 1 }]);
    await database.close();
  },
};

async function storedBytes(/** @type {Context} */ { wheatear, name, options }) {
  return new Uint8Array(await (await wheatear.exportDatabase(name, options)).arrayBuffer());
}
