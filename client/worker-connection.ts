import { ConnectionError, errorFromData, QueryError } from './errors.js';
import type { Operations, OperationType, Response } from './messages.js';

interface PendingRequest {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** The page's end of the wire to the worker that holds the database: sends requests, matches answers. */
export class WorkerConnection {
  readonly #worker: Worker;
  readonly #pending = new Map<number, PendingRequest>();
  #nextId = 1;
  #ended: ConnectionError | undefined;

  /** Starts the worker. Throws a `ConnectionError` if the browser refuses to. */
  constructor(start: () => Worker) {
    const worker = startWorker(start);
    this.#worker = worker;
    worker.addEventListener('message', ({ data }: MessageEvent<Response>) => this.#settle(data));
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
  ): Promise<Operations[Type]['response']> {
    if (this.#ended) return Promise.reject(this.#ended);
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      try {
        this.#worker.postMessage({ ...request, type, id });
        this.#pending.set(id, { resolve: resolve as (value: unknown) => void, reject });
      } catch (error) {
        // What structuredClone cannot copy, such as a function among the parameters.
        reject(new QueryError({ code: 'invalid_value', message: `This cannot be sent to the database: ${error}` }));
      }
    });
  }

  /** Terminates the worker; this and every later request rejects with `error`. */
  end(error: ConnectionError): void {
    if (this.#ended) return;
    this.#ended = error;
    this.#worker.terminate();
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }

  #settle(response: Response): void {
    const pending = this.#pending.get(response.id);
    this.#pending.delete(response.id);
    if (response.ok) pending?.resolve(response.value);
    else pending?.reject(errorFromData(response.error));
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
