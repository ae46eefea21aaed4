// What a developer sees in the browser's tools and in the console.

import { deepEqual, equal, matches, ok, rejects } from '../../pages/assert.mjs';
import { migrating } from '../../pages/worker-options.mjs';

const files = { '1.note.sql': 'CREATE TABLE note (text);', '2.at.sql': 'ALTER TABLE note ADD COLUMN at;' };

/** @type {import('../../pages/suite.mjs').Suite} */
export const tests = {
  async 'how long it takes until a database answers is measured, part by part, in an owner and in a follower'(context) {
    const { wheatear, name, storage } = context;
    const all = ['worker-start', 'compile', 'lock', 'storage', 'migrate', 'first-query'];
    const owner = await wheatear.open(name, { ...migrating(files), storage });
    await owner.query('SELECT 1');
    deepEqual(await measuresOf(name, all), [...all].sort());
    const before = performance.getEntriesByType('measure').length;
    await owner.query('SELECT 1');
    equal(performance.getEntriesByType('measure').length, before);
    performance.clearMeasures();

    const follower = await wheatear.open(name, { ...migrating(files), storage });
    equal(follower.isOwner, false);
    await follower.query('SELECT 1');
    const some = ['worker-start', 'compile', 'lock', 'first-query'];
    deepEqual(await measuresOf(name, some), [...some].sort());
    await follower.close();
    await owner.close();
  },

  async 'asked to, it says in the console what is planned, what is done, and what takes long'(context) {
    const { wheatear, name, storage } = context;
    const options = { ...migrating(files), storage };
    const quiet = await saidWhile(async () => {
      await (await wheatear.open(`${name} quiet`, options)).close();
    });
    deepEqual(quiet, []);

    const lines = await saidWhile(async () => {
      const owner = await wheatear.open(name, { ...options, debug: true });
      const follower = await wheatear.open(name, { ...options, debug: true });
      for (const database of [owner, follower])
        await database.query(slowStatement(database === owner ? 'one' : 'other'));
      await rejects(follower.query('SELECT absent'), wheatear.QueryError, 'query_failed');
      await follower.close();
      await owner.close();
    });
    const text = lines.join('\n');
    matches(text, /^wheatear .*: from null to 2\.at: apply 1\.note, apply 2\.at/m);
    matches(text, /: applied 1\.note in [\d.]+ ms/);
    for (const phase of ['worker-start', 'compile', 'lock', 'storage', 'migrate', 'first-query']) {
      matches(text, new RegExp(`: ${phase} took [\\d.]+ ms`));
    }
    for (const which of ['one', 'other']) {
      equal(lines.filter((line) => line.includes(`SELECT '${which}'`)).length, 1);
      matches(text, new RegExp(`: \\d{3,}[\\d.]* ms took: SELECT '${which}'`));
    }
    ok(!text.includes('SELECT absent'), 'a statement that took no time is said to have taken long');
  },

  async 'an error says by itself where it is, with the text around it and SQLite’s words'({ wheatear, name, storage }) {
    const migrations = {
      ...files,
      'm/3.bad.sql': '-- A comment\nDELETE FROM note;\nINSERT INTO note VALUES (1, 2, 3);',
    };
    const opening = wheatear.open(name, { migrations, storage });
    const { message } = await rejects(opening, wheatear.ApplyError, 'statement_failed');
    const [first, ...excerpt] = message.split('\n');
    matches(String(first), /^m\/3\.bad\.sql:3: statement 2 of migration "3\.bad" failed: table note has 2 columns/);
    deepEqual(excerpt, ['  3 | INSERT INTO note VALUES (1, 2, 3);']);
    const mistaken = wheatear.open(name, { migrations: { ...files, '3.bad.sql': 'SELEKT 1' }, storage });
    matches(
      (await rejects(mistaken, wheatear.ApplyError, 'statement_failed')).message,
      /\n {2}1 \| SELEKT 1\n {4}\| \^$/,
    );
  },
};

/** A statement that takes more than 100 ms anywhere. */
function slowStatement(/** @type {string} */ which) {
  const numbers = 'WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 3000000)';
  return `SELECT '${which}', (${numbers} SELECT count(*) FROM n)`;
}

/** The parts that were measured of a database, once all of these are there: what the worker measures comes later. */
async function measuresOf(/** @type {string} */ name, /** @type {readonly string[]} */ expected) {
  for (;;) {
    const measures = /** @type {PerformanceMeasure[]} */ (performance.getEntriesByType('measure'));
    const own = measures.filter(({ detail }) => detail?.database === name);
    const parts = own.map((measure) => measure.name.replace('wheatear:', ''));
    if (expected.every((part) => parts.includes(part))) {
      ok(
        own.every(({ startTime, duration }) => startTime >= 0 && duration >= 0),
        'one ended before it began',
      );
      return parts.sort();
    }
    await new Promise((resolve) => setTimeout(resolve));
  }
}

/** What is said in the console while something is done. */
async function saidWhile(/** @type {() => Promise<void>} */ work) {
  /** @type {string[]} */
  const lines = [];
  const { info } = console;
  console.info = (...words) => lines.push(words.filter((word) => typeof word === 'string').join(' '));
  try {
    await work();
  } finally {
    console.info = info;
  }
  return lines;
}
