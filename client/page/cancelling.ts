import { ApplyError } from '../protocol/errors.js';
import { anAbortSignal, checkOptions } from './option-rules.js';

/** What may end a piece of work before it is done. */
export interface SignalOptions {
  /**
   * Ends the work when it is aborted: the promise rejects at once with an `ApplyError` whose code is `cancelled` and whose
   * `cause` is the signal's reason, and nothing is kept. What is not begun will not be; what SQLite is at goes on for
   * two seconds at most, then its worker is replaced. Too late once the commit has begun: then it is done. What is not
   * plainly a SELECT runs in a transaction of its own, so not VACUUM.
   */
  readonly signal?: AbortSignal | undefined;
}

/** Something else that can end work. */
export interface Guard {
  /** Hears of work that has begun; gives what is to be called when it has ended. */
  add(ending: AbortController): () => void;
}

/**
 * Does work that can be ended: it gets a signal whose reason is the error to reject with; `undefined` if nothing can.
 *
 * @param waitedFor what keeps the database busy, if anything does
 */
export async function cancellable<Result>(
  signal: AbortSignal | undefined,
  guard: Guard | undefined,
  waitedFor: () => string | undefined,
  work: (ending: AbortSignal | undefined) => Promise<Result>,
): Promise<Result> {
  checkOptions({ signal }, { signal: anAbortSignal });
  if (!signal && !guard) return work(undefined);
  const ending = new AbortController();
  const cancel = () => ending.abort(cancelled(signal, waitedFor()));
  if (signal?.aborted) cancel();
  signal?.addEventListener('abort', cancel);
  const done = guard?.add(ending);
  try {
    return await work(ending.signal);
  } finally {
    signal?.removeEventListener('abort', cancel);
    done?.();
  }
}

function cancelled(signal: AbortSignal | undefined, waitedFor: string | undefined): ApplyError {
  const why = waitedFor === undefined ? '' : ` The database was busy: ${waitedFor}.`;
  const message = `This was cancelled by its signal; nothing of it is kept.${why}`;
  return new ApplyError({ code: 'cancelled', message }, { cause: signal?.reason });
}
