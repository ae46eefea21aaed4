/** Calls a listener of the page. One that throws is the page's to mend, like any event listener; the work goes on. */
export function tell(call: () => void): void {
  try {
    call();
  } catch (error) {
    reportError(error);
  }
}
