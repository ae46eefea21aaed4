'use strict';

/** @param {import('knex').Knex} knex */
exports.up = (knex) => knex.schema.raw('CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL)');

/** @param {import('knex').Knex} knex */
exports.down = (knex) => knex.schema.raw('DROP TABLE note');
