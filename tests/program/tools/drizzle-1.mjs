// A schema for drizzle-kit, from which it makes the first migration.

import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

export const note = sqliteTable('note', { id: integer().primaryKey(), text: text().notNull() });
