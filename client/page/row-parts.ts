import type { RowPart } from '../protocol/values.js';

/**
 * Gives rows part by part, and asks for the next part when all of the one before were taken.
 *
 * @param free lets go of what the parts come from; called once, and as soon as the last part is there
 */
export async function* rowsOf(
  fetch: () => Promise<RowPart>,
  free: () => void,
  signal?: AbortSignal,
): AsyncGenerator<unknown, void, undefined> {
  let isFree = false;
  const release = () => {
    if (!isFree) free();
    isFree = true;
  };
  // Nobody may ask for a row for long.
  signal?.addEventListener('abort', release);
  try {
    for (let isLast = false; !isLast; ) {
      const part = await fetch();
      isLast = part.isLast;
      if (isLast) release();
      for (const row of part.rows) {
        yield row;
        // What is asked for next is told why it ends.
        if (signal?.aborted) {
          isLast = false;
          break;
        }
      }
    }
  } finally {
    signal?.removeEventListener('abort', release);
    release();
  }
}
