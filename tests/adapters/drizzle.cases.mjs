// What the driver for Drizzle ORM promises, on an open database whose migrations are these: in a page, or in Node.js.

import { DrizzleQueryError, eq, gt, relations, sql, TransactionRollbackError } from 'drizzle-orm';
import { Cache } from 'drizzle-orm/cache/core';
import { blob, customType, integer, real, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { drizzle } from 'wheatear/drizzle';
import { deepEqual, equal, ok, rejection } from '../pages/assert.mjs';

export const migrations = {
  '0000_first.sql': [
    'CREATE TABLE `person` (`id` integer PRIMARY KEY, `name` text NOT NULL UNIQUE, `is_here` integer, `since` integer, `tags` text);',
    'CREATE TABLE `file` (`id` integer PRIMARY KEY, `plain` blob, `large` blob, `json` blob, `own` blob);',
    'CREATE TABLE `pet` (`id` integer PRIMARY KEY, `owner` integer REFERENCES `person`(`id`), `name` text, `weight` real);',
  ].join('\n--> statement-breakpoint\n'),
};

const person = sqliteTable('person', {
  id: integer().primaryKey(),
  name: text().notNull().unique(),
  isHere: integer('is_here', { mode: 'boolean' }),
  since: integer({ mode: 'timestamp_ms' }),
  tags: text({ mode: 'json' }),
});
const pet = sqliteTable('pet', {
  id: integer().primaryKey(),
  owner: integer().references(() => person.id),
  name: text(),
  weight: real(),
});
/** @type {import('drizzle-orm/sqlite-core').CustomTypeParams<{ data: Uint8Array, driverData: Uint8Array }>} */
const ofBytes = { dataType: () => 'blob' };
/** As the documentation shows it. */
const bytes = customType(ofBytes);
const file = sqliteTable('file', {
  id: integer().primaryKey(),
  plain: blob(),
  large: blob({ mode: 'bigint' }),
  json: blob({ mode: 'json' }),
  own: bytes(),
});
const schema = {
  file,
  person,
  pet,
  pets: relations(person, ({ many }) => ({ pets: many(pet) })),
  owners: relations(pet, ({ one }) => ({ keeper: one(person, { fields: [pet.owner], references: [person.id] }) })),
};

/** @typedef {import('../../client/index.js').Database} Database */
/** @typedef {import('wheatear/drizzle').WheatearDatabase<typeof schema>} Orm */

const anna = { name: 'Anna', isHere: true, since: new Date(1e12), tags: ['a', { b: 1 }] };
const ben = { name: 'Ben', isHere: false, since: null, tags: null };

const namesIn = async (/** @type {Pick<Orm, 'select'>} */ orm) => {
  const rows = await orm.select({ name: person.name }).from(person).orderBy(person.id);
  return rows.map(({ name }) => name);
};

/** An application's cache, of all that is selected. */
class OwnCache extends Cache {
  /** @type {Map<string, { rows: any[], tables: string[] }>} */
  entries = new Map();
  /** @type {(string | undefined)[]} */
  mutated = [];
  /** @returns {'all'} */
  strategy() {
    return 'all';
  }

  async get(/** @type {string} */ key) {
    return this.entries.get(key)?.rows;
  }

  async put(/** @type {string} */ key, /** @type {any} */ rows, /** @type {string[]} */ tables) {
    this.entries.set(key, { rows, tables });
  }

  async onMutate(/** @type {import('drizzle-orm/cache/core').MutationOption} */ { tables }) {
    for (const table of [tables].flat()) {
      this.mutated.push(String(table));
      for (const [key, entry] of this.entries) if (entry.tables.includes(String(table))) this.entries.delete(key);
    }
  }
}

/** @type {Record<string, (orm: Orm, db: Database) => Promise<void>>} */
const cases = {
  async 'rows come back as they were given, whatever Drizzle keeps them as'(orm) {
    deepEqual(await orm.insert(person).values([anna, ben]), { changes: 2, lastInsertRowid: 2 });
    deepEqual(await orm.select().from(person), [
      { id: 1, ...anna },
      { id: 2, ...ben },
    ]);
    deepEqual(await orm.select().from(person).where(eq(person.name, 'Ben')).get(), { id: 2, ...ben });
    equal(await orm.select().from(person).where(eq(person.id, 7)).get(), undefined);
    deepEqual(await orm.select({ id: person.id }).from(person).values(), [[1], [2]]);
    deepEqual(await orm.update(person).set({ isHere: true }).where(eq(person.id, 2)).run(), {
      changes: 1,
      lastInsertRowid: null,
    });
    equal(await orm.$count(person, eq(person.isHere, true)), 2);
  },

  async 'blobs of every mode come back as they were given, where there is no Buffer'(_, db) {
    const { Buffer } = globalThis;
    Reflect.deleteProperty(globalThis, 'Buffer');
    try {
      const orm = drizzle(db, { schema });
      const plain = /** @type {Buffer} */ (new Uint8Array([0, 255]));
      const given = { plain, large: 2n ** 70n, json: { a: [1, 'ä'] }, own: new Uint8Array([1]) };
      const nothing = { plain: null, large: null, json: null, own: null };
      deepEqual(await orm.insert(file).values(given).returning(), [{ id: 1, ...given }]);
      await orm.insert(file).values(nothing);
      deepEqual(await orm.select().from(file), [
        { id: 1, ...given },
        { id: 2, ...nothing },
      ]);
      deepEqual(await orm.query.file.findFirst(), { id: 1, ...given });
      deepEqual(
        await orm
          .select({ id: file.id })
          .from(file)
          .where(eq(file.large, 2n ** 70n)),
        [{ id: 1 }],
      );
      deepEqual(
        await db.query('SELECT CAST(large AS TEXT) AS large, CAST(json AS TEXT) AS json FROM file WHERE id = 1'),
        [{ large: '1180591620717411303424', json: '{"a":[1,"ä"]}' }],
      );
    } finally {
      if (Buffer) globalThis.Buffer = Buffer;
    }
  },

  async 'a change gives the rows that it returns'(orm) {
    deepEqual(await orm.insert(person).values(anna).returning({ id: person.id, here: person.isHere }), [
      { id: 1, here: true },
    ]);
    deepEqual(await orm.delete(person).where(eq(person.id, 7)).returning(), []);
  },

  async 'of columns with one name in two tables none is lost'(orm) {
    await orm.insert(person).values(anna);
    await orm.insert(pet).values({ owner: 1, name: 'Rex', weight: 4.5 });
    const joined = await orm.select().from(person).leftJoin(pet, eq(pet.owner, person.id));
    deepEqual(joined, [{ person: { id: 1, ...anna }, pet: { id: 1, owner: 1, name: 'Rex', weight: 4.5 } }]);
  },

  async 'relations are followed'(orm) {
    await orm.insert(person).values([anna, ben]);
    await orm.insert(pet).values([
      { owner: 1, name: 'Rex', weight: 4 },
      { owner: 1, name: 'Tom', weight: 2 },
    ]);
    const people = await orm.query.person.findMany({
      columns: { name: true, isHere: true },
      with: { pets: { columns: { name: true }, where: gt(pet.weight, 3) } },
    });
    deepEqual(people, [
      { name: 'Anna', isHere: true, pets: [{ name: 'Rex' }] },
      { name: 'Ben', isHere: false, pets: [] },
    ]);
    const tom = await orm.query.pet.findFirst({ where: eq(pet.name, 'Tom'), with: { keeper: true } });
    deepEqual(tom?.keeper, { id: 1, ...anna });
    equal(await orm.query.pet.findFirst({ where: eq(pet.name, 'Kim') }), undefined);
  },

  async 'SQL of one’s own gives objects, one of them, or values'(orm) {
    await orm.insert(person).values([anna, ben]);
    const query = sql`SELECT id, name FROM ${person} ORDER BY id`;
    deepEqual(await orm.all(query), [
      { id: 1, name: 'Anna' },
      { id: 2, name: 'Ben' },
    ]);
    deepEqual(await orm.get(query), { id: 1, name: 'Anna' });
    deepEqual(await orm.values(query), [
      [1, 'Anna'],
      [2, 'Ben'],
    ]);
    deepEqual(await orm.run(sql`DELETE FROM ${person}`), { changes: 2, lastInsertRowid: null });
  },

  async 'a prepared query is run with other values'(orm) {
    await orm.insert(person).values([anna, ben]);
    const byName = orm
      .select({ id: person.id })
      .from(person)
      .where(eq(person.name, sql.placeholder('name')))
      .prepare();
    deepEqual(await byName.all({ name: 'Ben' }), [{ id: 2 }]);
    deepEqual(await byName.get({ name: 'Anna' }), { id: 1 });
  },

  async 'a batch gives what each of its queries gives'(orm) {
    const results = await orm.batch([
      orm.insert(person).values(anna),
      orm.insert(person).values(ben).returning({ id: person.id }),
      orm.select({ name: person.name }).from(person),
      orm.query.person.findFirst({ columns: { isHere: true } }),
      orm.query.person.findFirst({ where: eq(person.id, 7) }),
      orm.all(sql`SELECT id FROM person`),
      orm.get(sql`SELECT id FROM person`),
      orm.values(sql`SELECT id FROM person`),
      orm.run(sql`DELETE FROM person`),
    ]);
    deepEqual(results, [
      { changes: 1, lastInsertRowid: 1 },
      [{ id: 2 }],
      [{ name: 'Anna' }, { name: 'Ben' }],
      { isHere: true },
      undefined,
      [{ id: 1 }, { id: 2 }],
      { id: 1 },
      [[1], [2]],
      { changes: 2, lastInsertRowid: null },
    ]);
  },

  async 'of a batch with a failure nothing is kept'(orm) {
    const failing = orm.batch([orm.insert(person).values(anna), orm.insert(person).values(anna)]);
    const error = /** @type {any} */ (await rejection(failing));
    deepEqual({ code: error.code, statement: error.statement }, { code: 'query_failed', statement: 2 });
    deepEqual(await namesIn(orm), []);
  },

  async 'a transaction is committed, and one inside of it undone alone'(orm) {
    const given = await orm.transaction(async (outer) => {
      await outer.insert(person).values(anna);
      const failure = await rejection(
        outer.transaction(async (inner) => {
          await inner.insert(person).values(ben);
          await inner.transaction(async (innermost) => {
            await innermost.insert(person).values({ ...ben, name: 'Cleo' });
          });
          deepEqual(await namesIn(inner), ['Anna', 'Ben', 'Cleo']);
          inner.rollback();
        }),
      );
      ok(failure instanceof TransactionRollbackError, 'it is not told that it was rolled back');
      return namesIn(outer);
    });
    deepEqual(given, ['Anna']);
    deepEqual(await namesIn(orm), ['Anna']);
  },

  async 'a transaction whose function fails is rolled back, and relations are those of it'(orm) {
    const failure = new Error('no');
    const failing = orm.transaction(async (transaction) => {
      await transaction.insert(person).values(anna);
      deepEqual(await transaction.query.person.findMany({ columns: { name: true } }), [{ name: 'Anna' }]);
      throw failure;
    });
    equal(await rejection(failing), failure);
    deepEqual(await namesIn(orm), []);
  },

  async 'whoever waits for the database in a transaction of it hears so'(orm) {
    const error = /** @type {any} */ (await rejection(orm.transaction(() => namesIn(orm))));
    equal(error.cause?.code, 'transaction_misuse');
  },

  async 'a failure is Drizzle’s, and its cause ours'(orm) {
    await orm.insert(person).values(anna);
    const error = await rejection(orm.insert(person).values(anna).run());
    ok(error instanceof DrizzleQueryError, 'it is none of Drizzle');
    const { cause } = /** @type {any} */ (error);
    deepEqual({ code: cause.code, sqlite: cause.sqlite.code }, { code: 'query_failed', sqlite: 2067 });
  },

  async 'a logger hears of each query, in a transaction, too'(_, db) {
    /** @type {[string, unknown[]][]} */
    const log = [];
    const logger = {
      logQuery: (/** @type {string} */ query, /** @type {unknown[]} */ params) => void log.push([query, params]),
    };
    const orm = drizzle(db, { logger });
    await orm.insert(person).values({ name: 'Anna' });
    await orm.transaction((transaction) => transaction.run(sql`DELETE FROM person WHERE id = ${1}`));
    deepEqual(
      log.map(([query, params]) => [query.slice(0, 11), params]),
      [
        ['insert into', ['Anna']],
        ['DELETE FROM', [1]],
      ],
    );
  },

  async 'a cache has only what is committed'(_, db) {
    const cache = new OwnCache();
    const orm = drizzle(db, { schema, cache });
    deepEqual(await namesIn(orm), []);
    const failing = orm.transaction(async (transaction) => {
      await transaction.insert(person).values(anna);
      deepEqual(await namesIn(transaction), ['Anna']);
      throw new Error('no');
    });
    await rejection(failing);
    deepEqual(await namesIn(orm), []);
    deepEqual(cache.mutated, []);
    // While a transaction is open, everybody else has what was committed before it.
    await orm.transaction(async (transaction) => {
      await transaction.transaction((inner) => inner.insert(person).values(anna));
      deepEqual(await namesIn(transaction), ['Anna']);
      deepEqual(await namesIn(orm), []);
    });
    deepEqual(await namesIn(orm), ['Anna']);
  },

  async 'a cache hears of changes: in a query, in a batch, beside Drizzle, and by its own means'(_, db) {
    const cache = new OwnCache();
    const orm = drizzle(db, { schema, cache });
    deepEqual(await namesIn(orm), []);
    await orm.insert(person).values(anna);
    deepEqual(await namesIn(orm), ['Anna']);
    await orm.batch([orm.insert(pet).values({ name: 'Rex' }), orm.insert(person).values(ben)]);
    deepEqual(await namesIn(orm), ['Anna', 'Ben']);
    deepEqual(await namesIn(orm), ['Anna', 'Ben']);
    equal(cache.entries.size, 1);
    const heard = new Promise((resolve) => db.addEventListener('change', resolve, { once: true }));
    await db.sql`DELETE FROM person WHERE name = 'Anna'`;
    await heard;
    deepEqual(await namesIn(orm), ['Ben']);
    cache.entries.set('other', { rows: [], tables: ['person'] });
    await orm.$cache.invalidate({ tables: 'person' });
    equal(cache.entries.size, 0);
  },

  async 'rows that were read before a change are not put into a cache after it'(_, db) {
    const cache = new OwnCache();
    let isFirst = true;
    /** @type {import('wheatear/drizzle').DrizzleDatabase} */
    const slow = {
      query: async (...given) => {
        const found = await db.query(...given);
        if (isFirst) {
          isFirst = false;
          await orm.insert(person).values(anna);
        }
        return found;
      },
      run: (...given) => db.run(...given),
      batch: (...given) => db.batch(...given),
      transaction: (fn) => db.transaction((transaction) => fn(transaction)),
    };
    const orm = drizzle(slow, { schema, cache });
    deepEqual(await namesIn(/** @type {Orm} */ (orm)), []);
    deepEqual(await namesIn(/** @type {Orm} */ (orm)), ['Anna']);
  },

  async 'names are cased as it is told'(_, db) {
    const here = sqliteTable('person', { id: integer().primaryKey(), name: text(), isHere: integer() });
    const orm = drizzle(db, { casing: 'snake_case', schema: { here } });
    await orm.insert(here).values({ name: 'Anna', isHere: 1 });
    deepEqual(await orm.query.here.findFirst(), { id: 1, name: 'Anna', isHere: 1 });
  },

  async 'a query of Drizzle is watched by the database'(orm, db) {
    const { sql: query, params } = orm.select({ name: person.name }).from(person).where(gt(person.id, 0)).toSQL();
    const live = db.watch(query, /** @type {number[]} */ (params));
    deepEqual((await live.next()).value, []);
    await orm.insert(person).values(anna);
    deepEqual((await live.next()).value, [{ name: 'Anna' }]);
    live.stop();
  },

  async 'the database is at hand'(orm, db) {
    equal(orm.$client, db);
  },
};

/** @type {Record<string, (db: Database) => Promise<void>>} */
export const tests = Object.fromEntries(
  Object.entries(cases).map(([name, run]) => [name, (db) => run(drizzle(db, { schema }), db)]),
);
