import * as wheatear from '/package/index.js';
import { workerOptions } from './worker-options.mjs';

/**
 * Runs one test of a suite in tests/, with a database name that no other test uses.
 *
 * @param {string} suite
 * @param {string} name
 * @param {import('../../../client/index.js').StorageKind} storage
 */
export async function runTest(suite, name, storage) {
  const { tests } = await import(`./tests/${suite}.mjs`);
  const database = crypto.randomUUID();
  /** @type {typeof wheatear.open} */
  const open = (database, options) => wheatear.open(database, { storage, ...options });
  try {
    const context = {
      wheatear: { ...wheatear, open },
      options: { ...workerOptions, storage },
      storage,
      name: database,
    };
    await tests[name](context);
  } finally {
    await wheatear.deleteDatabase(database);
  }
}
