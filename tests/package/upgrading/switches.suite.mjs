// What migrations do to the connection that all tabs share ends with them.

import { deepEqual, rejects } from '../../pages/assert.mjs';
import { trialFiles, trialText } from '../../pages/trials.mjs';
import { migrating } from '../../pages/worker-options.mjs';

/** @typedef {import('../../pages/suite.mjs').Context} Context */
/** @typedef {import('../../../client/index.js').Database} Database */

/** @type {import('../../pages/suite.mjs').Suite} */
export const tests = {
  async 'pragmas that a migration sets are as before when it ends, and after the next start'(context) {
    const trial = '04-pragmas-that-stay';
    const names = ['migrations/0001.list.sql', 'migrations/0002.switches.sql', 'migrations/0003.deferred.sql'];
    const migrations = await all(trial, [...names, 'variant-read-only/0004.freeze.sql']);
    const look = await trialText(`${trial}/look.sql`);
    for (const visit of ['the first', 'the second']) {
      const database = await open(context, migrations);
      for (const [, sql = '', expected] of look.matchAll(/^(PRAGMA \w+|SELECT .+?);\s+-- (\d)$/gm)) {
        const [row] = await database.query(sql);
        deepEqual([visit, sql, ...Object.values(row ?? {})], [visit, sql, Number(expected)]);
      }
      const insert = database.query("INSERT INTO entry (word) VALUES ('')");
      await rejects(insert, context.wheatear.QueryError, 'query_failed', /CHECK/);
      await database.close();
    }
  },

  async 'temporary tables and triggers are gone when their migration ends'(context) {
    const trial = '08-temp-tables';
    const merge = ['migrations/0001.contact.sql', 'migrations/0002.merge.sql', 'migrations/0003.merge-case.sql'];
    const watch = { '0004.watch.sql': await trialText(`${trial}/variant-trigger/0002.watch.sql`) };
    const database = await open(context, { ...(await all(trial, merge)), ...watch });
    await rejects(database.query('SELECT count(*) FROM doubles'), context.wheatear.QueryError, 'query_failed');
    await database.query("INSERT INTO contact (mail) VALUES ('b@example.org')");
    deepEqual(await database.query('SELECT name FROM sqlite_temp_schema'), []);
    await database.close();
  },
};

/** @returns {Promise<Database>} */
const open = (/** @type {Context} */ { wheatear, name, storage }, /** @type {Record<string, string>} */ migrations) =>
  wheatear.open(name, /** @type {any} */ ({ ...migrating(migrations), storage }));

/** Files of a trial, by their names. */
async function all(/** @type {string} */ trial, /** @type {string[]} */ paths) {
  return Object.assign({}, ...(await Promise.all(paths.map((path) => trialFiles(trial, path)))));
}
