import { backupName } from './backup.js';
import type { ErrorData } from './errors.js';
import { importFile } from './import-file.js';
import type {
  FilePart,
  OpenRequest,
  Operations,
  OperationType,
  Request,
  StoredAt,
  TransactionId,
  WorkerMessage,
} from './messages.js';
import type { ModuleConnection, WheatearModule } from './module.js';
import { opfsError } from './opfs.js';
import { pruneBackupsInOpfs, saveBackup } from './opfs-backups.js';
import { probeOpfs } from './opfs-probe.js';
import type { Progress } from './progress.js';
import { StoreClient } from './store-client.js';
import { CommitLost, StoredConnection } from './stored-connection.js';
import { TransactionQueue } from './transaction-queue.js';

type Answer = Operations[OperationType]['response'];

type Handlers = {
  readonly [Type in OperationType]: (
    request: Operations[Type]['request'] & { id: number },
  ) => Operations[Type]['response'] | Promise<Operations[Type]['response']>;
};

/** Bytes of a file that are sent at once. */
const partSize = 1 << 20;

/** The worker's end of the wire: carries out requests in the order in which they come, one at a time. */
export class DatabaseServer {
  readonly #module: WheatearModule;
  readonly #loaded: Promise<unknown>;
  readonly #queue = new TransactionQueue();
  /** Done when everything before is: opening takes time, and what comes after must wait for it. */
  #previous: Promise<void> = Promise.resolve();
  #connection: StoredConnection | undefined;
  #failure: ErrorData | undefined;

  constructor(module: WheatearModule) {
    this.#module = module;
    this.#loaded = module.default();
    // Whoever asks first is told; until then the browser must not report it as unhandled.
    this.#loaded.catch(() => {});
  }

  receive(request: Request): void {
    if (request.type === 'probe') void this.#respond(request);
    else this.#previous = this.#previous.then(() => this.#schedule(request));
  }

  readonly #handlers: Handlers = {
    probe: () => probeOpfs(),
    open: async (request) => {
      const { id, options, tellProgress } = request;
      // Posted while the run keeps this thread busy, and received meanwhile.
      const onProgress = (progress: Progress) => this.#post({ type: 'progress', id, progress });
      const connection = await this.#connect(request);
      try {
        const backup = await this.#prepare(connection, request);
        const migrate = (opened: ModuleConnection) =>
          opened.migrate(this.#module.migrations(), options, tellProgress ? onProgress : undefined);
        const report = await connection.run(migrate);
        if (backup !== null) await this.#prune(connection, request);
        this.#connection = connection;
        return { report, backup };
      } catch (error) {
        if (isErrorData(error)) connection.close();
        throw error;
      }
    },
    status: () => this.#opened().run((connection) => connection.status(this.#module.migrations())),
    query: ({ sql, params }) => {
      requireSql(sql);
      return this.#opened().run((connection) => connection.query(sql, params));
    },
    exec: ({ sql }) => {
      requireSql(sql);
      return this.#opened().run((connection) => connection.exec(sql));
    },
    begin: async () => {
      await this.#opened().run((connection) => connection.begin());
      return this.#queue.begin();
    },
    commit: () => this.#opened().run((connection) => connection.commit()),
    rollback: () => this.#opened().run((connection) => connection.rollback()),
    export: async ({ id }) => {
      await this.#opened().loadAll();
      await this.#opened().run((connection) => {
        for (const bytes of partsOf(connection)) this.#postPart(id, bytes);
      });
    },
    close: () => {
      const connection = this.#opened();
      this.#connection = undefined;
      connection.close();
    },
    exportFile: ({ id, name }) => this.#module.exportOpfs(name, (bytes) => this.#postPart(id, bytes)),
    import: (request) => importFile(this.#module, request),
  };

  /** Sees to it that a request is answered in its turn; resolves when the next may be looked at. */
  async #schedule(request: Request): Promise<void> {
    switch (request.type) {
      case 'open':
        await this.#respond(request, () => this.#loaded);
        this.#connection?.prefetch();
        return;
      case 'exportFile':
      case 'import':
        return this.#respond(request, () => this.#loaded);
      case 'probe':
      case 'close':
        return this.#respond(request);
      case 'commit':
      case 'rollback':
        await this.#respond(request, () => this.#requireOpen(request.transaction));
        if (this.#queue.isOpen(request.transaction)) await this.#queue.end();
        return;
      case 'begin':
      case 'status':
      case 'export':
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
      if (error instanceof CommitLost) this.#failure = error.data;
      else if (!isErrorData(error)) this.#failure = workerFailed(error);
      this.#post({ type: 'failed', id, error: this.#failure ?? (error as ErrorData) });
    }
  }

  #post(message: WorkerMessage): void {
    // The bytes of a file are handed over, not copied.
    postMessage(message, { transfer: message.type === 'part' ? [message.bytes.buffer] : [] });
  }

  /** The bytes were copied out of the module's memory, so that their buffer is an ordinary one. */
  #postPart(id: number, bytes: Uint8Array): void {
    this.#post({ type: 'part', id, bytes: bytes as FilePart['bytes'] });
  }

  #opened(): StoredConnection {
    if (this.#connection) return this.#connection;
    throw { code: 'closed', message: 'The database is not open.' } satisfies ErrorData;
  }

  /** Connects to a database where the page says that it is. */
  async #connect({ kind, name, store }: StoredAt & { name: string }): Promise<StoredConnection> {
    const { Connection } = this.#module;
    if (kind === 'opfs') return new StoredConnection(await Connection.openOpfs(name));
    if (!store) return new StoredConnection(Connection.openMirror(0, undefined));
    return StoredConnection.open(this.#module, { ...store, store: new StoreClient(store.port) });
  }

  /**
   * If there is something to upgrade, sees to it that the run can begin and need not begin again, and makes a copy of
   * the database if one is wanted. Gives the name of the copy.
   */
  async #prepare(connection: StoredConnection, request: OpenRequest): Promise<string | null> {
    const { kind, name, options, backups } = request;
    const copies = backups > 0 && kind !== 'memory';
    if (!copies && !connection.store) return null;
    const pending = await connection.run((opened) => opened.pending(this.#module.migrations(), options));
    if (!pending) return null;
    await connection.loadAll();
    if (!copies || (await connection.run((opened) => opened.fileSize())) === 0) return null;
    const backup = backupName(name, pending.from);
    try {
      if (connection.store) await connection.store.backUp(backup);
      else await connection.run((opened) => saveBackup(name, backup, partsOf(opened)));
    } catch (error) {
      const { code, message } = isErrorData(error) ? error : opfsError(error);
      throw {
        code,
        message: `The copy that was to be made before the upgrade could not be made, so the upgrade was not begun. ${message}`,
      } satisfies ErrorData;
    }
    return backup;
  }

  /** Deletes what is too much of backups. If that fails, there are more than asked for, and nothing is lost. */
  async #prune({ store }: StoredConnection, { name, backups }: OpenRequest): Promise<void> {
    const pruning = store ? store.prune(backups) : pruneBackupsInOpfs(name, backups);
    await pruning.catch(() => {});
  }

  #requireOpen(transaction: TransactionId): undefined {
    if (this.#queue.isOpen(transaction)) return;
    const message = 'This transaction has ended; begin another one.';
    throw { code: 'transaction_misuse', message } satisfies ErrorData;
  }
}

/** The database file, from its beginning to its end. */
function* partsOf(connection: ModuleConnection): Generator<Uint8Array> {
  const size = connection.fileSize();
  for (let offset = 0; offset < size; offset += partSize) {
    yield connection.readFile(offset, Math.min(partSize, size - offset));
  }
}

/** The module takes strings only; a page in plain JavaScript may send anything. */
function requireSql(sql: unknown): asserts sql is string {
  if (typeof sql === 'string') return;
  const message = `The SQL text must be a string, not ${sql === null ? 'null' : typeof sql}.`;
  throw { code: 'invalid_value', message } satisfies ErrorData;
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
