// SQL functions and collations, between what an application writes and what the module calls.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { functionObjects } from '../../dist/package/worker/sql-functions.js';

/** The object of one function. @returns {any} */
const objectOf = (/** @type {unknown} */ definition) => functionObjects({ it: definition }, undefined)[0];

test('the module gets what a definition says, and defaults', () => {
  const shape = (/** @type {unknown} */ definition) => {
    const { call: _, ...shape } = objectOf(definition);
    return shape;
  };
  const bare = { name: 'it', kind: 'scalar', arity: 0, isDeterministic: false, isDirectOnly: false };
  const two = (/** @type {unknown} */ one, /** @type {unknown} */ other) => [one, other];
  assert.deepEqual(
    shape(() => 1),
    bare,
  );
  assert.deepEqual(shape(two), { ...bare, arity: 2 });
  const all = { scalar: two, varargs: true, deterministic: true, directOnly: true };
  assert.deepEqual(shape(all), { ...bare, arity: -1, isDeterministic: true, isDirectOnly: true });
  // The state is no value of a row.
  assert.deepEqual(shape({ start: 0, step: two }), { ...bare, kind: 'aggregate', arity: 1 });
  assert.deepEqual(shape({ start: 0, step() {}, inverse: two }), { ...bare, kind: 'window', arity: 1 });
});

test('each use of an aggregate has a state of its own, which is gone at its end', () => {
  const all = objectOf({ start: () => [], step: (/** @type {any} */ list, /** @type {any} */ v) => void list.push(v) });
  for (const state of [1, 2]) all.call('start', state, []);
  all.call('step', 1, ['a']);
  all.call('step', 2, ['b']);
  all.call('step', 1, ['c']);
  assert.deepEqual([all.call('end', 1, []), all.call('end', 2, [])], [{ value: ['a', 'c'] }, { value: ['b'] }]);
  assert.deepEqual(all.call('value', 1, []), { value: undefined });
});

test('what is thrown is told, but by a collation, of which SQLite cannot be told', () => {
  const fault = new RangeError('no bird');
  const fails = () => {
    throw fault;
  };
  const { message, cause } = objectOf(fails).call('scalar', 0, []);
  assert.deepEqual([message, cause.error.name], ['RangeError: no bird', 'RangeError']);
  const [failing, odd, good] = functionObjects(undefined, { failing: fails, odd: () => 'x', good: () => -1 });
  const given = /** @type {any} */ (['a', 'b']);
  assert.throws(() => failing?.call('compare', 0, given), fault);
  assert.throws(() => odd?.call('compare', 0, given), /collation odd must give a number, not x/);
  assert.deepEqual(good?.call('compare', 0, given), { value: -1 });
});
