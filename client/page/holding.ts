import { closeStore, type Home } from '../storage/home.js';
import type { NameLock } from '../storage/name-lock.js';

/** What an owner holds: the right to the database, and its home. All of it is let go together. */
export class Holding {
  readonly #lock: NameLock | undefined;
  #releaseMark: () => void = () => {};
  readonly #homes: Home[] = [];
  #isReleased = false;

  /** @param lock `undefined` for a database that is nobody else's */
  constructor(lock: NameLock | undefined) {
    this.#lock = lock;
  }

  /** Takes over what is being waited for, or lets go of it at once if that came too late. */
  async mark(held: Promise<() => void>): Promise<void> {
    this.#releaseMark = await held;
    if (this.#isReleased) this.#releaseMark();
  }

  /** As `mark`, for the home. */
  async settle(looking: Promise<Home>): Promise<Home> {
    const home = await looking;
    if (this.#isReleased) await closeStore(home);
    else this.#homes.push(home);
    return home;
  }

  /** The page is put aside: the browser takes the lock, and its connections have ended. */
  abandon(): void {
    this.#isReleased = true;
    this.#releaseMark();
    this.#lock?.release();
  }

  /** Lets go of everything; not before what is being written is written, for the next one must find it. */
  async release(): Promise<void> {
    if (this.#isReleased) return;
    this.#isReleased = true;
    try {
      for (const home of this.#homes) await closeStore(home);
    } finally {
      this.#releaseMark();
      this.#lock?.release();
    }
  }
}
