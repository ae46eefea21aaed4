// Work that a key names is done once: the key is recorded in the same transaction.

import type { RunResult } from '../protocol/values.js';
import { isFault } from './fault.js';
import type { ModuleConnection } from './module.js';

/** How long a key is remembered: longer than anybody waits for an answer. */
const remembered = '-7 days';

const table = `CREATE TABLE IF NOT EXISTS _wheatear_request (
  key TEXT PRIMARY KEY,
  at TEXT NOT NULL,
  changes INTEGER,
  last_insert_rowid INTEGER
) STRICT, WITHOUT ROWID`;

const now = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')";

/** In the open transaction: records a key. Gives false if it was recorded before. */
export function recordKey(connection: ModuleConnection, key: string): boolean {
  connection.exec(table);
  connection.query(`DELETE FROM _wheatear_request WHERE at < strftime('%Y-%m-%dT%H:%M:%fZ', 'now', ?)`, [remembered]);
  const sql = `INSERT INTO _wheatear_request (key, at) VALUES (?, ${now}) ON CONFLICT DO NOTHING RETURNING key`;
  return connection.query(sql, [key]).length > 0;
}

/** In the open transaction: records the answer beside the key, for whoever asks again. */
export function recordAnswer(connection: ModuleConnection, key: string, answer: RunResult): RunResult {
  const columns = connection.query("SELECT 1 FROM pragma_table_info('_wheatear_request')", []).length;
  // Made before answers were recorded.
  if (columns === 2) {
    connection.exec(`ALTER TABLE _wheatear_request ADD COLUMN changes INTEGER;
      ALTER TABLE _wheatear_request ADD COLUMN last_insert_rowid INTEGER`);
  }
  const sql = 'UPDATE _wheatear_request SET changes = ?, last_insert_rowid = ? WHERE key = ?';
  connection.query(sql, [answer.changes, answer.lastInsertRowid, key]);
  return answer;
}

/** The answer that was recorded; of other work than `run`, that nothing was done. */
export function recordedAnswer(connection: ModuleConnection, key: string): RunResult {
  const [row] = connection.query('SELECT * FROM _wheatear_request WHERE key = ?', [key]);
  const { changes, last_insert_rowid: lastInsertRowid } = (row ?? {}) as Record<string, RunResult['lastInsertRowid']>;
  return { changes: Number(changes ?? 0), lastInsertRowid: lastInsertRowid ?? null };
}

/** Does work in a transaction of its own, or gives what `done` gives, if its key was recorded before. */
export function once<Result>(
  connection: ModuleConnection,
  key: string,
  done: () => Result,
  work: () => Result,
): Result {
  connection.begin();
  try {
    const result = recordKey(connection, key) ? work() : done();
    connection.commit();
    return result;
  } catch (error) {
    if (!isFault(error)) connection.rollback();
    throw error;
  }
}
