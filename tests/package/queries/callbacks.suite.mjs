// SQL functions that a page creates, which tell it that they are called.

import { deepEqual, equal, rejects } from '../../pages/assert.mjs';
import { eventually } from '../../pages/eventually.mjs';
import { workerAt } from '../../pages/worker-options.mjs';

/** @typedef {import('../../../client/index.js').SqlValue} SqlValue */

const migrations = { '1.note.sql': 'CREATE TABLE note (text);' };
const trigger = 'CREATE TRIGGER tell AFTER INSERT ON note BEGIN SELECT told(new.rowid, new.text); END';

/** Collects calls. */
function listener() {
  /** @type {SqlValue[][]} */
  const calls = [];
  return { calls, hear: (/** @type {SqlValue[]} */ ...values) => void calls.push(values) };
}

/** @type {import('../../pages/suite.mjs').Suite} */
export const tests = {
  async 'a trigger tells the page, and in SQL there is NULL'({ wheatear, name, storage }) {
    const database = await wheatear.open(name, { migrations, storage });
    const { calls, hear } = listener();
    await database.createFunction('told', hear);
    await database.exec(trigger);
    await database.run("INSERT INTO note VALUES ('a'), (x'00ff')");
    deepEqual(await database.query('SELECT told(1.5, NULL, ?) AS value, ToLd() AS bare', [2n ** 60n]), [
      { value: null, bare: null },
    ]);
    const expected = [[1, 'a'], [2, new Uint8Array([0, 255])], [1.5, null, 2n ** 60n], []];
    deepEqual(calls, expected);
    await database.close();
  },

  async 'what the page makes of a call is no matter of the statement'({ wheatear, name, storage }) {
    const database = await wheatear.open(name, { migrations, storage });
    /** @type {unknown[]} */
    const reported = [];
    const hear = (/** @type {ErrorEvent} */ event) => {
      event.preventDefault();
      reported.push(event.message);
    };
    addEventListener('error', hear);
    await database.createFunction('told', () => {
      throw new Error('no bird');
    });
    deepEqual(await database.query('SELECT told() AS value'), [{ value: null }]);
    await eventually(() => equal(reported.length, 1));
    removeEventListener('error', hear);
    await database.close();
  },

  async 'every tab that has created it hears of each call, whoever makes it'({ wheatear, name, storage }) {
    const tabs = [];
    for (let count = 0; count < 3; count++) tabs.push(await wheatear.open(name, { migrations, storage }));
    const listeners = [listener(), listener()];
    const [owner, follower, silent] = tabs;
    await follower?.createFunction('told', /** @type {any} */ (listeners[0]).hear);
    await owner?.createFunction('TOLD', /** @type {any} */ (listeners[1]).hear);
    await silent?.query("SELECT told('silent')");
    await follower?.query("SELECT told('follower')");
    await eventually(() =>
      deepEqual(
        listeners.map(({ calls }) => calls),
        [
          [['silent'], ['follower']],
          [['silent'], ['follower']],
        ],
      ),
    );
    for (const tab of tabs) await tab.close();
  },

  async 'the next owner has it before what was asked later'({ wheatear, name, storage }) {
    const owner = await wheatear.open(name, { migrations, storage });
    const follower = await wheatear.open(name, { migrations, storage });
    const { calls, hear } = listener();
    await follower.createFunction('told', hear);
    await follower.exec(trigger);
    const closing = owner.close();
    const writes = ['a', 'b', 'c'].map((text) => follower.run('INSERT INTO note VALUES (?)', [text], { key: text }));
    await Promise.all([closing, ...writes]);
    equal(follower.isOwner, true);
    await follower.run("INSERT INTO note VALUES ('d')");
    await eventually(() => deepEqual(calls.map(([, text]) => text).sort(), ['a', 'b', 'c', 'd']));
    await follower.close();
  },

  async 'an owner that is the owner again after another one is told once of each call'({ wheatear, name, storage }) {
    const owner = await wheatear.open(name, { migrations, storage });
    const { calls, hear } = listener();
    await owner.createFunction('told', hear);
    await owner.exec(trigger);
    const compatible = { ...migrations, '9.more.sql': '-- compatible: true\nCREATE TABLE more (x);' };
    const newer = await wheatear.open(name, { migrations: compatible, storage });
    deepEqual([newer.isOwner, owner.isOwner], [true, false]);
    await newer.close();
    await owner.run("INSERT INTO note VALUES ('a')");
    equal(owner.isOwner, true);
    await eventually(() => equal(calls.length, 1));
    await owner.query('SELECT 1');
    equal(calls.length, 1);
    await owner.close();
  },

  async 'a name that SQLite has is refused, for all tabs use it'({ wheatear, name, storage }) {
    const database = await wheatear.open(name, { migrations, storage });
    for (const taken of ['lower', 'COALESCE', 'date', 'max', 'json_object']) {
      const creating = database.createFunction(taken, () => {});
      await rejects(creating, wheatear.DefinitionError, 'invalid_option', /SQLite has a function.*another name/);
    }
    deepEqual(await database.query("SELECT lower('A') AS a"), [{ a: 'a' }]);
    await database.close();
  },

  async 'it ends with its signal, and with close; then what its trigger is set off by fails'(context) {
    const { wheatear, name, storage } = context;
    const database = await wheatear.open(name, { migrations, storage });
    const { calls, hear } = listener();
    const ending = new AbortController();
    await database.createFunction('told', hear, { signal: ending.signal });
    await database.exec(trigger);
    await database.run("INSERT INTO note VALUES ('a')");
    equal(calls.length, 1);
    ending.abort();
    const heard = listener();
    await database.createFunction('told', heard.hear);
    await database.run("INSERT INTO note VALUES ('b')");
    equal(heard.calls.length, 1);
    equal(calls.length, 1);
    await database.close();
    await rejects(database.createFunction('told', hear), wheatear.ConnectionError, 'closed');

    const again = await wheatear.open(name, { migrations, storage });
    const writing = again.run("INSERT INTO note VALUES ('c')");
    await rejects(writing, wheatear.QueryError, 'query_failed', /no such function: told/);
    await again.createFunction('told', hear);
    await again.run("INSERT INTO note VALUES ('d')");
    deepEqual(await again.query('SELECT text FROM note ORDER BY rowid'), [{ text: 'a' }, { text: 'b' }, { text: 'd' }]);
    await again.close();
  },

  async 'what cannot be a function is refused'({ wheatear, name, storage }) {
    const worker = workerAt('/pages/workers/functions.mjs');
    const database = await wheatear.open(name, {
      ...worker,
      migrations: [{ id: '1', up: 'CREATE TABLE note (text)' }],
      storage,
    });
    const { hear } = listener();
    for (const bad of ['', 'a\0b', 'x'.repeat(256), 7]) {
      const creating = database.createFunction(/** @type {any} */ (bad), hear);
      await rejects(creating, wheatear.DefinitionError, 'invalid_option', /name must be a string of 1 to 255 bytes/);
    }
    const nothing = database.createFunction('told', /** @type {any} */ (undefined));
    await rejects(nothing, wheatear.DefinitionError, 'invalid_option', /not undefined/);
    const taken = database.createFunction('Slug', hear);
    await rejects(taken, wheatear.DefinitionError, 'invalid_option', /script has a function "Slug" already/);
    deepEqual(await database.query("SELECT slug('A B') AS slug"), [{ slug: 'a-b' }]);
    await database.close();
  },
};
