// Migrations in code, between what an application writes and what the module calls.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorFromData, thrownData } from '../../dist/package/protocol/errors.js';
import { codeObjects } from '../../dist/package/worker/code-steps.js';

/** @typedef {import('../../dist/package/worker/code-steps.js').CodeTransaction} CodeTransaction */

/** The object of one step that does this. @returns {any} */
const objectOf = (/** @type {(tx: CodeTransaction) => unknown} */ up, rest = {}) =>
  codeObjects({ '2.code': { version: '1', up, ...rest } })[0];

test('the module gets what a step says, and defaults', () => {
  const step = { version: '7', depends: ['1'], was: ['0'], compatible: true, up() {}, down() {} };
  const { run, ...object } = codeObjects({ 2: step })[0] ?? assert.fail();
  const [id, version] = ['2', '7'];
  assert.deepEqual(object, { id, version, depends: ['1'], was: ['0'], compatible: true, hasDown: true });
  const { run: _, ...bare } = objectOf(() => {});
  assert.deepEqual(bare, { id: '2.code', version: '1', depends: [], was: [], compatible: false, hasDown: false });
});

test('a function is called as a method of its step, with what asks the module', () => {
  /** @type {unknown[]} */
  const asked = [];
  const ask = (/** @type {unknown[]} */ ...given) => {
    asked.push(given);
    return [{ a: 1 }];
  };
  const step = {
    version: '1',
    up(/** @type {CodeTransaction} */ tx) {
      assert.equal(this, step);
      assert.deepEqual(tx.query('SELECT 1', { a: 1 }), [{ a: 1 }]);
    },
    down(/** @type {CodeTransaction} */ tx) {
      assert.equal(this, step);
      tx.run('DELETE');
      tx.exec('VACUUM');
    },
  };
  const object = codeObjects({ 1: step })[0];
  for (const isDown of [false, true]) assert.equal(object?.run(isDown, ask), undefined);
  assert.deepEqual(asked, [
    ['query', 'SELECT 1', { a: 1 }],
    ['run', 'DELETE', []],
    ['exec', 'VACUUM', []],
  ]);
});

test('a fault in the module is thrown on, whatever the code does about it', () => {
  const fault = new WebAssembly.RuntimeError('unreachable');
  let calls = 0;
  const ask = () => {
    calls++;
    throw fault;
  };
  const swallows = (/** @type {CodeTransaction} */ tx) => {
    for (let times = 0; times < 2; times++) assert.throws(() => tx.query('SELECT 1'), fault);
  };
  assert.throws(() => objectOf(swallows).run(false, ask), fault);
  assert.equal(calls, 1);
});

test('what is thrown arrives as it was, or as what is most like it', () => {
  const arrived = (/** @type {unknown} */ thrown) =>
    errorFromData(structuredClone({ class: 'ApplyError', code: 'code_failed', message: '', cause: thrownData(thrown) }))
      .cause;
  const odd = Object.assign(Object.create(null), { bird: () => {} });
  for (const [thrown, expected] of [
    ['a text', 'a text'],
    [undefined, undefined],
    [null, null],
    [{ bird: [1n] }, { bird: [1n] }],
    [Symbol('bird'), 'Symbol(bird)'],
    [odd, 'something that cannot be told'],
  ]) {
    assert.deepEqual(arrived(thrown), expected);
  }
  const first = new RangeError('far');
  const cause = /** @type {Error} */ (
    arrived(Object.assign(new Error('near', { cause: first }), { name: 'BirdError' }))
  );
  assert.ok(cause instanceof Error);
  assert.equal(`${cause}, ${cause.cause}`, 'BirdError: near, RangeError: far');
  assert.deepEqual(Object.keys(cause), []);
  assert.equal(/** @type {Error} */ (cause.cause).stack, first.stack);
  const data = /** @type {const} */ ({ class: 'QueryError', code: 'query_failed', message: 'no', line: 3 });
  const error = /** @type {any} */ (arrived(errorFromData(data)));
  assert.deepEqual(
    [error.constructor.name, error.code, error.message, error.line],
    ['QueryError', 'query_failed', 'no', 3],
  );
});
