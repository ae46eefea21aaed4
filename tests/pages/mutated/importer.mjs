// Imports damaged files over a sound database, one after the other, and tells what came of each.

import { exportDatabase, importDatabase, open } from '/package/index.js';
import { migrating } from '../worker-options.mjs';
import { mutated, mutatedLog, Random } from './mutations.mjs';

/** @typedef {Uint8Array<ArrayBuffer>} Bytes */
/** @typedef {{ name: string, bytes: Bytes, log?: Bytes }} Source */

/** Sound ones, and those that were in the way once; the last has a log. */
const addresses = [
  ...['wal', 'page-512', 'page-65536', 'auto-vacuum', 'utf-16'].map((name) => `/pages/files/${name}.sqlite3`),
  '/trials/30-unknown-collation/collation.sqlite3',
  '/trials/33-everything-in-the-wal/files/nothing-settled.sqlite3',
  '/trials/33-everything-in-the-wal/files/old-rows-settled.sqlite3',
  '/trials/38-rows-against-a-check/file.sqlite3',
  ...['min-badcol', 'min-badtable', 'min-badtrigger', 'min-freelist-view'].map((name) => `/trials/files/${name}.db`),
  ...['encrypted-plain-header', 'write-version-3'].map((name) => `/trials/files/${name}.sqlite3`),
  '/pages/files/log.sqlite3',
];

const refusals = [
  'not_a_database',
  'database_corrupt',
  'database_truncated',
  'database_encrypted',
  'invalid_page_size',
];

const later = {
  '1.later.sql': 'CREATE TABLE added_later (id INTEGER PRIMARY KEY, text TEXT);',
  '2.rows.sql': 'INSERT INTO added_later (text) SELECT hex(zeroblob(3000)) FROM (SELECT 1 UNION SELECT 2);',
};

const [name, copy] = ['mutated', 'what was exported'];

const { storage, seed, first, files } = await (
  await fetch('/mutated/next', { method: 'POST', body: location.search })
).json();
const opening = { ...migrating(later), storage };
const options = { ...opening, overwrite: true };
void importAll();

async function importAll() {
  let what = 'the beginning';
  try {
    const sources = await Promise.all(addresses.map(read));
    const sound = new Blob([/** @type {Source} */ (sources[1]).bytes]);
    await importDatabase(name, sound, options);
    const before = await stored();
    for (let number = first; number < first + files; number++) {
      const file = fileOf(sources, number);
      what = `file ${number}, ${file.what}`;
      const outcome = await importOne(file, sound, before);
      await report({ type: 'outcome', number, outcome });
    }
    await report({ type: 'done' });
  } catch (error) {
    await report({ type: 'failed', what, code: /** @type {any} */ (error)?.code, error: `${error}` });
  }
}

/** The sources themselves come first, and then what is made of them. */
function fileOf(/** @type {Source[]} */ sources, /** @type {number} */ number) {
  const source = /** @type {Source} */ (sources[number % sources.length]);
  if (number < sources.length) return { ...source, what: source.name };
  const random = new Random(seed + number);
  // Of a pair it is one of the two.
  if (source.log && random.below(2) === 0) {
    return { ...source, log: mutatedLog(source.log, random), what: `${source.name}: its log` };
  }
  const { bytes, how } = mutated(source.bytes, random);
  return { ...source, bytes, what: `${source.name}: ${how}` };
}

/** Tells how it ended, and throws if it ended in another way than it may. */
async function importOne(/** @type {Source} */ { bytes, log }, /** @type {Blob} */ sound, /** @type {Bytes} */ before) {
  const wal = log ? new Blob([log]) : null;
  let warnings;
  try {
    ({ warnings } = await importDatabase(name, new Blob([bytes]), { ...options, wal }));
  } catch (error) {
    const { code } = /** @type {any} */ (error);
    if (!refusals.includes(code)) throw error;
    if (!areEqual(await stored(), before)) throw new Error(`refused as ${code}, and yet the old database has changed`);
    return code;
  }
  // A version of the application in the header makes it somebody else's, and that is not what is tried here.
  const database = await open(name, { ...opening, unmanaged: 'apply' });
  const [row] = await database.query('SELECT count(*) AS count FROM added_later');
  if (row?.count !== 2) throw new Error(`the upgrade made ${row?.count} rows`);
  const exported = await database.export();
  await database.close();
  const again = await importDatabase(copy, exported, options);
  if (again.warnings.length < warnings.length) throw new Error('what was exported has lost its warnings');
  await importDatabase(name, sound, options);
  if (!areEqual(await stored(), before)) throw new Error('what took its place is something else');
  return warnings.length > 0 ? 'acceptedWithWarnings' : 'accepted';
}

async function stored() {
  const bytes = new Uint8Array(await (await exportDatabase(name, options)).arrayBuffer());
  // The header counts changes.
  return bytes.fill(0, 24, 28).fill(0, 40, 44).fill(0, 92, 100);
}

/** @returns {Promise<Source>} */
async function read(/** @type {string} */ address) {
  const bytes = await bytesAt(address);
  if (!address.endsWith('/log.sqlite3')) return { name: address, bytes };
  return { name: address, bytes, log: await bytesAt(`${address}-wal`) };
}

async function bytesAt(/** @type {string} */ address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

function areEqual(/** @type {Bytes} */ one, /** @type {Bytes} */ other) {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

function report(/** @type {object} */ event) {
  return fetch('/mutated/event', { method: 'POST', body: JSON.stringify(event) });
}
