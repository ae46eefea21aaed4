import { asc, desc, eq } from 'drizzle-orm';
import type { Database, SqlParameter } from 'wheatear';
import type { Orm } from './database';
import { place, reading } from './schema';

/** Where it can be measured. */
export const places = (orm: Orm) => orm.select().from(place).orderBy(asc(place.name));

/** The newest readings first, with the names of their places. */
export const newest = (orm: Orm) =>
  orm
    .select({ place: place.name, tempC: reading.tempC, humidity: reading.humidity })
    .from(reading)
    .innerJoin(place, eq(place.id, reading.placeId))
    .orderBy(desc(reading.id))
    .limit(20);

/** Keeps a reading: once the promise resolves, it is stored. */
export const record = (orm: Orm, values: typeof reading.$inferInsert) => orm.insert(reading).values(values);

/** Calls `show` with the rows of a query that Drizzle has built: now, and whenever a tab has changed what it reads. */
export function follow<Rows>(
  db: Database,
  query: PromiseLike<Rows> & { toSQL(): { sql: string; params: unknown[] } },
  show: (rows: Rows) => void,
) {
  const { sql, params } = query.toSQL();
  return db.watch(sql, params as SqlParameter[], async () => show(await query));
}
