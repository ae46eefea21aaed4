// A page that the user leaves may be kept for when he comes back (back/forward cache). Meanwhile nothing runs in it, and
// its locks are taken from it; so whoever relies on a lock must have let go of everything before.
// Source: https://html.spec.whatwg.org/multipage/nav-history-apis.html#the-pagetransitionevent-interface

/** Calls `listener` just before the browser puts this page aside; it has no time to wait for anything. */
export function whenPutAside(listener: () => void, signal: AbortSignal): void {
  addEventListener('pagehide', (event) => isKept(event) && listener(), { signal });
}

/** Calls `listener` when this page, which was put aside, is shown again. */
export function whenShownAgain(listener: () => void, signal: AbortSignal): void {
  addEventListener('pageshow', (event) => isKept(event) && listener(), { signal });
}

/** Not one of a page that is left for good, or that is shown for the first time. */
function isKept(event: Event): boolean {
  return 'persisted' in event && event.persisted === true;
}
