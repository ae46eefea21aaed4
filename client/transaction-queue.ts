import type { TransactionId } from './messages.js';

/**
 * Decides whose turn it is: while a transaction is open, only its own work runs, and all other work
 * waits in the order in which it came.
 */
export class TransactionQueue {
  #open: TransactionId | undefined;
  #last: TransactionId = 0;
  readonly #waiting: (() => void)[] = [];

  /** Whether this transaction is the open one. */
  isOpen(transaction: TransactionId): boolean {
    return transaction === this.#open;
  }

  /** Runs `work`, which belongs to no transaction, now or when the open one has ended. */
  enqueue(work: () => void): void {
    if (this.#open === undefined) work();
    else this.#waiting.push(work);
  }

  /** Opens a transaction. Called by work whose turn it is. */
  begin(): TransactionId {
    this.#open = ++this.#last;
    return this.#open;
  }

  /** Ends the open transaction and runs what waited for it, up to the next that opens one. */
  end(): void {
    this.#open = undefined;
    while (this.#open === undefined) {
      const work = this.#waiting.shift();
      if (!work) return;
      work();
    }
  }
}
