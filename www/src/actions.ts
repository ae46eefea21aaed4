let running = false;

/**
 * Does `work` on each press. Only one piece of work runs at a time, and meanwhile its button is
 * disabled. What it throws is left to the page's handler of unhandled rejections.
 */
export function onPress(button: HTMLButtonElement, work: () => Promise<void>): void {
  button.addEventListener('click', () => {
    if (!running) void whileBusy(button, work);
  });
}

async function whileBusy(button: HTMLButtonElement, work: () => Promise<void>): Promise<void> {
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
