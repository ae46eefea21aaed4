import { ConnectionError, errorFromData, QueryError, type WheatearError } from './errors.js';
import type { Operations, OperationType, WorkerMessage } from './messages.js';
import type { Progress } from './progress.js';

type ProgressListener = (progress: Progress) => void;

interface PendingRequest {
  resolve(value: unknown): void;
  reject(error: Error): void;
  readonly onProgress: ProgressListener | undefined;
}

/** The page's end of the wire to the worker that holds the database: sends requests, matches answers. */
export class WorkerConnection {
  readonly #worker: Worker;
  readonly #pending = new Map<number, PendingRequest>();
  #nextId = 1;
  #ended: WheatearError | undefined;

  /** Starts the worker. Throws a `ConnectionError` if the browser refuses to. */
  constructor(start: () => Worker) {
    const worker = startWorker(start);
    this.#worker = worker;
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
    onProgress?: ProgressListener,
  ): Promise<Operations[Type]['response']> {
    if (this.#ended) return Promise.reject(this.#ended);
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      try {
        this.#worker.postMessage({ ...request, type, id });
        this.#pending.set(id, { resolve: resolve as (value: unknown) => void, reject, onProgress });
      } catch (error) {
        // What structuredClone cannot copy, such as a function among the parameters.
        reject(new QueryError({ code: 'invalid_value', message: `This cannot be sent to the database: ${error}` }));
      }
    });
  }

  /** Terminates the worker; this and every later request rejects with `error`. */
  end(error: WheatearError): void {
    if (this.#ended) return;
    this.#ended = error;
    this.#worker.terminate();
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }

  #receive(message: WorkerMessage): void {
    const pending = this.#pending.get(message.id);
    if (message.type === 'progress') {
      tell(pending?.onProgress, message.progress);
      return;
    }
    this.#pending.delete(message.id);
    if (message.type === 'done') pending?.resolve(message.value);
    else pending?.reject(errorFromData(message.error));
  }
}

/** A listener that throws is the page's to mend, like any event listener; the work goes on. */
function tell(listener: ProgressListener | undefined, progress: Progress): void {
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
