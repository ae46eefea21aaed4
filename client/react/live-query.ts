import type { Database } from '../page/database.js';
import { Deferred } from '../page/deferred.js';
import type { SqlParameters, SqlRow } from '../protocol/values.js';
import { keyOf } from './key.js';

/** What is known of a query. */
export interface Known {
  readonly rows: readonly SqlRow[] | undefined;
  readonly error: unknown;
  readonly isPending: boolean;
  readonly retry: () => void;
}

/** How long rows are kept that nobody uses any more, in milliseconds: for a component that goes and comes back. */
const rowsKept = 1000;

/** How long an error is kept that nobody uses, in milliseconds: React may render once more what has thrown it. */
const errorKept = 100;

/**
 * How long a query is kept that was rendered, but that nobody has subscribed to yet, in milliseconds. React does not tell
 * whether it has given that up or still waits for something else, such as for another query in the same `Suspense`.
 */
const expectedFor = 30_000;

/** A query that runs once, for all components that use it, so that all of them show the same. */
export class SharedQuery {
  readonly #begin: () => { stop(): void };
  readonly #registry: Registry;
  readonly #key: string;
  readonly #listeners = new Set<() => void>();
  #live: { stop(): void } | undefined;
  #known: Known;
  /** Whether somebody suspends until its result, or has done so and is still to subscribe. */
  #isExpected = false;
  #dropping: ReturnType<typeof setTimeout> | undefined;
  /** Resolves with the result that is waited for, or its error. */
  #arrival = new Deferred<void>();
  /** Resolves when somebody has subscribed. */
  readonly #use = new Deferred<void>();

  constructor(registry: Registry, key: string, db: Database, sql: string, params: SqlParameters) {
    this.#registry = registry;
    this.#key = key;
    this.#known = this.#pending();
    this.#begin = () => db.watch(sql, params, { onRows: this.#onRows, onError: this.#onError });
    registry.set(key, this);
    this.#dropping = setTimeout(this.#drop, expectedFor);
  }

  /** For `useSyncExternalStore`. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    if (!this.#known.isPending) this.#isExpected = false;
    this.#use.resolve();
    // It may have been dropped while React hid who uses it, and another may stand in its place since.
    if (!this.#registry.has(this.#key)) this.#registry.set(this.#key, this);
    this.#start();
    this.#dropSoon();
    return () => {
      this.#listeners.delete(listener);
      this.#dropSoon();
    };
  };

  /** For `useSyncExternalStore`: the same object until something has changed. */
  readonly known = (): Known => this.#known;

  /**
   * The rows, for a component that suspends.
   *
   * @throws the promise of them, as React 18 has it, and 19 too; and what has failed
   */
  rows(): readonly SqlRow[] {
    if (this.#known.isPending) {
      this.#isExpected = true;
      this.#start();
      this.#dropSoon();
    }
    const { rows, error } = this.#known;
    if (rows) return rows;
    if (error === undefined) throw this.#arrival.promise;
    // Only the first time, so that it is gone soon whoever asks again.
    if (this.#isExpected) {
      this.#isExpected = false;
      this.#dropSoon();
    }
    throw error;
  }

  readonly #retry = (): void => {
    if (this.#known.error === undefined) return;
    this.#live?.stop();
    this.#live = undefined;
    this.#tell(this.#pending());
    this.#start();
    this.#dropSoon();
  };

  #pending(): Known {
    return { rows: undefined, error: undefined, isPending: true, retry: this.#retry };
  }

  #start(): void {
    if (this.#live || this.#known.error !== undefined) return;
    try {
      this.#live = this.#begin();
    } catch (error) {
      this.#onError(error);
    }
  }

  readonly #onRows = (rows: readonly SqlRow[]): Promise<void> => {
    this.#arrived({ rows, error: undefined, isPending: false, retry: this.#retry });
    // It runs again once this resolves, if anything has changed.
    return this.#use.promise;
  };

  readonly #onError = (error: unknown): void => {
    // What is shown stays, beside what the provider says of it.
    const isSuperseded = error instanceof Error && 'code' in error && error.code === 'superseded';
    if (isSuperseded && this.#known.rows) return;
    this.#arrived({ rows: undefined, error, isPending: false, retry: this.#retry });
  };

  #arrived(known: Known): void {
    this.#tell(known);
    this.#arrival.resolve();
    this.#arrival = new Deferred();
    this.#dropSoon();
  }

  #tell(known: Known): void {
    this.#known = known;
    for (const listener of this.#listeners) listener();
  }

  /** Ends it after a while in which nobody subscribes; but not while somebody suspends until its first result. */
  #dropSoon(): void {
    clearTimeout(this.#dropping);
    const { rows, isPending } = this.#known;
    if (this.#listeners.size > 0 || (this.#isExpected && isPending)) return;
    // What is still pending is cancelled, for what is asked for in its place not to wait.
    const kept = this.#isExpected ? expectedFor : rows ? rowsKept : isPending ? 0 : errorKept;
    this.#dropping = setTimeout(this.#drop, kept);
  }

  /** Rows stay known, to whoever is hidden and shown again: it starts anew with the next who subscribes. */
  readonly #drop = (): void => {
    this.#live?.stop();
    this.#live = undefined;
    if (!this.#known.rows) this.#known = this.#pending();
    if (this.#registry.get(this.#key) === this) this.#registry.delete(this.#key);
  };
}

/** The queries of a database, by their keys. */
type Registry = Map<string, SharedQuery>;

const registries = new WeakMap<Database, Registry>();

/** The query of this text and these values that others use, too. */
export function sharedQuery(db: Database, sql: string, params: SqlParameters): SharedQuery {
  const registry = registries.get(db) ?? new Map<string, SharedQuery>();
  registries.set(db, registry);
  const key = keyOf(sql, params);
  return registry.get(key) ?? new SharedQuery(registry, key, db, sql, params);
}
