import type { Database } from '../page/database.js';
import type { SqlParameters, SqlRow } from '../protocol/values.js';

/** What is known of a query. */
export interface Known {
  readonly rows: SqlRow[] | undefined;
  readonly error: unknown;
  readonly isPending: boolean;
}

/** What is known before the first result, always the same. */
export const pending: Known = { rows: undefined, error: undefined, isPending: true };

/** How long a query goes on that nobody uses, in milliseconds: React may throw a component away and make it again. */
const keptFor = 1000;

/** A query that runs once, for all components that use it, so that all of them show the same. */
export class SharedQuery {
  readonly #begin: (onRows: (rows: SqlRow[]) => void, onError: (error: unknown) => void) => { stop(): void };
  readonly #onEnd: () => void;
  readonly #listeners = new Set<() => void>();
  #live: { stop(): void } | undefined;
  #known = pending;
  #dropping: ReturnType<typeof setTimeout> | undefined;
  #arrived: () => void = () => {};
  /** Resolves with the first result, or its error. */
  readonly arrival = new Promise<void>((resolve) => (this.#arrived = resolve));

  constructor(db: Database, sql: string, params: SqlParameters, onEnd: () => void) {
    this.#begin = (onRows, onError) => db.watch(sql, params, { onRows, onError });
    this.#onEnd = onEnd;
  }

  /** For `useSyncExternalStore`. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.start();
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
      this.#dropSoon();
    };
  };

  /** For `useSyncExternalStore`: the same object until something has changed. */
  readonly known = (): Known => this.#known;

  /** Runs from now on, unless nobody subscribes for a while. */
  start(): void {
    if (!this.#live) this.#live = this.#begin(this.#onRows, this.#onError);
    this.#dropSoon();
  }

  readonly #onRows = (rows: SqlRow[]): void => this.#tell({ rows, error: undefined, isPending: false });

  readonly #onError = (error: unknown): void => {
    // What is shown stays, beside what the provider says of it.
    const isSuperseded = error instanceof Error && 'code' in error && error.code === 'superseded';
    if (!(isSuperseded && this.#known.rows)) this.#tell({ rows: undefined, error, isPending: false });
  };

  #tell(known: Known): void {
    this.#known = known;
    this.#arrived();
    for (const listener of this.#listeners) listener();
    this.#dropSoon();
  }

  /** Ends if nobody subscribes for a while; whoever waits for the first result will. */
  #dropSoon(): void {
    clearTimeout(this.#dropping);
    if (this.#listeners.size > 0 || (this.#live && this.#known.isPending)) return;
    this.#dropping = setTimeout(() => {
      this.#live?.stop();
      this.#onEnd();
    }, keptFor);
  }
}

const queries = new WeakMap<Database, Map<string, SharedQuery>>();

/** The query of this text and these values that others use, too. */
export function sharedQuery(db: Database, sql: string, params: SqlParameters): SharedQuery {
  const known = queries.get(db) ?? new Map<string, SharedQuery>();
  queries.set(db, known);
  const key = keyOf(sql, params);
  const query = known.get(key) ?? new SharedQuery(db, sql, params, () => known.delete(key));
  known.set(key, query);
  return query;
}

/** Equal for what SQLite takes for the same. */
function keyOf(sql: string, params: SqlParameters): string {
  return JSON.stringify([sql, params], (_, value: unknown) => {
    if (value instanceof Uint8Array) return { bytes: [...value] };
    const isPlain = typeof value !== 'bigint' && (typeof value !== 'number' || Number.isFinite(value));
    return isPlain && !Object.is(value, -0) ? value : { [typeof value]: Object.is(value, -0) ? '-0' : String(value) };
  });
}
