import type { SqlParameters, SqlValue } from '../../protocol/values.js';
import type { InspectedDatabase } from './database.js';
import { quoted } from './quote.js';

/** A table or view. */
export interface Relation {
  readonly name: string;
  /** As `PRAGMA table_list` says: `shadow` is what a virtual table keeps its rows in. */
  readonly kind: 'table' | 'view' | 'virtual' | 'shadow';
  readonly isWithoutRowid: boolean;
  readonly isStrict: boolean;
  readonly sql: string | null;
  readonly owner: Owner;
  readonly indexes: readonly Part[];
  readonly triggers: readonly Part[];
}

/** Whose it is: the application's, Wheatear's, SQLite's, or that of a virtual table. */
export type Owner = 'application' | 'wheatear' | 'sqlite' | 'virtual table';

/** An index or a trigger. */
export interface Part {
  readonly name: string;
  /** `null` for an index that SQLite has made for a constraint. */
  readonly sql: string | null;
}

/** A column of a table or view. */
export interface Column {
  readonly name: string;
  /** As it was declared; empty if no type was. */
  readonly type: string;
  readonly isNotNull: boolean;
  /** The SQL of its default value. */
  readonly defaultSql: string | null;
  /** Which part of the primary key it is, from 1; 0: none. */
  readonly key: number;
  readonly generated: 'virtual' | 'stored' | undefined;
  /** Whether `SELECT *` leaves it out, as some of a virtual table. */
  readonly isHidden: boolean;
}

/** A foreign key: columns here, and those there. */
export interface ForeignKey {
  readonly from: readonly string[];
  readonly table: string;
  /** Empty for the primary key of that table. */
  readonly to: readonly string[];
  readonly onUpdate: string;
  readonly onDelete: string;
}

/** Everything in the schema, in the order of the names. */
export async function relationsOf(database: InspectedDatabase): Promise<Relation[]> {
  const relations = await rowsOf(
    database,
    `SELECT l.name, l.type, l.wr, l.strict, m.sql
     FROM pragma_table_list AS l JOIN sqlite_schema AS m ON m.name = l.name AND m.type IN ('table', 'view')
     WHERE l.schema = 'main' ORDER BY l.name COLLATE NOCASE`,
  );
  const parts = await rowsOf(
    database,
    `SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE type IN ('index', 'trigger') ORDER BY name COLLATE NOCASE`,
  );
  const partsOf = (kind: string, table: SqlValue) =>
    parts
      .filter(([type, , of]) => type === kind && of === table)
      .map(([, name, , sql]) => ({ name: String(name), sql: textOrNull(sql) }));
  return relations.map(([name, kind, withoutRowid, strict, sql]) => ({
    name: String(name),
    kind: String(kind) as Relation['kind'],
    isWithoutRowid: withoutRowid === 1,
    isStrict: strict === 1,
    sql: textOrNull(sql),
    owner: ownerOf(String(name), kind),
    indexes: partsOf('index', name ?? null),
    triggers: partsOf('trigger', name ?? null),
  }));
}

export async function columnsOf(database: InspectedDatabase, table: string): Promise<Column[]> {
  const columns = await rowsOf(
    database,
    'SELECT name, type, "notnull", dflt_value, pk, hidden FROM pragma_table_xinfo(?) ORDER BY cid',
    [table],
  );
  return columns.map(([name, type, notNull, defaultSql, key, hidden]) => ({
    name: String(name),
    type: String(type ?? ''),
    isNotNull: notNull === 1,
    defaultSql: textOrNull(defaultSql),
    key: Number(key),
    // Source: https://www.sqlite.org/pragma.html#pragma_table_xinfo
    generated: hidden === 2 ? 'virtual' : hidden === 3 ? 'stored' : undefined,
    isHidden: hidden === 1,
  }));
}

export async function foreignKeysOf(database: InspectedDatabase, table: string): Promise<ForeignKey[]> {
  const rows = await rowsOf(
    database,
    'SELECT id, "from", "table", "to", on_update, on_delete FROM pragma_foreign_key_list(?) ORDER BY id, seq',
    [table],
  );
  return [...new Set(rows.map(([id]) => id))].map((id) => {
    const own = rows.filter((row) => row[0] === id);
    const [, , parent, , onUpdate, onDelete] = own[0] ?? [];
    return {
      from: own.map((row) => String(row[1])),
      table: String(parent),
      to: own.flatMap((row) => (typeof row[3] === 'string' ? [row[3]] : [])),
      onUpdate: String(onUpdate),
      onDelete: String(onDelete),
    };
  });
}

/** How many rows a table or view has: SQLite reads all of it for that, until the signal is aborted. */
export async function countOf(database: InspectedDatabase, table: string, signal: AbortSignal): Promise<number> {
  const { rows } = await database.query(`SELECT count(*) FROM ${quoted(table)}`, [], { rows: 'array', signal });
  return Number(rows[0]?.[0]);
}

async function rowsOf(database: InspectedDatabase, sql: string, params: SqlParameters = []): Promise<SqlValue[][]> {
  return (await database.query(sql, params, { rows: 'array' })).rows;
}

function ownerOf(name: string, kind: SqlValue | undefined): Owner {
  if (/^_wheatear_/i.test(name)) return 'wheatear';
  if (/^sqlite_/i.test(name)) return 'sqlite';
  return kind === 'shadow' ? 'virtual table' : 'application';
}

function textOrNull(value: SqlValue | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
