import { takeLocksFrom } from '../../storage/locks.js';

/** A frame whose locks are used instead of this page's. */
let frame: HTMLIFrameElement | undefined;

/**
 * After the data of a site were cleared, pages that were there before have locks that pages and workers which come later do
 * not see, and the other way round (Chromium 156). A new frame has those of the latter: from now on its locks are used.
 *
 * @param known a lock that a worker holds which came later
 * @returns whether that is what is the matter, and not that there is no such lock
 */
export async function renewLocks(known: string): Promise<boolean> {
  const renewed = document.createElement('iframe');
  renewed.hidden = true;
  document.documentElement.append(renewed);
  const { held = [] } = (await renewed.contentWindow?.navigator.locks.query()) ?? {};
  const isRight = held.some(({ name }) => name === known);
  (isRight ? frame : renewed)?.remove();
  if (isRight) {
    frame = renewed;
    takeLocksFrom(() => renewed.contentWindow);
  }
  return isRight;
}
