import type { Generated } from 'kysely';

export interface PlaceTable {
  id: Generated<number>;
  name: string;
}

export interface ReadingTable {
  id: Generated<number>;
  place_id: number;
  temp_c: number;
  humidity: number | null;
}

export interface Database {
  place: PlaceTable;
  reading: ReadingTable;
}
