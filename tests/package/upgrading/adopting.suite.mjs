// Databases that something other than the migrations has made.

import { deepEqual, equal, rejects } from '../../pages/assert.mjs';
import { migrating } from '../../pages/worker-options.mjs';

/** @typedef {import('../../../client/index.js').Database} Database */
/** @typedef {import('../../pages/suite.mjs').Context} Context */

const folder = '/trials/40-made-before-migrations';

/** @type {import('../../pages/suite.mjs').Suite} */
export const tests = {
  async 'one that was made before there were migrations is refused, with what was found and the way on'(context) {
    const { wheatear, name } = context;
    const options = await importOld(context);
    const before = await bytesOf(context, options);
    const found = /"__drizzle_migrations", the record of Drizzle.*"todo", which.*user_version 3.*baseline/;
    const backup = { ...options, backup: true };
    await rejects(wheatear.open(name, backup), wheatear.HistoryError, 'unmanaged', found);
    deepEqual(await bytesOf(context, options), before);
    deepEqual(await wheatear.listBackups(name), []);
  },

  async 'with a baseline it is adopted and upgraded at once, and the option can stay'(context) {
    const { wheatear, name } = context;
    const options = { ...(await importOld(context)), baseline: '0001.todo', drift: /** @type {const} */ ('error') };
    const database = await wheatear.open(name, options);
    const { from, to, applied, warnings } = database.report;
    deepEqual([from, to, applied.map(({ id }) => id), warnings], ['0001.todo', '0002.done', ['0002.done'], []]);
    deepEqual(await contents(database), {
      rows: [
        { text: 'kept', done: 0 },
        { text: 'kept too', done: 0 },
      ],
      version: 3,
      application: 252006675,
    });
    await database.close();
    const again = await wheatear.open(name, options);
    deepEqual([again.report.from, again.report.applied], ['0002.done', []]);
    await again.close();
  },

  async 'with a baseline that it is not at it is refused, and stays as it is'(context) {
    const { wheatear, name } = context;
    const options = await importOld(context);
    const before = await bytesOf(context, options);
    const wrong = wheatear.open(name, { ...options, baseline: '0002.done' });
    await rejects(wrong, wheatear.HistoryError, 'schema_drift', /todo/);
    await rejects(wheatear.open(name, { ...options, baseline: '3' }), wheatear.HistoryError, 'unknown_target', /"3"/);
    deepEqual(await bytesOf(context, options), before);
  },

  async 'with adopt: auto what another tool has recorded is taken over, told, and upgraded at once'(context) {
    const { wheatear, name } = context;
    const options = {
      ...(await importOld(context)),
      adopt: /** @type {const} */ ('auto'),
      drift: /** @type {const} */ ('error'),
    };
    const database = await wheatear.open(name, options);
    const { from, to, applied, adopted } = database.report;
    deepEqual([from, to, applied.map(({ id }) => id)], ['0001.todo', '0002.done', ['0002.done']]);
    deepEqual(adopted, { tool: 'Drizzle', by: 'count', count: 1 });
    deepEqual(
      (await database.log()).map(({ operation, id }) => `${operation} ${id}`),
      ['adopt 0001.todo', 'apply 0002.done'],
    );
    deepEqual(await database.query('SELECT hash FROM __drizzle_migrations'), [{ hash: '0f' }]);
    await database.close();
    const again = await wheatear.open(name, options);
    deepEqual([again.report.from, again.report.applied, again.report.adopted], ['0002.done', [], undefined]);
    await again.close();
  },

  async 'an open one is adopted by db.adopt, once, and a plan tells what that would do'(context) {
    const { wheatear, name } = context;
    const options = await importOld(context);
    const database = await wheatear.open(name, { ...options, unmanaged: 'apply', migrations: [] });
    await database.close();
    const bound = await wheatear.open(name, { ...options, adopt: 'auto', target: '0001.todo' });
    deepEqual(
      (await bound.plan({ target: '0002.done' })).steps.map(({ operation }) => operation),
      ['apply'],
    );
    await rejects(bound.adopt(), wheatear.HistoryError, 'already_managed');
    await bound.unmark('0001.todo');
    const { steps, adopted, to } = await bound.adopt();
    deepEqual(
      steps.map(({ operation, id }) => `${operation} ${id}`),
      ['adopt 0001.todo'],
    );
    deepEqual([adopted?.tool, to], ['Drizzle', '0001.todo']);
    await bound.close();
  },

  async 'what does not fit is unadoptable, and the database stays as it is'(context) {
    const { wheatear, name } = context;
    const { storage } = await importOld(context);
    const before = await bytesOf(context, { ...migrating({}) });
    const adopt = /** @type {const} */ ('auto');
    const none = await wheatear.open(name, { migrations: [], storage });
    await rejects(none.adopt(), wheatear.HistoryError, 'unadoptable', /Drizzle.*"0f"/);
    await none.close();
    const other = { ...migrating({ '1.sql': 'CREATE TABLE other (id)' }), storage, adopt };
    await rejects(wheatear.open(name, other), wheatear.HistoryError, 'schema_drift', /other/);
    deepEqual(await bytesOf(context, {}), before);
    await rejects(
      wheatear.open(name, { ...other, adopt: /** @type {any} */ ('always') }),
      wheatear.DefinitionError,
      'invalid_option',
    );
  },

  async 'a new database begins with the first migration, whatever the baseline'(context) {
    const { wheatear, name, storage } = context;
    const options = { ...migrating(await migrations()), storage, baseline: '0001.todo' };
    const database = await wheatear.open(name, options);
    deepEqual(
      database.report.applied.map(({ id }) => id),
      ['0001.todo', '0002.done'],
    );
    await database.close();
  },

  async 'one that is to be taken for an empty one is, if that is said'(context) {
    const { wheatear, name } = context;
    const { storage } = await importOld(context);
    const files = { '1.todo.sql': 'CREATE TABLE IF NOT EXISTS todo (id); ALTER TABLE todo ADD COLUMN done;' };
    const options = { ...migrating(files), storage };
    await rejects(wheatear.open(name, options), wheatear.HistoryError, 'unmanaged');
    const database = await wheatear.open(name, { ...options, unmanaged: 'apply' });
    equal(database.report.to, '1.todo');
    await database.close();
  },
};

/** The database that an application and Drizzle have made; gives the options of a page whose migrations begin with its table. */
async function importOld(/** @type {Context} */ { wheatear, name, storage }) {
  const options = { ...migrating(await migrations()), storage: /** @type {any} */ (storage) };
  await wheatear.importDatabase(name, await (await fetch(`${folder}/file.sqlite3`)).blob(), options);
  return options;
}

async function migrations() {
  const text = async (/** @type {string} */ file) => (await fetch(`${folder}/migrations/${file}`)).text();
  const files = ['0001.todo.sql', '0002.done.sql'];
  return Object.fromEntries(await Promise.all(files.map(async (file) => [file, await text(file)])));
}

async function contents(/** @type {Database} */ database) {
  const [version] = await database.query('PRAGMA user_version');
  const [application] = await database.query('PRAGMA application_id');
  return {
    rows: await database.query('SELECT text, done FROM todo ORDER BY id'),
    version: version?.user_version,
    application: application?.application_id,
  };
}

/**
 * The file as it is stored.
 *
 * @param {Context} context
 * @param {import('../../../client/index.js').WorkerOptions} options
 */
async function bytesOf({ wheatear, name }, options) {
  return new Uint8Array(await (await wheatear.exportDatabase(name, options)).arrayBuffer());
}
