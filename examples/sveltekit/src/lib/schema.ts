export type Place = {
  id: number;
  name: string;
};

export type PlaceInsert = {
  id?: number;
  name: string;
};

export type PlaceUpdate = {
  id?: number;
  name?: string;
};

export type Reading = {
  id: number;
  place_id: number;
  temp_c: number;
  humidity: number | null;
};

export type ReadingInsert = {
  id?: number;
  place_id: number;
  temp_c: number;
  humidity?: number | null;
};

export type ReadingUpdate = {
  id?: number;
  place_id?: number;
  temp_c?: number;
  humidity?: number | null;
};

export interface Tables {
  place: { select: Place; insert: PlaceInsert; update: PlaceUpdate };
  reading: { select: Reading; insert: ReadingInsert; update: ReadingUpdate };
}
