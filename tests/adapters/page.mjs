// In the page of adapters.test.mjs: what runs a case by its name, each with a database of its own.

import { deleteDatabase, open } from 'wheatear';
import * as kysely from './kysely.cases.mjs';

/** @type {Record<string, typeof kysely>} */
const adapters = { kysely };

async function run(/** @type {string} */ adapter, /** @type {string} */ name) {
  const { migrations, tests } = /** @type {typeof kysely} */ (adapters[adapter]);
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
