// The demo's database, reached without the demo.

import { deleteDatabase, open } from '/package/index.js';
import { migrating, workerOptions } from './worker-options.mjs';

const first = '0001.create';

/** @type {import('../../client/index.js').Database | undefined} */
let held;

export function remove() {
  return deleteDatabase('weather');
}

/** Opens the database up to its first version, runs a script, and closes it again. */
export async function changeFirstVersion(/** @type {string} */ script) {
  const database = await open('weather', { ...workerOptions, target: first });
  await database.exec(script);
  await database.close();
}

/** Leaves the database as a page with these migrations does. */
export async function upgradeAs(/** @type {Record<string, string>} */ files) {
  const database = await open('weather', migrating(files));
  await database.close();
}

/** Rows and history, read without an upgrade. */
export async function contents() {
  const database = await open('weather', { ...workerOptions, target: first });
  const rows = await database.query('SELECT * FROM weather_node ORDER BY rowid');
  const history = await database.query('SELECT id, applied_at FROM _wheatear_migration ORDER BY position');
  await database.close();
  return { rows, history };
}

/** Keeps the database open until `letGo`. */
export async function hold() {
  held = await open('weather', workerOptions);
}

/** The same, as a page with these migrations does. */
export async function holdAs(/** @type {Record<string, string>} */ files) {
  held = await open('weather', migrating(files));
}

export async function letGo() {
  await held?.close();
}

/** @type {() => void} */
let releaseLock;

/** Has the whole database to itself, as an import does that takes its time. */
export function holdRight() {
  return new Promise((resolve) => {
    void navigator.locks.request('wheatear:weather', () => {
      resolve(undefined);
      return new Promise((release) => {
        releaseLock = () => release(undefined);
      });
    });
  });
}

export function releaseRight() {
  releaseLock();
}
