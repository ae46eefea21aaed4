// `node prisma.mjs FOLDER DATABASE`: Prisma's schema engine writes a migration for each of the schemas into the folder, as
// `prisma migrate diff` does, and applies it, as `prisma migrate deploy` does. The engine is the one compiled to wasm, because
// the other one is in no package, and speaks to SQLite compiled to wasm by the interface that Prisma has for drivers.

import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg';
import initSqlJs from 'sql.js';

const [, , folder, database] = process.argv;
const here = import.meta.dirname;
const SQL = await initSqlJs();

/** Points in time become milliseconds, as the engine that is no wasm stores them. */
const bound = (args, types) =>
  args.map((value, index) =>
    types[index].scalarType === 'datetime' && value !== null ? new Date(value).valueOf() : value,
  );

/** Of a column of the engine's record, or of what it asks SQLite. */
function columnType(name, value) {
  if (name.endsWith('_at')) return ColumnTypeEnum.DateTime;
  return typeof value === 'number' ? ColumnTypeEnum.Int64 : ColumnTypeEnum.Text;
}

/** What Prisma asks of a driver. */
class Driver {
  provider = 'sqlite';
  adapterName = 'sql.js';

  constructor(db = new SQL.Database()) {
    this.db = db;
  }

  async queryRaw({ sql, args, argTypes }) {
    const statement = this.db.prepare(sql);
    statement.bind(bound(args, argTypes));
    const rows = [];
    while (statement.step()) rows.push(statement.get());
    const columnNames = statement.getColumnNames();
    statement.free();
    const columnTypes = columnNames.map((name, column) =>
      columnType(
        name,
        rows.map((row) => row[column]).find((value) => value !== null),
      ),
    );
    const given = (value, column) =>
      columnTypes[column] === ColumnTypeEnum.DateTime && value !== null ? new Date(value).toISOString() : value;
    return { columnNames, columnTypes, rows: rows.map((row) => row.map(given)) };
  }

  async executeRaw({ sql, args, argTypes }) {
    this.db.run(sql, bound(args, argTypes));
    return this.db.getRowsModified();
  }

  async executeScript(script) {
    this.db.exec(script);
  }

  async startTransaction() {
    throw new Error('the schema engine has none');
  }

  async dispose() {}
}

const main = new Driver();
const drivers = bindMigrationAwareSqlAdapterFactory({
  provider: main.provider,
  adapterName: main.adapterName,
  connect: async () => main,
  connectToShadowDb: async () => new Driver(),
});

const module = readFileSync(join(here, 'node_modules', '@prisma', 'schema-engine-wasm', 'schema_engine_bg.wasm'));
const { instance } = await WebAssembly.instantiate(module, { './schema_engine_bg.js': bindings });
bindings.__wbg_set_wasm(instance.exports);
instance.exports.__wbindgen_start();

const filters = { externalTables: [], externalEnums: [] };
const lock = 'migration_lock.toml';
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, lock), 'provider = "sqlite"\n');

/** The folder, as the engine wants to be told of it. */
function migrationsList() {
  const directories = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return {
    baseDir: folder,
    lockfile: { path: lock, content: readFileSync(join(folder, lock), 'utf8') },
    shadowDbInitScript: '',
    migrationDirectories: directories
      .map(({ name }) => name)
      .sort()
      .map((path) => ({
        path,
        migrationFile: {
          path: 'migration.sql',
          content: { tag: 'ok', value: readFileSync(join(folder, path, 'migration.sql'), 'utf8') },
        },
      })),
  };
}

let from = { tag: 'empty' };
for (const [file, migration] of [
  ['1.prisma', '20240501120000_note'],
  ['2.prisma', '20240502120000_author'],
]) {
  const schema = { path: file, content: readFileSync(join(here, 'prisma', file), 'utf8') };
  const engine = await bindings.SchemaEngine.new({ datamodels: [[schema.path, schema.content]] }, () => {}, drivers);
  const to = { tag: 'schemaDatamodel', files: [schema] };
  const { stdout } = await engine.diff({ from, to, script: true, exitCode: null, filters });
  mkdirSync(join(folder, migration));
  const script = join(folder, migration, 'migration.sql');
  // It fails at first, and is resolved as rolled back and mended, which leaves a row in the record.
  writeFileSync(script, `CREATE TABLE failing (;\n${stdout}`);
  await assert.rejects(engine.applyMigrations({ migrationsList: migrationsList(), filters }), /External error/);
  await engine.markMigrationRolledBack({ migrationName: migration });
  writeFileSync(script, stdout);
  await engine.applyMigrations({ migrationsList: migrationsList(), filters });
  from = to;
}
writeFileSync(database, main.db.export());
