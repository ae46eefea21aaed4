// In the page of adapters.test.mjs: what runs a case by its name, each with a database of its own.

import { deleteDatabase, open } from 'wheatear';
import * as drizzle from './drizzle.cases.mjs';
import * as kysely from './kysely.cases.mjs';

/** @typedef {Pick<typeof kysely, 'tests'> & { migrations: Record<string, string> }} Cases */

/** @type {Record<string, Cases>} */
const adapters = { drizzle, kysely };

async function run(/** @type {string} */ adapter, /** @type {string} */ name) {
  const { migrations, tests } = /** @type {Cases} */ (adapters[adapter]);
  const database = crypto.randomUUID();
  const db = await open(database, { migrations });
  try {
    await tests[name]?.(db);
  } finally {
    await db.close();
  }
  await deleteDatabase(database);
}

const report = (/** @type {Promise<void>} */ done) =>
  done.then(
    () => 'done',
    (error) => `${error?.code}: ${error?.stack ?? error}`,
  );

Object.assign(window, {
  runCase: (/** @type {string} */ adapter, /** @type {string} */ name) => report(run(adapter, name)),
});
