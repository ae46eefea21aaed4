// PGlite in its own worker, as pglite.dev/docs/multi-tab-worker says, and the loop in words of Postgres.

import files from 'race:set';
import { PGliteWorker } from '@electric-sql/pglite/worker';
import { actionsOf } from '../../pages/actions.mjs';

/** @returns {Promise<import('../../pages/actions.mjs').Actions>} */
export async function openPglite(/** @type {Worker} */ worker, /** @type {string} */ dataDir) {
  const db = await PGliteWorker.create(worker, { dataDir });
  await migrate(db);
  return actionsOf({
    query: async (sql, params = []) => (await db.query(numbered(sql), params)).rows,
    exec: (sql) => db.exec(sql),
  });
}

async function migrate(db) {
  await db.exec('CREATE TABLE IF NOT EXISTS migration (id TEXT PRIMARY KEY)');
  const { rows } = await db.query('SELECT id FROM migration');
  const applied = new Set(rows.map(({ id }) => id));
  for (const [id, sql] of Object.entries(files).sort()) {
    if (applied.has(id)) continue;
    await db.transaction(async (transaction) => {
      await transaction.exec(sql);
      await transaction.query('INSERT INTO migration (id) VALUES ($1)', [id]);
    });
  }
}

/** Postgres numbers its parameters. */
function numbered(/** @type {string} */ sql) {
  let count = 0;
  return sql.replace(/\?/g, () => `$${++count}`);
}
