import { type Database, sql } from 'wheatear';

export interface Place {
  id: number;
  name: string;
}

export interface Reading {
  place: string;
  temp_c: number;
  humidity: number | null;
}

/** The newest readings first, with the names of their places. */
export const newest = sql<Reading>`
  SELECT place.name AS place, temp_c, humidity
    FROM reading JOIN place ON place.id = place_id
   ORDER BY reading.id DESC LIMIT 20`;

/** Where it can be measured. */
export const places = (db: Database) => db.query<Place>('SELECT * FROM place ORDER BY name');

/** Keeps a reading: once the promise resolves, it is stored. */
export async function record(
  db: Database,
  { place_id, temp_c, humidity }: { place_id: number; temp_c: number; humidity: number | null },
) {
  await db.sql`INSERT INTO reading (place_id, temp_c, humidity) VALUES (${place_id}, ${temp_c}, ${humidity})`;
}
