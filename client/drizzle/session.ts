import { entityKind, type Logger, type RelationalSchemaConfig, type TablesRelationalConfig } from 'drizzle-orm';
import type { SQLiteAsyncDialect } from 'drizzle-orm/sqlite-core';
import {
  type AsyncBatchRemoteCallback,
  type PreparedQueryConfig,
  type RemoteCallback,
  RemotePreparedQuery,
  SQLiteProxyTransaction,
  SQLiteRemoteSession,
} from 'drizzle-orm/sqlite-proxy';
import {
  type BatchArrays,
  objectsOf,
  type RowArrays,
  type RunResult,
  type SqlParameter,
  type SqlValue,
} from '../protocol/values.js';
import { type Changes, NoCache, ReadCache, Uncommitted } from './read-cache.js';

/** As much of an open database as Drizzle needs, and of a transaction, in which a transaction is a savepoint. */
export interface DrizzleDatabase {
  query(sql: string, params: Params, options: Arrays): Promise<RowArrays>;
  run(sql: string, params: Params): Promise<RunResult>;
  batch(items: readonly { readonly sql: string; readonly params: Params }[], options: Arrays): Promise<BatchArrays[]>;
  transaction<Result>(fn: (transaction: DrizzleDatabase) => Promise<Result>): Promise<Result>;
  /** Only a database has it, for a cache to hear of changes in whichever tab. */
  addEventListener?(type: 'change', listener: (event: { readonly tables: readonly string[] }) => void): void;
}

type Params = readonly SqlParameter[];
type Arrays = { readonly rows: 'array' };

/** What the sessions of a database have in common. */
export interface SessionParts<Tables extends TablesRelationalConfig> {
  readonly dialect: SQLiteAsyncDialect;
  readonly tables: RelationalSchemaConfig<Tables> | undefined;
  readonly logger: Logger;
}

/** Runs queries of Drizzle, all of which belong to one transaction or to none, and maps what they give by its own driver. */
export class WheatearSession<
  Schema extends Record<string, unknown>,
  Tables extends TablesRelationalConfig,
> extends SQLiteRemoteSession<Schema, Tables> {
  static override readonly [entityKind]: string = 'WheatearSession';
  readonly #db: DrizzleDatabase;
  readonly #parts: SessionParts<Tables>;
  readonly #changes: Changes | undefined;
  /** The tables that a batch will change, while its queries are prepared. */
  #batched: string[] | undefined;

  /** @param changes hears what was changed; if it is a cache, rows are read from it */
  constructor(db: DrizzleDatabase, parts: SessionParts<Tables>, changes: Changes | undefined) {
    const { dialect, tables, logger } = parts;
    super(sending(db, false), dialect, tables, batching(db), { logger });
    this.#db = db;
    this.#parts = parts;
    this.#changes = changes;
  }

  override prepareQuery<Config extends PreparedQueryConfig>(
    ...given: Parameters<SQLiteRemoteSession<Schema, Tables>['prepareQuery']>
  ): RemotePreparedQuery<Config> {
    const [query, fields, method, isInArrays, mapper, did, cacheConfig] = given;
    const changes = this.#changes;
    const cache = changes instanceof ReadCache ? changes : undefined;
    // Of SQL that Drizzle did not make nothing is known but the names of its columns.
    const send = sending(this.#db, !fields && !mapper);
    const changed = did && did.type !== 'select' ? did.tables : [];
    this.#batched?.push(...changed);
    const ask: RemoteCallback = async (...asked) => {
      const sent = await (cache ? cache.reading(() => send(...asked)) : send(...asked));
      await changes?.changed(changed);
      return sent;
    };
    return new RemotePreparedQuery<Config>(
      ask,
      query,
      this.#parts.logger,
      cache ?? new NoCache(),
      did,
      cacheConfig,
      fields,
      method,
      isInArrays,
      mapper,
    );
  }

  override async batch(...given: Parameters<SQLiteRemoteSession<Schema, Tables>['batch']>): Promise<unknown[]> {
    const changed: string[] = [];
    this.#batched = changed;
    // It prepares all of them before anything else can be asked of this session.
    const results = super.batch(...given);
    this.#batched = undefined;
    await results;
    await this.#changes?.changed(changed);
    return results;
  }

  /** There is one transaction at a time, so that the behavior that Drizzle can be asked for changes nothing. */
  override async transaction<Result>(
    fn: (transaction: SQLiteProxyTransaction<Schema, Tables>) => Promise<Result>,
  ): Promise<Result> {
    const changes = new Uncommitted();
    const result = await this.#db.transaction((transaction) => {
      const session = new WheatearSession<Schema, Tables>(transaction, this.#parts, changes);
      return fn(new WheatearTransaction<Schema, Tables>(session, this.#parts));
    });
    await this.#changes?.changed(changes.tables);
    return result;
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

  constructor(session: WheatearSession<Schema, Tables>, { dialect, tables }: SessionParts<Tables>) {
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
