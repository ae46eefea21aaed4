/// <reference lib="esnext.disposable" preserve="true" />

import type { ChangeEvent } from './change-event.js';
import { ConnectionError, QueryError, StorageError } from './errors.js';
import { receiveFile } from './file-parts.js';
import { requireKey } from './key.js';
import type { TransactionId } from './messages.js';
import type { MigrationStatus, Report } from './report.js';
import type { Storage } from './storage.js';
import type { Opened, Tab } from './tab.js';
import type { RowArrays, RunResult, SqlParameters, SqlRow, SqlValue } from './values.js';

/** Rows as objects. */
export interface ObjectOptions {
  readonly rows?: 'object' | undefined;
}

/** Rows as arrays. */
export interface ArrayOptions {
  readonly rows: 'array';
}

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

/** The database while one transaction is open; handed to the function given to `transaction`. */
export type Transaction = Queryable;

/** What hears of changes, as an `EventTarget` takes it. */
type ChangeListener = ((event: ChangeEvent) => void) | EventListenerObject | null;

/** Names a piece of work, so that it is done once. */
export interface KeyOptions {
  /**
   * Any string that no other work has and that is not empty, such as `crypto.randomUUID()`. It is recorded in the database in the same
   * transaction, and remembered for seven days: work with a key that is recorded is not done again, neither when it is
   * sent anew because the tab that held the database was closed, nor when the page asks for it again. `run` then gives the same numbers, everything else nothing.
   */
  readonly key?: string;
}

/**
 * An open database whose schema is current. Get one from `open`. It dispatches a `ChangeEvent` of the type `change`
 * whenever rows were changed, in whichever tab.
 */
export class Database extends EventTarget implements Queryable, AsyncDisposable {
  /** The name it was opened by. */
  readonly name: string;
  /** What opening did to the schema. */
  readonly report: Report;
  /** Where the data lives, and why there. */
  readonly storage: Storage;
  /** Name of the copy that was made before the upgrade; `null` if none was asked for, or nothing was to be done. */
  readonly backup: string | null;
  readonly #tab: Tab;

  /** @internal Use `open`. */
  constructor(name: string, { report, storage, backup }: Opened, tab: Tab) {
    super();
    this.name = name;
    this.report = report;
    this.storage = storage;
    this.backup = backup;
    this.#tab = tab;
  }

  /** Calls `listener` whenever rows were changed and committed, in whichever tab. */
  override addEventListener(
    type: 'change',
    listener: ChangeListener,
    options?: boolean | AddEventListenerOptions,
  ): void {
    super.addEventListener(type, listener as EventListener | null, options);
  }

  /** Undoes `addEventListener`. */
  override removeEventListener(
    type: 'change',
    listener: ChangeListener,
    options?: boolean | EventListenerOptions,
  ): void {
    super.removeEventListener(type, listener as EventListener | null, options);
  }

  /** Whether the worker of this tab holds the database; otherwise one of another tab does. */
  get isOwner(): boolean {
    return this.#tab.isOwner;
  }

  /**
   * Runs one statement and gives its rows, all of them, as objects. With a `key` that is recorded already, there are none.
   *
   * @throws {QueryError} `query_failed` with SQLite's code; `invalid_value` for a parameter that SQLite cannot hold.
   * @throws {ConnectionError} `owner_lost`: the tab that held the database is gone, and whether it still did this is
   * unknown. Never for what only reads, nor with a `key`: that is asked again. (When a page comes back
   * from the back/forward cache, or its own worker has died, it takes only what is plainly SELECT or VALUES for reading.)
   */
  query<Row = SqlRow>(sql: string, params?: SqlParameters, options?: ObjectOptions & KeyOptions): Promise<Row[]>;
  /**
   * The same, with each row as an array, and the names of the columns beside them: equal ones lose nothing. With a `key`
   * that is recorded already, there are no columns either.
   */
  query<Values extends readonly unknown[] = SqlValue[]>(
    sql: string,
    params: SqlParameters | undefined,
    options: ArrayOptions & KeyOptions,
  ): Promise<RowArrays<Values>>;
  async query(
    sql: string,
    params: SqlParameters = [],
    { key, rows }: (ObjectOptions | ArrayOptions) & KeyOptions = {},
  ): Promise<unknown> {
    requireKey(key);
    requireShape(rows);
    return this.#tab.request('query', { sql, params, transaction: undefined, key, rows });
  }

  /**
   * Runs one statement, throws its rows away, and gives what it did. In a call of its own `last_insert_rowid()` may be
   * that of another tab. With a `key` that is recorded already, it gives what it gave then.
   *
   * @throws {QueryError} as `query`.
   * @throws {ConnectionError} `owner_lost`, as `query`.
   */
  async run(sql: string, params: SqlParameters = [], { key }: KeyOptions = {}): Promise<RunResult> {
    requireKey(key);
    return this.#tab.request('run', { sql, params, transaction: undefined, key });
  }

  /**
   * Runs a script of any number of statements, their rows thrown away, as one transaction: all or nothing.
   *
   * @throws {QueryError} `query_failed` with statement, line and SQLite's code.
   * @throws {ConnectionError} `owner_lost`, as `query`.
   */
  async exec(script: string, { key }: KeyOptions = {}): Promise<void> {
    requireKey(key);
    return this.#tab.request('exec', { sql: script, transaction: undefined, key });
  }

  /**
   * Runs `fn` inside a transaction: committed when its promise resolves, rolled back when it rejects. Other work, of
   * any tab, waits until it ends; so use only the transaction inside `fn`. A transaction that does nothing for five
   * seconds while others wait is rolled back.
   *
   * @throws what `fn` throws; a `QueryError` if the commit is refused.
   * @throws {ConnectionError} `timeout`; `owner_lost`: the tab that held the database is gone, and the message tells
   * whether the transaction was rolled back or its outcome is unknown.
   */
  transaction<Result>(fn: (transaction: Transaction) => Promise<Result>): Promise<Result>;
  /**
   * As above, but once: with a `key`, a transaction that was lost is run again, unless it was committed. Gives what `fn`
   * returned; `undefined` if `fn` was not run, because the key is recorded already.
   */
  transaction<Result>(
    fn: (transaction: Transaction) => Promise<Result>,
    options: KeyOptions,
  ): Promise<Result | undefined>;
  async transaction<Result>(
    fn: (transaction: Transaction) => Promise<Result>,
    { key }: KeyOptions = {},
  ): Promise<Result | undefined> {
    requireKey(key);
    let result: Result | undefined;
    for (;;) {
      const transaction = await this.#tab.request('begin', { key });
      if (transaction === null) return result;
      try {
        result = await this.#run(fn, transaction);
        return result;
      } catch (error) {
        const isLost = error instanceof ConnectionError && error.code === 'owner_lost';
        if (!isLost || key === undefined) throw error;
      }
    }
  }

  /** Every migration the module carries, in order, and whether and when it was applied here. */
  status(): Promise<MigrationStatus[]> {
    return this.#tab.request('status', {});
  }

  /**
   * The database as a plain SQLite file, with everything that is committed. Waits for an open transaction to end.
   *
   * @throws {StorageError} `storage_io`.
   */
  export(): Promise<Blob> {
    return receiveFile((listeners) => this.#tab.request('export', {}, listeners));
  }

  /**
   * Closes the database for this tab; if no other one uses it, its storage is free. An open transaction is rolled back;
   * every later call rejects with `closed`. Closing twice does no harm.
   */
  async close(): Promise<void> {
    const closed = new ConnectionError({
      code: 'closed',
      message: `The database ${JSON.stringify(this.name)} is closed.`,
    });
    try {
      await this.#tab.close(closed);
    } catch (error) {
      // What could not be stored was reported when it was to be.
      if (!(error instanceof ConnectionError || error instanceof StorageError)) throw error;
    }
  }

  /** Closes it at the end of a block: `await using db = await open(…)`, where the language has that. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #run<Result>(fn: (transaction: Transaction) => Promise<Result>, transaction: TransactionId): Promise<Result> {
    const tab = this.#tab;
    let result: Result;
    try {
      result = await fn({
        // Which kind of rows, the types of `Transaction` say; SQL has none that could be checked here.
        query: (async (sql: string, params: SqlParameters = [], { rows }: ObjectOptions | ArrayOptions = {}) => {
          requireShape(rows);
          return tab.request('query', { sql, params, transaction, key: undefined, rows });
        }) as Transaction['query'],
        run: (sql, params = []) => tab.request('run', { sql, params, transaction, key: undefined }),
        exec: (script) => tab.request('exec', { sql: script, transaction, key: undefined }),
      });
    } catch (error) {
      // What `fn` threw is what the caller needs to hear, even if the connection is gone too.
      await tab.request('rollback', { transaction }).catch(() => {});
      throw error;
    }
    await tab.request('commit', { transaction });
    return result;
  }
}

/** @throws {QueryError} `invalid_value` */
function requireShape(rows: unknown): void {
  if (rows === undefined || rows === 'object' || rows === 'array') return;
  const message = `The option rows must be 'object' or 'array', not ${typeof rows === 'string' ? JSON.stringify(rows) : typeof rows}.`;
  throw new QueryError({ code: 'invalid_value', message });
}
