import { ConnectionError, errorFromData, QueryError, type WheatearError } from './errors.js';
import type { Operations, OperationType, WorkerMessage } from './messages.js';
import type { Progress } from './progress.js';

/** What comes before an answer. */
interface Listeners {
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  readonly onPart?: (bytes: Uint8Array<ArrayBuffer>) => void;
}

interface PendingRequest extends Listeners {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** The page's end of the wire to the worker that holds the database: sends requests, matches answers. */
export class WorkerConnection {
  readonly #worker: Worker;
  readonly #pending = new Map<number, PendingRequest>();
  #nextId = 1;
  readonly #onEnd: () => void;
  /** Rejects when the connection ends. */
  readonly #ending: Promise<never>;
  #rejectEnding: (error: WheatearError) => void = () => {};
  #ended: WheatearError | undefined;

  /** Starts the worker; `onEnd` is called when it is gone. Throws a `ConnectionError` if the browser refuses to. */
  constructor(start: () => Worker, onEnd: () => void) {
    const worker = startWorker(start);
    this.#worker = worker;
    this.#onEnd = onEnd;
    this.#ending = new Promise((_, reject) => {
      this.#rejectEnding = reject;
    });
    // Most connections end while nobody waits for it.
    this.#ending.catch(() => {});
    worker.addEventListener('message', ({ data }: MessageEvent<WorkerMessage>) => this.#receive(data));
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      this.end(workerFailed(event.message || 'its script could not be loaded'));
    });
    worker.addEventListener('messageerror', () => this.end(workerFailed('it sent what this page cannot read')));
  }

  /** Sends one request; rejects with a `WheatearError`. */
  request<Type extends OperationType>(
    type: Type,
    request: Operations[Type]['request'],
    listeners: Listeners = {},
    transfer: Transferable[] = [],
  ): Promise<Operations[Type]['response']> {
    if (this.#ended) return Promise.reject(this.#ended);
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      try {
        this.#worker.postMessage({ ...request, type, id }, transfer);
        this.#pending.set(id, { ...listeners, resolve: resolve as (value: unknown) => void, reject });
      } catch (error) {
        // What structuredClone cannot copy, such as a function among the parameters.
        reject(new QueryError({ code: 'invalid_value', message: `This cannot be sent to the database: ${error}` }));
      }
    });
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
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
    this.#rejectEnding(error);
    this.#onEnd();
  }

  #receive(message: WorkerMessage): void {
    const pending = this.#pending.get(message.id);
    if (message.type === 'progress') {
      tell(pending?.onProgress, message.progress);
      return;
    }
    if (message.type === 'part') {
      pending?.onPart?.(message.bytes);
      return;
    }
    this.#pending.delete(message.id);
    if (message.type === 'done') pending?.resolve(message.value);
    else pending?.reject(errorFromData(message.error));
  }
}

/** A listener that throws is the page's to mend, like any event listener; the work goes on. */
function tell(listener: Listeners['onProgress'], progress: Progress): void {
  try {
    listener?.(progress);
  } catch (error) {
    reportError(error);
  }
}

function startWorker(start: () => Worker): Worker {
  try {
    return start();
  } catch (error) {
    throw workerFailed(String(error));
  }
}

function workerFailed(cause: string): ConnectionError {
  return new ConnectionError({ code: 'worker_failed', message: `The database worker failed: ${cause}` });
}
