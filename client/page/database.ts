/// <reference lib="esnext.disposable" preserve="true" />

import { ConnectionError, StorageError } from '../protocol/errors.js';
import type { Report } from '../protocol/report.js';
import type { Storage } from '../protocol/storage-kind.js';
import type { RowArrays, RunResult, SqlParameters, SqlRow, SqlValue } from '../protocol/values.js';
import { Calls } from './calls.js';
import type { SignalOptions } from './cancelling.js';
import { ChangeEvent } from './change-event.js';
import { createFunction } from './create-function.js';
import { receiveFile } from './file-parts.js';
import type { LiveQuery } from './live-query.js';
import { Migrated } from './migrated.js';
import type { News } from './news.js';
import type { TabOptions } from './open-options.js';
import { batch, exec, query, run, stream, watch } from './queries.js';
import type { BatchItem, BatchResultArrays, BatchResults, Queryable } from './queryable.js';
import { queryTag, type SqlFragment, type SqlQueryTag } from './sql-template.js';
import type { Opened } from './tab/asked-owners.js';
import type { Tab } from './tab/tab.js';
import { requireFunction, type Transaction } from './transaction.js';
import {
  type ArrayOptions,
  type ObjectOptions,
  type OnRows,
  readWorkOptions,
  type StreamOptions,
  type WatchOptions,
  type WorkOptions,
} from './work-options.js';

/** What hears of changes, as an `EventTarget` takes it. */
type ChangeListener = ((event: ChangeEvent) => void) | EventListenerObject | null;

/**
 * An open database whose schema is current. Get one from `open`. It dispatches a `ChangeEvent` of the type `change`
 * whenever rows were changed, in whichever tab.
 */
export class Database extends Migrated implements Queryable, AsyncDisposable {
  /** The name it was opened by. */
  readonly name: string;
  /** What opening did to the schema. */
  readonly report: Report;
  /** Where the data lives, and why there. */
  readonly storage: Storage;
  /** Name of the copy that was made before the upgrade; `null` if none was asked for, or nothing was to be done. */
  readonly backup: string | null;
  /**
   * Runs the statement that a template says, and gives its rows, all of them, as objects. Values in it are bound as
   * parameters, and never become a part of the text; `db.sql.id` gives names, and `sql` fragments to nest.
   *
   * ```ts
   * const rows = await db.sql<{ temp_c: number }>`SELECT temp_c FROM weather_node WHERE node_addr = ${17}`;
   * ```
   *
   * @throws as `query`; {QueryError} `invalid_value` for a value that SQLite cannot hold, with what to pass instead.
   */
  readonly sql: SqlQueryTag = queryTag((fragment) => this.query(fragment));
  readonly #tab: Tab;
  readonly #calls: Calls;
  readonly #news: News;

  /** @internal Use `open`. */
  constructor(name: string, { report, storage, backup }: Opened, tab: Tab, options: TabOptions) {
    const calls = new Calls(tab);
    super(calls, options);
    this.name = name;
    this.report = report;
    this.storage = storage;
    this.backup = backup;
    this.#tab = tab;
    this.#calls = calls;
    this.#news = options.news;
    this.#news.add({ changed: (tables) => void this.dispatchEvent(new ChangeEvent(tables)) });
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
   * ```ts
   * const nodes = await db.query<{ node_addr: number }>('SELECT node_addr FROM weather_node WHERE temp_c > ?', [20]);
   * ```
   *
   * @throws {QueryError} `query_failed` with SQLite's code; `invalid_value` for a parameter that SQLite cannot hold;
   * `result_too_large` for rows that take more than about 500 MB: then nothing was changed.
   * @throws {ConnectionError} `owner_lost`: the tab that held the database is gone, and whether it still did this is
   * unknown. Never for what only reads, nor with a `key`: that is asked again. (When a page comes back
   * from the back/forward cache, or its own worker has died, it takes only what is plainly SELECT or VALUES for reading.)
   * @throws {ApplyError} `cancelled`, by the signal.
   */
  query<Row = SqlRow>(sql: string, params?: SqlParameters, options?: ObjectOptions & WorkOptions): Promise<Row[]>;
  /**
   * The same, with each row as an array, and the names of the columns beside them: equal ones lose nothing. With a `key`
   * that is recorded already, there are no columns either.
   */
  query<Values extends readonly unknown[] = SqlValue[]>(
    sql: string,
    params: SqlParameters | undefined,
    options: ArrayOptions & WorkOptions,
  ): Promise<RowArrays<Values>>;
  /** The same of a fragment, which stands in the place of text and parameters: ``db.query(sql`SELECT 1`, { signal })``. */
  query<Row = SqlRow>(fragment: SqlFragment<Row>, options?: ObjectOptions & WorkOptions): Promise<Row[]>;
  /** The same of a fragment, with each row as an array. */
  query<Values extends readonly unknown[] = SqlValue[]>(
    fragment: SqlFragment<unknown>,
    options: ArrayOptions & WorkOptions,
  ): Promise<RowArrays<Values>>;
  query(...given: unknown[]): Promise<unknown> {
    return query(this.#calls, given);
  }

  /**
   * Runs one statement that only reads, and gives its rows one by one, as objects, with few of them in the page at a time:
   * the next are fetched when those before were taken. They are as of one moment: a stream holds a transaction from its
   * first row until its last one is fetched, or until it is left, and everything else waits meanwhile.
   *
   * ```ts
   * for await (const { node_addr, temp_c } of db.stream('SELECT * FROM weather_node')) draw(node_addr, temp_c);
   * ```
   *
   * @throws {QueryError} as `query`; `query_refused` for a statement that writes, or gives no rows.
   * @throws {ConnectionError} `owner_lost`: the tab that held the database is gone; `timeout`: nobody took rows for five
   * seconds while others waited. Either way rows are missing.
   * @throws {ApplyError} `cancelled`, by the signal.
   */
  stream<Row = SqlRow>(
    sql: string,
    params?: SqlParameters,
    options?: ObjectOptions & StreamOptions & SignalOptions,
  ): AsyncGenerator<Row, void, undefined>;
  /** The same, with each row as an array. */
  stream<Values extends readonly unknown[] = SqlValue[]>(
    sql: string,
    params: SqlParameters | undefined,
    options: ArrayOptions & StreamOptions & SignalOptions,
  ): AsyncGenerator<Values, void, undefined>;
  /** The same of a fragment, which stands in the place of text and parameters: ``db.stream(sql`SELECT 1`, { size: 10 })``. */
  stream<Row = SqlRow>(
    fragment: SqlFragment<Row>,
    options?: ObjectOptions & StreamOptions & SignalOptions,
  ): AsyncGenerator<Row, void, undefined>;
  /** The same of a fragment, with each row as an array. */
  stream<Values extends readonly unknown[] = SqlValue[]>(
    fragment: SqlFragment<unknown>,
    options: ArrayOptions & StreamOptions & SignalOptions,
  ): AsyncGenerator<Values, void, undefined>;
  // What kind of rows there are, its types say; SQL has none that could be checked here.
  stream(...given: unknown[]): AsyncGenerator<never, void, undefined> {
    return stream(this.#calls, given) as AsyncGenerator<never, void, undefined>;
  }

  /**
   * Runs one statement that only reads, and gives its rows: at once, and again whenever rows were changed in a table that it
   * reads, in whichever tab. Many changes cost few runs: the query waits until the result before was taken, and runs twenty
   * times a second at most. What was changed by then is always in the next result.
   *
   * ```ts
   * const live = db.watch<{ count: number }>('SELECT count(*) AS count FROM weather_node');
   * for await (const [row] of live) show(row?.count);
   * ```
   *
   * With a function it calls that instead, until `stop` or the signal; `{ onRows, onError }` hears of errors, too:
   *
   * ```ts
   * const live = db.watch(sql<Node>`SELECT * FROM node`, (nodes) => render(nodes));
   * live.stop();
   * ```
   *
   * When another tab becomes the owner of the database, it is run again. An error ends it: such as one of `query`,
   * `query_refused` for a statement that writes or gives no rows, `cancelled` by the signal, or `closed`.
   */
  watch<Row = SqlRow>(
    sql: string,
    params?: SqlParameters,
    options?: (ObjectOptions & WatchOptions<Row[]>) | OnRows<Row[]>,
  ): LiveQuery<Row[]>;
  /** The same, with each row as an array, and the names of the columns beside them. */
  watch<Values extends readonly unknown[] = SqlValue[]>(
    sql: string,
    params: SqlParameters | undefined,
    options: ArrayOptions & WatchOptions<RowArrays<Values>>,
  ): LiveQuery<RowArrays<Values>>;
  /** The same of a fragment, which stands in the place of text and parameters. */
  watch<Row = SqlRow>(
    fragment: SqlFragment<Row>,
    options?: (ObjectOptions & WatchOptions<Row[]>) | OnRows<Row[]>,
  ): LiveQuery<Row[]>;
  /** The same of a fragment, with each row as an array. */
  watch<Values extends readonly unknown[] = SqlValue[]>(
    fragment: SqlFragment<unknown>,
    options: ArrayOptions & WatchOptions<RowArrays<Values>>,
  ): LiveQuery<RowArrays<Values>>;
  watch(...given: unknown[]): LiveQuery<never> {
    return watch(this.#calls, this.#news, given) as LiveQuery<never>;
  }

  /**
   * Runs one statement, throws its rows away, and gives what it did. In a call of its own `last_insert_rowid()` may be
   * that of another tab. With a `key` that is recorded already, it gives what it gave then.
   *
   * ```ts
   * const { changes, lastInsertRowid } = await db.run('INSERT INTO weather_node (temp_c) VALUES (?)', [21]);
   * ```
   *
   * @throws {QueryError} as `query`.
   * @throws {ConnectionError} `owner_lost`, as `query`.
   * @throws {ApplyError} `cancelled`, by the signal.
   */
  run(sql: string, params?: SqlParameters, options?: WorkOptions): Promise<RunResult>;
  /** The same of a fragment, which stands in the place of text and parameters. */
  run(fragment: SqlFragment<unknown>, options?: WorkOptions): Promise<RunResult>;
  run(...given: unknown[]): Promise<RunResult> {
    return run(this.#calls, given);
  }

  /**
   * Runs a script of any number of statements, their rows thrown away, as one transaction: all or nothing.
   *
   * ```ts
   * await db.exec('DELETE FROM weather_node; DELETE FROM node;');
   * ```
   *
   * @throws {QueryError} `query_failed` with statement, line and SQLite's code.
   * @throws {ConnectionError} `owner_lost`, as `query`.
   * @throws {ApplyError} `cancelled`, by the signal.
   */
  exec(script: string, options?: WorkOptions): Promise<void> {
    return exec(this.#calls, script, options);
  }

  /**
   * Runs statements one after the other, in one round trip and one transaction: all of them or none. Gives what each did
   * and the rows that it gave, in order; of all of them nothing, with a `key` that is recorded already.
   *
   * ```ts
   * const [{ lastInsertRowid }, , { rows }] = await db.batch([
   *   sql`INSERT INTO weather_node (node_addr, temp_c) VALUES (${17}, ${21})`,
   *   { sql: 'UPDATE node SET seen = ? WHERE addr = ?', params: [Date.now(), 17] },
   *   'SELECT count(*) AS count FROM weather_node',
   * ]);
   * ```
   *
   * @throws {QueryError} as `query`, with the number of the `statement` that failed, counted from 1; nothing was changed.
   * @throws {ConnectionError} `owner_lost`, as `query`: never if all of them only read, nor with a `key`.
   * @throws {ApplyError} `cancelled`, by the signal.
   */
  batch<const Items extends readonly BatchItem[]>(
    items: Items,
    options?: ObjectOptions & WorkOptions,
  ): Promise<BatchResults<Items>>;
  /** The same, with each row as an array, and the names of the columns beside them. */
  batch<const Items extends readonly BatchItem[]>(
    items: Items,
    options: ArrayOptions & WorkOptions,
  ): Promise<BatchResultArrays<Items>>;
  batch(items: unknown, options?: unknown): Promise<unknown> {
    return batch(this.#calls, items, options);
  }

  /**
   * Runs `fn` inside a transaction: committed when its promise resolves, rolled back when it rejects. Other work, of
   * any tab, waits until it ends; so use only the transaction inside `fn`: if `fn` asks something of the database itself,
   * and then waits for anything but its transaction, what it has asked rejects with `transaction_misuse`. A transaction
   * that does nothing for five seconds while others wait is rolled back. For one inside of it there is
   * `transaction.transaction`.
   *
   * ```ts
   * await db.transaction(async (transaction) => {
   *   const [node] = await transaction.sql<{ id: number }>`SELECT id FROM node WHERE addr = ${17}`;
   *   if (node) await transaction.sql`DELETE FROM node WHERE id = ${node.id}`;
   * });
   * ```
   *
   * @throws what `fn` throws; a `QueryError` if the commit is refused.
   * @throws {ApplyError} `cancelled`, by the signal.
   * @throws {ConnectionError} `timeout`; `owner_lost`: the tab that held the database is gone, and the message tells
   * whether the transaction was rolled back or its outcome is unknown.
   */
  transaction<Result>(
    fn: (transaction: Transaction) => Promise<Result>,
    options?: SignalOptions & { readonly key?: undefined },
  ): Promise<Result>;
  /**
   * As above, but once: with a `key`, a transaction that was lost is run again, unless it was committed. Gives what `fn`
   * returned; `undefined` if `fn` was not run, because the key is recorded already.
   */
  transaction<Result>(
    fn: (transaction: Transaction) => Promise<Result>,
    options: WorkOptions,
  ): Promise<Result | undefined>;
  async transaction<Result>(
    fn: (transaction: Transaction) => Promise<Result>,
    options?: WorkOptions,
  ): Promise<Result | undefined> {
    requireFunction(fn);
    return this.#calls.transaction(readWorkOptions(options), fn);
  }

  /**
   * Creates a SQL function that calls `callback` in this page with the values that it is given, such as from a trigger.
   * Nothing waits for that: in SQL the function gives NULL. It is there for every tab, and stays with the next owner of the
   * database, until `signal` is aborted or this database is closed.
   *
   * ```ts
   * await db.createFunction('node_added', (addr) => console.log('a node', addr));
   * await db.exec(`CREATE TRIGGER IF NOT EXISTS tell_node_added AFTER INSERT ON weather_node
   *   BEGIN SELECT node_added(new.node_addr); END`);
   * ```
   *
   * A trigger stays in the database, and fails what sets it off where nobody has created its function: every tab must, right
   * after `open`. `callback` hears of a call at the end of its statement, also if its transaction is rolled back later. Of
   * several with the same name, each is called.
   *
   * @throws {DefinitionError} `invalid_option` for what is no name, or is the name of a function that SQLite or the
   * worker's script has.
   */
  createFunction(name: string, callback: (...values: SqlValue[]) => void, options: SignalOptions = {}): Promise<void> {
    return createFunction(this.#tab, name, callback, options);
  }

  /**
   * The database as a plain SQLite file, with everything that is committed. Waits for an open transaction to end.
   *
   * @throws {StorageError} `storage_io`.
   */
  export(): Promise<Blob> {
    return this.#calls.do(undefined, (ending) =>
      receiveFile((listeners) => this.#tab.request('export', {}, { ...listeners, signal: ending })),
    );
  }

  /**
   * Closes the database for this tab; if no other one uses it, its storage is free. An open transaction is rolled back;
   * every later call rejects with `closed`. What was asked before is done first; but if nothing is heard of it for ten
   * seconds, such as of a query without an end, it rejects with `closed` too, and whether it was done is unknown. Closing
   * twice does no harm.
   */
  async close(): Promise<void> {
    this.#calls.end();
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
}
