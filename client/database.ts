import { ConnectionError, StorageError } from './errors.js';
import { receiveFile } from './file-parts.js';
import type { TransactionId } from './messages.js';
import type { MigrationStatus, Report } from './report.js';
import type { Storage } from './storage.js';
import type { SqlParameters, SqlRow } from './values.js';
import type { WorkerConnection } from './worker-connection.js';

/** What runs SQL: the database itself, or one transaction of it. */
export interface Queryable {
  /**
   * Runs one statement and gives its rows, all of them, as objects.
   *
   * @throws {QueryError} `query_failed` with SQLite's code; `invalid_value` for a parameter that
   * SQLite cannot hold.
   */
  query<Row = SqlRow>(sql: string, params?: SqlParameters): Promise<Row[]>;

  /**
   * Runs a script of any number of statements, their rows thrown away. More than one statement
   * run as one transaction: all or nothing.
   *
   * @throws {QueryError} `query_failed` with statement, line and SQLite's code.
   */
  exec(script: string): Promise<void>;
}

/** The database while one transaction is open; handed to the function given to `transaction`. */
export type Transaction = Queryable;

/** An open database whose schema is current. Get one from `open`. */
export class Database implements Queryable {
  /** The name it was opened by. */
  readonly name: string;
  /** What opening did to the schema. */
  readonly report: Report;
  /** Where the data lives, and why there. */
  readonly storage: Storage;
  /** Name of the copy that was made before the upgrade; `null` if none was asked for, or nothing was to be done. */
  readonly backup: string | null;
  readonly #connection: WorkerConnection;

  /** @internal Use `open`. */
  constructor(
    name: string,
    opened: { report: Report; storage: Storage; backup: string | null },
    connection: WorkerConnection,
  ) {
    this.name = name;
    this.report = opened.report;
    this.storage = opened.storage;
    this.backup = opened.backup;
    this.#connection = connection;
  }

  query<Row = SqlRow>(sql: string, params: SqlParameters = []): Promise<Row[]> {
    return query(this.#connection, sql, params, undefined);
  }

  exec(script: string): Promise<void> {
    return this.#connection.request('exec', { sql: script, transaction: undefined });
  }

  /**
   * Runs `fn` in one IMMEDIATE transaction: committed when its promise resolves, rolled back when
   * it rejects. Whatever others ask of this database meanwhile waits, so inside `fn` use only the
   * transaction it is given: waiting there for the database itself would wait for ever.
   *
   * @returns what `fn` returned, once the commit is durable.
   * @throws what `fn` threw, or a `WheatearError` if the commit failed.
   */
  async transaction<Result>(fn: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    const connection = this.#connection;
    const transaction = await connection.request('begin', {});
    let result: Result;
    try {
      result = await fn({
        query: (sql, params = []) => query(connection, sql, params, transaction),
        exec: (script) => connection.request('exec', { sql: script, transaction }),
      });
    } catch (error) {
      // What `fn` threw is what the caller needs to hear, even if the connection is gone too.
      await connection.request('rollback', { transaction }).catch(() => {});
      throw error;
    }
    await connection.request('commit', { transaction });
    return result;
  }

  /** Every migration the module carries, in order, and whether and when it was applied here. */
  status(): Promise<MigrationStatus[]> {
    return this.#connection.request('status', {});
  }

  /**
   * The database as a plain SQLite file, with everything that is committed. Waits for an open transaction to end.
   *
   * @throws {StorageError} `storage_io`.
   */
  export(): Promise<Blob> {
    return receiveFile((onPart) => this.#connection.request('export', {}, { onPart }));
  }

  /**
   * Closes the database and frees its storage for others. An open transaction is rolled back;
   * every later call rejects with `closed`. Closing twice does no harm.
   */
  async close(): Promise<void> {
    const closed = new ConnectionError({
      code: 'closed',
      message: `The database ${JSON.stringify(this.name)} is closed.`,
    });
    try {
      await this.#connection.request('close', {});
    } catch (error) {
      // What could not be stored was reported when it was to be.
      if (!(error instanceof ConnectionError || error instanceof StorageError)) throw error;
    } finally {
      this.#connection.end(closed);
    }
  }
}

async function query<Row>(
  connection: WorkerConnection,
  sql: string,
  params: SqlParameters,
  transaction: TransactionId | undefined,
): Promise<Row[]> {
  // The caller says what its SELECT yields; SQL has no types that could be checked here.
  return (await connection.request('query', { sql, params, transaction })) as Row[];
}
