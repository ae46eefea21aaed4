// What tests on the other side of WebDriver ask of databases in this page.

import { deleteDatabase, exportDatabase, listBackups, open } from '/package/index.js';
import { migrating, workerOptions } from './worker-options.mjs';

/** Opens a database wherever the package thinks best, adds a row and tells what it saw. */
export async function openAndAddRow(/** @type {string} */ name) {
  const database = await open(name, workerOptions);
  await database.query("INSERT INTO weather_node (time_received) VALUES ('2026-01-01 12:00:00')");
  const rows = await database.query('SELECT * FROM weather_node');
  await database.close();
  return { rows: rows.length, storage: database.storage };
}

/** @typedef {'opfs' | 'indexeddb'} Kind */

const note = { '1.note.sql': 'CREATE TABLE note (id INTEGER PRIMARY KEY, bytes BLOB);' };
const newer = {
  ...note,
  '2.copy.sql': `CREATE TABLE copy AS SELECT * FROM note;
    INSERT INTO copy SELECT id + 1000, randomblob(length(bytes)) FROM note;`,
};

/** A database of the first release with so many megabytes of rows. */
export async function fill(/** @type {string} */ name, /** @type {Kind} */ storage, /** @type {number} */ megabytes) {
  const database = await open(name, { ...migrating(note), storage });
  for (let megabyte = 0; megabyte < megabytes; megabyte++) {
    await database.query('INSERT INTO note (bytes) VALUES (randomblob(1000000))');
  }
  await database.close();
}

/** Opens it with the next release, whose migration needs a multiple of the room; tells how that ended. */
export async function upgrade(/** @type {string} */ name, /** @type {Kind} */ storage, backup = false) {
  try {
    const database = await open(name, { ...migrating(newer), storage, backup });
    await database.close();
    return { code: 'ok', message: '' };
  } catch (error) {
    const { code, message } = /** @type {import('../../client/index.js').WheatearError} */ (error);
    return { code, message };
  }
}

/** What is there, seen by the first release; and whether it can be written to. */
export async function look(/** @type {string} */ name, /** @type {Kind} */ storage) {
  const database = await open(name, { ...migrating(note), storage });
  const [notes] = await database.query('SELECT count(*) AS count, sum(length(bytes)) AS bytes FROM note');
  const tables = await database.query("SELECT name FROM sqlite_schema WHERE name IN ('note', 'copy')");
  const [integrity] = await database.query('PRAGMA integrity_check');
  await database.close();
  return { ...notes, tables: tables.map((row) => row.name), integrity: integrity?.integrity_check };
}

/**
 * Adds rows of so many bytes until there is no more room, and then one more; tells how many were acknowledged, what was said,
 * and how large an export
 * from OPFS is then.
 */
export async function writeUntilFull(
  /** @type {string} */ name,
  /** @type {Kind} */ storage,
  /** @type {number} */ size,
) {
  const database = await open(name, { ...migrating(note), storage });
  let acknowledged = 0;
  const codes = [];
  while (codes.length < 2) {
    try {
      await database.query('INSERT INTO note (bytes) VALUES (randomblob(?))', [size]);
      acknowledged++;
    } catch (error) {
      codes.push(/** @type {import('../../client/index.js').WheatearError} */ (error).code);
    }
  }
  // What could not be stored in IndexedDB has stopped the connection.
  const exported = storage === 'opfs' ? (await database.export()).size : Number.POSITIVE_INFINITY;
  await database.close();
  return { acknowledged, codes, exported };
}

export async function backupNames(/** @type {string} */ name) {
  return (await listBackups(name)).map((backup) => backup.name);
}

export function remove(/** @type {string} */ name) {
  return deleteDatabase(name);
}

/** @type {Promise<string>} */
let exported;

/** Goes to another page in the midst of an export from IndexedDB. */
export function leaveInExport(/** @type {string} */ name, /** @type {string} */ address) {
  const { getAll } = IDBObjectStore.prototype;
  let reads = 0;
  IDBObjectStore.prototype.getAll = function (...range) {
    if (++reads === 3) location.href = address;
    return getAll.apply(this, range);
  };
  exported = exportDatabase(name, workerOptions).then(
    ({ size }) => `${size} bytes`,
    ({ code }) => code,
  );
}

/** What came of the export; nothing if this page was loaded anew. */
export function outcomeOfExport() {
  return exported;
}

/** @type {Promise<string> | undefined} */
let opened;

/** Opens a database, and goes to another page so many milliseconds later. */
export async function leaveWhileOpening(
  /** @type {string} */ name,
  /** @type {string} */ address,
  /** @type {number} */ moment,
) {
  opened = open(name, workerOptions).then(
    async (database) => {
      await database.close();
      return 'opened';
    },
    (error) => String(error),
  );
  setTimeout(() => {
    location.href = address;
  }, moment);
}

/** How that ended; nothing if this page was loaded anew. */
export function outcomeOfOpening() {
  return opened;
}
