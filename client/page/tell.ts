/**
 * Tells a listener of the page, if there is one, and waits for what it does. What it throws is the page's to mend, like any
 * event listener; the work goes on.
 */
export async function tell<Event>(listener: ((event: Event) => unknown) | undefined, event: Event): Promise<void> {
  try {
    await listener?.(event);
  } catch (error) {
    report(error);
  }
}

/** Tells of an error that nobody catches, as the browser does; Node.js, where tests run, has no function for that. */
export function report(error: unknown): void {
  if ('reportError' in globalThis) {
    reportError(error);
  } else {
    queueMicrotask(() => {
      throw error;
    });
  }
}
