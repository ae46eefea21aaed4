// The releases of an application that rebuilds its table each time: release 3 has the table `entry_3`, and every row in
// it says 3. So a migration that was done by half would show in the schema and in the rows.

/**
 * The migrations of a release.
 * @param {number} release counted from 1
 * @returns {Record<string, string>} names of files, and what is in them
 */
export function filesOf(release) {
  /** @type {Record<string, string>} */
  const files = { [`${idOf(1)}.sql`]: `${createTable(1)}; ${ballast(1)}` };
  for (let next = 2; next <= release; next++) {
    files[`${idOf(next)}.sql`] = `${createTable(next)};
      INSERT INTO entry_${next} SELECT id, batch, ${next}, text FROM entry_${next - 1};
      DROP TABLE entry_${next - 1};
      ${ballast(next)}
      DROP TABLE ballast_${next - 1};
      CREATE INDEX entry_${next}_batch ON entry_${next} (batch);`;
  }
  return files;
}

export const idOf = (/** @type {number} */ release) => `${String(release).padStart(4, '0')}.release`;

function createTable(/** @type {number} */ release) {
  return `CREATE TABLE entry_${release} (id INTEGER PRIMARY KEY, batch INTEGER, release INTEGER, text TEXT)`;
}

/** Megabytes that change with every release, so that an upgrade takes a while and more than memory has room for. */
function ballast(/** @type {number} */ release) {
  return `CREATE TABLE ballast_${release} (bytes);
      WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 6000)
        INSERT INTO ballast_${release} SELECT randomblob(1000) FROM n;`;
}

/** How many rows a batch has: each is written in one transaction. */
export const rowsOf = (/** @type {number} */ batch) => 1 + (batch % 30);
