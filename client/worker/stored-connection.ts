import type { ErrorData } from '../protocol/errors.js';
import { CommitLost } from './commit-lost.js';
import { errorDataOf, isFault } from './fault.js';
import type { ModuleConnection, WheatearModule } from './module.js';
import type { StoreClient } from './store-client.js';

/** Bytes of a file that are handed out at once: a multiple of a block. */
const partSize = 1 << 20;

/** How many blocks one request reads: one mebibyte. */
const blocksAtOnce = 64;

/** How many blocks are loaded for one that is missing: what is beside it is likely to be needed. A power of two. */
const blocksAround = 8;

/** How often one piece of work may lack blocks here and there before more and more are loaded each time. */
const missesAllowed = 32;

/** A database of so many bytes is loaded while nobody waits; of a larger one, what is asked for. */
const prefetched = 64 << 20;

/** Where the blocks of a connection are kept. */
interface Backing {
  readonly store: StoreClient;
  readonly blockSize: number;
  /** Size of the stored file when it was opened, in bytes. */
  readonly size: number;
}

/**
 * A connection whose pages may be in memory only: fetches those that are missing from the page's store, and sends
 * there what was committed. Without a backing it is merely the connection.
 */
export class StoredConnection {
  readonly #connection: ModuleConnection;
  readonly #backing: Backing | undefined;
  #loadingAll: Promise<void> | undefined;
  /** Hears that a piece of work has ended, or is begun again because it lacked blocks. */
  onOutcome: (isKept: boolean) => void = () => {};

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
    stored.#fill(first);
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

  /** Loads every block, for work that needs them all or cannot be begun twice. */
  loadAll(): Promise<void> {
    this.#loadingAll ??= this.#loadRest().finally(() => {
      this.#loadingAll = undefined;
    });
    return this.#loadingAll;
  }

  /** Begins to load a small database while nobody waits for it. If that fails, whoever needs a block will hear of it. */
  prefetch(): void {
    if (this.#backing && this.#backing.size <= prefetched) this.loadAll().catch(() => {});
  }

  /** The file as it is committed, from its beginning to its end; nothing may be written meanwhile. */
  async *parts(): AsyncGenerator<Uint8Array> {
    const size = await this.run((connection) => connection.fileSize());
    const read = (offset: number) => {
      if (offset >= size) return;
      const length = Math.min(partSize, size - offset);
      // Everything that is committed is stored by now, and not all of it need be in memory.
      const part = this.#backing
        ? this.#readStored(this.#backing.blockSize, offset, length)
        : Promise.resolve(this.#connection.readFile(offset, length));
      // If the part before it fails, nobody awaits this one, and the browser would report it as unhandled.
      part.catch(() => {});
      return { part, end: offset + length };
    };
    // One part ahead, so that the store reads it while the one before is received.
    for (let reading = read(0); reading; ) {
      const ahead = read(reading.end);
      yield await reading.part;
      reading = ahead;
    }
  }

  close(): void {
    this.#connection.close();
  }

  async #withBlocks<Result>(work: (connection: ModuleConnection) => Result): Promise<() => Result> {
    let [first, end, count] = [0, 0, blocksAround];
    for (let misses = 1; ; misses++) {
      const outcome = outcomeOf(() => work(this.#connection));
      // The module is asked even if nothing failed: SQLite's integrity check takes what it cannot read for damage.
      const missing = this.#backing && this.#connection.takeMissing();
      this.onOutcome(missing === undefined);
      if (missing === undefined) return outcome;
      if (missing < 0) {
        await this.loadAll();
        continue;
      }
      // Work that reads on and on gets twice as many blocks each time, so that it is begun again a few times only.
      const isNext = misses > 1 && (missing === end || missing === first - 1);
      if (isNext || misses > missesAllowed) count *= 2;
      first = missing - (missing % count);
      end = first + count;
      await this.#load(first, end);
      if (this.#connection.nextAbsent(missing) === missing) throw lostBlock(missing);
    }
  }

  async #loadRest(): Promise<void> {
    await this.#load(0, Number.POSITIVE_INFINITY);
    const lost = this.#connection.nextAbsent(0);
    if (lost !== undefined) throw lostBlock(lost);
  }

  /** Loads what is not there of the blocks from `first` on, up to and without `end`. */
  async #load(first: number, end: number): Promise<void> {
    const read = (from: number) => {
      const index = this.#connection.nextAbsent(from);
      if (index === undefined || index >= end) return;
      const next = Math.min(index + blocksAtOnce, end);
      const blocks = this.#read(index, next - index);
      // If the blocks before them cannot be had, nobody awaits these, as in `parts`.
      blocks.catch(() => {});
      return { next, blocks };
    };
    // One read ahead, so that the store reads while this thread copies.
    for (let reading = read(first); reading; ) {
      const ahead = read(reading.next);
      this.#fill(await reading.blocks);
      reading = ahead;
    }
  }

  async #read(first: number, count: number): Promise<Map<number, Uint8Array>> {
    return new Map(await this.#backing?.store.read(first, count));
  }

  async #readStored(blockSize: number, offset: number, length: number): Promise<Uint8Array> {
    const first = offset / blockSize;
    const blocks = await this.#read(first, Math.ceil(length / blockSize));
    const part = new Uint8Array(length);
    for (let at = 0; at < length; at += blockSize) {
      const block = blocks.get(first + at / blockSize);
      if (!block) throw lostBlock(first + at / blockSize);
      part.set(block.subarray(0, length - at), at);
    }
    return part;
  }

  #fill(blocks: Map<number, Uint8Array>): void {
    for (const [index, block] of blocks) this.#connection.fill(index, block);
  }

  /** Loads the rest of blocks of which a commit has written a part. */
  async #finishBlocks(): Promise<void> {
    for (let index = this.#connection.unfinished(); index !== undefined; index = this.#connection.unfinished()) {
      await this.#load(index, index + 1);
      if (this.#connection.unfinished() === index) throw lostBlock(index);
    }
  }

  async #storeCommit(): Promise<void> {
    if (!this.#backing) return;
    try {
      await this.#finishBlocks();
      const commit = this.#connection.takeCommit();
      if (commit) await this.#backing.store.commit(commit, this.#backing.blockSize);
    } catch (error) {
      const data = errorDataOf(error);
      if (!data) throw error;
      const stopped =
        'What was to be committed is not stored, and this connection has stopped: close the database and open it again.';
      throw new CommitLost({ ...data, message: `${data.message} ${stopped}` });
    }
  }
}

/** Does work, and gives what returns or throws its outcome; a fault it throws at once. */
function outcomeOf<Result>(work: () => Result): () => Result {
  try {
    const result = work();
    return () => result;
  } catch (error) {
    if (isFault(error)) throw error;
    return () => {
      throw error;
    };
  }
}

function lostBlock(index: number): ErrorData {
  const message = `The database is damaged, for its block ${index} is no longer stored; save what is there by an export, and go on with a backup or another copy.`;
  return { class: 'StorageError', code: 'database_corrupt', message };
}

function otherBlockSize(size: number): ErrorData {
  const message = `A newer version of Wheatear has written this database, in blocks of ${size} bytes; reload the page to get that version.`;
  return { class: 'StorageError', code: 'storage_unsupported', message };
}
