// What nests deeper than a worker's stack bears: SQLite refuses it, and the worker lives.

import { deepEqual, equal, rejects } from '../../pages/assert.mjs';
import { migrating, packageWorker } from '../../pages/worker-options.mjs';

const within = (/** @type {number} */ depth, /** @type {string} */ before, /** @type {string} */ after = ')') =>
  `${before.repeat(depth)}1${after.repeat(depth)}`;
const list = (/** @type {number} */ count, /** @type {string} */ item, /** @type {string} */ between) =>
  Array.from({ length: count }, () => item).join(between);

/** A statement that nests so deep, the deepest that is allowed, or nearly, and one that is not. */
const kinds = /** @type {Record<string, [(depth: number) => string, number, number]>} */ ({
  // Two characters for each: the limit is 4,000.
  LIKE: [(depth) => `SELECT '${'a'.repeat(3 * depth)}' LIKE '${'%a'.repeat(depth)}'`, 2000, 2001],
  GLOB: [(depth) => `SELECT '${'a'.repeat(3 * depth)}' GLOB '${'*a'.repeat(depth)}'`, 2000, 2001],
  'a sum': [(depth) => `SELECT ${list(depth, '1', '+')}`, 1000, 1002],
  'NOT NOT': [(depth) => `SELECT ${'NOT '.repeat(depth)}1`, 990, 1002],
  'functions in functions': [(depth) => `SELECT ${within(depth, 'abs(')}`, 600, 1100],
  'expressions in expressions': [(depth) => `SELECT ${within(depth, '1+(')}`, 600, 1100],
  'parts joined by OR': [(depth) => `SELECT * FROM note WHERE ${list(depth, 'id = 1', ' OR ')}`, 990, 1100],
  'a compound SELECT': [(depth) => list(depth, 'SELECT 1', ' UNION ALL '), 500, 501],
  'a sorted compound SELECT': [(depth) => `${list(depth, 'SELECT 1 AS a', ' UNION ')} ORDER BY a`, 500, 501],
  'SELECT of SELECT': [
    (depth) => `SELECT * FROM ${within(depth, '(SELECT max(a) AS a FROM ', ')').replace('1', '(SELECT 1 AS a)')}`,
    200,
    1100,
  ],
  JSON: [(depth) => `SELECT json('${within(depth, '[', ']')}')`, 990, 1100],
  'a merge of JSON': [
    (depth) => `SELECT json_patch('${within(depth, '{"a":', '}')}', '${within(depth, '{"a":', '}')}')`,
    990,
    1100,
  ],
});

/** @type {import('../../pages/suite.mjs').Suite} */
export const tests = {
  async 'what nests as deep as SQLite allows is done, and what nests deeper is refused'({ wheatear, name, storage }) {
    let workers = 0;
    const options = migrating({ '1.note.sql': 'CREATE TABLE note (id INTEGER PRIMARY KEY, text);' });
    const worker = () => {
      workers++;
      return packageWorker();
    };
    const database = await wheatear.open(name, { ...options, worker, storage });
    for (const [kind, [sql, allowed, refused]] of Object.entries(kinds)) {
      const done = database.query(sql(allowed));
      await done.catch((error) => {
        throw new Error(`${kind}: ${error}`);
      });
      await rejects(database.query(sql(refused)), wheatear.QueryError, 'query_failed');
    }
    // A trigger that sets off itself, and a chain of them.
    await database.exec(`CREATE TRIGGER again AFTER INSERT ON note BEGIN INSERT INTO note (text) VALUES (1); END`);
    await database.query("INSERT INTO note (text) VALUES ('once')");
    const chain = Array.from({ length: 200 }, (_, link) => {
      const [from, to] = [`link${link}`, `link${link + 1}`];
      return `CREATE TABLE ${to} (x); CREATE TRIGGER on_${from} AFTER INSERT ON ${from} BEGIN INSERT INTO ${to} VALUES (new.x); END;`;
    });
    await database.exec(`CREATE TABLE link0 (x); ${chain.join('')} INSERT INTO link0 VALUES (7);`);
    deepEqual(await database.query('SELECT x FROM link200'), [{ x: 7 }]);
    equal(workers, 1);
    await database.close();
  },
};
