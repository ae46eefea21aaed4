// Databases that wa-sqlite and absurd-sql keep in IndexedDB. Sources of the formats: https://github.com/rhashimoto/wa-sqlite,
// src/examples/IDBBatchAtomicVFS.js and src/examples/IDBMirrorVFS.js; https://github.com/jlongster/absurd-sql,
// src/indexeddb/file-ops-fallback.js

import { StorageError } from '../protocol/errors.js';
import { databaseOfIndexedDb } from '../storage/addresses.js';
import { completed, result } from '../storage/indexed-db.js';
import { storageError } from '../storage/storage-error.js';
import { within } from '../storage/time-limit.js';
import type { FoundDatabase } from './found-database.js';
import { hasMagic } from './magic.js';

/** How long a database of IndexedDB may take to open, or to be listed, in milliseconds: one that somebody deletes or writes keeps others waiting. */
const limit = 10_000;

/** A part of a file. */
interface Block {
  /** In the file; negative in the format that has versions. */
  readonly offset: number;
  readonly data: Uint8Array<ArrayBuffer>;
  readonly version?: number;
}

/** How a library keeps files. */
interface Format {
  readonly library: FoundDatabase['library'];
  /** Names of its object stores, and of what their records are keyed by: `null`, if by nothing in them. */
  readonly stores: Readonly<Record<string, string>>;
  /** Names and sizes of the files. */
  files(transaction: IDBTransaction): Promise<{ path: string; size: number }[]>;
  /** Those blocks of a file that count. */
  blocks(transaction: IDBTransaction, path: string): Promise<readonly Block[]>;
}

/** Every key that begins with this path. */
const ofPath = (path: string) => IDBKeyRange.bound([path, Number.NEGATIVE_INFINITY], [path, Number.POSITIVE_INFINITY]);

const batchAtomic: Format = {
  library: 'wa-sqlite-idb-batch',
  stores: { blocks: 'path,offset,version', metadata: 'name' },
  async files(transaction) {
    const all: { name: string; fileSize: number }[] = await result(transaction.objectStore('metadata').getAll());
    return all.map(({ name, fileSize }) => ({ path: name, size: fileSize }));
  },
  async blocks(transaction, path) {
    const { version }: { version: number } = await result(transaction.objectStore('metadata').get(path));
    const all: Required<Block>[] = await result(transaction.objectStore('blocks').getAll(ofPath(path)));
    // Versions count down; what is below that of the file was never committed, and of the others the lowest is the newest.
    const newest = new Map<number, Block>();
    for (const block of all) {
      if (block.version >= version && !newest.has(block.offset)) newest.set(block.offset, block);
    }
    return [...newest.values()].map((block) => ({ ...block, offset: -block.offset }));
  },
};

const mirror: Format = {
  library: 'wa-sqlite-idb-mirror',
  stores: { blocks: 'path,offset', tx: 'path,txId' },
  async files(transaction) {
    const blocks = transaction.objectStore('blocks');
    const files = [];
    for (let range = IDBKeyRange.lowerBound([]); ; ) {
      const key = (await result(blocks.getKey(range))) as [string, number] | undefined;
      if (!key) return files;
      const [path] = key;
      range = IDBKeyRange.lowerBound([path, Number.POSITIVE_INFINITY], true);
      files.push({ path, size: await sizeInMirror(transaction, path) });
    }
  },
  blocks: (transaction, path) => result(transaction.objectStore('blocks').getAll(ofPath(path))),
};

/** A file is a database of its own, whose name is the file's path below the mount with hyphens for slashes; blocks have numbers. */
const absurd: Format = {
  library: 'absurd-sql',
  stores: { data: 'null' },
  async files(transaction) {
    const store = transaction.objectStore('data');
    const [meta, first] = await Promise.all([result(store.get(-1)), result(store.get(0))]);
    // Others call a store `data`, too.
    if (typeof meta?.size !== 'number' || !(first instanceof ArrayBuffer) || !hasMagic(new Uint8Array(first)))
      return [];
    return [{ path: transaction.db.name, size: meta.size }];
  },
  async blocks(transaction) {
    const store = transaction.objectStore('data');
    const range = IDBKeyRange.lowerBound(0);
    const [keys, all] = await Promise.all([result(store.getAllKeys(range)), result(store.getAll(range))]);
    return all.map((data: ArrayBuffer, index) => ({
      offset: Number(keys[index]) * data.byteLength,
      data: new Uint8Array(data),
    }));
  },
};

/** What the last transaction says, or where the last block ends. */
async function sizeInMirror(transaction: IDBTransaction, path: string): Promise<number> {
  const last = await result(transaction.objectStore('tx').openCursor(ofPath(path), 'prev'));
  if (last) return last.value.fileSize;
  const block = await result(transaction.objectStore('blocks').openCursor(ofPath(path), 'prev'));
  return block ? block.value.offset + block.value.data.length : 0;
}

export async function findInIndexedDb(): Promise<FoundDatabase[]> {
  const all = await indexedDB.databases();
  const others = all.flatMap(({ name }) => (name && databaseOfIndexedDb(name) === undefined ? [name] : []));
  const found = others.map((name) => within(limit, name, findIn(name)).catch(() => []));
  return (await Promise.all(found)).flat();
}

/** The files in one database of IndexedDB; none if no known library has made it. */
async function findIn(place: string): Promise<FoundDatabase[]> {
  const found = await reading(place, async (transaction, format) => {
    const files = await format.files(transaction);
    const databases = files.filter(({ path, size }) => size > 0 && !/-(journal|wal)$/.test(path));
    return databases.map(({ path, size }) => ({
      library: format.library,
      name: path.replace(/^\/+/, ''),
      place,
      size,
      read: () => readFile(place, path),
      readWal: async () => null,
    }));
  });
  return found ?? [];
}

/** A file, all of it as one transaction has left it. */
async function readFile(place: string, path: string): Promise<File> {
  try {
    const bytes = await reading(place, async (transaction, format) => {
      const file = (await format.files(transaction)).find((file) => file.path === path);
      if (!file) return undefined;
      const bytes = new Uint8Array(file.size);
      for (const { offset, data } of await format.blocks(transaction, path)) {
        if (offset < file.size) bytes.set(data.subarray(0, file.size - offset), offset);
      }
      return bytes;
    });
    if (!bytes) throw gone(path);
    return new File([bytes], path.slice(path.lastIndexOf('/') + 1), { type: 'application/vnd.sqlite3' });
  } catch (error) {
    throw storageError(error, 'IndexedDB');
  }
}

/**
 * Reads a database of IndexedDB that is there already, in one transaction; `undefined` if no known library has made it. Nothing
 * is created, and nobody who upgrades or deletes it waits for us.
 */
async function reading<Result>(
  place: string,
  work: (transaction: IDBTransaction, format: Format) => Promise<Result>,
): Promise<Result | undefined> {
  const database = await connected(place);
  database.onversionchange = () => database.close();
  try {
    const format = [batchAtomic, mirror, absurd].find(({ stores }) => hasStores(database, stores));
    if (!format) return undefined;
    const transaction = database.transaction(Object.keys(format.stores));
    // A connection that is closed while it has a transaction may keep everybody waiting (WebKitGTK 2.50).
    const [read] = await Promise.all([
      hasKeys(transaction, format.stores) ? work(transaction, format) : undefined,
      completed(transaction),
    ]);
    return read;
  } finally {
    database.close();
  }
}

async function connected(name: string): Promise<IDBDatabase> {
  const request = indexedDB.open(name);
  // It was deleted meanwhile.
  request.onupgradeneeded = () => request.transaction?.abort();
  try {
    return await within(limit, name, result(request));
  } catch (error) {
    // One that is too late is of no use.
    request.onsuccess = () => request.result.close();
    throw error instanceof DOMException && error.name === 'AbortError' ? gone(name) : error;
  }
}

function hasStores({ objectStoreNames }: IDBDatabase, stores: Format['stores']): boolean {
  return String([...objectStoreNames]) === String(Object.keys(stores).sort());
}

function hasKeys(transaction: IDBTransaction, stores: Format['stores']): boolean {
  return Object.entries(stores).every(([name, keyPath]) => String(transaction.objectStore(name).keyPath) === keyPath);
}

function gone(name: string): StorageError {
  return new StorageError({ code: 'no_such_database', message: `${JSON.stringify(name)} is not there any more.` });
}
