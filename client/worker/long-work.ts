// While SQLite runs in a worker, that hears nothing, but what it says is heard.

import type { Request, Work } from '../protocol/messages.js';
import { textsOf } from '../protocol/operations.js';
import type { Client } from './client.js';

/**
 * From when work is long, in milliseconds: as long as it takes until another worker has the database, where that takes
 * longest. (Chromium lets a worker that is terminated go on for two seconds.)
 */
const longLimit = 2000;

/** How many characters of a text are told. */
const textLimit = 100;

/** In the worker: tells its page what keeps it busy for long. */
export class LongWork {
  readonly #page: Client;
  #now: Work | undefined;
  #isTold = false;
  #goOn: () => void = () => {};

  constructor(page: Client) {
    this.#page = page;
  }

  /** Statements begin, if the request has some. */
  begin(request: Request, client: Client): void {
    const texts = textsOf(request);
    if (texts.length === 0) return;
    const sql = texts.join('; ').trim().slice(0, textLimit);
    this.#now = { client: client.id, id: request.id, sql, since: Date.now() };
  }

  /** Called now and then while SQLite runs. */
  readonly look = (): void => {
    if (!this.#now || this.#isTold || Date.now() - this.#now.since < longLimit) return;
    this.#isTold = true;
    this.#page.post({ type: 'working', work: this.#now });
  };

  /**
   * The statement is done. If it took long, this resolves when the page has heard so (`goOn`): until then the page may end
   * this worker, so `DatabaseServer` must have begun nothing else.
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

  /** The page has heard that this worker is busy no longer. */
  goOn(): void {
    this.#goOn();
  }
}
