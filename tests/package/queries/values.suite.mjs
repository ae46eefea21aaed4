import { deepEqual, equal, rejects } from '../../pages/assert.mjs';
import { withDatabase } from '../../pages/suite.mjs';

/** @typedef {import('../../../client/index.js').Database} Database */

export const tests = withDatabase({
  async 'null comes back as null'({ database }) {
    deepEqual(await stored(database, null), { value: null, type: 'null' });
  },

  async 'an integer that a number holds exactly comes back as a number'({ database }) {
    for (const value of [0, 1, -1, 2 ** 31, -(2 ** 31) - 1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]) {
      deepEqual(await stored(database, value), { value, type: 'integer' });
      deepEqual(await stored(database, BigInt(value)), { value, type: 'integer' });
    }
  },

  async 'an integer beyond that comes back as a bigint, to the last digit'({ database }) {
    for (const value of [2n ** 53n, -(2n ** 53n), 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)]) {
      deepEqual(await stored(database, value), { value, type: 'integer' });
    }
  },

  async 'a bigint beyond 64 bits is refused by the name of its parameter'({ database, wheatear }) {
    for (const value of [2n ** 63n, -(2n ** 63n) - 1n, 2n ** 200n]) {
      await rejects(
        database.query('SELECT ?', [value]),
        wheatear.QueryError,
        'invalid_value',
        /parameter 1\b.*64 bits/,
      );
      await rejects(database.query('SELECT :big', { big: value }), wheatear.QueryError, 'invalid_value', /\bbig\b/);
    }
  },

  async 'a number with a fraction, or too large to be exact, is REAL'({ database }) {
    for (const value of [1.5, -0.1, 5e-324, 1.7976931348623157e308, 2 ** 53, 1e300, Infinity, -Infinity]) {
      deepEqual(await stored(database, value), { value, type: 'real' });
    }
  },

  async 'a REAL without a fraction comes back as a number too'({ database }) {
    deepEqual(await database.query('SELECT 3.0 AS value'), [{ value: 3 }]);
  },

  async 'minus zero has no fraction, so it is the INTEGER 0'({ database }) {
    deepEqual(await stored(database, -0), { value: 0, type: 'integer' });
  },

  async 'NaN is refused instead of becoming NULL'({ database, wheatear }) {
    await rejects(database.query('SELECT ?, ?', [1, NaN]), wheatear.QueryError, 'invalid_value', /parameter 2\b.*NaN/);
    await rejects(database.query('SELECT $n', { $n: NaN }), wheatear.QueryError, 'invalid_value', /\$n\b.*NaN/);
  },

  async 'text comes back character for character'({ database }) {
    const texts = ['', ' ', 'Grüße', '日本語', '👩🏽‍🚀🐦', 'e\u0301', '\u{10ffff}', "it's; --", 'x'.repeat(1_000_000)];
    for (const value of texts) deepEqual(await stored(database, value), { value, type: 'text' });
  },

  async 'text with a NUL inside is kept whole'({ database }) {
    deepEqual(await stored(database, 'before\0after'), { value: 'before\0after', type: 'text' });
  },

  async 'half of a surrogate pair, which UTF-8 cannot hold, becomes the replacement character'({ database }) {
    deepEqual(await stored(database, 'a\ud83dz'), { value: 'a\ufffdz', type: 'text' });
  },

  async 'a Uint8Array comes back byte for byte'({ database }) {
    const large = Uint8Array.from({ length: 1 << 20 }, (_, index) => (index * 31) & 0xff);
    for (const value of [new Uint8Array(), Uint8Array.of(0), Uint8Array.of(255, 0, 1), large]) {
      deepEqual(await stored(database, value), { value, type: 'blob' });
    }
  },

  async 'a view of part of a buffer stores that part only'({ database }) {
    const buffer = Uint8Array.of(1, 2, 3, 4, 5);
    deepEqual(await stored(database, buffer.subarray(1, 4)), { value: Uint8Array.of(2, 3, 4), type: 'blob' });
    equal(buffer.length, 5);
  },

  async 'a boolean is kept as 0 or 1'({ database }) {
    deepEqual(await stored(database, true), { value: 1, type: 'integer' });
    deepEqual(await stored(database, false), { value: 0, type: 'integer' });
  },

  async 'what SQLite cannot hold is refused, with the number of the parameter'({ database, wheatear }) {
    const unusable = [undefined, new Date(), {}, [1], new Map(), new ArrayBuffer(1), new Float64Array(1), /x/];
    for (const value of /** @type {any[]} */ (unusable)) {
      await rejects(
        database.query('SELECT ?, ?', ['fine', value]),
        wheatear.QueryError,
        'invalid_value',
        /parameter 2\b/,
      );
    }
    deepEqual(await database.query('SELECT 1 AS usable'), [{ usable: 1 }]);
  },

  async 'what cannot even reach the worker is refused, too'({ database, wheatear }) {
    const unusable = [() => 1, Symbol('s'), document.body, new WeakMap(), Promise.resolve(1)];
    for (const value of /** @type {any[]} */ (unusable)) {
      await rejects(database.query('SELECT ?', [value]), wheatear.QueryError, 'invalid_value');
      await rejects(database.query('SELECT :v', { v: value }), wheatear.QueryError, 'invalid_value');
    }
    deepEqual(await database.query('SELECT 1 AS usable'), [{ usable: 1 }]);
  },
});

/** The value as it comes back from a column without affinity, and the type that SQLite gave it. */
async function stored(
  /** @type {Database} */ database,
  /** @type {import('../../../client/index.js').SqlParameter} */ parameter,
) {
  await database.exec('DROP TABLE IF EXISTS kept; CREATE TABLE kept (value)');
  await database.query('INSERT INTO kept VALUES (?)', [parameter]);
  const [row] = await database.query('SELECT value, typeof(value) AS type FROM kept');
  return row;
}
