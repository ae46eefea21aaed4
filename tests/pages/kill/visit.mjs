// One visit of a user whose browser will be killed: looks at what the last visit has left, upgrades, and writes until
// the end. Everything is told to the site at once.

import { open } from '/package/index.js';
import { migrating } from '../worker-options.mjs';
import { filesOf, idOf, rowsOf } from './releases.mjs';

const parameters = new URLSearchParams(location.search);
const storage = /** @type {'opfs' | 'indexeddb'} */ (parameters.get('storage'));
const release = Number(parameters.get('release'));
const options = { ...migrating(filesOf(release)), storage };
const name = 'killed';

// Not awaited at the top: WebKitGTK 2.50 goes round for ever in a module that awaits there once its frame is removed.
void visit();

async function visit() {
  try {
    const { ok } = await report({ type: 'began' });
    // A browser that was killed may bring old tabs back.
    if (!ok) throw new Error('this visit is over');
    await report({ type: 'found', ...(await look()) });
    const onProgress = (/** @type {import('../../../client/index.js').Progress} */ progress) => {
      if (progress.type === 'statement') void report({ type: 'migrating' });
    };
    const database = await open(name, { ...options, onProgress });
    await report({ type: 'upgraded', to: database.report.to });
    const table = `entry_${release}`;
    // Batches of a visit are numbered from its own thousands.
    for (let batch = release * 100_000; ; batch++) {
      await database.transaction(async (transaction) => {
        for (let row = 0; row < rowsOf(batch); row++) {
          const text = `${batch}.${row} `.repeat(1 + ((batch * 31 + row) % 80));
          await transaction.query(`INSERT INTO ${table} (batch, release, text) VALUES (?, ?, ?)`, [
            batch,
            release,
            text,
          ]);
        }
      });
      void report({ type: 'acknowledged', batch });
    }
  } catch (error) {
    await report({ type: 'failed', error: `${error}`, code: /** @type {any} */ (error)?.code });
  }
}

/** What the database is like before anything is done to it. */
async function look() {
  const start = performance.now();
  // A target that was reached long ago changes nothing; on the first visit it begins the database.
  const database = await open(name, { ...options, target: idOf(1) });
  const opened = performance.now() - start;
  const [integrity] = await database.query('PRAGMA integrity_check');
  const tables = await database.query("SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE 'entry%'");
  const indexes = await database.query("SELECT name FROM sqlite_schema WHERE type = 'index' AND name LIKE 'entry%'");
  const applied = (await database.status()).filter(({ state }) => state === 'applied');
  const table = tables[0]?.name;
  const batches = await database.query(
    `SELECT batch, count(*) AS rows, min(release) AS first, max(release) AS last FROM ${table} GROUP BY batch`,
  );
  const [wrong] = await database.query(
    `SELECT count(*) AS count FROM ${table} WHERE text NOT LIKE batch || '.%' OR substr(text, -1) <> ' '`,
  );
  await database.close();
  return {
    openedInMs: opened,
    integrity: integrity?.integrity_check,
    tables: tables.map((row) => row.name),
    indexes: indexes.map((row) => row.name),
    applied: applied.length,
    latest: applied.at(-1)?.id,
    wrongTexts: wrong?.count,
    batches: batches.map(({ batch, rows, first, last }) => [batch, rows, first, last]),
  };
}

/** Tells the site; in order, because each takes the one connection's turn. */
function report(/** @type {object} */ event) {
  return fetch('/kill/event', { method: 'POST', body: JSON.stringify({ visit: release, ...event }) });
}
