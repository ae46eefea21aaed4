import * as wheatear from '/package/index.js';
import { workerOptions } from './worker-options.mjs';

/**
 * Runs one test of a suite of the package, with a database name that no other test uses.
 *
 * @param {string} suite part and file, such as `queries/values`: see package/suites.mjs
 * @param {string} name
 * @param {import('../../client/index.js').StorageKind} storage
 */
export async function runTest(suite, name, storage) {
  const { tests } = await import(`/suites/${suite}.suite.mjs`);
  const database = crypto.randomUUID();
  /** @type {typeof wheatear.open} */
  const open = (database, options) => wheatear.open(database, { storage, ...options });
  const context = {
    wheatear: { ...wheatear, open },
    options: { ...workerOptions, storage },
    storage,
    name: database,
  };
  try {
    await tests[name](context);
  } catch (error) {
    // A database that was left open cannot be deleted, and that is not what is to be told.
    await wheatear.deleteDatabase(database).catch(() => {});
    throw error;
  }
  await wheatear.deleteDatabase(database);
}
