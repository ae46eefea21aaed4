// Databases that wa-sqlite keeps in IndexedDB. Source of both formats: https://github.com/rhashimoto/wa-sqlite,
// src/examples/IDBBatchAtomicVFS.js and src/examples/IDBMirrorVFS.js

import { StorageError } from '../protocol/errors.js';
import { databaseOfIndexedDb } from '../storage/addresses.js';
import { result } from '../storage/indexed-db.js';
import { storageError } from '../storage/storage-error.js';
import { within } from '../storage/time-limit.js';
import type { FoundDatabase } from './found-database.js';

/** How long a database of IndexedDB may take to open, in milliseconds: one that somebody is deleting keeps others waiting. */
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
  /** Names of its object stores, and of what their records are keyed by. */
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
  return connected(place, async (database) => {
    const format = [batchAtomic, mirror].find((format) => isOf(format, database));
    if (!format) return [];
    const files = await format.files(database.transaction(Object.keys(format.stores)));
    const databases = files.filter(({ path, size }) => size > 0 && !/-(journal|wal)$/.test(path));
    return databases.map(({ path, size }) => ({
      library: format.library,
      name: path.replace(/^\/+/, ''),
      place,
      size,
      read: () => readFile(place, format, path),
      readWal: async () => null,
    }));
  });
}

function isOf({ stores }: Format, database: IDBDatabase): boolean {
  const names = Object.keys(stores);
  if (String([...database.objectStoreNames]) !== String(names.sort())) return false;
  const transaction = database.transaction(names);
  return names.every((name) => String(transaction.objectStore(name).keyPath) === stores[name]);
}

/** A file, all of it as one transaction has left it. */
async function readFile(place: string, format: Format, path: string): Promise<File> {
  try {
    return await connected(place, async (database) => {
      const transaction = database.transaction(Object.keys(format.stores));
      const file = (await format.files(transaction)).find((file) => file.path === path);
      if (!file) throw gone(path);
      const bytes = new Uint8Array(file.size);
      for (const { offset, data } of await format.blocks(transaction, path)) {
        if (offset < file.size) bytes.set(data.subarray(0, file.size - offset), offset);
      }
      return new File([bytes], path.slice(path.lastIndexOf('/') + 1), { type: 'application/vnd.sqlite3' });
    });
  } catch (error) {
    throw storageError(error, 'IndexedDB');
  }
}

/** Works with a database of IndexedDB that is there already; nothing is created, and nobody who upgrades it waits for us. */
async function connected<Result>(name: string, work: (database: IDBDatabase) => Promise<Result>): Promise<Result> {
  const request = indexedDB.open(name);
  // It was deleted meanwhile.
  request.onupgradeneeded = () => request.transaction?.abort();
  const database = await result(request).catch((error) => {
    throw error instanceof DOMException && error.name === 'AbortError' ? gone(name) : error;
  });
  database.onversionchange = () => database.close();
  try {
    return await work(database);
  } finally {
    database.close();
  }
}

function gone(name: string): StorageError {
  return new StorageError({ code: 'no_such_database', message: `${JSON.stringify(name)} is not there any more.` });
}
