// As sqlocal.dev/kysely/setup and …/kysely/migrations say; what a migration does is in one transaction, which Kysely leaves
// to the migration with SQLite.

import files from 'race:set';
import { Kysely, Migrator, sql } from 'kysely';
import { SQLocalKysely } from 'sqlocal/kysely';
import { actionsOf } from '../../pages/actions.mjs';

export async function open() {
  const client = new SQLocalKysely({
    databasePath: 'race.sqlite3',
    onInit: (sql) => [sql`PRAGMA synchronous = FULL`],
  });
  const db = new Kysely({ dialect: client.dialect });
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations() } });
  const { error } = await migrator.migrateToLatest();
  if (error) throw error;
  return actionsOf({
    query: (text, params = []) => client.sql(text, ...params),
    exec: (text) => client.sql(text),
  });
}

function migrations() {
  const inTransaction = (text) => ({
    up: (db) => db.transaction().execute((transaction) => sql.raw(text).execute(transaction)),
  });
  return Object.fromEntries(Object.entries(files).map(([id, text]) => [id, inTransaction(text)]));
}
