// A database whose site's data are cleared while it is open.

import { open } from '/package/index.js';
import { migrating } from './worker-options.mjs';

const note = migrating({ '1.note.sql': 'CREATE TABLE note (text);' });

/** @type {import('../../client/index.js').Database} */
let database;

/** Opens it; tells whether this tab owns it. */
export async function begin(/** @type {'opfs' | 'indexeddb'} */ storage) {
  database = await open(`cleared in ${storage}`, { ...note, storage });
  return database.isOwner;
}

/** What a query yields, or the code it fails with. */
export async function ask(/** @type {string} */ sql) {
  try {
    return await database.query(sql);
  } catch (error) {
    return /** @type {import('../../client/index.js').WheatearError} */ (error).code;
  }
}

/** Answers once it is closed. */
export async function close() {
  await database.close();
  return 'closed';
}
