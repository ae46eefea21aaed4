// The schema as it is later: drizzle-kit makes the table anew for it.

import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

export const author = sqliteTable('author', { id: integer().primaryKey(), name: text().notNull().unique() });
export const note = sqliteTable(
  'note',
  { id: integer().primaryKey(), text: text(), author: integer().references(() => author.id) },
  (table) => [index('note_by_text').on(table.text)],
);
