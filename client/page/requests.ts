import { errorFromData, QueryError, type WheatearError } from '../protocol/errors.js';
import type { TransactionId } from '../protocol/ids.js';
import type { Operations, OperationType, Request, Response, WorkerMessage } from '../protocol/messages.js';
import { transactionOf } from '../protocol/operations.js';
import type { Progress } from '../protocol/progress.js';
import type { SqlValue } from '../protocol/values.js';
import { calledFrom } from './caller.js';
import { lossOf, rolledBack } from './lost-owner.js';
import { tell } from './tell.js';

/** What comes before an answer. */
export interface Listeners {
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  readonly onPart?: (bytes: Uint8Array<ArrayBuffer>) => void;
  /** What was asked for is there, and stays; again with another owner. */
  readonly onDefined?: () => void;
  readonly onCall?: (values: SqlValue[]) => void;
  /** The work begins again, with another owner: what came before does not count. */
  readonly onAgain?: () => void;
  /** Ends the waiting: the request rejects with the signal's reason, and need not be done. */
  readonly signal?: AbortSignal | undefined;
}

/** Sends a request to whoever answers it. */
export type Wire = (request: Request) => void;

interface PendingRequest {
  readonly request: Request;
  readonly listeners: Listeners;
  /** Where it was asked. */
  readonly call: Error;
  /** When it was asked, as `performance.now()` gives it. */
  readonly since: number;
  /** Whether it was begun, and must not be begun again. */
  isAccepted: boolean;
  /** Whether nobody waits for it any more. */
  isAbandoned: boolean;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

// Unique in a page: one worker answers requests of several senders.
let nextId = 1;

/**
 * Requests that wait for their answers. Who answers may change: `lossOf` says what becomes of each then.
 */
export class Requests {
  readonly #pending = new Map<number, PendingRequest>();
  /** Transactions that are open where the wire leads, and those that were where it led before. */
  readonly #open = new Set<TransactionId>();
  readonly #lost = new Set<TransactionId>();
  #wire: Wire | undefined;
  #ended: WheatearError | undefined;
  readonly #onAbandon: (id: number) => void;

  /** @param onAbandon hears which request need not be done any more */
  constructor(wire?: Wire, onAbandon: (id: number) => void = () => {}) {
    this.#wire = wire;
    this.#onAbandon = onAbandon;
  }

  /** Sends one request, or keeps it until there is a wire; rejects with a `WheatearError`. */
  request<Type extends OperationType>(
    type: Type,
    request: Operations[Type]['request'],
    listeners: Listeners = {},
  ): Promise<Operations[Type]['response']> {
    if (this.#ended) return Promise.reject(this.#ended);
    const { signal } = listeners;
    if (signal?.aborted) return Promise.reject(signal.reason);
    const call = new Error();
    const id = nextId++;
    // TypeScript does not see that type and request belong together.
    const whole = { ...request, type, id } as unknown as Request;
    const transaction = transactionOf(whole);
    if (transaction !== undefined && this.#lost.has(transaction)) return Promise.reject(rolledBack());
    return new Promise((resolve, reject) => {
      const abandon = () => this.#abandon(pending, signal?.reason);
      signal?.addEventListener('abort', abandon);
      const settled = () => signal?.removeEventListener('abort', abandon);
      const pending: PendingRequest = {
        request: whole,
        listeners,
        call,
        since: performance.now(),
        isAccepted: false,
        isAbandoned: false,
        resolve: (value) => {
          settled();
          resolve(value as Operations[Type]['response']);
        },
        reject: (error) => {
          settled();
          reject(error);
        },
      };
      this.#pending.set(id, pending);
      if (this.#wire) this.#send(pending, this.#wire);
    });
  }

  /**
   * Nobody answers any more, until the next `connect`.
   *
   * @param isAllHeard whether everything has arrived that was said; otherwise what was sent may have been begun
   */
  disconnect(isAllHeard: boolean): void {
    const mayBeBegun = this.#wire !== undefined && !isAllHeard;
    this.#wire = undefined;
    for (const transaction of this.#open) this.#lost.add(transaction);
    this.#open.clear();
    for (const [id, pending] of this.#pending) {
      const { request, listeners, isAccepted, isAbandoned } = pending;
      const loss = lossOf(request, { mayBeBegun, isAccepted });
      if (loss || isAbandoned) this.#pending.delete(id);
      else listeners.onAgain?.();
      // Nobody hears it if the request was abandoned.
      if (loss) pending.reject(calledFrom(loss, pending.call));
    }
  }

  /** From now on this wire is used, and first for all that waits. */
  connect(wire: Wire): void {
    this.#wire = wire;
    for (const pending of this.#pending.values()) this.#send(pending, wire);
  }

  /** This and every later request rejects with `error`. */
  end(error: WheatearError): void {
    this.#ended = error;
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }

  /** Whoever answers says something. */
  receive(message: WorkerMessage): void {
    const pending = 'id' in message ? this.#pending.get(message.id) : undefined;
    if (!pending) return;
    switch (message.type) {
      case 'accepted':
        pending.isAccepted = true;
        return;
      case 'progress':
        void tell(pending.listeners.onProgress, message.progress);
        return;
      case 'part':
        pending.listeners.onPart?.(message.bytes);
        return;
      case 'defined':
        pending.listeners.onDefined?.();
        return;
      case 'called':
        void tell(pending.listeners.onCall, message.values);
        return;
      case 'done':
        this.#settle(pending, message);
        if (pending.request.type === 'begin') this.#begun(message.value as TransactionId | null, pending);
        pending.resolve(message.value);
        return;
      case 'failed':
        this.#settle(pending, message);
        pending.reject(calledFrom(errorFromData(message.error), pending.call));
    }
  }

  /** Hears what was asked when, and how long the worker was busy with it, in milliseconds. */
  protected answered(_request: Request, _since: number, _durationMs: number): void {}

  /** Nobody waits for a request any more. A transaction that is begun all the same must be ended. */
  #abandon(pending: PendingRequest, reason: Error): void {
    const { id, type } = pending.request;
    pending.reject(reason);
    if (this.#wire && type === 'begin') pending.isAbandoned = true;
    else this.#pending.delete(id);
    if (this.#wire) this.#onAbandon(id);
  }

  #begun(transaction: TransactionId | null, { isAbandoned }: PendingRequest): void {
    if (transaction === null) return;
    this.#open.add(transaction);
    if (isAbandoned) this.request('rollback', { transaction }).catch(() => {});
  }

  #settle({ request, since }: PendingRequest, { durationMs = 0 }: Response): void {
    this.#pending.delete(request.id);
    this.answered(request, since, durationMs);
    if (request.type === 'commit' || request.type === 'rollback') this.#open.delete(request.transaction);
  }

  #send({ request, reject }: PendingRequest, wire: Wire): void {
    try {
      wire(request);
    } catch (error) {
      this.#pending.delete(request.id);
      // What structuredClone cannot copy, such as a function among the parameters.
      reject(new QueryError({ code: 'invalid_value', message: `This cannot be sent to the database: ${error}` }));
    }
  }
}
