import { ConnectionError } from '../protocol/errors.js';
import { closeStore, type Home, type OpfsProbe } from '../storage/home.js';
import { NameLock, pageLeft } from '../storage/name-lock.js';
import { requireBrowser } from '../storage/origin.js';
import { whenPutAside } from '../storage/page-cache.js';
import { Holding } from './holding.js';
import type { WorkerStart } from './start-worker.js';
import { WorkerConnection } from './worker-connection.js';

/** What a page works with on a database that is not open: a worker, and what it holds until that ends. */
export class Access extends WorkerConnection {
  readonly name: string;
  readonly #holding = new Holding();

  constructor(name: string, start: WorkerStart) {
    requireBrowser();
    const listening = new AbortController();
    super(start, () => {
      listening.abort();
      void this.#holding.release();
    });
    this.name = name;
    // From a page that is put aside the browser takes the right to the database; its worker must do nothing without.
    whenPutAside(() => this.end(pageLeft(name)), listening.signal);
  }

  /** Takes the right to the database. Throws as `NameLock.take` does, or if the worker ends. */
  takeLock(): Promise<NameLock> {
    return this.race(this.#holding.keep(NameLock.take(this.name), (lock) => lock.release()));
  }

  /** Sees whether the worker can keep files. */
  readonly probe: OpfsProbe = () => this.request('probe', {});

  /** Waits for a home that is being looked for; its store is closed when the worker ends. */
  settle<Found extends Home | undefined>(looking: Promise<Found>): Promise<Found> {
    return this.race(this.#holding.keep(looking, closeStore));
  }

  /** Ends the worker, which nothing more is wanted of, and lets go of everything. */
  close(): void {
    const message = `The database ${JSON.stringify(this.name)} is not open.`;
    this.end(new ConnectionError({ code: 'closed', message }));
  }
}
