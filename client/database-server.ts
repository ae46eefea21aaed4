import type { ErrorData } from './errors.js';
import type { Operations, OperationType, Request, TransactionId, WorkerMessage } from './messages.js';
import type { ModuleConnection, WheatearModule } from './module.js';
import type { Progress } from './progress.js';
import { TransactionQueue } from './transaction-queue.js';

type Answer = Operations[OperationType]['response'];

type Handlers = {
  readonly [Type in OperationType]: (
    request: Operations[Type]['request'] & { id: number },
  ) => Operations[Type]['response'] | Promise<Operations[Type]['response']>;
};

/** The worker's end of the wire: carries out requests in the order in which they come, one at a time. */
export class DatabaseServer {
  readonly #module: WheatearModule;
  readonly #loaded: Promise<unknown>;
  readonly #queue = new TransactionQueue();
  /** Done when everything before is: opening takes time, and what comes after must wait for it. */
  #previous: Promise<void> = Promise.resolve();
  #connection: ModuleConnection | undefined;
  #failure: ErrorData | undefined;

  constructor(module: WheatearModule) {
    this.#module = module;
    this.#loaded = module.default();
    // Whoever asks first is told; until then the browser must not report it as unhandled.
    this.#loaded.catch(() => {});
  }

  receive(request: Request): void {
    this.#previous = this.#previous.then(() => this.#schedule(request));
  }

  readonly #handlers: Handlers = {
    open: async ({ id, name, options, tellProgress }) => {
      // Posted while the run keeps this thread busy, and received meanwhile.
      const onProgress = (progress: Progress) => this.#post({ type: 'progress', id, progress });
      const connection = await this.#module.Connection.open(requireText('invalid_name', name));
      try {
        const report = connection.migrate(this.#module.migrations(), options, tellProgress ? onProgress : undefined);
        this.#connection = connection;
        return { report, storage: { kind: 'opfs' } };
      } catch (error) {
        if (isErrorData(error)) connection.close();
        throw error;
      }
    },
    // Copied out of the module's memory, so its buffer is an ordinary one that can be transferred.
    export: async ({ name }) =>
      (await this.#module.exportDatabase(requireText('invalid_name', name))) as Uint8Array<ArrayBuffer>,
    delete: ({ name }) => this.#module.deleteDatabase(requireText('invalid_name', name)),
    status: () => this.#opened().status(this.#module.migrations()),
    query: ({ sql, params }) => this.#opened().query(requireText('invalid_value', sql), params),
    exec: ({ sql }) => this.#opened().exec(requireText('invalid_value', sql)),
    begin: () => {
      this.#opened().begin();
      return this.#queue.begin();
    },
    commit: () => this.#opened().commit(),
    rollback: () => this.#opened().rollback(),
    close: () => {
      const connection = this.#opened();
      this.#connection = undefined;
      connection.close();
    },
  };

  /** Sees to it that a request is answered in its turn; resolves when the next may be looked at. */
  async #schedule(request: Request): Promise<void> {
    switch (request.type) {
      case 'open':
      case 'export':
      case 'delete':
        return this.#respond(request, () => this.#loaded);
      case 'close':
        return this.#respond(request);
      case 'commit':
      case 'rollback':
        await this.#respond(request, () => this.#requireOpen(request.transaction));
        if (this.#queue.isOpen(request.transaction)) this.#queue.end();
        return;
      case 'begin':
      case 'status':
        return this.#queue.enqueue(() => this.#respond(request));
      case 'query':
      case 'exec': {
        const { transaction } = request;
        if (transaction === undefined) return this.#queue.enqueue(() => this.#respond(request));
        return this.#respond(request, () => this.#requireOpen(transaction));
      }
    }
  }

  /** Carries a request out and answers it; `first` may wait, or refuse by throwing. */
  async #respond(request: Request, first?: () => Promise<unknown> | undefined): Promise<void> {
    const { id, type } = request;
    try {
      if (this.#failure) throw this.#failure;
      const ready = first?.();
      if (ready) await ready;
      // Each handler takes the request of its own type, which TypeScript cannot follow here.
      const handle = this.#handlers[type] as (request: Request) => Answer | Promise<Answer>;
      const answer = handle(request);
      this.#post({ type: 'done', id, value: answer instanceof Promise ? await answer : answer });
    } catch (error) {
      // What is not an error of the engine is a fault after which the module's memory cannot be trusted.
      if (!isErrorData(error)) this.#failure = workerFailed(error);
      this.#post({ type: 'failed', id, error: isErrorData(error) ? error : workerFailed(error) });
    }
  }

  #post(message: WorkerMessage): void {
    // The bytes of a whole database are handed over, not copied.
    const transfer = message.type === 'done' && message.value instanceof Uint8Array ? [message.value.buffer] : [];
    postMessage(message, { transfer });
  }

  #opened(): ModuleConnection {
    if (this.#connection) return this.#connection;
    throw { code: 'closed', message: 'The database is not open.' } satisfies ErrorData;
  }

  #requireOpen(transaction: TransactionId): undefined {
    if (this.#queue.isOpen(transaction)) return;
    const message = 'This transaction has ended; begin another one.';
    throw { code: 'transaction_misuse', message } satisfies ErrorData;
  }
}

/** The module takes strings only; a page in plain JavaScript may send anything. */
function requireText(code: 'invalid_name' | 'invalid_value', value: unknown): string {
  if (typeof value === 'string') return value;
  const what = code === 'invalid_name' ? 'name of a database' : 'SQL text';
  throw {
    code,
    message: `The ${what} must be a string, not ${value === null ? 'null' : typeof value}.`,
  } satisfies ErrorData;
}

/** What the module throws on purpose. A newer one may have codes that this package does not know. */
function isErrorData(error: unknown): error is ErrorData {
  if (typeof error !== 'object' || error === null || error instanceof Error) return false;
  return 'code' in error && typeof error.code === 'string' && 'message' in error;
}

function workerFailed(cause: unknown): ErrorData {
  const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  return { code: 'worker_failed', message: `The database worker failed and cannot go on: ${reason}` };
}
