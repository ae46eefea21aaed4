'use strict';

exports.config = { transaction: false };

/** @param {import('knex').Knex} knex */
exports.up = async (knex) => {
  await knex.raw('CREATE INDEX note_text ON note (text)');
  await knex.raw(`CREATE TRIGGER note_trimmed AFTER INSERT ON note BEGIN
    UPDATE note SET text = trim(text) WHERE id = new.id;
  END`);
};

/** @param {import('knex').Knex} knex */
exports.down = async (knex) => {
  await knex.raw('DROP TRIGGER note_trimmed');
  await knex.raw('DROP INDEX note_text');
};
