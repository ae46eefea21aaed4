import { WheatearError } from '../protocol/errors.js';
import type { StorageAnswer } from '../protocol/storage-answer.js';
import { within } from './time-limit.js';

/** How long a storage may take to answer, in milliseconds. */
const limit = 10_000;

/** How long to wait before it is asked again, in milliseconds. */
const pauses = [50, 200, 750];

/**
 * Asks a storage, and asks it again when it fails: where a database lives is decided once, and must not hang on a passing
 * fault. That a storage is not to be had, only a browser tells that lacks or forbids it, or one that fails every time.
 *
 * @throws {WheatearError} what `question` says in our words
 */
export async function askStorage<Found>(what: string, question: () => Promise<Found>): Promise<StorageAnswer<Found>> {
  for (let attempt = 0; ; attempt++) {
    try {
      return { found: await within(limit, what, question()) };
    } catch (error) {
      if (error instanceof WheatearError) throw error;
      const pause = pauses[attempt];
      const name = error instanceof DOMException ? error.name : undefined;
      const unavailable = String(error);
      if (name === 'QuotaExceededError') return { unavailable, passing: 'storage_full' };
      if (name === 'TimeoutError') return { unavailable, passing: 'storage_io' };
      // What is no exception of the browser's is a function that is not there.
      const isForGood = name === undefined || /^(Security|NotAllowed|NotSupported)Error$/.test(name);
      if (isForGood || pause === undefined) return { unavailable, passing: undefined };
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}
