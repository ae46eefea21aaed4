/** @typedef {import('../../client/index.js').Database} Database */

/**
 * What a test that runs inside the page is given.
 * @typedef {object} Context
 * @property {typeof import('../../client/index.js')} wheatear the package
 * @property {import('./worker-options.mjs').WorkerOptions & { storage: any }} options
 * @property {import('../../client/index.js').StorageKind} storage where the options say that databases live
 * @property {string} name of a database that no other test uses
 */

/**
 * Tests by what they show.
 * @typedef {Record<string, (context: Context) => Promise<void>>} Suite
 */

/** @typedef {Record<string, (context: Context & { database: Database }) => Promise<void>>} DatabaseSuite */

/**
 * Tests that begin with an open database whose migrations are all applied.
 * @param {DatabaseSuite} tests
 * @returns {Suite}
 */
export function withDatabase(tests) {
  const wrapped = Object.entries(tests).map(([name, test]) => [
    name,
    async (/** @type {Context} */ context) => {
      const database = await context.wheatear.open(context.name, context.options);
      try {
        await test({ ...context, database });
      } finally {
        await database.close();
      }
    },
  ]);
  return Object.fromEntries(wrapped);
}
