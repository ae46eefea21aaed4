import { StorageError, type WheatearError } from '../protocol/errors.js';
import type { Commit } from '../protocol/store-messages.js';
import { databaseOfIndexedDb, fileKey, indexedDbOf, indexedDbVersion, objectStores, stagedName } from './addresses.js';
import { laterThan } from './backup.js';
import { FileBuilder } from './file-builder.js';
import { completed, IndexedDbConnection, result } from './indexed-db.js';
import { busy, busyLimit } from './name-lock.js';
import { storageError } from './storage-error.js';
import { within } from './time-limit.js';

/** How the database file lies in its blocks. */
interface Stored {
  /** Size of the database file, in bytes. */
  readonly size: number;
  /** Size of a block, in bytes. */
  readonly blockSize: number;
}

/** What is stored of a database beside its blocks. */
interface FileRecord extends Stored {
  /** How many commits there were: a writer that has missed one must not write. */
  readonly sequence: number;
}

/** A copy of the database file, as it was before an upgrade. */
export interface BackupRecord {
  readonly name: string;
  /** Size of the copied file, in bytes. */
  readonly size: number;
  readonly blockSize: number;
  /** When it was made, in milliseconds since 1970. */
  readonly createdAt: number;
}

/** How many blocks one request reads or copies: one mebibyte. */
const blocksAtOnce = 64;

const [file, blocks, backups, backupBlocks] = objectStores;

/**
 * One database file in IndexedDB, in blocks of equal size. A commit overwrites the blocks that it changed, in
 * one strict transaction: after a crash all of it is there or nothing. So there is no history to fold, and
 * neither size nor time to open grows with the number of commits.
 *
 * Used by pages and not by workers: in WebKitGTK, a worker that is ended while it writes blocks the database for
 * many seconds (WebKit bug 324094).
 *
 * Source: https://w3c.github.io/IndexedDB
 */
export class BlockStore {
  readonly #connection: IndexedDbConnection;
  #file: Stored | undefined;
  /** As the record that was found has it, whatever that is. */
  #sequence: number | undefined;
  /** Whether the record has got lost, and `#file` is what the blocks tell. */
  #isLost = false;
  /** Settled when the last transaction is. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(connection: IndexedDbConnection) {
    this.#connection = connection;
  }

  /** The store of this name, if there is one; none is created. */
  static async find(name: string): Promise<BlockStore | undefined> {
    const connection = await IndexedDbConnection.open(indexedDbOf(name), indexedDbVersion);
    return connection && BlockStore.#on(connection);
  }

  /** The store of this name, created if need be, after something was written to it to see whether that works. */
  static async create(name: string): Promise<BlockStore> {
    const connection = await IndexedDbConnection.open(indexedDbOf(name), indexedDbVersion, objectStores);
    const probe = connection.transaction(backups, 'readwrite');
    probe.objectStore(backups).put(null, 'probe');
    probe.objectStore(backups).delete('probe');
    await completed(probe);
    return BlockStore.#on(connection);
  }

  static async #on(connection: IndexedDbConnection): Promise<BlockStore> {
    const store = new BlockStore(connection);
    const record = await result(connection.transaction(file).objectStore(file).get(fileKey));
    store.#sequence = record?.sequence;
    // A commit stores blocks and their record together, or removes both.
    const rest = isRecord(record) ? undefined : await sizeOfBlocks(connection);
    store.#isLost = rest !== undefined;
    store.#file = isRecord(record) ? record : rest;
    return store;
  }

  /**
   * Deletes the store of this name and the backups in it; does nothing if there is none.
   *
   * @throws {StorageError} `storage_busy` if something keeps it open, such as a page that was put into the back/forward
   * cache just when it opened it: the browser deletes it once that is gone. `storage_io`.
   */
  static async delete(name: string): Promise<void> {
    const request = indexedDB.deleteDatabase(indexedDbOf(name));
    try {
      await within(busyLimit, 'IndexedDB', result(request));
    } catch (error) {
      throw request.readyState === 'pending' ? busy(name) : storageError(error, 'IndexedDB');
    }
  }

  /** Names of all stores. Browsers that cannot list databases (Firefox before 126) have none to tell. */
  static async names(): Promise<string[]> {
    const found = (await indexedDB.databases?.()) ?? [];
    return found.flatMap(({ name }) => databaseOfIndexedDb(name) ?? []);
  }

  /** Calls `listener` if the browser ends the connection to it, whatever it is used for. */
  whenEnded(listener: () => void): void {
    this.#connection.onEnd = listener;
  }

  /** The stored database file, or all that is left of it; `undefined` before the first commit. */
  get file(): Stored | undefined {
    return this.#file;
  }

  /** Whether only blocks of it are left, and nothing says how large it was. */
  get isLost(): boolean {
    return this.#isLost;
  }

  /**
   * Sees that it is known how large the file is.
   *
   * @throws {StorageError} `database_corrupt` if only blocks of it are left.
   */
  requireRecord(): void {
    if (this.#isLost) throw lostRecord();
  }

  /**
   * Index and contents of `count` blocks from `first` on. Those that were never written are left out.
   *
   * @throws {StorageError} `storage_io`.
   */
  read(first: number, count: number): Promise<[number, Uint8Array][]> {
    const range = IDBKeyRange.bound(first, first + count - 1);
    return this.#read(blocks, (store) => readRange(store, range, (key) => key as number));
  }

  /**
   * Stores one commit; resolves once the browser says that it is durable, and stores nothing of it if it rejects.
   *
   * @throws {StorageError} `storage_full`, `storage_io`; `storage_busy` if someone else has written meanwhile.
   */
  async commit({ size, indexes, blocks: contents }: Commit, blockSize: number): Promise<void> {
    const previous = this.#file;
    await this.#writeFile(size, blockSize, [], (transaction) => {
      const store = transaction.objectStore(blocks);
      if (previous && size < previous.size) store.delete(IDBKeyRange.lowerBound(Math.ceil(size / blockSize)));
      indexes.forEach((index, at) => {
        store.put(contents[at], index);
      });
    });
  }

  /**
   * Keeps blocks of a file that is to replace the one that is stored, beside it; with the first, what was kept before is
   * forgotten.
   *
   * @throws {StorageError} `storage_full`, `storage_io`: none of them is kept.
   */
  async stage(first: number, contents: readonly Uint8Array[]): Promise<void> {
    await this.#write([backupBlocks], (transaction) => {
      const store = transaction.objectStore(backupBlocks);
      if (first === 0) store.delete(allOf(stagedName));
      contents.forEach((block, at) => {
        store.put(block, [stagedName, first + at]);
      });
    });
  }

  /** Forgets what was staged. */
  async unstage(): Promise<void> {
    await this.#write([backupBlocks], (transaction) => transaction.objectStore(backupBlocks).delete(allOf(stagedName)));
  }

  /**
   * Puts the file that was staged in the place of the one that is stored: all of it, or nothing.
   *
   * @throws {StorageError} as `commit`
   */
  async replaceByStaged(size: number, blockSize: number): Promise<void> {
    await this.#writeFile(size, blockSize, [backupBlocks], (transaction, refuse) => {
      const target = transaction.objectStore(blocks);
      target.clear();
      const source = transaction.objectStore(backupBlocks);
      const count = Math.ceil(size / blockSize);
      const copy = (first: number) => {
        const end = Math.min(first + blocksAtOnce, count);
        const request = source.getAll(IDBKeyRange.bound([stagedName, first], [stagedName, end - 1]));
        request.onsuccess = orRefuse(refuse, () => {
          if (request.result.length !== end - first) throw incomplete();
          request.result.forEach((block, at) => {
            target.put(block, first + at);
          });
          if (end < count) copy(end);
          else source.delete(allOf(stagedName));
        });
      };
      copy(0);
    });
  }

  /** Forgets the database file and keeps the backups. */
  async clear(): Promise<void> {
    await this.#write([file, blocks], (transaction) => {
      transaction.objectStore(file).clear();
      transaction.objectStore(blocks).clear();
    });
    this.#file = undefined;
    this.#sequence = undefined;
    this.#isLost = false;
  }

  /** The database file; whatever it is. */
  async toBlob(): Promise<Blob> {
    return this.#assemble(this.#file ?? { size: 0, blockSize: 1 }, (first, count) => this.read(first, count));
  }

  /**
   * Copies the database file as it is stored now; a copy of that name is replaced.
   *
   * @throws {StorageError} `storage_full`, `storage_io`: no copy was made.
   */
  async backUp(name: string): Promise<void> {
    const { size, blockSize } = this.#file ?? { size: 0, blockSize: 1 };
    const createdAt = laterThan(await this.backups());
    await this.#write([blocks, backups, backupBlocks], (transaction, refuse) => {
      const copies = transaction.objectStore(backupBlocks);
      copies.delete(allOf(name));
      const cursor = transaction.objectStore(blocks).openCursor();
      cursor.onsuccess = orRefuse(refuse, () => {
        if (!cursor.result) return;
        copies.put(cursor.result.value, [name, cursor.result.key]);
        cursor.result.continue();
      });
      const record: BackupRecord = { name, size, blockSize, createdAt };
      transaction.objectStore(backups).put(record, name);
    });
  }

  /** Every backup, in no order. */
  backups(): Promise<BackupRecord[]> {
    return this.#read(backups, (store) => result(store.getAll()));
  }

  /**
   * The copied file.
   *
   * @throws {StorageError} `database_corrupt` if a part of it is no longer stored; `storage_io`.
   */
  async backupToBlob(record: BackupRecord): Promise<Blob> {
    const read = async (first: number, count: number) => {
      const range = IDBKeyRange.bound([record.name, first], [record.name, first + count - 1]);
      const found = await this.#read(backupBlocks, (store) =>
        readRange(store, range, (key) => (key as [string, number])[1]),
      );
      const end = Math.min(first + count, Math.ceil(record.size / record.blockSize));
      if (found.length < end - first) throw lostPart(record.name);
      return found;
    };
    return this.#assemble(record, read);
  }

  /** Deletes all backups but the newest `keep`. */
  async pruneBackups(keep: number): Promise<void> {
    const all = await this.backups();
    const old = all.sort((a, b) => b.createdAt - a.createdAt).slice(keep);
    await this.#write([backups, backupBlocks], (transaction) => {
      for (const { name } of old) {
        transaction.objectStore(backups).delete(name);
        transaction.objectStore(backupBlocks).delete(allOf(name));
      }
    });
  }

  /** Lets go of the database, once what is being written is written or refused. */
  async close(): Promise<void> {
    await this.#last;
    this.#connection.close();
  }

  async #read<Found>(name: string, work: (store: IDBObjectStore) => Promise<Found>): Promise<Found> {
    try {
      return await work(this.#connection.transaction(name).objectStore(name));
    } catch (error) {
      throw storageError(error, 'IndexedDB');
    }
  }

  /** One strict transaction that changes the database file, unless someone else has written to it. */
  async #writeFile(
    size: number,
    blockSize: number,
    others: string[],
    work: (transaction: IDBTransaction, refuse: (why: WheatearError) => void) => void,
  ): Promise<void> {
    const previous = this.#sequence;
    const next: FileRecord = { size, blockSize, sequence: isCount(previous) ? previous + 1 : 1 };
    await this.#write([file, blocks, ...others], (transaction, refuse) => {
      const records = transaction.objectStore(file);
      const found = records.get(fileKey);
      found.onsuccess = () => {
        if (found.result?.sequence !== previous) {
          refuse(new StorageError({ code: 'storage_busy', message: 'Someone else has written to this database.' }));
        }
      };
      work(transaction, refuse);
      records.put(next, fileKey);
    });
    this.#file = next;
    this.#sequence = next.sequence;
    this.#isLost = false;
  }

  /** One strict transaction: everything that `work` asks for, or nothing. */
  async #write(
    stores: string[],
    work: (transaction: IDBTransaction, refuse: (why: WheatearError) => void) => void,
  ): Promise<void> {
    let refused: WheatearError | undefined;
    try {
      const transaction = this.#connection.transaction(stores, 'readwrite');
      const done = completed(transaction);
      this.#last = done.catch(() => {});
      try {
        work(transaction, (why) => {
          refused = why;
          transaction.abort();
        });
      } catch (error) {
        // What was asked for before would be stored without the rest.
        transaction.abort();
        throw error;
      }
      await done;
    } catch (error) {
      throw refused ?? storageError(error, 'IndexedDB');
    }
  }

  async #assemble(
    { size, blockSize }: { size: number; blockSize: number },
    read: (first: number, count: number) => Promise<[number, Uint8Array][]>,
  ): Promise<Blob> {
    const file = new FileBuilder();
    const count = Math.ceil(size / blockSize);
    for (let first = 0; first < count; first += blocksAtOnce) {
      const found = new Map(await read(first, blocksAtOnce));
      for (let index = first; index < Math.min(first + blocksAtOnce, count); index++) {
        const block = found.get(index) ?? new Uint8Array(blockSize);
        file.add(block.slice(0, Math.min(blockSize, size - index * blockSize)));
      }
    }
    return file.finish();
  }
}

async function readRange<Key>(
  store: IDBObjectStore,
  range: IDBKeyRange,
  indexOf: (key: IDBValidKey) => Key,
): Promise<[Key, Uint8Array][]> {
  const [keys, contents] = await Promise.all([result(store.getAllKeys(range)), result(store.getAll(range))]);
  // What is no block is none.
  return keys.flatMap((key, at) => (contents[at] instanceof Uint8Array ? [[indexOf(key), contents[at]]] : []));
}

function lostPart(backup: string): StorageError {
  const message = `The backup ${backup} is damaged, for a part of it is no longer stored; nothing was changed. Go on with another copy.`;
  return new StorageError({ code: 'database_corrupt', message });
}

/** Does what a request's answer leads to. What that throws, the browser would report as nobody's. */
function orRefuse(refuse: (why: WheatearError) => void, work: () => void): () => void {
  return () => {
    try {
      work();
    } catch (error) {
      refuse(storageError(error, 'IndexedDB'));
    }
  };
}

/** Whether this can be the record of a file in which there is something. */
function isRecord(record: Partial<FileRecord> | undefined): record is FileRecord {
  return isCount(record?.size) && isCount(record.blockSize) && isCount(record.sequence);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0;
}

/** The least file that has every block which is there; `undefined` if there is none. */
async function sizeOfBlocks(connection: IndexedDbConnection): Promise<Stored | undefined> {
  const request = connection.transaction(blocks).objectStore(blocks).openCursor(null, 'prev');
  for (let last = await result(request); last; last = await result(request)) {
    const { key, value } = last;
    if (value instanceof Uint8Array) return { size: (Number(key) + 1) * value.length, blockSize: value.length };
    last.continue();
  }
  return undefined;
}

function lostRecord(): StorageError {
  const message =
    'The database is damaged: how large it is is no longer stored, while parts of it are. Nothing was changed. Save what is there with exportDatabase, and go on with a backup (restoreBackup) or another copy (importDatabase with overwrite: true).';
  return new StorageError({ code: 'database_corrupt', message });
}

function incomplete(): StorageError {
  const message = 'A part of the imported file was not kept by the browser, so nothing was changed; import it again.';
  return new StorageError({ code: 'storage_io', message });
}

/** Every block of one backup. An array sorts after every number. */
function allOf(backup: string): IDBKeyRange {
  return IDBKeyRange.bound([backup], [backup, []]);
}
