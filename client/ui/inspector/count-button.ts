import { button } from '../nodes.js';

/**
 * A button that has rows counted, which may take without end: pressed once more meanwhile, it stops that.
 *
 * @param hidden is aborted when nobody sees the button any more, and stops it as well
 * @param work shows what it has counted, and why it could not, and does not reject
 */
export function countButton(
  text: string,
  hidden: () => AbortSignal,
  work: (signal: AbortSignal) => Promise<void>,
): HTMLButtonElement {
  let running: AbortController | undefined;
  const counting = button('count', text, async () => {
    if (running) return running.abort();
    const own = new AbortController();
    running = own;
    const stop = () => own.abort();
    const end = hidden();
    end.addEventListener('abort', stop);
    counting.textContent = 'Stop';
    await work(own.signal);
    end.removeEventListener('abort', stop);
    counting.textContent = text;
    running = undefined;
  });
  return counting;
}
