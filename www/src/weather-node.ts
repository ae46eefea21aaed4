import type { SqlParameters, SqlRow } from 'wheatear';

/** What gives rows: the database, or a transaction of it. */
export interface Source {
  query<Row = SqlRow>(sql: string, params?: SqlParameters): Promise<Row[]>;
}

/** A column of `weather_node`, as the database itself describes it. */
export interface Column {
  readonly name: string;
  readonly type: string;
}

/** What one node sent at one time; a row of `weather_node`. */
export interface Reading {
  /** UTC, `YYYY-MM-DD HH:MM:SS`, so that text order is time order. */
  readonly time_received: string;
  /** Version of the node's own message format: 1 without temperature, 2 with. */
  readonly schema: 1 | 2;
  readonly node_addr: number;
  readonly uptime_ms: number;
  readonly batt_mv: number;
  readonly temp_c?: number;
}

/** The readings of one node within one hour, averaged. */
export interface HourOfNode {
  /** Start of the hour, Unix time in seconds. */
  readonly hour: number;
  readonly node: number;
  readonly readings: number;
  /** °C */
  readonly temperature: number | null;
  /** Volts */
  readonly battery: number | null;
}

/** The columns of the live schema, so that a migration which adds one needs no change here. */
export function columns(database: Source): Promise<Column[]> {
  return database.query<Column>(`SELECT name, type FROM pragma_table_info('weather_node')`);
}

export async function countRows(database: Source): Promise<number> {
  const [row] = await database.query<{ count: number }>('SELECT count(*) AS count FROM weather_node');
  return row?.count ?? 0;
}

/** Rows with the newest first, `limit` of them after leaving out `offset`. */
export function newestRows(database: Source, limit: number, offset: number): Promise<SqlRow[]> {
  return database.query('SELECT * FROM weather_node ORDER BY time_received DESC, rowid DESC LIMIT ? OFFSET ?', [
    limit,
    offset,
  ]);
}

/** The latest `days` days, hour by hour and node by node. */
export async function hourlyAverages(database: Source, days: number): Promise<HourOfNode[]> {
  const present = new Set((await columns(database)).map(({ name }) => name));
  const average = (column: string) => (present.has(column) ? `avg(${column})` : 'NULL');
  return database.query<HourOfNode>(
    `SELECT unixepoch(time_received) / 3600 * 3600 AS hour,
            node_addr AS node,
            count(*) AS readings,
            ${average('temp_c')} AS temperature,
            ${average('batt_mv')} / 1000 AS battery
       FROM weather_node
      WHERE time_received > (SELECT datetime(max(time_received), ?) FROM weather_node)
        AND unixepoch(time_received) IS NOT NULL
        AND node_addr IS NOT NULL
      GROUP BY hour, node
      ORDER BY hour, node`,
    [`-${days} days`],
  );
}

/** The day after the newest reading, `YYYY-MM-DD`; yesterday when there is none. */
export async function dayAfterNewest(database: Source): Promise<string> {
  const [row] = await database.query<{ day: string }>(
    `SELECT coalesce(date(max(time_received), '+1 day'), date('now', '-1 day')) AS day FROM weather_node`,
  );
  if (!row) throw new Error('SQLite gave no row for an aggregate.');
  return row.day;
}

/** Adds readings, each with those of its values that the live schema has a column for. */
export async function insertReadings(transaction: Source, readings: readonly Reading[]): Promise<void> {
  const present = await columns(transaction);
  for (const reading of readings) {
    const values = Object.entries(reading).filter(([name]) => present.some((column) => column.name === name));
    const names = values.map(([name]) => name).join(', ');
    const placeholders = values.map(() => '?').join(', ');
    await transaction.query(
      `INSERT INTO weather_node (${names}) VALUES (${placeholders})`,
      values.map(([, value]) => value),
    );
  }
}
