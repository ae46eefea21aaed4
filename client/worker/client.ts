import type { ErrorData } from '../protocol/errors.js';
import type { ClientId, TransactionId } from '../protocol/ids.js';
import type { WorkerMessage } from '../protocol/messages.js';

/** How long a transaction may do nothing while others wait for it, in milliseconds. */
const idleLimit = 5000;

/**
 * Whoever sends requests, which is this worker's page or another tab, and what it has open here. `Owner` sees by a lock that
 * a tab is gone; then it is closed, and `DatabaseServer` rolls back what it has left open.
 */
export class Client {
  /** `undefined`: this worker's page. */
  readonly id: ClientId | undefined;
  /** Of its migrations; `undefined`: those of this worker. */
  readonly digest: string | undefined;
  /** The numbers of the requests that it waits for; one that it has cancelled is no longer among them. */
  readonly wanted = new Set<number>();
  readonly #send: (message: WorkerMessage) => void;
  #isGone = false;
  #transaction: TransactionId | undefined;
  #idleTimer: ReturnType<typeof setTimeout> | undefined;
  /** Transactions of its own that were rolled back because they did nothing. */
  readonly #expired = new Set<TransactionId>();

  constructor(id: ClientId | undefined, send: (message: WorkerMessage) => void, digest?: string) {
    this.id = id;
    this.digest = digest;
    this.#send = send;
  }

  /** Whether it hears nothing any more. */
  get isGone(): boolean {
    return this.#isGone;
  }

  /** The transaction that it has open. */
  get transaction(): TransactionId | undefined {
    return this.#transaction;
  }

  post(message: WorkerMessage): void {
    if (!this.#isGone) this.#send(message);
  }

  /** Its transaction is open from now on. */
  begin(transaction: TransactionId): TransactionId {
    this.#transaction = transaction;
    return transaction;
  }

  /** @throws ErrorData if it is not this transaction that is open */
  require(transaction: TransactionId): void {
    if (transaction === this.#transaction) return;
    if (this.#expired.has(transaction)) {
      const message = `This transaction did nothing for ${idleLimit / 1000} s while others waited for it, and was rolled back; begin it again, and let its function wait for nothing but the transaction it is given.`;
      throw { class: 'ConnectionError', code: 'timeout', message } satisfies ErrorData;
    }
    const message = 'This transaction has ended; begin another one.';
    throw { class: 'QueryError', code: 'transaction_misuse', message } satisfies ErrorData;
  }

  /** Its transaction does nothing for now: `onIdle` is called if that lasts. */
  rest(onIdle: () => void): void {
    clearTimeout(this.#idleTimer);
    this.#idleTimer = setTimeout(onIdle, idleLimit);
  }

  /** Its transaction does something again. */
  wake(): void {
    clearTimeout(this.#idleTimer);
  }

  /** Its transaction has done nothing for too long, and is about to be rolled back. */
  expire(): void {
    if (this.#transaction !== undefined) this.#expired.add(this.#transaction);
  }

  /** Its transaction is committed or rolled back. */
  end(): void {
    this.wake();
    this.#transaction = undefined;
  }

  /** It is gone, and hears nothing any more; `DatabaseServer` rolls its transaction back, so that need not be watched. */
  close(): void {
    this.#isGone = true;
    this.wake();
  }
}
