import type { SqlRow } from '../protocol/values.js';

/** Runs a statement that only reads. */
export type Query = (sql: string) => SqlRow[] | Promise<SqlRow[]>;

/** What is in a table. */
interface TableContents {
  readonly count: number;
  /** The columns of its primary key, in order; none if it has none of its own. */
  readonly key: readonly string[];
  readonly columns: ReadonlySet<string>;
}

/** What is in a database, as far as an upgrade may not lose it. */
export interface Contents {
  readonly tables: ReadonlyMap<string, TableContents>;
  /** By table, the keys of its rows. */
  readonly keys: ReadonlyMap<string, readonly string[]>;
  /** What SQLite finds wrong with it: pages, rows that break a rule of their table, references that lead nowhere. */
  readonly damage: readonly string[];
}

/** Rows that are gone. */
export interface LostRows {
  readonly table: string;
  /** How many rows the table had, and how many it has. */
  readonly before: number;
  readonly after: number;
  /** Primary keys of those that are gone, where it still has these columns; of many, the first ten. */
  readonly keys: readonly string[];
}

/** How many keys are told. */
const keysTold = 10;

/** Everything but what Wheatear and SQLite keep for themselves, and virtual tables with what those keep. */
const userTables = `SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'
  AND name NOT GLOB 'sqlite_*' AND name NOT GLOB '_wheatear_*'`;

/** Reads what is in a database. */
export async function contentsOf(query: Query): Promise<Contents> {
  const tables = new Map<string, TableContents>();
  const keys = new Map<string, readonly string[]>();
  for (const { name: given } of await query(userTables)) {
    const name = String(given);
    const columns = await query(`SELECT name, pk FROM pragma_table_info(${text(name)}) ORDER BY pk`);
    const key = columns.filter(({ pk }) => Number(pk) > 0).map(({ name }) => String(name));
    const [{ count } = {}] = await query(`SELECT count(*) AS count FROM ${quoted(name)}`);
    tables.set(name, {
      count: Number(count),
      key,
      columns: new Set(columns.map(({ name }) => String(name))),
    });
    if (key.length > 0) keys.set(name, await keysOf(query, name, key));
  }
  const integrity = (await query('PRAGMA integrity_check')).map((row) => String(Object.values(row)[0]));
  const references = (await query('PRAGMA foreign_key_check')).map(
    ({ table, rowid, parent }) => `row ${rowid} of ${table} refers to what ${parent} does not have`,
  );
  return { tables, keys, damage: [...integrity.filter((finding) => finding !== 'ok'), ...references] };
}

/** Rows that were there and are not, by their primary key where that can be compared, else by how many there are. */
export async function lostRows(before: Contents, after: Contents, query: Query): Promise<LostRows[]> {
  const lost: LostRows[] = [];
  for (const [table, { count, key }] of before.tables) {
    const now = after.tables.get(table);
    const isComparable = now !== undefined && key.length > 0 && key.every((column) => now.columns.has(column));
    const left = isComparable ? new Set(await keysOf(query, table, key)) : undefined;
    const gone = left ? (before.keys.get(table) ?? []).filter((each) => !left.has(each)) : [];
    const remaining = now?.count ?? 0;
    if (gone.length > 0 || (!left && remaining < count)) {
      lost.push({ table, before: count, after: remaining, keys: gone.slice(0, keysTold) });
    }
  }
  return lost;
}

/** The keys of all rows as texts, so that a column may get another type. */
async function keysOf(query: Query, table: string, key: readonly string[]): Promise<string[]> {
  const parts = key.map(quoted).map((column) => {
    return `CASE typeof(${column}) WHEN 'blob' THEN quote(${column}) ELSE coalesce(CAST(${column} AS TEXT), 'NULL') END`;
  });
  const rows = await query(`SELECT ${parts.join(` || ', ' || `)} AS key FROM ${quoted(table)}`);
  return rows.map(({ key }) => String(key));
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
