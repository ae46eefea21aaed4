import { ConnectionError } from '../protocol/errors.js';
import type { TransactionId } from '../protocol/ids.js';
import type { Operations } from '../protocol/messages.js';
import { cancellable } from './cancelling.js';
import { Reentry } from './reentry.js';
import type { Tab } from './tab/tab.js';
import { type Ask, openTransaction, type Transaction } from './transaction.js';
import type { WorkOptions } from './work-options.js';

/** The transaction that work is asked for in; or its key, if it is to have one of its own. */
export interface Within {
  readonly transaction: TransactionId | undefined;
  readonly key: string | undefined;
}

/** What a page calls of an open database: each call may be ended by a signal, and may be done in a transaction of its own. */
export class Calls {
  readonly tab: Tab;
  /** While the function of a transaction runs. */
  #reentry: Reentry | undefined;

  constructor(tab: Tab) {
    this.tab = tab;
  }

  /** Does work that `signal` ends, and which must not be waited for inside of a transaction. */
  do<Result>(
    signal: AbortSignal | undefined,
    work: (ending: AbortSignal | undefined) => Promise<Result>,
  ): Promise<Result> {
    const reentry = this.#reentry?.isInside ? this.#reentry : undefined;
    return cancellable(signal, reentry, () => this.tab.waitedFor, work);
  }

  /**
   * Does work in a transaction of its own, and again if that is lost and has a key. Gives `undefined` if the key is
   * recorded already.
   */
  within<Result>(
    { key, signal }: WorkOptions,
    work: (transaction: TransactionId, ending: AbortSignal | undefined) => Promise<Result>,
  ): Promise<Result | undefined> {
    return this.do(signal, async (ending) => {
      let result: Result | undefined;
      for (;;) {
        const transaction = await this.tab.request('begin', { key }, { signal: ending });
        if (transaction === null) return result;
        try {
          result = await this.#run(work, transaction, ending);
          return result;
        } catch (error) {
          const isLost = error instanceof ConnectionError && error.code === 'owner_lost';
          if (!isLost || key === undefined) throw error;
        }
      }
    });
  }

  /**
   * Asks for work, in a transaction of its own if a signal may end it, so that nothing of it is kept then. Gives
   * `undefined` if it was so, and its key is recorded already.
   *
   * @param onlyReads whether it is plain to see that nothing is kept of it anyway
   */
  async work<Answer>(
    { key, signal }: WorkOptions,
    onlyReads: boolean,
    ask: (of: Within, ending: AbortSignal | undefined) => Promise<Answer>,
  ): Promise<Answer | undefined> {
    if (signal === undefined || (key === undefined && onlyReads)) {
      return this.do(signal, (ending) => ask({ transaction: undefined, key }, ending));
    }
    return this.within({ key, signal }, (transaction, ending) => ask({ transaction, key: undefined }, ending));
  }

  /** Calls a function that gets a transaction of its own. */
  transaction<Result>(
    options: WorkOptions,
    fn: (transaction: Transaction) => Promise<Result>,
  ): Promise<Result | undefined> {
    return this.within(options, async (transaction, ending) => {
      const reentry = new Reentry();
      this.#reentry = reentry;
      // It may go on when nobody waits for it any more.
      ending?.addEventListener('abort', () => reentry.end());
      try {
        const ask: Ask = (type, request) => {
          // TypeScript does not see that these make it whole.
          const whole = { ...request, transaction, key: undefined } as Operations[typeof type]['request'];
          return reentry.ask(this.tab.request(type, whole, { signal: ending }));
        };
        return await reentry.run(() => fn(openTransaction(ask)));
      } finally {
        reentry.end();
      }
    });
  }

  /** The database is about to be closed: what waits for a transaction hears so. */
  end(): void {
    this.#reentry?.end();
  }

  async #run<Result>(
    work: (transaction: TransactionId, ending: AbortSignal | undefined) => Promise<Result>,
    transaction: TransactionId,
    ending: AbortSignal | undefined,
  ): Promise<Result> {
    let result: Result;
    try {
      const done = work(transaction, ending);
      result = await (ending ? Promise.race([done, abortOf(ending)]) : done);
      if (ending?.aborted) throw ending.reason;
    } catch (error) {
      const rolledBack = this.tab.request('rollback', { transaction }).catch(() => {});
      // Nothing is kept without a commit, even if the worker is busy still.
      if (ending?.aborted) throw ending.reason;
      // What `fn` threw is what the caller needs to hear, even if the connection is gone too.
      await rolledBack;
      throw error;
    }
    await this.tab.request('commit', { transaction });
    return result;
  }
}

/** Rejects when the signal is aborted. */
function abortOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
}
