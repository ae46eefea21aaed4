import { StorageError } from './errors.js';

/** What a failure of IndexedDB means for a database. Source: https://w3c.github.io/IndexedDB/#exceptions */
export function storageError(error: unknown): StorageError {
  if (error instanceof StorageError) return error;
  const [name, message] =
    error instanceof Error || error instanceof DOMException ? [error.name, error.message] : ['', String(error)];
  const reason = `IndexedDB: ${name}: ${message}`;
  if (name === 'QuotaExceededError') {
    const text = `There is no room left for the database; free some space and try again (${reason}).`;
    return new StorageError({ code: 'storage_full', message: text }, { cause: error });
  }
  if (name === 'VersionError') {
    const text = `A newer version of Wheatear has written this database; reload the page to get that version (${reason}).`;
    return new StorageError({ code: 'storage_unsupported', message: text }, { cause: error });
  }
  const text = `Reading or writing the stored database failed (${reason}).`;
  return new StorageError({ code: 'storage_io', message: text }, { cause: error });
}

/** Opens an IndexedDB database that exists already; nothing is created. */
export function openDatabase(name: string, version: number): Promise<IDBDatabase | undefined>;
/** Opens an IndexedDB database, creates it with these object stores if need be. */
export function openDatabase(name: string, version: number, stores: readonly string[]): Promise<IDBDatabase>;
export function openDatabase(
  name: string,
  version: number,
  stores?: readonly string[],
): Promise<IDBDatabase | undefined> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, version);
    let absent = false;
    request.onupgradeneeded = () => {
      if (stores) for (const store of stores) request.result.createObjectStore(store);
      else {
        absent = true;
        request.transaction?.abort();
      }
    };
    request.onsuccess = () => {
      const database = request.result;
      // Only someone who was given the right to this database may delete it; nobody must wait for us then.
      database.onversionchange = () => database.close();
      resolve(database);
    };
    request.onerror = (event) => {
      // What no handler claims, Firefox reports.
      event.preventDefault();
      if (absent) resolve(undefined);
      else reject(request.error);
    };
  });
}

/** What a request yields. */
export function result<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Resolves when a transaction is durable, rejects when nothing of it is. */
export function completed(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () =>
      reject(transaction.error ?? new DOMException('the transaction was aborted', 'AbortError'));
  });
}
