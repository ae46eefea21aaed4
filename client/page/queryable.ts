import type { RowArrays, RunResult, SqlParameters, SqlRow, SqlValue } from '../protocol/values.js';
import type { ArrayOptions, ObjectOptions } from './work-options.js';

/** What runs SQL: the database itself, or one transaction of it. */
export interface Queryable {
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

  /**
   * Runs one statement, throws its rows away, and gives what it did. In a call of its own `last_insert_rowid()` may be
   * that of another tab.
   *
   * @throws {QueryError} as `query`.
   */
  run(sql: string, params?: SqlParameters): Promise<RunResult>;

  /**
   * Runs a script of any number of statements, their rows thrown away. More than one statement
   * run as one transaction: all or nothing.
   *
   * @throws {QueryError} `query_failed` with statement, line and SQLite's code.
   */
  exec(script: string): Promise<void>;
}
