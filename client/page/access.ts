import { ConnectionError } from '../protocol/errors.js';
import type { Home, OpfsProbe } from '../storage/home.js';
import { NameLock, pageLeft } from '../storage/name-lock.js';
import { whenPutAside } from '../storage/page-cache.js';
import { Holding } from './holding.js';
import { WorkerConnection } from './worker-connection.js';

/** What a page works with on a database that is not open: a worker, and what it holds until that ends. */
export class Access {
  readonly name: string;
  readonly connection: WorkerConnection;
  readonly #holding = new Holding();

  constructor(name: string, startWorker: () => Worker) {
    const listening = new AbortController();
    this.name = name;
    this.connection = new WorkerConnection(startWorker, () => {
      listening.abort();
      void this.#holding.release();
    });
    // The browser takes the right to the database from a page that is put aside: nothing more must be done here.
    whenPutAside(() => this.connection.end(pageLeft(name)), listening.signal);
  }

  /** Takes the right to the database. Throws as `NameLock.take` does, or if the worker ends. */
  async takeLock(): Promise<NameLock> {
    const taking = NameLock.take(this.name);
    // If it is not to be had, whoever called this is told.
    this.#holding.keep(taking.then((lock) => () => lock.release())).catch(() => {});
    return this.connection.race(taking);
  }

  /** Sees whether the worker can keep files. */
  readonly probe: OpfsProbe = () => this.connection.request('probe', {});

  /** Waits for a home that is being looked for; its store is closed when the worker ends. */
  async settle<Found extends Home | undefined>(looking: Promise<Found>): Promise<Found> {
    return this.connection.race(this.#holding.settle(looking));
  }

  /** Ends the worker and lets go of everything. */
  end(): void {
    const message = `The database ${JSON.stringify(this.name)} is not open.`;
    this.connection.end(new ConnectionError({ code: 'closed', message }));
  }
}
