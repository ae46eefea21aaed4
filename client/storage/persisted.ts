import { within } from './time-limit.js';

/** How long to wait for the browser to tell of its promises, in milliseconds; no reason to keep a page waiting. */
const answerLimit = 1000;

/** Whether the browser has promised to keep this site's data. */
export async function isPersisted(): Promise<boolean> {
  try {
    // Typed as always there, which it is not everywhere.
    const storage: StorageManager | undefined = navigator.storage;
    return storage?.persisted ? await within(answerLimit, 'navigator.storage.persisted', storage.persisted()) : false;
  } catch {
    return false;
  }
}
