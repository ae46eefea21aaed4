import { type Database, sql } from 'wheatear';
import type { Place, ReadingInsert } from './schema';

/** The newest readings first, with the names of their places. Build and types know the query by its name. */
export const newest = sql.newestReadings`
  SELECT reading.id, place.name AS place, temp_c, humidity
    FROM reading JOIN place ON place.id = place_id
   ORDER BY reading.id DESC LIMIT 20`;

/** Where it can be measured. */
export function places(db: Database) {
  return db.query<Place>('SELECT * FROM place ORDER BY name');
}

/** Keeps a reading: once the promise resolves, it is stored. */
export async function record(db: Database, { place_id, temp_c, humidity = null }: ReadingInsert) {
  await db.sql`INSERT INTO reading (place_id, temp_c, humidity) VALUES (${place_id}, ${temp_c}, ${humidity})`;
}
