import { ConnectionError, type WheatearError } from './errors.js';
import type { Operations, OperationType, WorkerMessage } from './messages.js';
import { type Listeners, Requests, type Wire } from './requests.js';

/** The page's end of the wire to a worker. */
export class WorkerConnection {
  readonly #worker: Worker;
  readonly #requests: Requests;
  readonly #onEnd: (why: WheatearError) => void;
  /** Rejects when the connection ends. */
  readonly #ending: Promise<never>;
  #rejectEnding: (error: WheatearError) => void = () => {};
  #ended: WheatearError | undefined;

  /**
   * Starts the worker; `onEnd` is called when it is gone, and `onMessage` with everything that it says. Throws a
   * `ConnectionError` if the browser refuses to.
   */
  constructor(
    start: () => Worker,
    onEnd: (why: WheatearError) => void,
    onMessage: (message: WorkerMessage) => void = () => {},
  ) {
    const worker = startWorker(start);
    this.#worker = worker;
    this.#onEnd = onEnd;
    this.#requests = new Requests(this.wire);
    this.#ending = new Promise((_, reject) => {
      this.#rejectEnding = reject;
    });
    // Most connections end while nobody waits for it.
    this.#ending.catch(() => {});
    worker.addEventListener('message', ({ data }: MessageEvent<WorkerMessage>) => {
      if (this.#ended) return;
      this.#requests.receive(data);
      onMessage(data);
    });
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      this.end(workerFailed(event.message || 'its script could not be loaded'));
    });
    worker.addEventListener('messageerror', () => this.end(workerFailed('it sent what this page cannot read')));
  }

  /** Sends to the worker what somebody else waits for. */
  readonly wire: Wire = (request, transfer) => this.#worker.postMessage(request, transfer);

  /** Why it ended; `undefined` while it has not. */
  get ended(): WheatearError | undefined {
    return this.#ended;
  }

  /** Sends one request; rejects with a `WheatearError`. */
  request<Type extends OperationType>(
    type: Type,
    request: Operations[Type]['request'],
    listeners: Listeners = {},
    transfer: Transferable[] = [],
  ): Promise<Operations[Type]['response']> {
    return this.#requests.request(type, request, listeners, transfer);
  }

  /** What `work` resolves to, unless the connection ends before. */
  race<Result>(work: Promise<Result>): Promise<Result> {
    return Promise.race([work, this.#ending]);
  }

  /** Terminates the worker; this and every later request rejects with `error`. */
  end(error: WheatearError): void {
    if (this.#ended) return;
    this.#ended = error;
    this.#worker.terminate();
    this.#requests.end(error);
    this.#rejectEnding(error);
    this.#onEnd(error);
  }
}

function startWorker(start: () => Worker): Worker {
  try {
    return start();
  } catch (error) {
    throw workerFailed(String(error));
  }
}

export function workerFailed(cause: string): ConnectionError {
  return new ConnectionError({ code: 'worker_failed', message: `The database worker failed: ${cause}` });
}
