import {
  createTableRelationsHelpers,
  DefaultLogger,
  type DrizzleConfig,
  type ExtractTablesWithRelations,
  entityKind,
  extractTablesRelationalConfig,
  NoopLogger,
  type RelationalSchemaConfig,
} from 'drizzle-orm';
import type { BatchItem, BatchResponse } from 'drizzle-orm/batch';
import { BaseSQLiteDatabase, SQLiteAsyncDialect, type SQLiteSession } from 'drizzle-orm/sqlite-core';
import type { RunResult } from '../protocol/values.js';
import { holdBytesWithoutBuffer } from './blobs.js';
import { ReadCache } from './read-cache.js';
import { type DrizzleDatabase, WheatearSession } from './session.js';

export type { DrizzleDatabase } from './session.js';

type Schemas = Record<string, unknown>;

/** Drizzle's database for SQLite, on an open one. */
export class WheatearDatabase<Schema extends Schemas = Record<string, never>> extends BaseSQLiteDatabase<
  'async',
  RunResult,
  Schema
> {
  static override readonly [entityKind]: string = 'WheatearDatabase';
  /** The open database, for what Drizzle has no words for. */
  readonly $client: DrizzleDatabase;
  readonly #session: WheatearSession<Schema, ExtractTablesWithRelations<Schema>>;

  /** @internal Use `drizzle`. */
  constructor(
    db: DrizzleDatabase,
    dialect: SQLiteAsyncDialect,
    session: WheatearSession<Schema, ExtractTablesWithRelations<Schema>>,
    tables: RelationalSchemaConfig<ExtractTablesWithRelations<Schema>> | undefined,
  ) {
    // Of `run` it gives what the database gives, which the type of the driver that it extends does not say.
    type Own = SQLiteSession<'async', RunResult, Schema, ExtractTablesWithRelations<Schema>>;
    super('async', dialect, session as unknown as Own, tables);
    this.$client = db;
    this.#session = session;
  }

  /** Runs queries one after the other, in one round trip and one transaction: all of them or none. Gives what each gives. */
  async batch<Item extends BatchItem<'sqlite'>, Items extends Readonly<[Item, ...Item[]]>>(
    queries: Items,
  ): Promise<BatchResponse<Items>> {
    return (await this.#session.batch(queries)) as BatchResponse<Items>;
  }
}

/**
 * Runs Drizzle on an open database, whichever tab has it.
 *
 * ```ts
 * const db = await open('weather', { migrations });
 * const orm = drizzle(db, { schema });
 * ```
 *
 * @param config as Drizzle's other drivers take it: `schema`, `logger`, `casing`, `cache`
 */
export function drizzle<Schema extends Schemas = Record<string, never>>(
  db: DrizzleDatabase,
  { schema, casing, logger, cache }: DrizzleConfig<Schema> = {},
): WheatearDatabase<Schema> {
  holdBytesWithoutBuffer();
  const dialect = new SQLiteAsyncDialect(casing && { casing });
  const log = logger === true ? new DefaultLogger() : logger || new NoopLogger();
  const tables = schema && tablesOf(schema);
  const kept = cache && new ReadCache(cache);
  const parts = { dialect, tables, logger: log };
  const session = new WheatearSession<Schema, ExtractTablesWithRelations<Schema>>(db, parts, kept);
  const orm = new WheatearDatabase<Schema>(db, dialect, session, tables);
  if (kept) {
    orm.$cache = { invalidate: (changed) => kept.invalidate(changed) };
    db.addEventListener?.('change', ({ tables }) => void kept.changed(tables));
  }
  return orm;
}

function tablesOf<Schema extends Schemas>(fullSchema: Schema) {
  const { tables, tableNamesMap } = extractTablesRelationalConfig(fullSchema, createTableRelationsHelpers);
  return { fullSchema, tableNamesMap, schema: tables as ExtractTablesWithRelations<Schema> };
}
