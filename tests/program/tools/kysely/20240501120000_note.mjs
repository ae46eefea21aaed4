/** @param {import('kysely').Kysely<any>} db */
export async function up(db) {
  await db.schema
    .createTable('note')
    .addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
    .addColumn('text', 'text', (column) => column.notNull())
    .execute();
}

/** @param {import('kysely').Kysely<any>} db */
export async function down(db) {
  await db.schema.dropTable('note').execute();
}
