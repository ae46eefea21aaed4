import { entityKind, type RelationalSchemaConfig, type TablesRelationalConfig } from 'drizzle-orm';
import type { SQLiteAsyncDialect } from 'drizzle-orm/sqlite-core';
import {
  type AsyncBatchRemoteCallback,
  type PreparedQueryConfig,
  type RemoteCallback,
  type RemotePreparedQuery,
  SQLiteProxyTransaction,
  SQLiteRemoteSession,
  type SQLiteRemoteSessionOptions,
} from 'drizzle-orm/sqlite-proxy';
import {
  type BatchArrays,
  objectsOf,
  type RowArrays,
  type RunResult,
  type SqlParameter,
  type SqlValue,
} from '../protocol/values.js';

/** As much of an open database as Drizzle needs, and of a transaction, in which a transaction is a savepoint. */
export interface DrizzleDatabase {
  query(sql: string, params: Params, options: Arrays): Promise<RowArrays>;
  run(sql: string, params: Params): Promise<RunResult>;
  batch(items: readonly { readonly sql: string; readonly params: Params }[], options: Arrays): Promise<BatchArrays[]>;
  transaction<Result>(fn: (transaction: DrizzleDatabase) => Promise<Result>): Promise<Result>;
}

type Params = readonly SqlParameter[];
type Arrays = { readonly rows: 'array' };

/** Runs queries of Drizzle, all of which belong to one transaction or to none, and maps what they give by its own driver. */
export class WheatearSession<
  Schema extends Record<string, unknown>,
  Tables extends TablesRelationalConfig,
> extends SQLiteRemoteSession<Schema, Tables> {
  static override readonly [entityKind]: string = 'WheatearSession';
  readonly #db: DrizzleDatabase;
  readonly #dialect: SQLiteAsyncDialect;
  readonly #tables: RelationalSchemaConfig<Tables> | undefined;
  readonly #options: SQLiteRemoteSessionOptions;
  /** For SQL that Drizzle did not make: nothing is known of its columns but their names. */
  readonly #raw: SQLiteRemoteSession<Schema, Tables>;

  constructor(
    db: DrizzleDatabase,
    dialect: SQLiteAsyncDialect,
    tables: RelationalSchemaConfig<Tables> | undefined,
    options: SQLiteRemoteSessionOptions,
  ) {
    super(sending(db, false), dialect, tables, batching(db), options);
    this.#db = db;
    this.#dialect = dialect;
    this.#tables = tables;
    this.#options = options;
    this.#raw = new SQLiteRemoteSession(sending(db, true), dialect, tables, undefined, options);
  }

  override prepareQuery<Config extends PreparedQueryConfig>(
    ...given: Parameters<SQLiteRemoteSession<Schema, Tables>['prepareQuery']>
  ): RemotePreparedQuery<Config> {
    const [, fields, , , mapper] = given;
    return fields || mapper ? super.prepareQuery<Config>(...given) : this.#raw.prepareQuery<Config>(...given);
  }

  /** There is one transaction at a time, so that the behavior that Drizzle can be asked for changes nothing. */
  override transaction<Result>(
    fn: (transaction: SQLiteProxyTransaction<Schema, Tables>) => Promise<Result>,
  ): Promise<Result> {
    return this.#db.transaction((transaction) => {
      const session = new WheatearSession<Schema, Tables>(transaction, this.#dialect, this.#tables, this.#options);
      return fn(new WheatearTransaction<Schema, Tables>(session, this.#dialect, this.#tables));
    });
  }

  override extractRawAllValueFromBatchResult(result: unknown): unknown {
    return objectsOf(result as RowArrays);
  }

  override extractRawGetValueFromBatchResult(result: unknown): unknown {
    const { columns, rows: row } = result as { columns: string[]; rows: SqlValue[] | undefined };
    return row && objectsOf({ columns, rows: [row] })[0];
  }
}

/** A transaction of Drizzle, whose session is in one of the database, and begins savepoints in that. */
class WheatearTransaction<
  Schema extends Record<string, unknown>,
  Tables extends TablesRelationalConfig,
> extends SQLiteProxyTransaction<Schema, Tables> {
  static override readonly [entityKind]: string = 'WheatearTransaction';
  readonly #session: WheatearSession<Schema, Tables>;

  constructor(
    session: WheatearSession<Schema, Tables>,
    dialect: SQLiteAsyncDialect,
    tables: RelationalSchemaConfig<Tables> | undefined,
  ) {
    super('async', dialect, session, tables);
    this.#session = session;
  }

  override transaction<Result>(
    fn: (transaction: SQLiteProxyTransaction<Schema, Tables>) => Promise<Result>,
  ): Promise<Result> {
    return this.#session.transaction(fn);
  }
}

/** What Drizzle's own driver makes results of: rows, one row, or what a statement without rows did, which it hands out. */
type Sent = Awaited<ReturnType<RemoteCallback>>;

/** Runs one query, and gives its rows as arrays; of SQL that Drizzle did not make as objects, unless its values are wanted. */
function sending(db: DrizzleDatabase, isRaw: boolean): RemoteCallback {
  return async (sql, params, method) => {
    if (method === 'run') return (await db.run(sql, params)) as RunResult & Sent;
    const found = await db.query(sql, params, { rows: 'array' });
    const rows = isRaw && method !== 'values' ? objectsOf(found) : found.rows;
    return { rows: method === 'get' ? (rows[0] as SqlValue[]) : rows };
  };
}

/** Runs a batch; what Drizzle calls raw it maps by the session then. */
function batching(db: DrizzleDatabase): AsyncBatchRemoteCallback {
  return async (queries) => {
    const results = await db.batch(queries, { rows: 'array' });
    return results.map(({ columns, rows, ...did }, at) => {
      const method = queries[at]?.method;
      if (method === 'run') return did as RunResult & Sent;
      return { columns, rows: method === 'get' ? (rows[0] as SqlValue[]) : rows };
    });
  };
}
