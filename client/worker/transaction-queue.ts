import type { TransactionId } from '../protocol/ids.js';

/**
 * Decides whose turn it is: while a transaction is open, only its own work runs, and all other work
 * waits in the order in which it came, whoever it came from.
 */
export class TransactionQueue {
  #open: TransactionId | undefined;
  readonly #waiting: (() => Promise<void>)[] = [];

  /** The transaction that is open. */
  get open(): TransactionId | undefined {
    return this.#open;
  }

  /** Whether anything waits for the open transaction to end. */
  get isAwaited(): boolean {
    return this.#waiting.length > 0;
  }

  /** Does `work`, which belongs to no transaction, now or when the open one has ended. */
  async enqueue(work: () => Promise<void>): Promise<void> {
    if (this.#open === undefined) await work();
    else this.#waiting.push(work);
  }

  /** Opens a transaction. Called by work whose turn it is. */
  begin(): TransactionId {
    this.#open = crypto.randomUUID();
    return this.#open;
  }

  /** Ends the open transaction and does what waited for it, up to the next that opens one. */
  async end(): Promise<void> {
    this.#open = undefined;
    while (this.#open === undefined) {
      const work = this.#waiting.shift();
      if (!work) return;
      await work();
    }
  }
}
