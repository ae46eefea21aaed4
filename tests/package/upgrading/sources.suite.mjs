// Where an application's migrations come from: files or objects that it gives to open, or its own module.

import { deepEqual, equal, rejects } from '../../pages/assert.mjs';
import { migrating, workerOptions } from '../../pages/worker-options.mjs';

const create = 'CREATE TABLE note (text);\n';
const files = {
  './migrations/0001.note.sql': create,
  './migrations/0001.note.rollback.sql': 'DROP TABLE note;',
  './migrations/0002.at.sql': '-- depends: 0001.note\n-- compatible: true\nALTER TABLE note ADD COLUMN at;',
  './migrations/post-apply.sql': 'INSERT INTO note (text) VALUES (1);',
};
const objects = [
  { id: '0002.at', up: 'ALTER TABLE note ADD COLUMN at;', depends: ['0001.note'], compatible: true },
  { id: '0001.note', up: create, down: 'DROP TABLE note;' },
];

/** @type {import('../../pages/suite.mjs').Suite} */
export const tests = {
  async 'files are a folder: each is what its name says'({ wheatear, name, storage }) {
    const database = await wheatear.open(name, { migrations: files, storage });
    deepEqual(
      database.report.applied.map(({ id }) => id),
      ['0001.note', '0002.at'],
    );
    deepEqual(await database.query('SELECT text FROM note'), [{ text: 1 }]);
    await database.close();
  },

  async 'objects are the same migrations, so that an application may go from one to the other'(context) {
    const { wheatear, name, storage } = context;
    await (await wheatear.open(name, { migrations: files, storage })).close();
    const database = await wheatear.open(name, { migrations: objects, storage });
    deepEqual(database.report.applied, []);
    equal(database.report.to, '0002.at');
    const follower = await wheatear.open(name, { migrations: files, storage });
    equal(follower.isOwner, false);
    await follower.close();
    await database.close();
  },

  async 'and so are those that a module carries'({ wheatear, name, storage }) {
    const migrations = Object.fromEntries(
      await Promise.all(
        ['0001.create', '0001.create.rollback', '0002.alter-table', '0002.alter-table.rollback'].map(async (file) => {
          const response = await fetch(`/migrations/${file}.sql`);
          return [`${file}.sql`, await response.text()];
        }),
      ),
    );
    await (await wheatear.open(name, { ...workerOptions, storage })).close();
    const database = await wheatear.open(name, { migrations, storage });
    deepEqual(database.report.applied, []);
    equal(database.report.to, '0002.alter-table');
    const follower = await wheatear.open(name, { ...workerOptions, storage });
    deepEqual(await follower.query('SELECT * FROM weather_node'), []);
    await follower.close();
    await database.close();
  },

  async 'what is wrong with them is told with file and line, and nothing is begun'({ wheatear, name, storage }) {
    const { DefinitionError } = wheatear;
    for (const [migrations, code, place] of /** @type {[any, any, RegExp][]} */ ([
      [{ 'm/1.note.sql': `${create}\nCOMMIT;` }, 'transaction_control', /^m\/1\.note\.sql:3: /],
      [{ 'm/1.note.sql': '-- depend: 0\nSELECT 1;' }, 'invalid_header', /^m\/1\.note\.sql:1: .*`-- depends:`/],
      [{ 'm/1.note.down.sql': 'SELECT 1;' }, 'invalid_name', /^m\/1\.note\.down\.sql:1: takes back/],
      [{ 'm/README.md': '# Notes' }, 'no_migrations', /README\.md/],
      [{ 'm/Ä.sql': create, 'm/ä.sql': create }, 'duplicate_id', /^m\/ä\.sql:1: /],
      [[{ id: '1', up: create, depends: ['2'] }], 'unknown_dependency', /^1:1: /],
      [[{ id: '1', up: `${create}PRAGMA journal_mode = OFF;` }], 'invalid_pragma', /^1:2: /],
      [[objects[0], objects[0]], 'duplicate_id', /^0002\.at:1: /],
    ])) {
      const error = await rejects(wheatear.open(name, { migrations, storage }), DefinitionError, code, place);
      equal(error.name, 'DefinitionError');
    }
    deepEqual(
      (await wheatear.listDatabases()).filter((each) => each.name === name),
      [],
    );
  },

  async 'a statement that SQLite refuses is told with file, line and SQLite’s words'({ wheatear, name, storage }) {
    const migrations = { 'm/1.note.sql': create, 'm/2.bad.sql': '\n\nINSERT INTO absent VALUES (1);' };
    const opening = wheatear.open(name, { migrations, storage });
    const error = await rejects(opening, wheatear.ApplyError, 'statement_failed', /2\.bad\.sql:3/);
    equal(error.line, 3);
    equal(error.sqlite?.message, 'no such table: absent');
  },

  async 'asked whether the schema is theirs, they are tried out first'({ wheatear, name, storage }) {
    const options = /** @type {const} */ ({ ...migrating({ '1.note.sql': create }), storage, drift: 'error' });
    const database = await wheatear.open(name, options);
    await database.exec('CREATE TABLE other (x)');
    await database.close();
    const more = { ...options, ...migrating({ '1.note.sql': create, '2.sql': 'SELECT 1;' }) };
    await rejects(wheatear.open(name, more), wheatear.HistoryError, 'schema_drift', /other/);
  },

  async 'tried out, what would fail only where there are rows is found before there are any'({ wheatear, name }) {
    const migrations = { 'm/1.note.sql': create, 'm/2.at.sql': 'ALTER TABLE note ADD COLUMN at NOT NULL;' };
    const opening = wheatear.open(name, { migrations, storage: 'memory', drift: 'error' });
    await rejects(opening, wheatear.DefinitionError, 'unsound_migration', /m\/2\.at\.sql:1/);
  },

  async 'without any, what must be given is said'({ wheatear, name, storage }) {
    const opening = wheatear.open(name, { storage });
    await rejects(opening, wheatear.DefinitionError, 'no_migrations', /option migrations of open must have them/);
  },

  async 'a module that carries its own takes none'({ wheatear, name, storage }) {
    const { setOfFiles: _, ...carries } = await import('/module/wheatear.js');
    equal(typeof carries.setOfSql, 'function');
    const opening = wheatear.open(name, { ...workerOptions, migrations: files, storage });
    await rejects(opening, wheatear.DefinitionError, 'no_migrations', /leave one of its options/);
  },

  async 'the module has full-text search, R-trees, JSON and mathematics; the lean one only the latter'(context) {
    const { wheatear, name, storage } = context;
    const common = "SELECT json_extract('[7]', '$[0]') AS json, sqrt(16) AS math";
    const parts = {
      fts5: "CREATE VIRTUAL TABLE text USING fts5 (body); INSERT INTO text VALUES ('one two'); DROP TABLE text;",
      rtree: 'CREATE VIRTUAL TABLE box USING rtree (id, x0, x1); DROP TABLE box;',
    };
    /** @type {typeof wheatear} */
    const lean = await import('/package/lean/index.js');
    for (const { open, QueryError, isFull } of [
      { ...wheatear, isFull: true },
      { ...lean, isFull: false },
    ]) {
      const database = await open(name, { migrations: [], storage });
      deepEqual(await database.query(common), [{ json: 7, math: 4 }]);
      for (const [part, sql] of Object.entries(parts)) {
        if (isFull) await database.exec(sql);
        else await rejects(database.exec(sql), QueryError, 'query_failed', new RegExp(`no such module: ${part}`));
      }
      await database.close();
    }
  },
};
