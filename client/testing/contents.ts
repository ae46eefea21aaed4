import type { SqlRow } from '../protocol/values.js';

/** Runs a statement that only reads. */
export type Query = (sql: string) => SqlRow[] | Promise<SqlRow[]>;

/** What is in a table. */
interface TableContents {
  /** As it is written. */
  readonly name: string;
  readonly count: number;
  /** The columns of its primary key, in order; none if it has none of its own. */
  readonly key: readonly string[];
  /** By `folded` names. */
  readonly columns: ReadonlySet<string>;
}

/** The primary key of a row. */
interface RowKey {
  /** As SQL writes it: no two keys are written alike. */
  readonly exact: string;
  /** Its values as texts, so that a column may get another type. */
  readonly loose: string;
}

/** What is in a database, as far as an upgrade may not lose it. */
export interface Contents {
  /** Those whose rows it knows, by `folded` names. */
  readonly tables: ReadonlyMap<string, TableContents>;
  /** By table, the keys of its rows. */
  readonly keys: ReadonlyMap<string, readonly RowKey[]>;
  /** What SQLite finds wrong with it: pages, rows that break a rule of their table, references that lead nowhere. */
  readonly damage: readonly string[];
}

/** Rows that are gone. */
export interface LostRows {
  readonly table: string;
  /** How many rows the table had, and how many it has. */
  readonly before: number;
  readonly after: number;
  /** Primary keys of those that are gone, as SQL writes them, where it still has these columns; of many, the first ten. */
  readonly keys: readonly string[];
}

/** How many keys are told. */
const keysTold = 10;

/** Everything but views, and what Wheatear and SQLite keep for themselves. */
const listTables = `SELECT name, type, (SELECT sql FROM sqlite_schema AS made WHERE made.name = listed.name) AS sql
  FROM pragma_table_list AS listed WHERE schema = 'main' AND type IN ('table', 'virtual', 'shadow')
  AND name NOT GLOB 'sqlite_*' AND name NOT GLOB '_wheatear_*' ORDER BY name`;

/** A table for full-text search that finds its rows in another table: `content=''` says that it has them nowhere. */
const indexesAnother = /\bcontent\s*=\s*(?!(''|"")\s*[,)])[^\s,)]/i;

/** Reads what is in a database. */
export async function contentsOf(query: Query): Promise<Contents> {
  const tables = new Map<string, TableContents>();
  const keys = new Map<string, readonly RowKey[]>();
  const listed = await query(listTables);
  const shadows = listed.filter(({ type }) => type === 'shadow').map(({ name }) => String(name));
  for (const { name: given, type, sql } of listed) {
    const name = String(given);
    const isVirtual = type === 'virtual';
    // A virtual table without tables that belong to it has no rows of its own.
    const keepsRows = shadows.some((shadow) => shadow.startsWith(`${name}_`)) && !indexesAnother.test(String(sql));
    if (type === 'shadow' || (isVirtual && !keepsRows)) continue;
    const count = await countOf(query, name, isVirtual);
    if (count === undefined) continue;
    const columns = await query(`SELECT name, pk FROM pragma_table_info(${text(name)}) ORDER BY pk`);
    const key = columns.filter(({ pk }) => Number(pk) > 0).map(({ name }) => String(name));
    tables.set(folded(name), { name, count, key, columns: new Set(columns.map(({ name }) => folded(String(name)))) });
    if (key.length > 0) keys.set(folded(name), await keysOf(query, name, key));
  }
  const integrity = (await query('PRAGMA integrity_check')).map((row) => String(Object.values(row)[0]));
  const references = (await query('PRAGMA foreign_key_check')).map(
    ({ table, rowid, parent }) => `row ${rowid} of ${table} refers to what ${parent} does not have`,
  );
  return { tables, keys, damage: [...integrity.filter((finding) => finding !== 'ok'), ...references] };
}

/** How many rows a table has; `undefined` for a virtual one that cannot tell. */
async function countOf(query: Query, table: string, isVirtual: boolean): Promise<number | undefined> {
  try {
    const [{ count } = {}] = await query(`SELECT count(*) AS count FROM ${quoted(table)}`);
    return Number(count);
  } catch (error) {
    if (isVirtual) return undefined;
    throw error;
  }
}

/** Rows that were there and are not: by their primary key where that can be compared, and by how many there are. */
export async function lostRows(before: Contents, after: Contents, query: Query): Promise<LostRows[]> {
  const lost: LostRows[] = [];
  for (const [table, { name, count, key }] of before.tables) {
    const now = after.tables.get(table);
    const isComparable = now !== undefined && key.length > 0 && key.every((column) => now.columns.has(folded(column)));
    const gone = isComparable ? goneOf(before.keys.get(table) ?? [], await keysOf(query, now.name, key)) : [];
    const remaining = now?.count ?? 0;
    if (gone.length > 0 || remaining < count) {
      lost.push({ table: name, before: count, after: remaining, keys: gone.slice(0, keysTold) });
    }
  }
  return lost;
}

/**
 * Keys that are there less often than they were: the same one may be there more than once, for SQLite lets parts of a key be
 * NULL. What is not there as it was may be there with another type.
 */
function goneOf(before: readonly RowKey[], after: readonly RowKey[]): string[] {
  const changed = without(before, after, ({ exact }) => exact);
  return without(
    changed,
    without(after, before, ({ exact }) => exact),
    ({ loose }) => loose,
  ).map(({ exact }) => exact);
}

/** What is left of keys when each of some others has taken one away that is the same. */
function without(keys: readonly RowKey[], others: readonly RowKey[], by: (key: RowKey) => string): RowKey[] {
  const counts = new Map<string, number>();
  for (const other of others) counts.set(by(other), (counts.get(by(other)) ?? 0) + 1);
  return keys.filter((key) => {
    const count = counts.get(by(key)) ?? 0;
    if (count > 0) counts.set(by(key), count - 1);
    return count === 0;
  });
}

/** The keys of all rows. */
async function keysOf(query: Query, table: string, key: readonly string[]): Promise<RowKey[]> {
  const columns = key.map(quoted);
  const exact = columns.map((column) => `quote(${column})`).join(` || ', ' || `);
  const loose = columns.map((column) => {
    return `CASE typeof(${column}) WHEN 'blob' THEN quote(${column}) ELSE CAST(${column} AS TEXT) END`;
  });
  const rows = await query(`SELECT ${exact} AS exact, json_array(${loose.join()}) AS loose FROM ${quoted(table)}`);
  return rows.map(({ exact, loose }) => ({ exact: String(exact), loose: String(loose) }));
}

/** A name as SQLite compares it, for which letters of ASCII alone are the same in both cases. */
export function folded(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
