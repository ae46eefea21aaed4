import { whenPutAside } from './page-cache.js';

/**
 * A connection to an IndexedDB database. It ends when the page is put into the back/forward cache: nothing is delivered
 * to a page there, so that a transaction which it left open would keep every writer waiting, and so would a connection
 * that is closed while it has one (WebKitGTK 2.50).
 */
export class IndexedDbConnection {
  readonly #database: IDBDatabase;
  readonly #running = new Set<IDBTransaction>();
  readonly #listening = new AbortController();
  #isClosed = false;

  /** Called if the browser ends the connection: it was deleted all the same, or cannot be used any more. */
  onEnd: () => void = () => {};

  private constructor(database: IDBDatabase) {
    this.#database = database;
    database.onclose = () => {
      this.close();
      this.onEnd();
    };
    // Only someone who was given the right to this database may delete it; nobody must wait for us then.
    database.onversionchange = () => this.close();
    whenPutAside(() => this.#abandon(), this.#listening.signal);
  }

  /** Connects to a database that exists already; nothing is created. */
  static open(name: string, version: number): Promise<IndexedDbConnection | undefined>;
  /** Connects to a database, and creates it with these object stores if need be. */
  static open(name: string, version: number, stores: readonly string[]): Promise<IndexedDbConnection>;
  static open(name: string, version: number, stores?: readonly string[]): Promise<IndexedDbConnection | undefined> {
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
      request.onsuccess = () => resolve(new IndexedDbConnection(request.result));
      request.onerror = (event) => {
        // What no handler claims, Firefox reports.
        event.preventDefault();
        if (absent) resolve(undefined);
        else reject(request.error);
      };
    });
  }

  /** Begins a transaction. Throws a `DOMException` once the connection has ended. */
  transaction(stores: string | string[], mode?: IDBTransactionMode): IDBTransaction {
    const transaction = this.#database.transaction(stores, mode, { durability: 'strict' });
    this.#running.add(transaction);
    const ended = () => {
      this.#running.delete(transaction);
      this.#listenWhileUsed();
    };
    transaction.addEventListener('complete', ended);
    transaction.addEventListener('abort', ended);
    return transaction;
  }

  /** Begins nothing more; what is running goes on. */
  close(): void {
    this.#database.close();
    this.#isClosed = true;
    this.#listenWhileUsed();
  }

  #listenWhileUsed(): void {
    if (this.#isClosed && this.#running.size === 0) this.#listening.abort();
  }

  /** What is running is undone, unless that is too late. */
  #abandon(): void {
    for (const transaction of this.#running) {
      try {
        transaction.abort();
      } catch {
        // It is done already.
      }
    }
    this.close();
  }
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
