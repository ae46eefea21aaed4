/**
 * A value as SQLite stores it.
 *
 * INTEGER arrives as `number` up to 2^53 - 1 and as `bigint` beyond, so no digit is lost;
 * REAL as `number`, TEXT as `string`, BLOB as `Uint8Array`, NULL as `null`.
 * Source: https://www.sqlite.org/datatype3.html
 */
export type SqlValue = null | number | bigint | string | Uint8Array;

/**
 * A value that can be bound to a parameter: every {@link SqlValue}, and `boolean`, which SQLite
 * keeps as 0 or 1. A `number` without a fraction, up to 2^53 - 1, is bound as
 * INTEGER, any other as REAL. NaN is refused: SQLite would turn it into NULL. So is what could be stored in more ways than
 * one, such as a `Date`, a list or an object, and `undefined`, which is most often a misspelt property; the error
 * (`invalid_value`) says which parameter it is and what to pass instead.
 */
export type SqlParameter = SqlValue | boolean;

/**
 * Values for a statement's parameters: a list for `?` in order and for `?2` and `$2` by number, counted from 1; or an
 * object for `:name`, `@name` and `$name`, its keys with or without that first character. A list for parameters with
 * other names is refused.
 */
export type SqlParameters = readonly SqlParameter[] | Readonly<Record<string, SqlParameter>>;

/**
 * A row: one property per column. Of columns with the same name, such as the ids of two tables that are joined, the last
 * one counts and the others are lost: name them apart with AS, or ask for `rows: 'array'`.
 */
export type SqlRow = Record<string, SqlValue>;

/** The rows of a query that was asked for `rows: 'array'`. */
export interface RowArrays<Values extends readonly unknown[] = SqlValue[]> {
  /** The names of the columns, in order; some may be equal. */
  readonly columns: string[];
  /** The values of each row, in that order. */
  readonly rows: Values[];
}

/** The next rows of a statement that is read part by part. */
export interface RowPart {
  /** Each an object or an array, as was asked for. */
  readonly rows: readonly unknown[];
  /** Whether there are no more. */
  readonly isLast: boolean;
}

/** What a statement gives now, and what decides that. */
export interface Watched {
  readonly result: SqlRow[] | RowArrays;
  /** Names of the tables that it reads. */
  readonly tables: readonly string[];
}

/** What a statement did. */
export interface RunResult {
  /** How many rows it inserted, updated or deleted; those that triggers and foreign keys changed are not counted. */
  readonly changes: number;
  /**
   * The rowid of the last row that it inserted, which an `INTEGER PRIMARY KEY` is; `null` if it inserted none, or is no
   * `INSERT` or `REPLACE`.
   */
  readonly lastInsertRowid: number | bigint | null;
}

/** What a statement of a batch did, and the rows that it gave. */
export interface BatchResult<Row = SqlRow> extends RunResult {
  readonly rows: Row[];
}

/** What a statement of a batch did, and the rows that it gave as arrays. */
export interface BatchArrays extends RunResult, RowArrays {}

/** The same rows as objects; of columns with the same name the last one counts. */
export function objectsOf({ columns, rows }: RowArrays): SqlRow[] {
  return rows.map((row) => Object.fromEntries(columns.map((column, at) => [column, row[at] ?? null])));
}

/** What each of so many statements of a batch gives that was done before: nothing. */
export function nothingDone(count: number, rows: 'object' | 'array' | undefined): (BatchResult | BatchArrays)[] {
  const columns = rows === 'array' ? { columns: [] } : {};
  return Array.from({ length: count }, () => ({ changes: 0, lastInsertRowid: null, rows: [], ...columns }));
}
