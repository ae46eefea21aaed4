// Migrations that are edited while they are written, in a database that has applied them.

import { deepEqual, equal, rejects } from '../../pages/assert.mjs';

/** @typedef {import('../../../client/index.js').OpenOptions} OpenOptions */
/** @typedef {import('../../pages/suite.mjs').Context} Context */

const written = {
  '1.note.sql': 'CREATE TABLE note (text);',
  '1.note.rollback.sql': 'DROP TABLE note;',
  '2.tag.sql': 'CREATE TABLE tag (name);',
  '2.tag.rollback.sql': 'DROP TABLE tag;',
};
const edited = { ...written, '2.tag.sql': 'CREATE TABLE tag (name, colour);' };

/** @type {import('../../pages/suite.mjs').Suite} */
export const tests = {
  async 'with edited: reapply what was edited is made anew, and rows of other tables are kept'(context) {
    await filled(context);
    await rejects(opened(context, { migrations: edited }), context.wheatear.HistoryError, 'edited', /2\.tag/);
    const database = await opened(context, { migrations: edited, edited: 'reapply' });
    const { rolledBack, applied } = database.report;
    deepEqual([rolledBack.map(({ id }) => id), applied.map(({ id }) => id)], [['2.tag'], ['2.tag']]);
    deepEqual(await database.query('SELECT text FROM note'), [{ text: 'kept' }]);
    deepEqual(await database.query('SELECT name, colour FROM tag'), []);
    deepEqual((await database.plan({})).steps, []);
    await database.close();
    await (await opened(context, { migrations: edited })).close();
  },

  async 'migrations that say that they are being written are reapplied, unless the page says otherwise'(context) {
    await filled(context);
    const migrations = { digest: await digestOf(context, edited), load: () => edited, develop: true };
    await rejects(opened(context, { migrations, edited: 'error' }), context.wheatear.HistoryError, 'edited');
    const database = await opened(context, { migrations });
    deepEqual(
      database.report.applied.map(({ id }) => id),
      ['2.tag'],
    );
    deepEqual(await database.query('SELECT text FROM note'), [{ text: 'kept' }]);
    await database.close();
    const current = await opened(context, { migrations });
    deepEqual(current.report.applied, []);
    await current.close();
  },

  async 'one without a way back is named, and nothing is changed'(context) {
    await filled(context);
    const { '2.tag.rollback.sql': _, ...without } = written;
    const never = { ...without, '3.more.sql': 'CREATE TABLE more (a);' };
    await (await opened(context, { migrations: never })).close();
    const migrations = { ...never, '3.more.sql': 'CREATE TABLE more (a, b);' };
    const refused = opened(context, { migrations, edited: 'reapply' });
    await rejects(refused, context.wheatear.HistoryError, 'irreversible', /"3\.more"/);
    await (await opened(context, { migrations: never })).close();
  },

  async 'a tab with the old text gives way, and does not take the new one back'(context) {
    const old = await filled(context, true);
    const database = await opened(context, { migrations: edited, edited: 'reapply' });
    equal(database.isOwner, true);
    deepEqual(await database.query('SELECT name, colour FROM tag'), []);
    await rejects(old.query('SELECT name FROM tag'), context.wheatear.HistoryError, 'edited', /2\.tag/);
    await old.close();
    await database.close();
  },
};

function opened(/** @type {Context} */ { wheatear, name, storage }, /** @type {OpenOptions} */ options) {
  return wheatear.open(name, { storage, ...options });
}

/** A database that has applied what was written first, with a row in each table. */
async function filled(/** @type {Context} */ context, stays = false) {
  const database = await opened(context, { migrations: written, edited: 'reapply' });
  await database.run("INSERT INTO note VALUES ('kept')");
  await database.run("INSERT INTO tag VALUES ('gone')");
  if (!stays) await database.close();
  return database;
}

/** What a wrong digest is told. */
async function digestOf(/** @type {Context} */ { wheatear, name }, /** @type {Record<string, string>} */ files) {
  const wrong = { digest: '0'.repeat(64), load: () => files };
  const opening = wheatear.open(`${name} digest`, { migrations: wrong, storage: 'memory' });
  const { message } = await rejects(opening, wheatear.DefinitionError, 'invalid_option', /write that/);
  return /has the digest "(\w+)"/.exec(message)?.[1] ?? '';
}
