// The loop that people write by hand: a table of ids, and one transaction for each migration.

/**
 * @param {import('./serve.mjs').Sqlite} db
 * @param {Record<string, string>} files
 */
export async function migrate(db, files) {
  await db.exec('CREATE TABLE IF NOT EXISTS migration (id TEXT PRIMARY KEY)');
  const rows = await db.query('SELECT id FROM migration', []);
  const applied = new Set(rows.map(({ id }) => id));
  for (const [id, sql] of Object.entries(files).sort()) {
    if (applied.has(id)) continue;
    await db.exec('BEGIN IMMEDIATE');
    try {
      await db.exec(sql);
      await db.query('INSERT INTO migration (id) VALUES (?)', [id]);
      await db.exec('COMMIT');
    } catch (error) {
      await db.exec('ROLLBACK');
      throw error;
    }
  }
}
