// One visit of a tab: writes one thing after the other, tells the site of each, and does what the site answers.

import { open } from '/package/index.js';
import { migrating, packageWorker } from '../worker-options.mjs';
import { isKeyed, kindOf, migrations, partsOf } from './writes.mjs';

/** @typedef {import('../../../client/index.js').Database} Database */

const parameters = new URLSearchParams(location.search);
const tab = Number(parameters.get('tab'));
const storage = /** @type {'opfs' | 'indexeddb'} */ (parameters.get('storage'));
const visit = crypto.randomUUID();
/** Thrown when the site cannot be told: the page is being closed or reloaded. */
const leaving = Symbol('leaving');
const insert = 'INSERT INTO entry VALUES (?, ?, ?)';

/** @type {Worker | undefined} */
let worker;

// Not awaited at the top: WebKitGTK 2.50 goes round for ever in a module that awaits there once its frame is removed.
void visitDatabase();

async function visitDatabase() {
  try {
    const start = () => {
      worker = packageWorker();
      return worker;
    };
    const database = await open('shared', { ...migrating(migrations), worker: start, storage });
    for (let number = 1; ; number++) {
      const began = Date.now();
      let outcome = 'acknowledged';
      try {
        await write(database, number);
      } catch (error) {
        // With a key, and when it was only read, there is no such thing.
        const isUnknown = /** @type {any} */ (error)?.code === 'owner_lost' && partsOf(number) > 0 && !isKeyed(number);
        if (!isUnknown) throw error;
        outcome = 'unknown';
      }
      await tell(database, { type: outcome, number, began, isOwner: database.isOwner });
    }
  } catch (error) {
    if (error !== leaving) await report({ type: 'failed', error: `${error}`, code: /** @type {any} */ (error)?.code });
  }
}

/** @returns {Promise<unknown>} */
function write(/** @type {Database} */ database, /** @type {number} */ number) {
  const key = isKeyed(number) ? `${visit} ${number}` : undefined;
  switch (kindOf(number)) {
    case 'read':
      return database.query('SELECT count(*) FROM entry WHERE visit = ?', [visit]);
    case 'statement':
    case 'keyed statement':
      return database.query(insert, [visit, number, 0], key === undefined ? {} : { key });
    default:
      return database.transaction(
        async (transaction) => {
          for (let part = 0; part < partsOf(number); part++) await transaction.query(insert, [visit, number, part]);
        },
        key === undefined ? {} : { key },
      );
  }
}

/** Tells the site, and does what it wants. */
async function tell(/** @type {Database} */ database, /** @type {object} */ event) {
  const order = await report(event);
  if (order === 'terminate') worker?.terminate();
  else if (order === 'look') await report({ type: 'seen', ...(await look(database)) });
}

/** What is there: of each visit the numbers, and those whose rows are too many or too few. */
async function look(/** @type {Database} */ database) {
  const rows = await database.query(
    'SELECT visit, number, count(*) AS rows, count(DISTINCT part) AS parts FROM entry GROUP BY visit, number',
  );
  const [integrity] = await database.query('PRAGMA integrity_check');
  /** @type {Record<string, number[]>} */
  const numbers = {};
  const wrong = [];
  for (const row of rows) {
    const number = Number(row.number);
    numbers[String(row.visit)] ??= [];
    numbers[String(row.visit)]?.push(number);
    if (row.rows !== partsOf(number) || row.parts !== partsOf(number)) wrong.push(row);
  }
  return { numbers, wrong, integrity: integrity?.integrity_check };
}

/** @returns {Promise<string>} what the site wants */
async function report(/** @type {object} */ event) {
  try {
    const response = await fetch('/tabs/event', { method: 'POST', body: JSON.stringify({ tab, visit, ...event }) });
    return await response.text();
  } catch {
    throw leaving;
  }
}
