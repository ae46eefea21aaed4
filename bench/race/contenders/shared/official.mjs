// A database of the official build, with its object-oriented API.

/** @returns {import('./serve.mjs').Sqlite} */
export function sqliteOf(db) {
  db.exec('PRAGMA synchronous = FULL');
  return {
    exec: (sql) => void db.exec(sql),
    query: (sql, bind) => db.exec({ sql, bind, rowMode: 'object', returnValue: 'resultRows' }),
  };
}
