import { closeStore, type Home } from '../storage/home.js';
import type { NameLock } from '../storage/name-lock.js';

/** What a page holds of a database: the right to it and other locks, and its home. All of it is let go together. */
export class Holding {
  /** What lets go of each lock. */
  readonly #releases: (() => void)[] = [];
  readonly #homes: Home[] = [];
  #isReleased = false;

  /** @param lock that is held already */
  constructor(lock?: NameLock) {
    if (lock) this.#releases.push(() => lock.release());
  }

  /** Takes over a lock that is being waited for, or lets go of it at once if that came too late. */
  async keep(held: Promise<() => void>): Promise<void> {
    const release = await held;
    if (this.#isReleased) release();
    else this.#releases.push(release);
  }

  /** As `keep`, for a home that is being looked for. */
  async settle<Found extends Home | undefined>(looking: Promise<Found>): Promise<Found> {
    const home = await looking;
    if (this.#isReleased) await closeStore(home);
    else if (home) this.#homes.push(home);
    return home;
  }

  /** Lets go of the locks only: of a page that is put aside the browser has ended the connections to its stores. */
  abandon(): void {
    this.#isReleased = true;
    for (const release of this.#releases.reverse()) release();
  }

  /** Lets go of everything; not before what is being written is written, for the next one must find it. */
  async release(): Promise<void> {
    if (this.#isReleased) return;
    this.#isReleased = true;
    try {
      for (const home of this.#homes) await closeStore(home);
    } finally {
      this.abandon();
    }
  }
}
