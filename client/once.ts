// Work that a key names is done once: the key is recorded in the same transaction.

import type { ModuleConnection } from './module.js';

/** How long a key is remembered: longer than anybody waits for an answer. */
const remembered = '-7 days';

const table = `CREATE TABLE IF NOT EXISTS _wheatear_request (
  key TEXT PRIMARY KEY,
  at TEXT NOT NULL
) STRICT, WITHOUT ROWID`;

const now = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')";

/** In the open transaction: records a key. Gives false if it was recorded before. */
export function recordKey(connection: ModuleConnection, key: string): boolean {
  connection.exec(table);
  connection.query(`DELETE FROM _wheatear_request WHERE at < strftime('%Y-%m-%dT%H:%M:%fZ', 'now', ?)`, [remembered]);
  const sql = `INSERT INTO _wheatear_request VALUES (?, ${now}) ON CONFLICT DO NOTHING RETURNING key`;
  return connection.query(sql, [key]).length > 0;
}

/** Does work in a transaction of its own, or nothing and gives `done`, if its key was recorded before. */
export function once<Result>(connection: ModuleConnection, key: string, done: Result, work: () => Result): Result {
  connection.begin();
  try {
    const result = recordKey(connection, key) ? work() : done;
    connection.commit();
    return result;
  } catch (error) {
    // After a fault the module must be left alone.
    if (!(error instanceof Error)) connection.rollback();
    throw error;
  }
}
