/// <reference lib="esnext.disposable" preserve="true" />

import { WheatearError } from '../protocol/errors.js';
import type { Watched } from '../protocol/values.js';
import type { News, NewsListener } from './news.js';
import { report, tell } from './tell.js';
import type { WatchOptions } from './work-options.js';

/** A query that is run again whenever what it reads was changed, as `watch` gives it. */
export interface LiveQuery<Result> extends AsyncIterableIterator<Result>, Disposable {
  /**
   * The next result: at once the first time, and if something was changed since the last one that was asked for; else when
   * something is.
   */
  next(): Promise<IteratorResult<Result, undefined>>;
  /** Ends it: whoever waits for a result hears that there are no more. */
  stop(): void;
}

/** How long after a result the query is not run, in milliseconds, so that many changes cost few runs. */
const pause = 50;

/** Runs the query with what is read from a page, once `due` has let it. */
type Ask = (signal: AbortSignal, due: (ending: AbortSignal | undefined) => Promise<void>) => Promise<Watched>;

/**
 * Runs a query again and again, but only while somebody waits for a result: whoever is slow gets the newest one, and none of
 * those before.
 */
export class Watch implements LiveQuery<unknown>, NewsListener {
  readonly #ask: Ask;
  readonly #news: News;
  readonly #ending = new AbortController();
  /** What has ended it, if nobody stopped it. */
  #failure: unknown;
  #isStopped = false;
  /** Whoever asks for several results gets them one after the other. */
  #last: Promise<unknown> = Promise.resolve();
  /** What the last run has read. */
  #tables: readonly string[] = [];
  /** What was changed since that was asked for. */
  readonly #changed = new Set<string>();
  /** Whether anything may have been. */
  #isGap = true;
  #isResting = false;
  #wake: () => void = () => {};

  constructor(ask: Ask, news: News, signal?: AbortSignal) {
    this.#ask = ask;
    this.#news = news;
    news.add(this);
    const end = () => this.#ending.abort(signal?.reason);
    if (signal?.aborted) end();
    signal?.addEventListener('abort', end, { signal: this.#ending.signal });
  }

  changed(tables: readonly string[], isGap: boolean): void {
    for (const table of tables) this.#changed.add(table);
    this.#isGap ||= isGap;
    this.#wake();
  }

  ended(error: WheatearError): void {
    this.#failure ??= error;
    this.#ending.abort();
  }

  next(): Promise<IteratorResult<unknown, undefined>> {
    const next = this.#last.then(() => this.#next());
    this.#last = next.catch(() => {});
    return next;
  }

  async return(): Promise<IteratorResult<unknown, undefined>> {
    this.stop();
    return over;
  }

  stop(): void {
    this.#isStopped = true;
    this.#news.remove(this);
    this.#ending.abort();
  }

  [Symbol.dispose](): void {
    this.stop();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #next(): Promise<IteratorResult<unknown, undefined>> {
    if (this.#isStopped) return over;
    try {
      const { result, tables } = await this.#ask(this.#ending.signal, (ending) => this.#due(ending));
      this.#tables = tables;
      this.#rest();
      return { value: result };
    } catch (error) {
      if (this.#isStopped) return over;
      this.stop();
      throw this.#failure ?? error;
    }
  }

  /** Resolves when the query is to be run. What is changed from then on, the run may not see. */
  async #due(ending: AbortSignal | undefined): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const fail = () => reject(ending?.reason);
      if (ending?.aborted) fail();
      ending?.addEventListener('abort', fail);
      this.#wake = () => {
        if (!this.#isResting && (this.#isGap || this.#tables.some((table) => this.#changed.has(table)))) resolve();
      };
      this.#wake();
    });
    this.#isGap = false;
    this.#changed.clear();
  }

  #rest(): void {
    this.#isResting = true;
    setTimeout(() => {
      this.#isResting = false;
      this.#wake();
    }, pause);
  }
}

const over = { done: true, value: undefined } as const;

/** Hands each result to a listener, once that is done with the one before. */
export async function handOut(
  live: LiveQuery<unknown>,
  { onRows, onError }: Pick<WatchOptions<unknown>, 'onRows' | 'onError'>,
): Promise<void> {
  try {
    for await (const rows of live) await tell(onRows, rows);
  } catch (error) {
    if (onError) await tell(onError, error);
    else if (!isWanted(error)) report(error);
  }
}

/** Whether the page itself has ended it. */
function isWanted(error: unknown): boolean {
  return error instanceof WheatearError && (error.code === 'cancelled' || error.code === 'closed');
}
