// A database of wa-sqlite, with the statements of its own API. Its page cache is as large as ours and as the official build's;
// of itself it is 2 MB, which is too little to fill a large table with an index.

import * as SQLite from '@journeyapps/wa-sqlite';

/**
 * @param {(options?: object) => Promise<object>} factory of the build
 * @param {(module: object) => Promise<object>} createVfs
 * @param {string} [pragmas] of this one besides; first, because exclusive locking must be there before a WAL database is read
 * @returns {Promise<import('./serve.mjs').Sqlite>}
 */
export async function openWa(factory, createVfs, pragmas = '') {
  const module = await factory();
  const sqlite3 = SQLite.Factory(module);
  sqlite3.vfs_register(await createVfs(module), true);
  const db = await sqlite3.open_v2('race.sqlite3');
  await sqlite3.exec(db, `${pragmas}; PRAGMA cache_size = -16384; PRAGMA synchronous = FULL`);
  return {
    exec: (sql) => sqlite3.exec(db, sql),
    async query(sql, params) {
      const rows = [];
      for await (const statement of sqlite3.statements(db, sql)) {
        sqlite3.bind_collection(statement, params);
        const names = sqlite3.column_names(statement);
        while ((await sqlite3.step(statement)) === SQLite.SQLITE_ROW) {
          const values = sqlite3.row(statement);
          rows.push(Object.fromEntries(names.map((name, index) => [name, values[index]])));
        }
      }
      return rows;
    },
  };
}
