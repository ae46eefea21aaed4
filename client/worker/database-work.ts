import type { ErrorData } from '../protocol/errors.js';
import type { WasmSource } from '../protocol/greeting.js';
import type { TransactionId } from '../protocol/ids.js';
import type { FilePart, OpenRequest, Operations, OperationType, Request } from '../protocol/messages.js';
import type { Plan } from '../protocol/migration-operation.js';
import type { MigrationSummary } from '../protocol/migration-set.js';
import type { Progress } from '../protocol/progress.js';
import { nothingDone } from '../protocol/values.js';
import { holdLock } from '../storage/locks.js';
import { Callbacks } from './callbacks.js';
import type { Client } from './client.js';
import { isFault } from './fault.js';
import { holdsSomething, importFile } from './import-file.js';
import { loadModule } from './load-module.js';
import { LongWork } from './long-work.js';
import { migrationHandlers } from './migration-handlers.js';
import { OwnMigrations } from './migration-set.js';
import type { ModuleConnection, WheatearModule } from './module.js';
import { nextTask } from './next-task.js';
import { bringUpToDate, connect } from './opening.js';
import { OpfsFiles } from './opfs-files.js';
import { probeOpfs } from './opfs-probe.js';
import { Owner, type Server } from './owner.js';
import { ProgressNews } from './progress-news.js';
import { readingHandlers } from './reading-handlers.js';
import { requireSql } from './require-sql.js';
import { equip, type ServeOptions } from './serve-options.js';
import type { StoredConnection } from './stored-connection.js';
import { timed } from './timed.js';

type Answer = Operations[OperationType]['response'];

type Handlers = {
  readonly [Type in OperationType]: (
    request: Operations[Type]['request'] & { id: number },
    client: Client,
  ) => Operations[Type]['response'] | Promise<Operations[Type]['response']>;
};

/** What handlers need of whoever gives requests their turns. */
export interface Turns extends Server {
  /** Opens a transaction for a client. */
  begin(client: Client): TransactionId;
}

/** The database that a worker has open, and what can be asked for of it and of those that are not open. */
export class DatabaseWork {
  readonly #module: WheatearModule;
  readonly #page: Client;
  readonly #turns: Turns;
  /** Rejects with `ErrorData` if the module, or what its script adds to it, cannot be used. */
  readonly loaded: Promise<void>;
  readonly #migrations: OwnMigrations;
  #connection: StoredConnection | undefined;
  /** Of a database in OPFS. */
  #files: OpfsFiles | undefined;
  #owner: Owner | undefined;
  #longWork: LongWork | undefined;
  readonly #callbacks: Callbacks;

  constructor(
    module: WheatearModule,
    options: ServeOptions,
    wasm: Promise<WasmSource | undefined>,
    page: Client,
    turns: Turns,
  ) {
    this.#module = module;
    this.#migrations = new OwnMigrations(module, options);
    this.#callbacks = new Callbacks(options);
    this.#page = page;
    this.#turns = turns;
    const loading = timed(page, 'compile', async () => loadModule(module, await wasm));
    this.loaded = loading.then(() => equip(module, options));
    // Whoever asks first is told by `DatabaseServer`; until then the browser must not report it as unhandled.
    this.loaded.catch(() => {});
  }

  /** Does what a request asks for, once its turn has come. Throws errors of every kind that `errorDataOf` knows, and faults. */
  async carryOut(request: Request, client: Client): Promise<Answer> {
    this.#longWork?.begin(request, client);
    // Each handler takes the request of its own type, which TypeScript cannot follow here.
    const handle = this.#handlers[request.type] as (request: Request, client: Client) => Answer | Promise<Answer>;
    const answer = await handle(request, client);
    // What was written to files that the browser has deleted meanwhile is not kept, and must not be answered.
    await this.#files?.require();
    return answer;
  }

  readonly #handlers: Handlers = {
    describe: async ({ life, migrations }) => {
      await this.loaded;
      if (life !== undefined) await holdLock(life);
      return this.#migrations.take(migrations);
    },
    probe: probeOpfs,
    open: (request) => this.#open(request),
    ...migrationHandlers(() => ({
      migrations: this.#migrations,
      connection: this.#opened(),
      owner: this.#owner,
      tellChanges: () => this.tellChanges(),
    })),
    query: ({ sql, params, key, rows }) => {
      requireSql(sql);
      return this.#opened().run((connection) => {
        const isArray = rows === 'array';
        const work = () => (isArray ? connection.queryArrays(sql, params) : connection.query(sql, params));
        return once(connection, key, work, () => (isArray ? { columns: [], rows: [] } : []));
      });
    },
    run: ({ sql, params, key, transaction }) => {
      requireSql(sql);
      return this.#opened().run((connection) => {
        const work = () => connection.run(sql, params, key);
        // A transaction with a key has recorded it when it was begun.
        if (key === undefined || transaction !== undefined) return work();
        return once(connection, key, work, () => connection.recorded(key));
      });
    },
    batch: ({ statements, rows, key }) => {
      for (const { sql } of statements) requireSql(sql);
      return this.#opened().run((connection) =>
        once(
          connection,
          key,
          () => connection.batch(statements, rows === 'array'),
          () => nothingDone(statements.length, rows),
        ),
      );
    },
    exec: ({ sql, key }) => {
      requireSql(sql);
      return this.#opened().run((connection) =>
        once(
          connection,
          key,
          () => connection.exec(sql),
          () => {},
        ),
      );
    },
    begin: async ({ key }, client) => {
      const isBegun = await this.#opened().run((connection) => connection.begin(key));
      return isBegun ? this.#turns.begin(client) : null;
    },
    ...readingHandlers(() => this.#opened()),
    define: async ({ id, name }, client) => {
      // Without a connection the next owner is asked.
      await this.#connection?.run((connection) => this.#callbacks.add(connection, name, { client, id }));
      return new Promise<never>(() => {});
    },
    commit: () => this.#opened().run((connection) => connection.commit()),
    rollback: () => this.#opened().run((connection) => connection.rollback()),
    export: async ({ id }, client) => {
      for await (const bytes of this.#opened().parts()) {
        if (client.isGone) return;
        postPart(client, id, bytes);
        // So that parts which are not yet received do not pile up.
        await nextTask();
      }
    },
    close: async () => {
      this.#opened();
      await this.close();
      this.#owner?.stop();
    },
    // If it has begun by now, the page sees to its end (`LongWorkWatch`).
    cancel: ({ client, target }, page) => {
      (client === undefined ? page : this.#owner?.find(client))?.wanted.delete(target);
    },
    goOn: () => this.#longWork?.goOn(),
    leave: () => undefined,
    release: (_, { id }) => this.#owner?.saved(id),
    exportFile: ({ id, name }, client) => this.#module.exportOpfs(name, (bytes) => postPart(client, id, bytes)),
    import: (request) => importFile(this.#module, request),
    holds: ({ name }) => holdsSomething(this.#module, name),
  };

  async #open(request: OpenRequest & { id: number }): Promise<Operations['open']['response']> {
    const { id, name, options, tellProgress, ownership } = request;
    const [module, page] = [this.#module, this.#page];
    const migrations = this.#migrations;
    migrations.check();
    const owner =
      ownership && new Owner(this.#turns, page, { ...ownership, database: name, migrations, target: options.target });
    // What is posted while the run keeps this thread busy, page and tabs receive meanwhile.
    const tellPage = (progress: Progress) => page.post({ type: 'progress', id, progress });
    const news = new ProgressNews((progress) => {
      if (!tellProgress) tellPage(progress);
      owner?.announce({ type: 'progress', progress });
    });
    const onProgress = (progress: Progress) => {
      if (tellProgress) tellPage(progress);
      news.hear(progress);
    };
    const connection = await timed(page, 'storage', () => connect(module, request));
    try {
      const onPlan = request.tellPlan ? (plan: Plan) => page.post({ type: 'plan', plan }) : undefined;
      const listeners = { onProgress, onPlan };
      const opened = await timed(page, 'migrate', () => bringUpToDate(migrations, connection, request, listeners));
      if (!opened) {
        owner?.stop();
        connection.close();
        return null;
      }
      const longWork = new LongWork(page);
      await connection.run((opened) => opened.onWorking(longWork.look));
      this.#longWork = longWork;
      this.#connection = connection;
      connection.onOutcome = this.#callbacks.outcome;
      this.#files = request.kind === 'opfs' ? new OpfsFiles(name) : undefined;
      this.#owner = owner;
      owner?.serve(opened.report.to);
      // Behind the answer, for which the page waits.
      void nextTask().then(() => connection.prefetch());
      return opened;
    } catch (error) {
      owner?.stop();
      if (!isFault(error)) connection.close();
      throw error;
    }
  }

  /** Whether SQLite says that statements only read. */
  onlyReads(texts: readonly unknown[]): Promise<boolean> {
    // What is no text its handler refuses.
    return this.#opened().run((connection) =>
      texts.every((sql) => typeof sql !== 'string' || connection.isReadOnly(sql)),
    );
  }

  /** What is applied, as the database has recorded it. */
  applied(): Promise<MigrationSummary[]> {
    return this.#opened().run((connection) => connection.applied());
  }

  /** Tells every tab which tables were changed since it did so last. */
  async tellChanges(): Promise<void> {
    const tables = (await this.#connection?.run((connection) => connection.takeChanges())) ?? [];
    if (tables.length === 0) return;
    this.#page.post({ type: 'change', tables });
    this.#owner?.change(tables);
  }

  /** After an answer: resolves when the page knows that this worker hears again, if it did not for long. */
  async rest(): Promise<void> {
    await this.#longWork?.end();
  }

  /** Rolls the open transaction back. What SQLite refuses then, it will refuse to every later request, too. */
  async rollBack(): Promise<void> {
    await this.#connection
      ?.run((connection) => connection.rollback())
      .catch((error) => {
        if (isFault(error)) throw error;
      });
  }

  /** Throws `Deleted` if what is open is no longer stored. */
  async requireStored(): Promise<void> {
    await this.#files?.require();
  }

  /** Lets go of the database. Of files that were deleted Chromium 156 does not: that would not return. */
  async close(): Promise<void> {
    const [connection, files] = [this.#connection, this.#files];
    [this.#connection, this.#files] = [undefined, undefined];
    await files?.require(0);
    connection?.close();
  }

  /** What is open is no longer stored: other tabs that have it open must not go on with an empty one. */
  tellDeleted(error: ErrorData): void {
    this.#owner?.deleted(error);
  }

  /** Nothing can be done with this connection any more: the page sees to another one, which begins with what is stored. */
  stop(error: ErrorData): void {
    this.#owner?.stop();
    this.#page.post({ type: 'stopped', error });
  }

  #opened(): StoredConnection {
    if (this.#connection) return this.#connection;
    throw { class: 'ConnectionError', code: 'closed', message: 'The database is not open.' } satisfies ErrorData;
  }
}

/** Does work in a transaction that records its key, if it has one; gives what `done` gives if that was recorded before. */
function once<Result>(
  connection: ModuleConnection,
  key: string | undefined,
  work: () => Result,
  done: () => Result,
): Result {
  if (key === undefined) return work();
  if (!connection.begin(key)) return done();
  try {
    const result = work();
    connection.commit();
    return result;
  } catch (error) {
    if (!isFault(error)) connection.rollback();
    throw error;
  }
}

/** The bytes were copied out of the module's memory, so that their buffer is an ordinary one. */
function postPart(client: Client, id: number, bytes: Uint8Array): void {
  client.post({ type: 'part', id, bytes: bytes as FilePart['bytes'] });
}
