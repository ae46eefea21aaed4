// What is known of queries through the adapters, and what must not compile. The compiler is the test, by the declarations of the
// packed package: adapters.test.mjs.

import { eq, sql as raw, relations } from 'drizzle-orm';
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { type Generated, Kysely, sql } from 'kysely';
import { type Database, open, type RunResult } from 'wheatear';
import { drizzle, type WheatearDatabase } from 'wheatear/drizzle';
import { WheatearDialect } from 'wheatear/kysely';
import type { Database as LeanDatabase } from 'wheatear/lean';

type IsSame<One, Other> = (<T>() => T extends One ? 1 : 2) extends <T>() => T extends Other ? 1 : 2 ? true : false;

/** Takes what is of exactly this type. */
const is =
  <Expected>() =>
  <Given>(_given: Given, ..._same: IsSame<Given, Expected> extends true ? [] : [never]): void => {};

declare const db: Database;
declare const lean: LeanDatabase;

interface Tables {
  node: { id: Generated<number>; addr: number; name: string | null };
}

export async function ofKysely(): Promise<void> {
  const kysely = new Kysely<Tables>({ dialect: new WheatearDialect(db) });
  new Kysely<Tables>({ dialect: new WheatearDialect(lean) });
  new Kysely<Tables>({ dialect: new WheatearDialect(() => open('weather', { migrations: {} })) });
  is<{ addr: number; name: string | null }[]>()(await kysely.selectFrom('node').select(['addr', 'name']).execute());
  const { insertId } = await kysely.insertInto('node').values({ addr: 1 }).executeTakeFirstOrThrow();
  is<bigint | undefined>()(insertId);
  const { rows, numAffectedRows } = await sql<{ one: 1 }>`SELECT 1 AS one`.execute(kysely);
  is<{ one: 1 }[]>()(rows);
  is<bigint | undefined>()(numAffectedRows);
  for await (const row of kysely.selectFrom('node').select('addr').stream(10)) is<{ addr: number }>()(row);

  // @ts-expect-error: there is no such column.
  kysely.selectFrom('node').select('adr');
  // @ts-expect-error: a row has an address.
  kysely.insertInto('node').values({ name: 'a' });
  // @ts-expect-error: a dialect needs a database.
  new WheatearDialect();
  // @ts-expect-error: one that is being opened is none; a function may give it.
  new WheatearDialect(open('weather', { migrations: {} }));
}

const node = sqliteTable('node', { id: integer().primaryKey(), addr: integer().notNull(), name: text() });
const reading = sqliteTable('reading', { id: integer().primaryKey(), node: integer().references(() => node.id) });
const schema = {
  node,
  reading,
  readings: relations(node, ({ many }) => ({ readings: many(reading) })),
};

export async function ofDrizzle(): Promise<void> {
  const orm = drizzle(db, { schema, logger: true, casing: 'snake_case' });
  is<WheatearDatabase<typeof schema>>()(orm);
  is<WheatearDatabase>()(drizzle(lean));
  is<{ id: number; addr: number; name: string | null }[]>()(await orm.select().from(node));
  is<RunResult>()(await orm.insert(node).values({ addr: 1 }));
  is<RunResult>()(await orm.run(raw`DELETE FROM node`));
  is<{ id: number }[]>()(await orm.delete(node).returning({ id: node.id }));
  is<{ name: string | null; readings: { id: number; node: number | null }[] } | undefined>()(
    await orm.query.node.findFirst({ columns: { name: true }, with: { readings: true } }),
  );
  const [added, found, all] = await orm.batch([
    orm.insert(node).values({ addr: 2 }),
    orm.select({ addr: node.addr }).from(node),
    orm.all<{ one: 1 }>(raw`SELECT 1 AS one`),
  ]);
  is<RunResult>()(added);
  is<{ addr: number }[]>()(found);
  is<{ one: 1 }[]>()(all);
  const counted = await orm.transaction(async (outer) => {
    await outer.query.node.findMany();
    return outer.transaction((inner) => inner.$count(node));
  });
  is<number>()(counted);

  // @ts-expect-error: a row has an address.
  orm.insert(node).values({ name: 'a' });
  // @ts-expect-error: it is a number.
  orm.select().from(node).where(eq(node.addr, 'a'));
  // @ts-expect-error: without a schema nothing is known of relations.
  drizzle(db).query.node;
  // @ts-expect-error: there is no such option.
  drizzle(db, { schemas: schema });
  // @ts-expect-error: it needs a database that is open.
  drizzle(open('weather', { migrations: {} }));
  // @ts-expect-error: a batch has one query at least.
  orm.batch([]);
}
