import type { ColumnType, Generated } from 'kysely';

export interface NodeTable {
  addr: Generated<number>;
  name: string;
  place: string | null;
  photo: Uint8Array | null;
  heard_ms: number | bigint | null;
  is_on: ColumnType<number, number | boolean | undefined, number | boolean>;
  added: Generated<number | string>;
  loud: ColumnType<string | null, never, never>;
}

export interface NodeNamesTable {
  addr: ColumnType<number, number | undefined, never>;
  name: Generated<string>;
  place: string | null;
  is_loud: ColumnType<unknown, unknown | undefined, never>;
}

export interface NodeReadingsTable {
  addr: ColumnType<number, never, never>;
  name: ColumnType<string, never, never>;
  readings: ColumnType<number, never, never>;
  warmest: ColumnType<number | null, never, never>;
}

export interface TwoWordsTable {
  'an id': number;
  anything: unknown;
}

export interface WeatherNodeTable {
  time_received: number | string;
  schema: number | null;
  node_addr: number | null;
  uptime_ms: number | bigint | null;
  batt_mv: number | null;
  temp_c: number | null;
}

export interface Database {
  node: NodeTable;
  node_names: NodeNamesTable;
  node_readings: NodeReadingsTable;
  'two words': TwoWordsTable;
  weather_node: WeatherNodeTable;
}
