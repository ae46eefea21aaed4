// A worker in which SQLite runs hears nothing, but what it says is heard.

import type { Request, Work } from '../protocol/messages.js';
import type { Asker } from './asker.js';

/**
 * From when work is long, in milliseconds: as long as it takes until another worker has the database, where that takes
 * longest. (Chromium lets a worker that is terminated go on for two seconds.)
 */
const longLimit = 2000;

/** How many characters of a text are told. */
const textLimit = 100;

/** In the worker: tells its page what keeps it busy for long. */
export class LongWork {
  readonly #page: Asker;
  #now: Work | undefined;
  #isTold = false;
  #goOn: () => void = () => {};

  constructor(page: Asker) {
    this.#page = page;
  }

  begin({ id, ...request }: Request, { client }: Asker): void {
    if (!('sql' in request)) return;
    const sql = String(request.sql).trim().slice(0, textLimit);
    this.#now = { client, id, sql, since: Date.now() };
  }

  /** Called now and then while SQLite runs. */
  readonly look = (): void => {
    if (!this.#now || this.#isTold || Date.now() - this.#now.since < longLimit) return;
    this.#isTold = true;
    this.#page.post({ type: 'working', work: this.#now });
  };

  /**
   * It is done. If it was long, resolves when the page has heard so: until then the page may end this worker, and nothing
   * else must have been begun.
   */
  async end(): Promise<void> {
    this.#now = undefined;
    if (!this.#isTold) return;
    this.#isTold = false;
    await new Promise<void>((resolve) => {
      this.#goOn = resolve;
      this.#page.post({ type: 'rested' });
    });
  }

  goOn(): void {
    this.#goOn();
  }
}
