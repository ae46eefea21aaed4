import type { WheatearError } from '../protocol/errors.js';

/** Whoever hears what becomes of a database. */
export interface NewsListener {
  /**
   * Rows of these tables were changed, in whichever tab; `isGap`: so much may have been changed while no owner was heard
   * that anything may be another.
   */
  changed(tables: readonly string[], isGap: boolean): void;
  /** It cannot be used any more. */
  ended?(error: WheatearError): void;
}

/** Passes on what becomes of a database. */
export class News {
  readonly #listeners = new Set<NewsListener>();

  add(listener: NewsListener): void {
    this.#listeners.add(listener);
  }

  remove(listener: NewsListener): void {
    this.#listeners.delete(listener);
  }

  changed(tables: readonly string[], isGap = false): void {
    for (const listener of this.#listeners) listener.changed(tables, isGap);
  }

  ended(error: WheatearError): void {
    for (const listener of this.#listeners) listener.ended?.(error);
  }
}
