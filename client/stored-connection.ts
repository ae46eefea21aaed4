import type { ErrorData } from './errors.js';
import type { ModuleConnection, WheatearModule } from './module.js';
import type { StoreClient } from './store-client.js';

/** How many blocks are loaded at once: one mebibyte. */
const blocksAtOnce = 64;

/** How often one piece of work may lack a block before all of them are loaded. */
const missesAllowed = 3;

/** Where the blocks of a connection are kept. */
interface Backing {
  readonly store: StoreClient;
  readonly blockSize: number;
  /** Size of the stored file, in bytes. */
  readonly size: number;
}

/** A commit could not be stored: what the connection holds in memory is ahead of what is stored. */
export class CommitLost {
  readonly data: ErrorData;

  constructor(data: ErrorData) {
    this.data = data;
  }
}

/**
 * A connection whose pages may be in memory only: fetches those that are missing from the page's store, and sends
 * there what was committed. Without a backing it is merely the connection.
 */
export class StoredConnection {
  readonly #connection: ModuleConnection;
  readonly #backing: Backing | undefined;
  #loadingAll: Promise<void> | undefined;

  constructor(connection: ModuleConnection, backing?: Backing) {
    this.#connection = connection;
    this.#backing = backing;
  }

  /** Opens a database whose blocks are in a store, with no more of it loaded than SQLite needs to begin. */
  static async open(module: WheatearModule, backing: Backing): Promise<StoredConnection> {
    const blockSize = module.blockSize();
    if (backing.size > 0 && backing.blockSize !== blockSize) throw otherBlockSize(backing.blockSize);
    const first = backing.size > 0 ? new Map(await backing.store.read(0, blocksAtOnce)) : new Map();
    if (backing.size > 0 && !first.has(0)) throw lostBlock(0);
    const connection = module.Connection.openMirror(backing.size, first.get(0));
    const stored = new StoredConnection(connection, { ...backing, blockSize });
    stored.#fill(0, first);
    return stored;
  }

  /** Where its blocks are kept; `undefined` if SQLite itself writes to where they are. */
  get store(): StoreClient | undefined {
    return this.#backing?.store;
  }

  /**
   * Does a piece of work that is all or nothing; again and again, while blocks that it lacks are being loaded.
   *
   * @returns what it returned, once everything that it committed is stored.
   * @throws what it threw; `CommitLost`, after which the connection must not be used.
   */
  async run<Result>(work: (connection: ModuleConnection) => Result): Promise<Result> {
    const outcome = await this.#withBlocks(work);
    await this.#storeCommit();
    return outcome();
  }

  /** Loads every block, for work that writes or cannot be begun twice. */
  loadAll(): Promise<void> {
    this.#loadingAll ??= this.#loadFrom(0).catch((error) => {
      this.#loadingAll = undefined;
      throw error;
    });
    return this.#loadingAll;
  }

  /** Begins to load every block while nobody waits for it. If that fails, whoever needs one will hear of it. */
  prefetch(): void {
    this.loadAll().catch(() => {});
  }

  close(): void {
    this.#connection.close();
  }

  async #withBlocks<Result>(work: (connection: ModuleConnection) => Result): Promise<() => Result> {
    for (let misses = 1; ; misses++) {
      const outcome = outcomeOf(() => work(this.#connection));
      // Asked even if nothing failed: an integrity check takes what it cannot read for damage.
      const missing = this.#backing && this.#connection.takeMissing();
      if (missing === undefined) return outcome;
      if (missing < 0 || misses > missesAllowed) await this.loadAll();
      else await this.#load(missing - (missing % blocksAtOnce));
    }
  }

  async #loadFrom(first: number): Promise<void> {
    const count = this.#backing ? Math.ceil(this.#backing.size / this.#backing.blockSize) : 0;
    // One ahead, so that the store reads while this thread copies.
    let next = first < count ? this.#read(first) : undefined;
    for (let index = first; next; index += blocksAtOnce) {
      const blocks = await next;
      next = index + blocksAtOnce < count ? this.#read(index + blocksAtOnce) : undefined;
      this.#fill(index, blocks);
    }
  }

  async #load(first: number): Promise<void> {
    this.#fill(first, await this.#read(first));
  }

  async #read(first: number): Promise<Map<number, Uint8Array>> {
    return new Map(await this.#backing?.store.read(first, blocksAtOnce));
  }

  /** Every block of the file was stored: what is not there has got lost, and zeros would hide that. */
  #fill(first: number, blocks: Map<number, Uint8Array>): void {
    if (!this.#backing) return;
    const { size, blockSize } = this.#backing;
    const end = Math.min(first + blocksAtOnce, Math.ceil(size / blockSize));
    for (let index = first; index < end; index++) {
      const block = blocks.get(index);
      if (!block) throw lostBlock(index);
      this.#connection.fill(index, block);
    }
  }

  async #storeCommit(): Promise<void> {
    const commit = this.#backing && this.#connection.takeCommit();
    if (!commit || !this.#backing) return;
    try {
      await this.#backing.store.commit(commit, this.#backing.blockSize, false);
    } catch (error) {
      const { code, message } = error as ErrorData;
      const stopped =
        'What was to be committed is not stored, and this connection has stopped: close the database and open it again.';
      throw new CommitLost({ code, message: `${message} ${stopped}` });
    }
  }
}

/** Does work, and gives what returns or throws its outcome. Throws at once after a fault, when the module must be left alone. */
function outcomeOf<Result>(work: () => Result): () => Result {
  try {
    const result = work();
    return () => result;
  } catch (error) {
    if (error instanceof Error) throw error;
    return () => {
      throw error;
    };
  }
}

function lostBlock(index: number): ErrorData {
  const message = `The database is damaged, for its block ${index} is no longer stored; save what is there by an export, and go on with a backup or another copy.`;
  return { code: 'database_corrupt', message };
}

function otherBlockSize(size: number): ErrorData {
  const message = `A newer version of Wheatear has written this database, in blocks of ${size} bytes; reload the page to get that version.`;
  return { code: 'storage_unsupported', message };
}
