/**
 * Tells a listener of the page, if there is one, and waits for what it does. What it throws is the page's to mend, like any
 * event listener; the work goes on.
 */
export async function tell<Event>(listener: ((event: Event) => unknown) | undefined, event: Event): Promise<void> {
  try {
    await listener?.(event);
  } catch (error) {
    reportError(error);
  }
}
