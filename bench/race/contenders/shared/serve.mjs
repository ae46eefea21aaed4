// The worker of a contender that has none of its own: opens the database, migrates it, and answers the page.

import files from 'race:set';
import { migrate } from './migrate.mjs';

/**
 * A database inside of its worker.
 * @typedef {object} Sqlite
 * @property {(sql: string) => void | Promise<void>} exec
 * @property {(sql: string, params: unknown[]) => object[] | Promise<object[]>} query
 * @property {() => Promise<void>} [save] stores what has changed, where no commit does
 */

/** @param {() => Promise<Sqlite>} open */
export function serve(open) {
  const opened = open().then(async (db) => {
    await migrate(db, files);
    await db.save?.();
    return db;
  });
  // A rejection is told to whoever asks.
  opened.catch(() => {});
  // One after the other, because a contender may be asynchronous.
  let last = Promise.resolve();
  addEventListener('message', ({ data: { id, method, args } }) => {
    last = last.then(async () => {
      try {
        const db = await opened;
        const value = method === 'ready' ? undefined : await db[method](...args);
        await db.save?.();
        postMessage({ id, value });
      } catch (error) {
        postMessage({ id, error: `${error?.message ?? error}` });
      }
    });
  });
}
