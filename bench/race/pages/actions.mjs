// What a page of the race asks of a database with SQL.

import { fill } from '../sets.mjs';

/**
 * A database as a page sees it, in whichever worker it lives.
 * @typedef {object} Sql
 * @property {(sql: string, params?: (string | number)[]) => Promise<object[]>} query
 * @property {(sql: string) => Promise<unknown>} exec
 */

/**
 * What is measured, for contenders with SQL and without.
 * @typedef {object} Actions
 * @property {(table: string) => Promise<object | undefined>} firstRow
 * @property {(id: number) => Promise<object | undefined>} row a reading by its key
 * @property {(count: number) => Promise<object[]>} rows so many readings, each with all of its columns
 * @property {(id: number) => Promise<unknown>} addRow one more reading, stored when it resolves
 * @property {(count: number) => Promise<unknown>} fill adds so many readings, in one transaction
 * @property {() => Promise<number>} [memory] bytes of the wasm module's memory
 * @property {() => Promise<number>} [fileSize] bytes of the database
 */

/** @returns {Actions} */
export function actionsOf(/** @type {Sql} */ { query, exec }) {
  return {
    firstRow: async (table) => (await query(`SELECT * FROM ${table} WHERE id = 1`))[0],
    row: async (id) => (await query('SELECT * FROM reading WHERE id = ?', [id]))[0],
    rows: (count) => query('SELECT * FROM reading WHERE id <= ?', [count]),
    addRow: (id) =>
      query('INSERT INTO reading (id, node, at, kind, value, note) VALUES (?, ?, ?, ?, ?, ?)', [
        id,
        17,
        id,
        'temperature',
        21.5,
        'a row',
      ]),
    fill: (count) => exec(fill(count)),
  };
}
