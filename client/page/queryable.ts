import type {
  BatchArrays,
  BatchResult,
  RowArrays,
  RunResult,
  SqlParameters,
  SqlRow,
  SqlValue,
} from '../protocol/values.js';
import type { SqlFragment, SqlQueryTag } from './sql-template.js';
import type { ArrayOptions, ObjectOptions, StreamOptions } from './work-options.js';

/** A statement of a batch: text that needs no parameters, text with parameters, or a fragment. */
export type BatchItem =
  | string
  | { readonly sql: string; readonly params?: SqlParameters | undefined }
  | SqlFragment<unknown>;

/** What each statement of a batch gives; of a fragment its rows are of the type that it has. */
export type BatchResults<Items extends readonly BatchItem[]> = {
  -readonly [Index in keyof Items]: BatchResult<Items[Index] extends SqlFragment<infer Row> ? Row : SqlRow>;
};

/** What each statement of a batch gives, with its rows as arrays. */
export type BatchResultArrays<Items extends readonly BatchItem[]> = {
  -readonly [Index in keyof Items]: BatchArrays;
};

/** What runs SQL: the database itself, or one transaction of it. */
export interface Queryable {
  /**
   * Runs the statement that a template says, and gives its rows, all of them, as objects. Values in it are bound as
   * parameters.
   *
   * @throws {QueryError} as `query`.
   */
  readonly sql: SqlQueryTag;

  /**
   * Runs one statement and gives its rows, all of them, as objects.
   *
   * @throws {QueryError} `query_failed` with SQLite's code; `invalid_value` for a parameter that
   * SQLite cannot hold.
   */
  query<Row = SqlRow>(sql: string, params?: SqlParameters, options?: ObjectOptions): Promise<Row[]>;
  /** The same, with each row as an array, and the names of the columns beside them: equal ones lose nothing. */
  query<Values extends readonly unknown[] = SqlValue[]>(
    sql: string,
    params: SqlParameters | undefined,
    options: ArrayOptions,
  ): Promise<RowArrays<Values>>;
  /** The same of a fragment, which stands in the place of text and parameters. */
  query<Row = SqlRow>(fragment: SqlFragment<Row>, options?: ObjectOptions): Promise<Row[]>;
  /** The same of a fragment, with each row as an array. */
  query<Values extends readonly unknown[] = SqlValue[]>(
    fragment: SqlFragment<unknown>,
    options: ArrayOptions,
  ): Promise<RowArrays<Values>>;

  /**
   * Runs one statement that only reads, and gives its rows one by one, as objects, with few of them in the page at a time:
   * the next are fetched when those before were taken. Nothing is run before the first is asked for.
   *
   * @throws {QueryError} as `query`; `query_refused` for a statement that writes, or gives no rows.
   */
  stream<Row = SqlRow>(
    sql: string,
    params?: SqlParameters,
    options?: ObjectOptions & StreamOptions,
  ): AsyncGenerator<Row, void, undefined>;
  /** The same, with each row as an array. */
  stream<Values extends readonly unknown[] = SqlValue[]>(
    sql: string,
    params: SqlParameters | undefined,
    options: ArrayOptions & StreamOptions,
  ): AsyncGenerator<Values, void, undefined>;
  /** The same of a fragment, which stands in the place of text and parameters. */
  stream<Row = SqlRow>(
    fragment: SqlFragment<Row>,
    options?: ObjectOptions & StreamOptions,
  ): AsyncGenerator<Row, void, undefined>;
  /** The same of a fragment, with each row as an array. */
  stream<Values extends readonly unknown[] = SqlValue[]>(
    fragment: SqlFragment<unknown>,
    options: ArrayOptions & StreamOptions,
  ): AsyncGenerator<Values, void, undefined>;

  /**
   * Runs one statement, throws its rows away, and gives what it did. In a call of its own `last_insert_rowid()` may be
   * that of another tab.
   *
   * @throws {QueryError} as `query`.
   */
  run(sql: string, params?: SqlParameters): Promise<RunResult>;
  /** The same of a fragment, which stands in the place of text and parameters. */
  run(fragment: SqlFragment<unknown>): Promise<RunResult>;

  /**
   * Runs a script of any number of statements, their rows thrown away. More than one statement
   * run as one transaction: all or nothing.
   *
   * @throws {QueryError} `query_failed` with statement, line and SQLite's code.
   */
  exec(script: string): Promise<void>;

  /**
   * Runs statements one after the other, all of them or none, and gives what each did and the rows that it gave.
   *
   * @throws {QueryError} as `query`, with the number of the `statement`, counted from 1.
   */
  batch<const Items extends readonly BatchItem[]>(items: Items, options?: ObjectOptions): Promise<BatchResults<Items>>;
  /** The same, with each row as an array. */
  batch<const Items extends readonly BatchItem[]>(
    items: Items,
    options: ArrayOptions,
  ): Promise<BatchResultArrays<Items>>;
}
