// `node knex.mjs FOLDER DATABASE`: Knex applies the folder to a new database. Its dialect for SQLite, with SQLite compiled to
// wasm in place of a driver that has to be compiled.

import { writeFileSync } from 'node:fs';
import knex from 'knex';
import SqliteClient from 'knex/lib/dialects/sqlite3/index.js';
import initSqlJs from 'sql.js';

const [, , folder, database] = process.argv;
const SQL = await initSqlJs();
const db = new SQL.Database();

/** As much of the package sqlite3 as Knex calls. */
class Driver {
  all(sql, values = [], done = () => {}) {
    try {
      const statement = db.prepare(sql);
      statement.bind(values.map((value) => (value instanceof Date ? value.valueOf() : value)));
      const rows = [];
      while (statement.step()) rows.push(statement.getAsObject());
      statement.free();
      done.call({ lastID: 0, changes: db.getRowsModified() }, null, rows);
    } catch (error) {
      done.call({}, error);
    }
  }

  run(sql, values, done) {
    this.all(sql, values, done);
  }

  close(done) {
    done();
  }
}

class Client extends SqliteClient {
  _driver() {
    return {};
  }

  async acquireRawConnection() {
    return new Driver();
  }
}

const client = knex({ client: Client, useNullAsDefault: true, connection: { filename: ':memory:' } });
await client.migrate.latest({ directory: folder });
await client.destroy();
writeFileSync(database, db.export());
