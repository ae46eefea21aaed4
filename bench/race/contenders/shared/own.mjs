// What a database of ours is to a page of the race.

/** @returns {import('../../pages/actions.mjs').Sql} */
export function sqlOf(/** @type {import('../../../../client/index.js').Database} */ db) {
  return { query: (sql, params = []) => db.query(sql, params), exec: (sql) => db.exec(sql) };
}
