import { ConnectionError, StorageError } from '../protocol/errors.js';
import { lockOf } from './addresses.js';
import { locks, locksUnsupported } from './locks.js';
import { whenPutAside } from './page-cache.js';

/**
 * How long to wait for whoever holds a database, such as a tab that closes or a page that reloads, until it counts as busy;
 * in milliseconds.
 */
export const busyLimit = 5000;

/** A wish for a lock. */
export interface LockRequest {
  /** Resolves when its turn has come. */
  readonly granted: Promise<NameLock>;
  /** Takes the wish back; does nothing once it is granted. */
  withdraw(): void;
}

/**
 * The right to touch one database of this origin, whatever storage it lives in: one page at a time has it.
 * The browser takes it from a page that goes away, however that happens. Its name is the same in every version of
 * this library, because two of them must not touch one database at once either.
 *
 * Source: https://w3c.github.io/web-locks/
 */
export class NameLock {
  /** Of the database. */
  readonly name: string;
  readonly #release: () => void;
  readonly #listening = new AbortController();
  #isLost = false;

  private constructor(name: string, release: () => void) {
    this.name = name;
    this.#release = release;
    whenPutAside(() => {
      this.#isLost = true;
    }, this.#listening.signal);
  }

  /**
   * To be asked before anything is done that cannot be undone, after whatever was waited for.
   *
   * @throws {ConnectionError} `closed` if the browser has taken the right from this page.
   */
  require(): void {
    if (this.#isLost) throw pageLeft(this.name);
  }

  /**
   * Waits for its turn, but not for long.
   *
   * @throws {StorageError} `storage_busy`; `storage_unsupported` where the browser has no locks.
   */
  static async take(name: string): Promise<NameLock> {
    const request = NameLock.queue(name);
    const timer = setTimeout(request.withdraw, busyLimit);
    try {
      return await request.granted;
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * Queues for its turn, for as long as it takes; rejects with `storage_busy` if it is withdrawn, and with
   * `storage_unsupported` where the browser has no locks.
   */
  static queue(name: string): LockRequest {
    const waiting = new AbortController();
    const granted = new Promise<NameLock>((resolve, reject) => {
      const hold = () => new Promise<void>((release) => resolve(new NameLock(name, release)));
      locks()
        .then((locks) => locks.request(lockOf(name), { signal: waiting.signal }, hold))
        .catch((error: unknown) => {
          if (waiting.signal.aborted) reject(busy(name));
          else reject(error instanceof StorageError ? error : locksUnsupported(String(error)));
        });
    });
    // A rejection reaches whoever awaits it; nobody need do so.
    granted.catch(() => {});
    return { granted, withdraw: () => waiting.abort() };
  }

  /** Lets the next one have it. */
  release(): void {
    this.#listening.abort();
    this.#release();
  }
}

export function pageLeft(name: string): ConnectionError {
  const message = `The page was left while it worked on the database ${JSON.stringify(name)}; look whether that was done, or do it again.`;
  return new ConnectionError({ code: 'closed', message });
}

/** @param why what the one who has it is doing, if that is known */
export function busy(name: string, why?: string): StorageError {
  const use = why === undefined ? 'in use elsewhere, such as in another tab' : `in use in another tab, and ${why}`;
  const message = `The database ${JSON.stringify(name)} is ${use}; close it there and try again.`;
  return new StorageError({ code: 'storage_busy', message });
}
