// Rows whose parent is missing, before and after an upgrade.

import { deepEqual, equal, rejects } from '../../pages/assert.mjs';
import { trialFiles, trialText } from '../../pages/trials.mjs';
import { migrating } from '../../pages/worker-options.mjs';

/** @typedef {import('../../pages/suite.mjs').Context} Context */

/** @type {import('../../pages/suite.mjs').Suite} */
export const tests = {
  async 'who relied on a cascade is told of the header that allows it'(context) {
    const { wheatear, name } = context;
    const trial = '07-cascade-in-migration';
    const create = await trialFiles(trial, 'migrations/0001.shelf.sql');
    const first = await wheatear.open(name, options(context, create));
    await first.exec(await trialText(`${trial}/fill.sql`));
    await first.close();
    const plain = { ...create, ...(await trialFiles(trial, 'a-plain/0002.clear.sql')) };
    const words = /row 2 of "book" refers to no row of "shelf".*ON DELETE CASCADE.*`-- foreign_keys: on`/;
    await rejects(wheatear.open(name, options(context, plain)), wheatear.ApplyError, 'foreign_key_violation', words);
    const enforced = { ...create, ...(await trialFiles(trial, 'b-enforced/0002.clear.sql')) };
    const second = await wheatear.open(name, options(context, enforced));
    deepEqual(await second.query('SELECT id FROM book'), [{ id: 1 }]);
    await second.close();
  },

  async 'a new orphan is no old one, though columns hide the rowid'(context) {
    const { wheatear, name } = context;
    const trial = '22-column-called-rowid';
    const before = await withOrphan(context, trial, 'migrations/0001.mail.sql');
    const swap = { ...before, ...(await trialFiles(trial, 'b-one-for-another/0002.swap.sql')) };
    await rejects(wheatear.open(name, options(context, swap)), wheatear.ApplyError, 'foreign_key_violation');
    const harmless = { ...before, ...(await trialFiles(trial, 'a-harmless/0002.read.sql')) };
    const database = await wheatear.open(name, options(context, harmless));
    deepEqual([database.report.to, database.report.warnings.length], ['0002.read', 1]);
    await database.close();
  },

  async 'an orphan whose key is not UTF-8 stops no upgrade'(context) {
    const { wheatear, name } = context;
    const trial = '23-text-that-is-not-utf8';
    const before = await withOrphan(context, trial, 'migrations/0001.label.sql');
    const more = {
      ...before,
      ...(await trialFiles(trial, 'a/0002.more.sql')),
      ...(await trialFiles(trial, 'b/0002.copy.sql')),
    };
    const database = await wheatear.open(name, options(context, more));
    deepEqual([database.report.applied.length, database.report.warnings.length], [2, 1]);
    equal((await database.query('SELECT n FROM title'))[0]?.n, 3);
    await database.close();
  },
};

/**
 * A database with rows that its keys do not allow: a migration outside of a transaction has left them, and was told.
 * Gives the migrations that it has.
 *
 * @param {Context} context
 * @param {string} trial
 * @param {string} create
 */
async function withOrphan(context, trial, create) {
  const { wheatear, name } = context;
  const fill = (await trialText(`${trial}/fill.sql`)).replace(/^PRAGMA.*$/m, '');
  const both = { ...(await trialFiles(trial, create)), '0001.z-fill.sql': `-- transactional: false\n${fill}` };
  await rejects(wheatear.open(name, options(context, both)), wheatear.ApplyError, 'foreign_key_violation');
  return both;
}

/** @returns {any} */
const options = (/** @type {Context} */ { storage }, /** @type {Record<string, string>} */ files) => ({
  ...migrating(files),
  storage,
});
