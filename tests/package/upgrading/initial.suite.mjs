// Databases that begin as a file which the application ships.

import { deepEqual, equal, ok, rejects } from '../../pages/assert.mjs';
import { patched } from '../../pages/patched.mjs';
import { migrating } from '../../pages/worker-options.mjs';

/** @typedef {import('../../../client/index.js').ErrorCode} ErrorCode */
/** @typedef {import('../../../client/index.js').OpenOptions} OpenOptions */
/** @typedef {import('../../pages/suite.mjs').Context} Context */

const first = { '1.word.sql': 'CREATE TABLE word (id INTEGER PRIMARY KEY, text);' };
const newer = {
  ...first,
  '2.length.sql': 'ALTER TABLE word ADD COLUMN length; UPDATE word SET length = length(text);',
};

/** One that has a table of its own, and no record of migrations. */
const foreign = '/pages/files/page-512.sqlite3';

/** @type {import('../../pages/suite.mjs').Suite} */
export const tests = {
  async 'a new database begins as the file and is upgraded from there, an existing one never asks for it'(context) {
    const { wheatear, name } = context;
    const file = await dictionary(context);
    let asked = 0;
    const initial = async () => {
      asked++;
      return file;
    };
    for (const visit of [1, 2]) {
      const database = await wheatear.open(name, { ...optionsOf(context, newer), initial });
      const { from, applied } = database.report;
      deepEqual([from, applied.length], visit === 1 ? ['1.word', 1] : ['2.length', 0]);
      equal(database.storage.kind, context.storage);
      const words = await database.query('SELECT text, length FROM word ORDER BY id');
      deepEqual(words, [
        { text: 'swallow', length: 7 },
        { text: 'wheatear', length: 8 },
      ]);
      await database.close();
    }
    equal(asked, 1);
  },

  async 'the file may be a Blob, an address, or what a function gives of these'(context) {
    const { wheatear, name } = context;
    const file = await dictionary(context);
    const address = new URL(foreign, location.href);
    const options = { ...optionsOf(context, { '1.later.sql': 'CREATE TABLE later (id);' }) };
    for (const [initial, count] of /** @type {const} */ ([
      [file, 'SELECT count(*) AS count FROM word'],
      [foreign, 'SELECT count(*) AS count FROM item'],
      [address, 'SELECT count(*) AS count FROM item'],
      [() => file, 'SELECT count(*) AS count FROM word'],
      [() => address, 'SELECT count(*) AS count FROM item'],
      [async () => foreign, 'SELECT count(*) AS count FROM item'],
    ])) {
      const known = count.endsWith('word') ? optionsOf(context, first) : options;
      const database = await wheatear.open(name, { ...known, initial });
      deepEqual(await database.query(count), [{ count: count.endsWith('word') ? 2 : 500 }]);
      await database.close();
      await wheatear.deleteDatabase(name);
    }
  },

  async 'of several tabs at once one fetches it, and all see it'(context) {
    const { wheatear, name } = context;
    const file = await dictionary(context);
    let asked = 0;
    const initial = async () => {
      asked++;
      await new Promise((resolve) => setTimeout(resolve, 300));
      return file;
    };
    const options = { ...optionsOf(context, newer), initial };
    const tabs = await Promise.all(Array.from({ length: 5 }, () => wheatear.open(name, options)));
    for (const tab of tabs) deepEqual(await tab.query('SELECT count(*) AS count FROM word'), [{ count: 2 }]);
    equal(asked, 1);
    // Nor does one that takes over.
    const owner = tabs.find(({ isOwner }) => isOwner);
    await owner?.close();
    const others = tabs.filter((tab) => tab !== owner);
    for (const tab of others) deepEqual(await tab.query('SELECT count(*) AS count FROM word'), [{ count: 2 }]);
    equal(asked, 1);
    for (const tab of others) await tab.close();
  },

  async 'what cannot be had or used is an error that names the address, and leaves nothing'(context) {
    const { wheatear, name } = context;
    const file = await (await fetch(foreign)).blob();
    const refused = async (
      /** @type {any} */ initial,
      /** @type {ErrorCode} */ code,
      /** @type {RegExp} */ message,
    ) => {
      const opening = wheatear.open(name, { ...optionsOf(context, first), initial });
      await rejects(opening, wheatear.StorageError, code, message);
      const left = (await wheatear.listDatabases()).filter((database) => database.name === name);
      deepEqual(left, []);
    };
    const absent = async () => new Response('nothing is here', { status: 404 });
    await patched(globalThis, 'fetch', absent, () =>
      refused('absent.sqlite3', 'storage_io', /http:.*\/absent\.sqlite3.* answered 404/),
    );
    const page = /http:.*\/pages\/client\.html answered \(text\/html.*not a SQLite/;
    await refused('/pages/client.html', 'not_a_database', page);
    await refused('http://[', 'storage_io', /http:\/\/\[.*could not be fetched/);
    const cut = file.slice(0, file.size - 4000);
    await refused(cut, 'database_truncated', /the file that its option initial gives/);
    const failing = () => Promise.reject(new Error('no network'));
    await refused(failing, 'storage_io', /function .*no network/);
    // The next one that works is the one that it begins as.
    const database = await wheatear.open(name, { ...optionsOf(context, first), initial: await dictionary(context) });
    deepEqual(await database.query('SELECT count(*) AS count FROM word'), [{ count: 2 }]);
    await database.close();
  },

  async 'what is left empty of an upgrade that failed is no database yet'(context) {
    const { wheatear, name } = context;
    const failing = wheatear.open(name, optionsOf(context, { '1.word.sql': 'CREATE TABLE word AS SELECT absent;' }));
    await rejects(failing, wheatear.ApplyError, 'statement_failed');
    const database = await wheatear.open(name, { ...optionsOf(context, first), initial: await dictionary(context) });
    deepEqual(await database.query('SELECT count(*) AS count FROM word'), [{ count: 2 }]);
    await database.close();
  },

  async 'a file that a newer build has made is refused as any other database would be'(context) {
    const { wheatear, name } = context;
    const initial = await dictionary(context, newer);
    const opening = wheatear.open(name, { ...optionsOf(context, first), initial });
    await rejects(opening, wheatear.HistoryError, 'database_ahead', /2\.length/);
    const database = await wheatear.open(name, optionsOf(context, newer));
    equal((await database.query('SELECT * FROM word')).length, 2);
    await database.close();
  },

  async 'a file without a record begins with a baseline'(context) {
    const { wheatear, name } = context;
    const files = {
      '1.item.sql': 'CREATE TABLE item (id INTEGER PRIMARY KEY, value); CREATE INDEX item_value ON item (value);',
      '2.more.sql': 'ALTER TABLE item ADD COLUMN more;',
    };
    const options = { ...optionsOf(context, files), initial: foreign };
    const database = await wheatear.open(name, { ...options, baseline: '1.item' });
    deepEqual(
      database.report.applied.map(({ id }) => id),
      ['2.more'],
    );
    await database.close();
  },

  async 'opening that is cancelled while the file is fetched leaves nothing'(context) {
    const { wheatear, name } = context;
    const leaving = new AbortController();
    const initial = () => {
      setTimeout(() => leaving.abort());
      return new Promise(() => {});
    };
    const options = { ...optionsOf(context, first), initial: /** @type {any} */ (initial), signal: leaving.signal };
    await rejects(wheatear.open(name, options), wheatear.ApplyError, 'cancelled');
    ok(!(await wheatear.listDatabases()).some((database) => database.name === name), 'something is left');
  },

  async 'what is no file and no address is refused, and so is one for a database in memory'(context) {
    const { wheatear, name } = context;
    for (const wrong of [7, {}, null, new Uint8Array(1)]) {
      const given = { ...optionsOf(context, first), initial: /** @type {any} */ (wrong) };
      await rejects(wheatear.open(name, given), wheatear.DefinitionError, 'invalid_option', /initial must be/);
    }
    const nothing = { ...optionsOf(context, first), initial: /** @type {any} */ (() => undefined) };
    await rejects(wheatear.open(name, nothing), wheatear.DefinitionError, 'invalid_option', /must give.*undefined/);
    const memory = { ...optionsOf(context, first), initial: foreign, storage: /** @type {const} */ ('memory') };
    await rejects(wheatear.open(name, memory), wheatear.DefinitionError, 'invalid_option', /memory/);
  },
};

/** A database of two words, as an application would ship it. */
async function dictionary(/** @type {Context} */ { wheatear }, /** @type {Record<string, string>} */ files = first) {
  const options = { ...migrating(files), storage: /** @type {const} */ ('memory') };
  const database = await wheatear.open('dictionary', options);
  await database.exec("INSERT INTO word (text) VALUES ('swallow'), ('wheatear')");
  const file = await database.export();
  await database.close();
  return file;
}

/** @returns {OpenOptions} */
function optionsOf(/** @type {Context} */ { storage }, /** @type {Record<string, string>} */ files) {
  return { ...migrating(files), storage };
}
