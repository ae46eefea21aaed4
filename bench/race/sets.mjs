// The migrations of the race: the same SQL for every contender, so only what SQLite and Postgres both understand.

/** @typedef {{ id: string, sql: string }} Migration */

/**
 * What a project collects in time, in turns: a table, its index, its first rows, one more column with a value, a view.
 * @param {number} count
 * @returns {Migration[]}
 */
export function small(count) {
  return numbered(count, (number) => {
    const table = `note${Math.ceil(number / 5)}`;
    switch (number % 5) {
      case 1:
        return `CREATE TABLE ${table} (\n  id INTEGER PRIMARY KEY,\n  text TEXT NOT NULL,\n  at INTEGER NOT NULL\n);`;
      case 2:
        return `CREATE INDEX ${table}_at ON ${table} (at);`;
      case 3:
        return `INSERT INTO ${table} (id, text, at) VALUES (1, 'one', 1), (2, 'two', 2), (3, 'three', 3);`;
      case 4:
        return `ALTER TABLE ${table} ADD COLUMN author TEXT;\nUPDATE ${table} SET author = 'nobody' WHERE at < 3;`;
      default:
        return `CREATE VIEW ${table}_of_nobody AS SELECT id, text FROM ${table} WHERE author = 'nobody';`;
    }
  });
}

const index = 'CREATE INDEX reading_at ON reading (at);';

function tableOfReadings(/** @type {string} */ name, /** @type {string} */ value) {
  const columns = `node INTEGER NOT NULL, at INTEGER NOT NULL, kind TEXT NOT NULL, value ${value}, note TEXT`;
  return `CREATE TABLE ${name} (id INTEGER PRIMARY KEY, ${columns});`;
}

/** A table of six columns with an index. */
const create = `${tableOfReadings('reading', 'REAL NOT NULL')}\n${index}`;

/** The same with one more constraint: steps 4 to 8 of https://www.sqlite.org/lang_altertable.html#otheralter */
const rebuild = `${tableOfReadings('new_reading', 'REAL NOT NULL CHECK (value > -273.15)')}
INSERT INTO new_reading SELECT id, node, at, kind, value, note FROM reading;
DROP TABLE reading;
ALTER TABLE new_reading RENAME TO reading;
${index}`;

/** A database with a table, before and after the migration that rebuilds it. */
export const readings = {
  created: numbered(1, () => create),
  rebuilt: numbered(2, (number) => (number === 1 ? create : rebuild)),
};

/** So many rows in the table of readings. */
export function fill(/** @type {number} */ rows) {
  return `WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < ${rows})
INSERT INTO reading SELECT n, n % 1000 + 1, n * 1009 % 1000003, 'temperature', n * 0.1, 'note ' || n FROM number;`;
}

/** @returns {Migration[]} */
function numbered(/** @type {number} */ count, /** @type {(number: number) => string} */ sql) {
  return Array.from({ length: count }, (_, index) => ({
    id: `${String(index + 1).padStart(5, '0')}.change`,
    sql: sql(index + 1),
  }));
}
