export type Node = {
  addr: number;
  name: string;
  place: string | null;
  photo: Uint8Array | null;
  heard_ms: number | bigint | null;
  is_on: number;
  added: number | string;
  loud: string | null;
};

export type NodeInsert = {
  addr?: number;
  name: string;
  place?: string | null;
  photo?: Uint8Array | null;
  heard_ms?: number | bigint | null;
  is_on?: number | boolean;
  added?: number | string;
};

export type NodeUpdate = {
  addr?: number;
  name?: string;
  place?: string | null;
  photo?: Uint8Array | null;
  heard_ms?: number | bigint | null;
  is_on?: number | boolean;
  added?: number | string;
};

export type NodeNames = {
  addr: number;
  name: string;
  place: string | null;
  is_loud: unknown;
};

export type NodeNamesInsert = {
  addr?: number;
  name?: string;
  place?: string | null;
  is_loud?: unknown;
};

export type NodeNamesUpdate = {
  name?: string;
  place?: string | null;
};

export type NodeReadings = {
  addr: number;
  name: string;
  readings: number;
  warmest: number | null;
};

export type TwoWords = {
  'an id': number;
  anything: unknown;
};

export type TwoWordsInsert = {
  'an id': number;
  anything?: unknown;
};

export type TwoWordsUpdate = {
  'an id'?: number;
  anything?: unknown;
};

export type WeatherNode = {
  time_received: number | string;
  schema: number | null;
  node_addr: number | null;
  uptime_ms: number | bigint | null;
  batt_mv: number | null;
  temp_c: number | null;
};

export type WeatherNodeInsert = {
  time_received: number | string;
  schema?: number | null;
  node_addr?: number | null;
  uptime_ms?: number | bigint | null;
  batt_mv?: number | null;
  temp_c?: number | null;
};

export type WeatherNodeUpdate = {
  time_received?: number | string;
  schema?: number | null;
  node_addr?: number | null;
  uptime_ms?: number | bigint | null;
  batt_mv?: number | null;
  temp_c?: number | null;
};

export interface Tables {
  node: { select: Node; insert: NodeInsert; update: NodeUpdate };
  node_names: { select: NodeNames; insert: NodeNamesInsert; update: NodeNamesUpdate };
  node_readings: { select: NodeReadings };
  'two words': { select: TwoWords; insert: TwoWordsInsert; update: TwoWordsUpdate };
  weather_node: { select: WeatherNode; insert: WeatherNodeInsert; update: WeatherNodeUpdate };
}
