// What a template becomes: text and values, and what is said of values that SQLite cannot hold.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createContext, runInContext } from 'node:vm';
import { requireParameters } from '../../dist/package/page/parameters.js';
import { queryTag, SqlFragment, sql } from '../../dist/package/page/sql-template.js';
import { readBatch, readGiven } from '../../dist/package/page/statements.js';

/** @typedef {import('../../dist/package/page/sql-template.js').SqlTemplateValue} SqlTemplateValue */

const bytes = Uint8Array.of(1, 2);
const warm = sql`temp_c > ${20}`;
const both = sql`${warm} AND ${sql.id('node', 'addr')} = ${'x'}`;

/** @type {[name: string, fragment: SqlFragment<unknown>, text: string, params: unknown[]][]} */
const templates = [
  ['without values is its text', sql`SELECT 1`, 'SELECT 1', []],
  ['may be empty', sql``, '', []],
  ['binds each value', sql`a = ${1} OR b = ${'x'}`, 'a = ? OR b = ?', [1, 'x']],
  ['begins and ends with values', sql`${1} + ${2}`, '? + ?', [1, 2]],
  [
    'binds every kind of value that SQLite has, and booleans',
    sql`VALUES (${null}, ${1.5}, ${-1}, ${2n ** 63n - 1n}, ${''}, ${bytes}, ${true}, ${Infinity})`,
    'VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    [null, 1.5, -1, 2n ** 63n - 1n, '', bytes, true, Infinity],
  ],
  ['never takes a value for SQL', sql`name = ${"'; DROP TABLE node; --"}`, 'name = ?', ["'; DROP TABLE node; --"]],
  [
    'takes a fragment in, with its values',
    sql`SELECT * FROM t WHERE ${warm}`,
    'SELECT * FROM t WHERE temp_c > ?',
    [20],
  ],
  [
    'nests as deep as one likes, in order',
    sql`${0} ${sql`(${both} OR ${both})`} ${9}`,
    '? (temp_c > ? AND "node"."addr" = ? OR temp_c > ? AND "node"."addr" = ?) ?',
    [0, 20, 'x', 20, 'x', 9],
  ],
  ['takes an empty fragment for nothing', sql`SELECT 1 ${sql``}`, 'SELECT 1 ', []],
  ['keeps a value and a digit behind it apart', sql`SELECT ${1}2`, 'SELECT ? 2', [1]],
  ['keeps a value and the digit of a fragment apart', sql`SELECT ${1}${sql`2`}`, 'SELECT ? 2', [1]],
  ['keeps names in quotes apart', sql`${sql.id('a')}${sql.id('b')}`, '"a" "b"', []],
  ['joins names by dots', sql`${sql.id('main', 'node', 'addr')}`, '"main"."node"."addr"', []],
  ['doubles quotes in names', sql.id('a"b', '"'), '"a""b".""""', []],
  ['keeps everything else in names', sql.id("it's; -- [x] `y` \\ ☀"), '"it\'s; -- [x] `y` \\ ☀"', []],
  ['reads escapes as JavaScript does', sql`LIKE '\\_%' ESCAPE '\\'`, "LIKE '\\_%' ESCAPE '\\'", []],
];

for (const [name, fragment, text, params] of templates) {
  test(`a template ${name}`, () => {
    assert.equal(fragment.sql, text);
    assert.deepEqual(fragment.params, params);
  });
}

test('the same template makes another fragment each time, and a fragment never changes', () => {
  const of = (/** @type {number} */ value) => sql`a = ${value}`;
  const [first, second] = [of(1), of(2)];
  assert.deepEqual([first.params, second.params], [[1], [2]]);
  assert.equal(first.sql, second.sql);
  assert.throws(() => /** @type {unknown[]} */ (first.params).push(3), TypeError);
});

class Point {
  x = 1;
}
const elsewhere = runInContext('({ date: new Date(0), bytes: new Uint8Array(1) })', createContext({}));

/** @type {[name: string, value: unknown, reason: RegExp][]} */
const unfit = [
  ['undefined', undefined, /it is undefined; pass null for NULL\.$/],
  ['NaN', NaN, /it is NaN, which SQLite would turn into NULL\.$/],
  ['a bigint beyond 64 bits', 2n ** 63n, /beyond 64 bits; pass its text, String\(value\)\.$/],
  ['a bigint below 64 bits', -(2n ** 63n) - 1n, /beyond 64 bits/],
  ['a Date', new Date(0), /class Date; pass its text, date\.toISOString\(\), or its number, date\.getTime\(\)\.$/],
  ['a Date of another window', elsewhere.date, /class Date; pass its text/],
  ['a list', [1, 2], /class Array; pass its JSON.*json_each\(\?\)/],
  ['a plain object', { a: 1 }, /class Object; pass its JSON, JSON\.stringify\(object\)/],
  ['an object of a class', new Point(), /class Object; pass its JSON/],
  ['an ArrayBuffer', new ArrayBuffer(1), /class ArrayBuffer; pass new Uint8Array\(buffer\)\.$/],
  ['numbers in an array', Float64Array.of(1), /class Float64Array; pass null, a number, bigint, string, boolean or/],
  ['a promise', Promise.resolve(1), /class Promise; pass what it resolves with/],
  ['a function', () => 1, /it is a function; pass null, a number/],
  ['a symbol', Symbol('s'), /it is Symbol\(s\); pass null, a number/],
];

for (const [name, value, reason] of unfit) {
  test(`${name} is no value, whichever way it is given`, () => {
    const given = /** @type {SqlTemplateValue} */ (value);
    const error = { name: 'QueryError', code: 'invalid_value', message: reason };
    const place = /^The value 2 of the template, behind " OR b = ", cannot be stored: /;
    assert.throws(() => sql`a = ${1} OR b = ${given} OR c`, error);
    assert.throws(() => sql`a = ${1} OR b = ${given} OR c`, { message: place });
    assert.throws(() => requireParameters([1, given]), error);
    assert.throws(() => requireParameters([1, given]), { message: /^The parameter 2 cannot be stored: / });
    assert.throws(() => requireParameters({ a: 1, $b: given }), error);
    assert.throws(() => requireParameters({ a: 1, $b: given }), { message: /^The parameter \$b cannot be stored: / });
    assert.throws(() => readBatch(['SELECT 1', { sql: 'SELECT ?', params: [given] }]), { ...error, statement: 2 });
  });
}

test('a fragment of the other module of the package is as good, and no text that looks like one', async () => {
  const address = '../../dist/package/page/sql-template.js?lean';
  /** @type {{ sql: typeof sql }} */
  const { sql: other } = await import(address);
  assert.notEqual(other, sql);
  assert.deepEqual(sql`a ${other`b ${1}`}`, sql`a b ${1}`);
  assert.deepEqual(readGiven([other`a ${1}`]), { sql: 'a ?', params: [1], options: {} });
  const parsed = JSON.parse(JSON.stringify(sql`a`));
  assert.throws(() => sql`${parsed}`, { code: 'invalid_value', message: /class Object/ });
});

test('a value of another window is as good', () => {
  assert.deepEqual(sql`${elsewhere.bytes}`.params, [elsewhere.bytes]);
});

test('a hole in a list is no value, nor is a fragment among parameters', () => {
  assert.throws(() => requireParameters(new Array(1)), /parameter 1 cannot be stored: it is undefined/);
  assert.throws(() => requireParameters([warm]), /class SqlFragment; pass it as a part of a template/);
});

test('parameters are a list or an object', () => {
  for (const params of [null, 'x', 1, true, () => 1]) {
    const message = /^The parameters must be a list or an object, not /;
    assert.throws(() => requireParameters(params), { code: 'invalid_value', message });
  }
});

test('the place of a value is told by the end of what stands before it', () => {
  const given = /** @type {any} */ (undefined);
  assert.throws(() => sql`SELECT a, b, c FROM node WHERE addr = 17 AND temp_c > ${given}`, {
    message: /^The value 1 of the template, behind " FROM node WHERE addr = 17 AND temp_c > ", cannot be stored: /,
  });
});

test('a name is a string and not empty', () => {
  for (const names of /** @type {any[][]} */ ([[], [''], ['a', undefined], [1], [null], [['a']]])) {
    assert.throws(() => sql.id(.../** @type {[string]} */ (names)), {
      code: 'invalid_value',
      message: /^sql\.id takes/,
    });
  }
});

test('what is no tag of a template is told so, and text is not taken for SQL', async () => {
  const asked = /** @type {SqlFragment[]} */ ([]);
  const tag = queryTag(async (fragment) => {
    asked.push(fragment);
    return [];
  });
  const error = { code: 'invalid_value', message: /^sql is the tag of a template, sql`SELECT …`/ };
  for (const given of /** @type {any[]} */ (['SELECT 1', ['SELECT 1'], undefined, null, {}])) {
    assert.throws(() => sql(given), error);
    await assert.rejects(tag(given), error);
  }
  assert.deepEqual(asked, []);
  assert.deepEqual(await tag`SELECT ${1}`, []);
  assert.deepEqual(asked, [sql`SELECT ${1}`]);
  assert.deepEqual(tag.id('a'), sql.id('a'));
});

test('a backslash that begins nothing is told of', () => {
  const strings = Object.assign([undefined], { raw: ['\\u'] });
  assert.throws(() => sql(/** @type {any} */ (strings)), { code: 'invalid_value', message: /write \\\\\./ });
});

test('a fragment stands in the place of text and parameters', () => {
  const options = { rows: 'array' };
  assert.deepEqual(readGiven(['SELECT ?', [1], options]), { sql: 'SELECT ?', params: [1], options });
  assert.deepEqual(readGiven([sql`SELECT ${1}`, options]), { sql: 'SELECT ?', params: [1], options });
  assert.deepEqual(readGiven([sql`SELECT 1`]), { sql: 'SELECT 1', params: [], options: {} });
  assert.deepEqual(readGiven(['SELECT 1']), { sql: 'SELECT 1', params: [], options: {} });
  for (const behind of [[[1]], [[], options], [undefined, options], [{}, options]]) {
    assert.throws(() => readGiven([sql`SELECT 1`, ...behind]), { code: 'invalid_option', message: /right behind it/ });
  }
});

test('a batch takes text, text with parameters, and fragments', () => {
  const statements = ['SELECT 1', { sql: 'SELECT :a', params: { a: 1 } }, { sql: 'SELECT 2' }, sql`SELECT ${3}`];
  assert.deepEqual(readBatch(statements), [
    { sql: 'SELECT 1', params: [] },
    { sql: 'SELECT :a', params: { a: 1 } },
    { sql: 'SELECT 2', params: [] },
    { sql: 'SELECT ?', params: [3] },
  ]);
  assert.deepEqual(readBatch([]), []);
  for (const item of [undefined, null, 1, {}, ['SELECT 1'], { sql: 1 }, { text: 'SELECT 1' }]) {
    assert.throws(() => readBatch(['SELECT 1', item]), {
      code: 'invalid_value',
      statement: 2,
      message: /^Statement 2 of the batch: It must be text, \{ sql, params \} or a fragment of SQL, not /,
    });
  }
  for (const items of [undefined, null, 'SELECT 1', sql`SELECT 1`, {}]) {
    assert.throws(() => readBatch(items), {
      code: 'invalid_value',
      message: /^A batch takes a list of statements, not /,
    });
  }
});

test('by the name of a query a tag is the same, and what every object is asked for it is not', async () => {
  const asked = /** @type {SqlFragment[]} */ ([]);
  const tag = queryTag(async (fragment) => {
    asked.push(fragment);
    return [{ a: 1 }];
  });
  const { warm } = tag;
  const { warm: fragment } = sql;
  assert.ok(warm && fragment);
  assert.deepEqual(await warm`SELECT ${1}`, [{ a: 1 }]);
  assert.deepEqual(asked, [sql`SELECT ${1}`]);
  assert.deepEqual(fragment`a = ${1}`, sql`a = ${1}`);
  await assert.rejects(warm`${/** @type {any} */ (new Date())}`, { code: 'invalid_value' });
  for (const one of [tag, sql]) {
    assert.equal(await one, one);
    assert.equal(JSON.stringify({ one }), '{}');
    assert.equal(Object(one)[Symbol.asyncIterator], undefined);
    assert.deepEqual(one.id('a'), sql.id('a'));
  }
});
