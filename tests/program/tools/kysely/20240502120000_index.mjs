/** @param {import('kysely').Kysely<any>} db */
export async function up(db) {
  await db.schema.createIndex('note_text').on('note').column('text').execute();
}

/** @param {import('kysely').Kysely<any>} db */
export async function down(db) {
  await db.schema.dropIndex('note_text').execute();
}
