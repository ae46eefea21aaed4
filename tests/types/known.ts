// Types that are generated, of the demo's migrations and schema.sql, against what they are known to be. The compiler is the test;
// the generated files are compared with what is generated now by crates/types/tests/generated.rs.

import { type Database, type SqlFragment, type SqlParameter, sql, type Transaction } from 'wheatear';
import type { Database as KyselyDatabase } from './generated/kysely.js';
import { queries } from './generated/queries.js';
import type {
  Node,
  NodeInsert,
  NodeNamesInsert,
  NodeNamesUpdate,
  NodeReadings,
  NodeUpdate,
  Tables,
  WeatherNode,
} from './generated/rows.js';

declare const db: Database;
declare const transaction: Transaction;

type IsSame<One, Other> = (<T>() => T extends One ? 1 : 2) extends <T>() => T extends Other ? 1 : 2 ? true : false;

/** Takes what is of exactly this type. */
const is =
  <Expected>() =>
  <Given>(_given: Given, ..._same: IsSame<Given, Expected> extends true ? [] : [never]): void => {};

declare function given<T>(): T;

export async function templates(): Promise<void> {
  is<{ name: string; temp_c: number | null }[]>()(
    await db.sql.namesAndWarmth`SELECT node.name, weather_node.temp_c FROM node
      LEFT JOIN weather_node ON weather_node.node_addr = node.addr WHERE node.addr = ${17}`,
  );
  is<{ node_addr: number | null; readings: number; first: unknown; warmest: number | null }[]>()(
    await transaction.sql.statistics`SELECT node_addr, count(*) AS readings, json_extract(max(temp_c), '$') AS first,
      CAST(max(temp_c) AS REAL) AS warmest FROM weather_node GROUP BY node_addr`,
  );
  is<never[]>()(await db.sql.addNode`INSERT INTO node (name, place, is_on) VALUES (${'a'}, ${null}, ${true})`);
  is<{ addr: number; heard_ms: number | bigint | null }[]>()(
    await db.sql.heard`UPDATE node SET heard_ms = ${17n} WHERE name = ${'a'} RETURNING addr, heard_ms`,
  );
  // As fragments, for all that takes some.
  const nodes = sql.allNodes`SELECT addr, name FROM node ORDER BY name LIMIT ${10}`;
  is<SqlFragment<{ addr: number; name: string }>>()(nodes);
  for await (const row of db.stream(nodes)) is<{ addr: number; name: string }>()(row);
  for await (const rows of db.watch(nodes)) is<{ addr: number; name: string }[]>()(rows);
  // @ts-expect-error: a node's address is a number.
  await db.sql.namesAndWarmth`SELECT ${'17'}`;
  // @ts-expect-error: it takes one value.
  await db.sql.namesAndWarmth`SELECT 1`;
  const part = sql`17`;
  // @ts-expect-error: a fragment would not have been checked.
  await db.sql.namesAndWarmth`SELECT ${part}`;
  // @ts-expect-error: there is no such query.
  await db.sql.nobodys`SELECT 1`;
  // Without a name, everything is as ever.
  is<{ a: number }[]>()(await db.sql<{ a: number }>`SELECT ${sql.id('a')} FROM node WHERE ${sql`a = ${1}`}`);
}

export async function files(): Promise<void> {
  is<{ addr: number; place: string | null }[]>()(await db.query(queries.placesLike({ pattern: 'a%', after: 3 })));
  await db.run(queries.rename(['new name', null, 17]));
  const [{ rows }] = await db.batch([queries.everyNode()]);
  is<Node[]>()(rows);
  // @ts-expect-error: the pattern is missing.
  queries.placesLike({ after: 3 });
  // @ts-expect-error: a name is never NULL.
  queries.rename([null, null, 17]);
}

export function rows(): void {
  is<{
    addr: number;
    name: string;
    place: string | null;
    photo: Uint8Array | null;
    heard_ms: number | bigint | null;
    is_on: number;
    added: number | string;
    loud: string | null;
  }>()(given<Node>());
  is<{ addr: number; name: string; readings: number; warmest: number | null }>()(given<NodeReadings>());
  is<number | null>()(given<WeatherNode['temp_c']>());
  is<keyof Tables>()(given<'node' | 'node_names' | 'node_readings' | 'two words' | 'weather_node'>());
  is<{ 'an id': number; anything: unknown }>()(given<Tables['two words']['select']>());
  const least: NodeInsert = { name: 'a' };
  const all: NodeInsert = { addr: 1, name: 'a', place: null, photo: null, heard_ms: 1n, is_on: true, added: 'now' };
  const nothing: NodeUpdate = {};
  // Such a row can be given as parameters.
  const parameters: Readonly<Record<string, SqlParameter>> = all;
  void [least, nothing, parameters];
  // @ts-expect-error: a name is needed.
  const nameless: NodeInsert = {};
  // @ts-expect-error: it is computed.
  const computed: NodeInsert = { name: 'a', loud: 'A' };
  void [nameless, computed];
  // What the triggers of a view take.
  is<{ addr?: number; name?: string; place?: string | null; is_loud?: unknown }>()(given<NodeNamesInsert>());
  is<{ name?: string; place?: string | null }>()(given<NodeNamesUpdate>());
  // @ts-expect-error: no trigger of it does.
  given<Tables['node_readings']['insert']>();
}

export function kysely(): void {
  is<number>()(given<KyselyDatabase['node']['addr']['__select__']>());
  is<number | undefined>()(given<KyselyDatabase['node']['addr']['__insert__']>());
  is<string>()(given<KyselyDatabase['node']['name']>());
  is<number | undefined>()(given<KyselyDatabase['node_names']['addr']['__insert__']>());
  is<never>()(given<KyselyDatabase['node_names']['addr']['__update__']>());
  is<never>()(given<KyselyDatabase['node_readings']['readings']['__insert__']>());
}
