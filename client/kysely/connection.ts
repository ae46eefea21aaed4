import { CompiledQuery, type DatabaseConnection, type QueryResult, SelectQueryNode } from 'kysely';
import { type BatchArrays, objectsOf, type SqlParameter } from '../protocol/values.js';
import type { StreamGuard } from './stream-guard.js';

type Params = readonly SqlParameter[];
type Statements = readonly { readonly sql: string; readonly params: Params }[];

/** As much of a transaction as Kysely needs. Neither has anything in it that `wheatear` and `wheatear/lean` do not share. */
interface KyselyTransaction {
  query<Row>(sql: string, params: Params): Promise<Row[]>;
  batch(statements: Statements, options: { readonly rows: 'array' }): Promise<BatchArrays[]>;
  stream<Row>(sql: string, params: Params, options: { readonly size?: number | undefined }): AsyncIterable<Row>;
}

/** As much of an open database as Kysely needs. */
export interface KyselyDatabase extends KyselyTransaction {
  query<Row>(sql: string, params: Params, options?: { readonly signal?: AbortSignal }): Promise<Row[]>;
  batch(
    statements: Statements,
    options: { readonly rows: 'array'; readonly signal?: AbortSignal },
  ): Promise<BatchArrays[]>;
  transaction(
    fn: (transaction: KyselyTransaction) => Promise<void>,
    options: { readonly signal: AbortSignal },
  ): Promise<void>;
  close(): Promise<void>;
}

/** What begins and ends a transaction: these very objects, for SQL text cannot. */
export const begin = CompiledQuery.raw('begin');
export const commit = CompiledQuery.raw('commit');
export const rollback = CompiledQuery.raw('rollback');

/**
 * What runs alone: a savepoint would end with the one that a batch sets, and `VACUUM` needs to be in none. Comments may stand
 * before it.
 */
const runsAlone = /^(?:\s|--.*|\/\*[\s\S]*?\*\/)*(savepoint|release|rollback|vacuum)\b/i;

/** With the names of columns, which only what gives rows has, even if there are none. */
const arrays = { rows: 'array' } as const;

/** A transaction that waits for its end. */
interface Open {
  readonly transaction: KyselyTransaction;
  commit(): void;
  rollback(): void;
  /** Ends it from outside, whatever it is at. */
  readonly ending: AbortController;
  /** Settles when it has ended. */
  readonly ended: Promise<void>;
}

/** What Kysely runs its queries on: the database, and from `begin` on one transaction of it. */
export class WheatearConnection implements DatabaseConnection {
  readonly #db: KyselyDatabase;
  readonly #guard: StreamGuard;
  #open: Open | undefined;
  #cancelling: AbortController | undefined;

  constructor(db: KyselyDatabase, guard: StreamGuard) {
    this.#db = db;
    this.#guard = guard;
  }

  async executeQuery<Row>(
    query: CompiledQuery,
    options?: { signal?: AbortSignal | undefined },
  ): Promise<QueryResult<Row>> {
    if (query === begin) await this.#begin();
    else if (query === commit) await this.#end('commit');
    else if (query === rollback) await this.#end('rollback');
    else return this.#run(query, options?.signal !== undefined);
    return { rows: [] };
  }

  async *streamQuery<Row>(query: CompiledQuery, chunkSize?: number): AsyncGenerator<QueryResult<Row>, void, undefined> {
    const { sql, params } = statementOf(query);
    const transaction = this.#open?.transaction;
    for await (const row of (transaction ?? this.#db).stream<Row>(sql, params, { size: chunkSize })) {
      if (transaction) void this.#guard.handedOut();
      try {
        yield { rows: [row] };
      } finally {
        if (transaction) this.#guard.taken();
      }
    }
  }

  /** Kysely calls it for a query whose signal says so. In a transaction nothing but all of that can be ended. */
  async cancelQuery(): Promise<void> {
    (this.#open?.ending ?? this.#cancelling)?.abort();
  }

  async #run<Row>(query: CompiledQuery, mayBeCancelled: boolean): Promise<QueryResult<Row>> {
    const statement = statementOf(query);
    const { sql, params } = statement;
    const transaction = this.#open?.transaction;
    this.#cancelling = !transaction && mayBeCancelled ? new AbortController() : undefined;
    const options = this.#cancelling && { signal: this.#cancelling.signal };
    if (SelectQueryNode.is(query.query) || runsAlone.test(sql)) {
      const rows = transaction ? transaction.query<Row>(sql, params) : this.#db.query<Row>(sql, params, options);
      return { rows: await rows };
    }
    const results = transaction
      ? transaction.batch([statement], arrays)
      : this.#db.batch([statement], { ...arrays, ...options });
    const [done] = await results.catch((error) => {
      throw asOfOne(error);
    });
    // Of one statement there is one result, which a list's type does not say.
    if (!done) return { rows: [] };
    // As with Kysely's own driver: rows, or what was done. What a row is, only the query knows.
    if (done.columns.length > 0) return { rows: objectsOf(done) as unknown[] as Row[] };
    const { changes, lastInsertRowid } = done;
    const inserted = lastInsertRowid !== null && { insertId: BigInt(lastInsertRowid) };
    return { numAffectedRows: BigInt(changes), ...inserted, rows: [] };
  }

  #begin(): Promise<void> {
    return new Promise((begun, failed) => {
      const undone = new Error('rolled back');
      const ending = new AbortController();
      const ended = this.#db.transaction(
        (transaction) =>
          new Promise<void>((commit, reject) => {
            this.#open = { transaction, commit, rollback: () => reject(undone), ending, ended: kept };
            begun();
          }),
        { signal: ending.signal },
      );
      const kept = ended.catch((error) => {
        if (error !== undone) throw error;
      });
      // Whoever waits for its end hears that, too.
      kept.catch(failed);
    });
  }

  /** If SQLite or the loss of a tab has ended it, there is nothing to roll back. */
  async #end(how: 'commit' | 'rollback'): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    open?.[how]();
    // What was cancelled is rolled back already, and whoever rolls it back knows why.
    if (how === 'commit' || !open?.ending.signal.aborted) await open?.ended;
  }
}

/** An error of a statement that was sent as a batch of one, of which whoever has written it knows nothing. */
function asOfOne(error: unknown): unknown {
  if (!(error instanceof Error && 'statement' in error)) return error;
  const { message } = error;
  error.message = message.replace(/^statement 1 of the batch(?: failed)?: /i, '');
  if (error.stack) error.stack = error.stack.replace(message, error.message);
  delete error.statement;
  return error;
}

/** SQL and parameters, which the database looks at: Kysely's types let anything be one. */
function statementOf({ sql, parameters }: CompiledQuery) {
  return { sql, params: parameters as readonly SqlParameter[] };
}
