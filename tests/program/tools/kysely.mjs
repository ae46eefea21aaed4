// `node kysely.mjs FOLDER DATABASE`: Kysely's own migrator applies the folder to a new database. Its dialect for SQLite, with
// SQLite compiled to wasm in place of a driver that has to be compiled.

import { promises as fs, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Kysely, SqliteDialect } from 'kysely';
import { FileMigrationProvider, Migrator } from 'kysely/migration';
import initSqlJs from 'sql.js';

const [, , folder, database] = process.argv;
const SQL = await initSqlJs();
const db = new SQL.Database();

/** As much of the package better-sqlite3 as Kysely calls. */
const driver = {
  prepare(sql) {
    const reader = /^\s*(select|pragma|with)\b|\breturning\b/i.test(sql);
    const all = (values) => {
      const statement = db.prepare(sql);
      statement.bind(values);
      const rows = [];
      while (statement.step()) rows.push(statement.getAsObject());
      statement.free();
      return rows;
    };
    const run = (values) => {
      db.run(sql, values);
      return { changes: db.getRowsModified(), lastInsertRowid: 0 };
    };
    return { reader, all, run };
  },
  close() {},
};

const client = new Kysely({ dialect: new SqliteDialect({ database: driver }) });
const provider = new FileMigrationProvider({ fs, path, migrationFolder: folder });
const { error } = await new Migrator({ db: client, provider }).migrateToLatest();
if (error) throw error;
await client.destroy();
writeFileSync(database, db.export());
