// Test cases of Kysely for SQLite that do not hold of our dialect, each with the reason.

/** @type {{ tests: string[], reason: string }[]} */
export const exceptions = [
  {
    tests: [
      'sqlite: insert into should insert one row and ignore conflicts using insert ignore',
      'sqlite: insert into should insert one row and ignore conflicts using `on conflict do nothing`',
      'sqlite: insert into should update instead of insert on conflict when using `on conflict do update`',
    ],
    reason:
      'an insert that has inserted no row has no insertId: what SQLite would give is that of another, maybe of another tab',
  },
  {
    tests: [
      'sqlite: schema create table should create a temporary table',
      'sqlite: schema create table should create a temporary table if not exists with as expression',
      'sqlite: schema create view should create a temporary view',
    ],
    reason: 'all tabs share one connection, so that temporary tables are refused',
  },
  {
    tests: [
      'sqlite: delete should order and limit the amount of deleted rows and return',
      'sqlite: update should order and limit the amount of updated rows and return',
    ],
    reason: 'this SQLite is compiled without SQLITE_ENABLE_UPDATE_DELETE_LIMIT, as it is unless one asks for it',
  },
  {
    tests: ['sqlite: select should not allow SQL injection in column refs'],
    reason:
      'nothing is injected; but this SQLite takes a name in double quotes that no column has for a text, as it does unless compiled with SQLITE_DQS=0',
  },
  {
    tests: ['sqlite: json helpers should dehydrate Buffer to string in jsonArrayFrom'],
    reason: 'bytes are a Uint8Array, for pages have no Buffer',
  },
  {
    tests: [
      'sqlite: migration migrateUp should refuse to run migrations using a provided transaction due to lack of support for transactional DDL',
    ],
    reason: 'the migrator of Kysely may run in a transaction here, so that nothing of it is done twice',
  },
];
