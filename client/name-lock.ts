import { ApplyError, StorageError } from './errors.js';

/** How long to wait for whoever holds the database, in milliseconds: a tab that closes, a page that reloads. */
const patience = 5000;

/**
 * The right to touch one database of this origin, whatever storage it lives in: one page at a time has it.
 * The browser takes it from a page that goes away, however that happens.
 *
 * Source: https://w3c.github.io/web-locks/
 */
export class NameLock {
  readonly #release: () => void;

  private constructor(release: () => void) {
    this.#release = release;
  }

  /**
   * Waits for its turn.
   *
   * @throws {StorageError} `storage_busy`; `storage_unsupported` where the browser has no locks.
   * @throws {ApplyError} `cancelled`, if the signal is aborted before.
   */
  static take(name: string, signal?: AbortSignal): Promise<NameLock> {
    // Typed as always there, which it is not on pages that came over plain HTTP.
    const locks: LockManager | undefined = navigator.locks;
    if (!locks) return Promise.reject(unsupported('this page has no navigator.locks; serve it over HTTPS'));
    return new Promise((resolve, reject) => {
      const waiting = new AbortController();
      const stop = () => waiting.abort();
      const timer = setTimeout(stop, patience);
      signal?.addEventListener('abort', stop);
      const settled = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', stop);
      };
      const hold = () => {
        settled();
        return new Promise<void>((release) => resolve(new NameLock(release)));
      };
      locks.request(`wheatear:${name}`, { signal: waiting.signal }, hold).catch((error: unknown) => {
        settled();
        if (signal?.aborted) reject(cancelled(signal));
        else reject(waiting.signal.aborted ? busy(name) : unsupported(String(error)));
      });
    });
  }

  /** Lets the next one have it. */
  release(): void {
    this.#release();
  }
}

function busy(name: string): StorageError {
  const message = `The database ${JSON.stringify(name)} is in use elsewhere, such as in another tab; close it there and try again.`;
  return new StorageError({ code: 'storage_busy', message });
}

function unsupported(reason: string): StorageError {
  const message = `Without Web Locks two tabs could write to one database at once: ${reason}.`;
  return new StorageError({ code: 'storage_unsupported', message });
}

function cancelled(signal: AbortSignal): ApplyError {
  const message = 'The upgrade was cancelled before it began; nothing was changed.';
  return new ApplyError({ code: 'cancelled', message }, { cause: signal.reason });
}
