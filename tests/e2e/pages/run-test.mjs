import * as wheatear from '/package/index.js';
import { workerOptions } from './worker-options.mjs';

/** Runs one test of a suite in tests/, with a database name that no other test uses. */
export async function runTest(/** @type {string} */ suite, /** @type {string} */ name) {
  const { tests } = await import(`./tests/${suite}.mjs`);
  await tests[name]({ wheatear, options: workerOptions, name: crypto.randomUUID() });
}
