import { index, integer, real, sqliteTable, text } from 'drizzle-orm/sqlite-core';

export const place = sqliteTable('place', {
  id: integer().primaryKey(),
  name: text().notNull().unique(),
});

export const reading = sqliteTable(
  'reading',
  {
    id: integer().primaryKey(),
    placeId: integer('place_id')
      .notNull()
      .references(() => place.id),
    tempC: real('temp_c').notNull(),
    humidity: integer(),
  },
  (table) => [index('reading_place').on(table.placeId)],
);
