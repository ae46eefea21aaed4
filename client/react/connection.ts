import type { Database } from '../page/database.js';
import type { OpenOptions } from '../page/open-options.js';
import type { ConnectionError } from '../protocol/errors.js';
import type { Progress, StepProgress } from '../protocol/progress.js';
import type { SqlParameters, SqlRow } from '../protocol/values.js';

/** As much of an open database as there must be: those of `wheatear` and `wheatear/lean` have it, which differ for a compiler. */
export interface ReactDatabase {
  watch(
    sql: string,
    params: SqlParameters | undefined,
    listeners: { onRows(rows: SqlRow[]): unknown; onError(error: unknown): unknown },
  ): { stop(): void };
  close(): Promise<void>;
}

/** What `open` is to be told, for what becomes of the database to be seen. */
export type Watched = Pick<OpenOptions, 'onProgress' | 'onSuperseded' | 'signal'>;

/** It is being opened, or will be once the page is there: so it is on a server, too. */
export interface OpeningState {
  readonly status: 'opening';
}

/** Migrations are being applied. */
export interface UpgradingState {
  readonly status: 'upgrading';
  /** What was told last. */
  readonly progress: Progress;
  /** The migration that runs, with its number and how many there are; `undefined` before the first one. */
  readonly step: StepProgress | undefined;
}

/** It can be used. */
export interface OpenState {
  readonly status: 'open';
  readonly db: Database;
}

/** It could not be opened. */
export interface FailedState {
  readonly status: 'failed';
  /** What `open` rejected with: a `WheatearError`, whose `code` says what to do. */
  readonly error: unknown;
  /** Tries again. */
  retry(): void;
}

/** A newer build has upgraded it, in another tab: nothing works before the page is reloaded. */
export interface SupersededState {
  readonly status: 'superseded';
  readonly db: Database;
  readonly error: ConnectionError;
}

/** What has become of a database. */
export type DatabaseState = OpeningState | UpgradingState | OpenState | FailedState | SupersededState;

/** What is known before anything was begun, always the same. */
export const beginning: OpeningState = { status: 'opening' };

/** A database that is open as long as somebody uses it. */
export class Connection {
  readonly #open: (watched: Watched) => Promise<ReactDatabase>;
  readonly #listeners = new Set<() => void>();
  #state: DatabaseState = beginning;
  #users = 0;
  #ending: AbortController | undefined;

  constructor(open: (watched: Watched) => Promise<ReactDatabase>) {
    this.#open = open;
  }

  /** For `useSyncExternalStore`. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** For `useSyncExternalStore`: the same object until something has changed. */
  readonly state = (): DatabaseState => this.#state;

  /** Opens it for one more; gives what lets go of it. For an effect, which StrictMode runs twice: that opens it once. */
  readonly use = (): (() => void) => {
    this.#users++;
    if (!this.#ending) this.#begin();
    return () => {
      this.#users--;
      // Whoever is mounted anew at once, or unmounted after its parent, still finds it.
      setTimeout(() => this.#users === 0 && this.#end());
    };
  };

  #begin(): void {
    const ending = new AbortController();
    this.#ending = ending;
    const tell = (state: DatabaseState) => {
      if (!ending.signal.aborted) this.#tell(state);
    };
    let step: StepProgress | undefined;
    let db: Database | undefined;
    const onProgress = (progress: Progress) => {
      if (progress.type === 'step') step = progress;
      tell({ status: 'upgrading', progress, step });
    };
    const onSuperseded = (error: ConnectionError) => {
      if (db) tell({ status: 'superseded', db, error });
    };
    const opening = Promise.resolve().then(() => this.#open({ onProgress, onSuperseded, signal: ending.signal }));
    opening.then(
      (opened) => {
        // Of whichever class, it has the same members.
        db = opened as Database;
        tell({ status: 'open', db });
        if (ending.signal.aborted) void db.close();
        else ending.signal.addEventListener('abort', () => void opened.close());
      },
      (error: unknown) => tell({ status: 'failed', error, retry: () => this.#retry(ending) }),
    );
  }

  #retry(failed: AbortController): void {
    // Of several calls one counts, and none once nobody wants it.
    if (this.#ending !== failed) return;
    this.#tell(beginning);
    this.#begin();
  }

  #end(): void {
    this.#ending?.abort();
    this.#ending = undefined;
    this.#state = beginning;
  }

  #tell(state: DatabaseState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}
