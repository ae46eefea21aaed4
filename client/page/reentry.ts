import { QueryError } from '../protocol/errors.js';
import type { Guard } from './cancelling.js';

/**
 * How many steps of promises the function of a transaction may take, after it was called or had an answer, until it asks
 * for something: far more than wrappers around the database need. All of them are taken before anything else runs in
 * this page, so that no other code is taken for that function.
 */
const steps = 100;

/**
 * While the function of a transaction runs: notices that it waits for the database itself, which waits for the end of the
 * transaction. Whoever else of the page uses the database meanwhile waits for its turn.
 */
export class Reentry implements Guard {
  /** How often the function may be running right now. */
  #running = 0;
  /** How many answers the function waits for that will come. */
  #asked = 0;
  /** What the function has asked of the database itself. */
  readonly #waiting = new Set<AbortController>();
  #isOver = false;

  /** Whether it is the function that runs now. */
  get isInside(): boolean {
    return this.#running > 0 && !this.#isOver;
  }

  add(ending: AbortController): () => void {
    this.#waiting.add(ending);
    return () => this.#waiting.delete(ending);
  }

  /** Calls the function. */
  run<Result>(work: () => Promise<Result>): Promise<Result> {
    void this.#follow();
    return work();
  }

  /** The function asks something of its transaction. */
  async ask<Result>(answer: Promise<Result>): Promise<Result> {
    this.#asked++;
    try {
      return await answer;
    } finally {
      this.#asked--;
      void this.#follow();
    }
  }

  /** The transaction is about to end: what waits for that will get its turn. */
  end(): void {
    this.#isOver = true;
  }

  async #follow(): Promise<void> {
    this.#running++;
    for (let step = 0; step < steps; step++) await undefined;
    this.#running--;
    // Nothing that could wake it is on its way but what it has asked of the database.
    if (this.#running > 0 || this.#asked > 0 || this.#isOver) return;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    if (waiting.length === 0) return;
    // It hears so, and goes on.
    void this.#follow();
    for (const ending of waiting) ending.abort(misuse());
  }
}

function misuse(): QueryError {
  const message =
    'The function of a transaction uses the database itself and waits for it, while that waits for the transaction to end; use the transaction that the function is given.';
  return new QueryError({ code: 'transaction_misuse', message });
}
