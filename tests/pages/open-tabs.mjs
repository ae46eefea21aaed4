// Tests that begin with open tabs.

import { migrating, packageWorker } from './worker-options.mjs';

/** @typedef {import('../../client/index.js').Database} Database */
/** @typedef {import('./suite.mjs').Context} Context */

/**
 * A test that begins with so many open tabs; the first of them is the owner.
 *
 * @param {Record<string, string>} files its migrations
 * @param {number} count
 * @param {(
 *   tabs: [Database, Database, Database],
 *   context: Context,
 *   workersOf: (database: Database) => Worker[],
 * ) => Promise<void>} test gets as many as there are
 */
export function withTabsOf(files, count, test) {
  return async (/** @type {Context} */ context) => {
    const { wheatear, name, storage } = context;
    /** @type {Map<Database, Worker[]>} */
    const tabs = new Map();
    for (let index = 0; index < count; index++) {
      /** @type {Worker[]} */
      const workers = [];
      const worker = () => {
        const started = packageWorker();
        workers.push(started);
        return started;
      };
      tabs.set(await wheatear.open(name, { ...migrating(files), storage, worker }), workers);
    }
    try {
      const workersOf = (/** @type {Database} */ database) => tabs.get(database) ?? [];
      await test(/** @type {[Database, Database, Database]} */ ([...tabs.keys()]), context, workersOf);
    } finally {
      for (const database of tabs.keys()) await database.close();
    }
  };
}
