import type { ErrorData } from '../protocol/errors.js';
import type { ClientId, TransactionId } from '../protocol/ids.js';
import type { FilePart, OpenRequest, Operations, OperationType, Request } from '../protocol/messages.js';
import { isRepeatable, operations, transactionOf } from '../protocol/operations.js';
import type { Progress } from '../protocol/progress.js';
import { backupName } from '../storage/backup.js';
import { holdLock } from '../storage/locks.js';
import { opfsError } from '../storage/opfs.js';
import { pruneBackupsInOpfs } from '../storage/opfs-backups.js';
import type { Asker } from './asker.js';
import { CommitLost } from './commit-lost.js';
import { errorDataOf, faultData, isFault } from './fault.js';
import { importFile } from './import-file.js';
import { loadModule } from './load-module.js';
import { LongWork } from './long-work.js';
import type { ModuleConnection, WheatearModule } from './module.js';
import { nextTask } from './next-task.js';
import { once, recordAnswer, recordedAnswer, recordKey } from './once.js';
import { Deleted, OpfsFiles } from './opfs-files.js';
import { probeOpfs } from './opfs-probe.js';
import { Owner } from './owner.js';
import { saveBackup } from './save-backup.js';
import { StoreClient } from './store-client.js';
import { StoredConnection } from './stored-connection.js';
import { TransactionQueue } from './transaction-queue.js';

type Answer = Operations[OperationType]['response'];

type Handlers = {
  readonly [Type in OperationType]: (
    request: Operations[Type]['request'] & { id: number },
    asker: Asker,
  ) => Operations[Type]['response'] | Promise<Operations[Type]['response']>;
};

/** How long a transaction may do nothing while others wait for it, in milliseconds. */
const idleLimit = 5000;

/** Carries out requests of this worker's page and of other tabs, in the order in which they come, one at a time. */
export class DatabaseServer {
  readonly #module: WheatearModule;
  readonly #loaded: Promise<unknown>;
  readonly #queue = new TransactionQueue();
  /** Done when everything before is: opening takes time, and what comes after must wait for it. */
  #previous: Promise<void> = Promise.resolve();
  #connection: StoredConnection | undefined;
  /** Of a database in OPFS. */
  #files: OpfsFiles | undefined;
  #owner: Owner | undefined;
  #page: Asker | undefined;
  #failure: ErrorData | undefined;
  /** Who has begun the open transaction. */
  #holder: Asker | undefined;
  #longWork: LongWork | undefined;
  /** What was asked for and is no longer wanted, until everything that came before is done. */
  readonly #cancelled = new Set<string>();
  /** Transactions that were rolled back because they did nothing. */
  readonly #expired = new Set<TransactionId>();
  #idleTimer: ReturnType<typeof setTimeout> | undefined;
  #isRetiring = false;
  #onTransactionEnd: () => void = () => {};

  constructor(module: WheatearModule) {
    this.#module = module;
    this.#loaded = loadModule(module);
    // Whoever asks first is told; until then the browser must not report it as unhandled.
    this.#loaded.catch(() => {});
  }

  receive(request: Request, asker: Asker): void {
    const { turn } = operations[request.type];
    if (turn === 'at once') return void this.#respond(request, asker);
    const transaction = transactionOf(request);
    if (transaction !== undefined && transaction === this.#queue.open) clearTimeout(this.#idleTimer);
    // It is not begun here: whoever has asked hears that this worker is the owner no longer, and asks the next one.
    else if (this.#isRetiring && turn !== 'in order') return;
    this.#then(() => this.#schedule(request, asker));
  }

  /** What an asker that is gone has left open is rolled back. */
  forget(client: ClientId): void {
    this.#then(async () => {
      if (this.#holder?.client === client) await this.#rollBack();
    });
  }

  /** Finishes everything that has come, takes on nothing more, and closes the database. */
  async retire(): Promise<void> {
    this.#isRetiring = true;
    // What waits for a transaction is done when that ends, and may begin another one.
    for (let done: Promise<void> | undefined; done !== this.#previous || this.#queue.open !== undefined; ) {
      done = this.#previous;
      await done;
      if (this.#queue.open !== undefined) await new Promise<void>((resolve) => (this.#onTransactionEnd = resolve));
    }
    try {
      await this.#close();
    } catch (error) {
      // Its files are free once the page has ended this worker, which it does if that has failed.
      this.#stop(faultData(errorDataOf(error)?.message ?? error));
    }
    this.#connection = undefined;
  }

  /** Whether what is open is stored; if it was deleted, this connection ends. */
  async isStored(): Promise<boolean> {
    try {
      await this.#files?.require();
    } catch (error) {
      if (!(error instanceof Deleted)) return true;
      this.#failure = error.data;
      this.#owner?.deleted(error.data);
      this.#stop(error.data);
      return false;
    }
    return true;
  }

  readonly #handlers: Handlers = {
    describe: async ({ life }) => {
      await this.#loaded;
      if (life !== undefined) await holdLock(life);
      return this.#module.migrations().describe();
    },
    probe: () => probeOpfs(),
    open: async (request, page) => {
      const { id, name, options, tellProgress, ownership } = request;
      this.#isRetiring = false;
      this.#page = page;
      const build = this.#module.migrations().describe();
      const owner = ownership && new Owner(this, page, { ...ownership, database: name, build, target: options.target });
      // Posted while the run keeps this thread busy, and received meanwhile.
      const onProgress = (progress: Progress) => {
        page.post({ type: 'progress', id, progress });
        owner?.announce({ type: 'progress', progress });
      };
      const connection = await this.#connect(request);
      try {
        const backup = await this.#prepare(connection, request);
        const migrate = (opened: ModuleConnection) =>
          opened.migrate(this.#module.migrations(), options, tellProgress || owner ? onProgress : undefined);
        const report = await connection.run(migrate);
        if (backup !== null) await this.#prune(connection, request);
        const longWork = new LongWork(page);
        await connection.run((opened) => opened.onWorking(longWork.look));
        this.#longWork = longWork;
        this.#connection = connection;
        this.#files = request.kind === 'opfs' ? await OpfsFiles.of(name).catch(() => undefined) : undefined;
        this.#owner = owner;
        owner?.serve(report.to);
        return { report, backup };
      } catch (error) {
        owner?.stop();
        if (!isFault(error)) connection.close();
        throw error;
      }
    },
    status: () => this.#opened().run((connection) => connection.status(this.#module.migrations())),
    query: ({ sql, params, key, rows }) => {
      requireSql(sql);
      return this.#opened().run((connection) => {
        const isArray = rows === 'array';
        const work = () => (isArray ? connection.queryArrays(sql, params) : connection.query(sql, params));
        const done = () => (isArray ? { columns: [], rows: [] } : []);
        return key === undefined ? work() : once(connection, key, done, work);
      });
    },
    run: ({ sql, params, key, transaction }) => {
      requireSql(sql);
      return this.#opened().run((connection) => {
        const work = () => {
          const answer = connection.run(sql, params);
          return key === undefined ? answer : recordAnswer(connection, key, answer);
        };
        if (key === undefined || transaction !== undefined) return work();
        return once(connection, key, () => recordedAnswer(connection, key), work);
      });
    },
    exec: ({ sql, key }) => {
      requireSql(sql);
      return this.#opened().run((connection) => {
        const work = () => connection.exec(sql);
        return key === undefined ? work() : once(connection, key, () => {}, work);
      });
    },
    begin: async ({ key }, asker) => {
      const isNew = await this.#opened().run((connection) => {
        connection.begin();
        try {
          if (key === undefined || recordKey(connection, key)) return true;
        } catch (error) {
          if (!isFault(error)) connection.rollback();
          throw error;
        }
        connection.rollback();
        return false;
      });
      if (!isNew) return null;
      this.#holder = asker;
      return this.#queue.begin();
    },
    commit: () => this.#opened().run((connection) => connection.commit()),
    rollback: () => this.#opened().run((connection) => connection.rollback()),
    export: async ({ id }, asker) => {
      for await (const bytes of this.#opened().parts()) {
        postPart(asker, id, bytes);
        // So that what is not yet received does not pile up.
        await nextTask();
      }
    },
    close: async () => {
      this.#opened();
      await this.#close();
      this.#owner?.stop();
    },
    cancel: ({ client, target }) => {
      const name = nameOf(client, target);
      this.#cancelled.add(name);
      const forget = async () => void this.#cancelled.delete(name);
      this.#then(() => this.#queue.enqueue(forget));
    },
    goOn: () => this.#longWork?.goOn(),
    leave: () => undefined,
    release: (_, { client }) => this.#owner?.saved(client),
    exportFile: ({ id, name }, asker) => this.#module.exportOpfs(name, (bytes) => postPart(asker, id, bytes)),
    import: (request) => importFile(this.#module, request),
  };

  /** Does something when everything before is done. What fails here is a fault of ours, and another worker must go on. */
  #then(work: () => Promise<void>): void {
    this.#previous = this.#previous.then(work).catch((error) => this.#stop(faultData(error)));
  }

  /** Sees to it that a request is answered in its turn; resolves when the next may be looked at. */
  async #schedule(request: Request, asker: Asker): Promise<void> {
    const { turn } = operations[request.type];
    const transaction = transactionOf(request);
    if (turn === 'in order') {
      await this.#respond(request, asker, () => this.#loaded);
      if (request.type === 'open') this.#connection?.prefetch();
    } else if (transaction !== undefined) {
      await this.#respond(request, asker, () => this.#requireOpen(transaction));
      if (turn === 'ends' && transaction === this.#queue.open) await this.#endTransaction();
      else this.#watchIdle();
    } else {
      if (turn === 'leaves' && this.#holder === asker) await this.#rollBack();
      await this.#queue.enqueue(async () => {
        // A tab that is gone would never end what it has begun.
        if (turn === 'begins' && asker.isGone) return;
        await this.#respond(request, asker);
        if (turn === 'begins') this.#watchIdle();
      });
    }
  }

  /** Carries a request out and answers it; `first` may wait, or refuse by throwing. */
  async #respond(request: Request, asker: Asker, first?: () => Promise<unknown> | undefined): Promise<void> {
    const { id, type } = request;
    try {
      if (this.#failure) throw this.#failure;
      if (this.#cancelled.has(nameOf(asker.client, id))) throw cancelled;
      const ready = first?.();
      if (ready) await ready;
      if (!(await isRepeatable(request, (sql) => this.#onlyReads(sql)))) {
        asker.post({ type: 'accepted', id });
        // A worker that was terminated does in Chromium what had come before, though nobody hears it any more: not this.
        await nextTask();
      }
      this.#longWork?.begin(request, asker);
      // Each handler takes the request of its own type, which TypeScript cannot follow here.
      const handle = this.#handlers[type] as (request: Request, asker: Asker) => Answer | Promise<Answer>;
      const answer = handle(request, asker);
      const value = answer instanceof Promise ? await answer : answer;
      // What was written to files that are deleted is not kept.
      if (this.#files) await this.#files.require();
      asker.post({ type: 'done', id, value });
      if (operations[type].changes) await this.#tellChanges();
    } catch (error) {
      if (error instanceof Deleted) this.#owner?.deleted(error.data);
      const data = errorDataOf(error) ?? faultData(error);
      if (error instanceof CommitLost || isFault(error)) this.#failure = data;
      asker.post({ type: 'failed', id, error: this.#failure ?? data });
      if (this.#failure) this.#stop(this.#failure);
    } finally {
      if ('sql' in request) await this.#longWork?.end();
    }
  }

  /** Lets go of the database. Of files that were deleted Chromium 156 does not: that would not return. */
  async #close(): Promise<void> {
    const [connection, files] = [this.#connection, this.#files];
    [this.#connection, this.#files] = [undefined, undefined];
    await files?.require(0);
    connection?.close();
  }

  /** Another connection must take over, which begins with what is stored. */
  #stop(error: ErrorData): void {
    this.#isRetiring = true;
    this.#owner?.stop();
    this.#page?.post({ type: 'stopped', error });
  }

  #onlyReads(sql: unknown): boolean | Promise<boolean> {
    // What is no text is refused.
    return typeof sql !== 'string' || this.#opened().run((connection) => connection.isReadOnly(sql));
  }

  async #tellChanges(): Promise<void> {
    if (!this.#connection) return;
    const tables = await this.#connection.run((connection) => connection.takeChanges());
    if (tables.length === 0) return;
    this.#page?.post({ type: 'change', tables });
    this.#owner?.change(tables);
  }

  /** A transaction that does nothing is rolled back if others wait for it. */
  #watchIdle(): void {
    const transaction = this.#queue.open;
    if (transaction === undefined) return;
    clearTimeout(this.#idleTimer);
    this.#idleTimer = setTimeout(() => {
      this.#then(async () => {
        if (this.#queue.open !== transaction) return;
        if (!(this.#queue.isAwaited || this.#isRetiring)) return this.#watchIdle();
        this.#expired.add(transaction);
        await this.#rollBack();
      });
    }, idleLimit);
  }

  async #rollBack(): Promise<void> {
    await this.#connection
      ?.run((connection) => connection.rollback())
      .catch((error) => {
        // What SQLite refuses, every later request will say; after a fault another worker must go on.
        if (isFault(error)) throw error;
      });
    await this.#endTransaction();
  }

  async #endTransaction(): Promise<void> {
    clearTimeout(this.#idleTimer);
    this.#holder = undefined;
    await this.#queue.end();
    this.#onTransactionEnd();
  }

  #opened(): StoredConnection {
    if (this.#connection) return this.#connection;
    throw { code: 'closed', message: 'The database is not open.' } satisfies ErrorData;
  }

  /** Connects to a database where the page says that it is. */
  async #connect({ kind, name, store, isKnown }: OpenRequest): Promise<StoredConnection> {
    const { Connection } = this.#module;
    if (kind === 'opfs') return new StoredConnection(await Connection.openOpfs(name, isKnown));
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
      else await saveBackup(name, backup, connection.parts());
    } catch (error) {
      const said = error instanceof DOMException ? opfsError(error) : errorDataOf(error);
      if (!said) throw error;
      const { code, message } = said;
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
    if (transaction === this.#queue.open) return;
    if (this.#expired.has(transaction)) {
      const message = `This transaction did nothing for ${idleLimit / 1000} s while others waited for it, and was rolled back; begin it again, and let its function wait for nothing but the transaction it is given.`;
      throw { code: 'timeout', message } satisfies ErrorData;
    }
    const message = 'This transaction has ended; begin another one.';
    throw { code: 'transaction_misuse', message } satisfies ErrorData;
  }
}

function nameOf(client: ClientId | undefined, id: number): string {
  return `${client}/${id}`;
}

/** Nobody hears it. */
const cancelled: ErrorData = { code: 'cancelled', message: 'This is no longer wanted.' };

/** The bytes were copied out of the module's memory, so that their buffer is an ordinary one. */
function postPart(asker: Asker, id: number, bytes: Uint8Array): void {
  asker.post({ type: 'part', id, bytes: bytes as FilePart['bytes'] });
}

/** The module takes strings only; a page in plain JavaScript may send anything. */
function requireSql(sql: unknown): asserts sql is string {
  if (typeof sql === 'string') return;
  const message = `The SQL text must be a string, not ${sql === null ? 'null' : typeof sql}.`;
  throw { code: 'invalid_value', message } satisfies ErrorData;
}
