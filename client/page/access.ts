import { ConnectionError } from '../protocol/errors.js';
import { closeStore, type Home, type OpfsProbe } from '../storage/home.js';
import { NameLock, pageLeft } from '../storage/name-lock.js';
import { whenPutAside } from '../storage/page-cache.js';
import { WorkerConnection } from './worker-connection.js';

/**
 * Everything that a page holds while it works on a database that is not open: the right to, a worker, and the store of
 * its blocks if it has one. All of it is let go together, when the worker ends.
 */
export class Access {
  readonly name: string;
  readonly connection: WorkerConnection;
  readonly #lock: Promise<NameLock>;
  readonly #homes: Home[] = [];
  readonly #listening = new AbortController();
  #hasEnded = false;

  /** Starts the worker, and asks for the right to the database meanwhile. */
  constructor(name: string, startWorker: () => Worker) {
    this.name = name;
    this.connection = new WorkerConnection(startWorker, () => void this.#letGo());
    this.#lock = NameLock.take(name);
    // Whoever awaits it is told.
    this.#lock.catch(() => {});
    // The browser takes the lock: nothing more must be done here.
    whenPutAside(() => this.connection.end(pageLeft(name)), this.#listening.signal);
  }

  /** Waits for the right to the database. Throws as `NameLock.take` does, or if the worker ends. */
  async granted(): Promise<NameLock> {
    return this.connection.race(this.#lock);
  }

  /** Sees whether the worker can keep files. */
  readonly probe: OpfsProbe = () => this.connection.request('probe', {});

  /** Waits for a home that is being looked for, and takes it over: its store is closed at the end. */
  async settle<Found extends Home | undefined>(looking: Promise<Found>): Promise<Found> {
    const found = looking.then(async (home) => {
      if (this.#hasEnded) await closeStore(home);
      else if (home) this.#homes.push(home);
      return home;
    });
    return this.connection.race(found);
  }

  /** Ends the worker and lets go of everything. */
  end(): void {
    const message = `The database ${JSON.stringify(this.name)} is not open.`;
    this.connection.end(new ConnectionError({ code: 'closed', message }));
  }

  async #letGo(): Promise<void> {
    this.#hasEnded = true;
    this.#listening.abort();
    try {
      // Not before what is being written is written: the next one must find it.
      for (const home of this.#homes) await closeStore(home);
    } finally {
      await this.#lock.then(
        (lock) => lock.release(),
        () => {},
      );
    }
  }
}
