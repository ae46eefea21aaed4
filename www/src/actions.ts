let running = false;

/** Whether a piece of work that the reader asked for is under way. */
export const isBusy = () => running;

/** Does `work` on each press, as `whileBusy` does. */
export function onPress(button: HTMLButtonElement, work: () => Promise<void>): void {
  button.addEventListener('click', () => void whileBusy(button, work));
}

/**
 * Does `work`, its button disabled meanwhile. Only one piece of work runs at a time; what comes while another runs is
 * not done. What it throws is left to the page's handler of unhandled rejections.
 */
export async function whileBusy(button: HTMLButtonElement, work: () => Promise<void>): Promise<void> {
  if (running) return;
  const focused = document.activeElement === button;
  running = true;
  button.disabled = true;
  button.setAttribute('aria-busy', 'true');
  try {
    await work();
  } finally {
    running = false;
    button.disabled = false;
    button.removeAttribute('aria-busy');
    if (focused) button.focus({ preventScroll: true });
  }
}
