import { within } from './time-limit.js';

/** How long to wait for the browser to tell, in milliseconds: Chromium adds up what every database takes. */
const answerLimit = 5000;

/**
 * How many bytes this site may still store, roughly; `null` where the browser does not tell.
 *
 * Source: https://storage.spec.whatwg.org/#dom-storagemanager-estimate
 */
export async function roomLeft(): Promise<number | null> {
  try {
    // Typed as always there, which it is not everywhere.
    const storage: StorageManager | undefined = navigator.storage;
    if (!storage?.estimate) return null;
    const { quota, usage = 0 } = await within(answerLimit, 'navigator.storage.estimate', storage.estimate());
    return quota === undefined ? null : Math.max(quota - usage, 0);
  } catch {
    return null;
  }
}
