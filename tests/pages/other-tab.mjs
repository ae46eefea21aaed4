// Another tab, or a frame, which a test lets go away in the midst of something.

import * as wheatear from '/package/index.js';
import { migrating } from './worker-options.mjs';

/** @typedef {import('../../client/index.js').Database} Database */

/** @type {Database} */
let database;

/**
 * @param {string} name
 * @param {import('../../client/index.js').StorageKind} storage
 * @param {Record<string, string>} files
 */
export async function open(name, storage, files) {
  database = await wheatear.open(name, { ...migrating(files), storage });
  return database.isOwner;
}

/** Opens one with options of another page. */
export async function openWith(/** @type {string} */ name, /** @type {wheatear.OpenOptions} */ options) {
  try {
    database = await wheatear.open(name, options);
  } catch (error) {
    throw new Error(`${/** @type {wheatear.WheatearError} */ (error).code}: ${error}`);
  }
}

export function query(/** @type {string} */ sql) {
  return database.query(sql);
}

/** @type {Promise<{ value: unknown } | { failure: string }>} */
let asked;

/** Sends a query, whose answer may take its time. */
export function ask(/** @type {string} */ sql, /** @type {wheatear.SqlParameters} */ params = []) {
  asked = database.query(sql, params).then(
    (value) => ({ value }),
    (error) => ({ failure: String(error) }),
  );
}

/** Sends a query with a text of so many characters. */
export function askWith(/** @type {number} */ characters) {
  ask('SELECT length(?) AS length', ['x'.repeat(characters)]);
}

/** Sends a query that has at least so many characters itself. */
export function askAtLength(/** @type {number} */ characters) {
  ask(`SELECT 1 -- ${'x'.repeat(characters)}`);
}

/** What came of the query. */
export function answer() {
  return asked;
}

/** Begins a transaction, does something in it, and never ends it. */
export function leaveOpen(/** @type {string} */ sql) {
  return new Promise((resolve, reject) => {
    database
      .transaction(async (transaction) => {
        await transaction.query(sql);
        resolve('left open');
        await new Promise(() => {});
      })
      .catch(reject);
  });
}

/** Asks for the first row of a stream, and for no other. */
export async function leaveStream(/** @type {string} */ sql) {
  await database.stream(sql, [], { size: 1 }).next();
}

/** Holds a lock until the tab is gone. */
export function holdLock(/** @type {string} */ name) {
  return new Promise((resolve) => {
    void navigator.locks.request(name, () => {
      resolve(undefined);
      return new Promise(() => {});
    });
  });
}

/** Starts a worker that answers on a channel, until the tab is gone. */
export function echo(/** @type {string} */ channel) {
  return new Promise((resolve) => {
    const worker = new Worker(`/pages/workers/echo.mjs?${new URLSearchParams({ channel })}`, { type: 'module' });
    worker.onmessage = () => resolve(undefined);
    worker.postMessage('there?');
  });
}
