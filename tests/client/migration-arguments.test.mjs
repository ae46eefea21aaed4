// What a page may say of operations on migrations, and what crosses of it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { idsOf, operationOf, wayBack } from '../../dist/package/page/migration-arguments.js';
import { DefinitionError } from '../../dist/package/protocol/errors.js';

/** @type {any} what no compiler has checked */
const unchecked = (/** @type {unknown} */ value) => value;

const refused = (/** @type {RegExp} */ message) => (/** @type {unknown} */ error) =>
  error instanceof DefinitionError && error.code === 'invalid_option' && message.test(error.message);

test('a way back is a number of migrations, the id of the one that stays, or ids', () => {
  assert.equal(wayBack('rollback', 2), 2);
  assert.equal(wayBack('rollback', Number.POSITIVE_INFINITY), Number.POSITIVE_INFINITY);
  assert.equal(wayBack('rollback', { to: '1.note' }), '1.note');
  assert.deepEqual(wayBack('rollback', { only: ['1.note', '2.at'] }), ['1.note', '2.at']);
  const both = { to: '1.note', only: ['2.at'] };
  for (const other of [
    0,
    -1,
    1.5,
    Number.NaN,
    '1.note',
    null,
    undefined,
    {},
    { to: 1 },
    [],
    { only: [] },
    { only: 'a' },
    both,
  ]) {
    assert.throws(
      () => wayBack('reapply', unchecked(other)),
      refused(/^What reapply is given must be a number from 1, \{ to: an id \} or \{ only: ids \}, not/),
    );
  }
});

test('ids are strings, and there is one at least', () => {
  assert.deepEqual(idsOf('mark', ['1.note', '2.at']), ['1.note', '2.at']);
  for (const other of [[], [undefined], ['1.note', 2], [['1.note']]]) {
    assert.throws(
      () => idsOf('mark', unchecked(other)),
      refused(/^What mark is given must be ids of migrations, not /),
    );
  }
});

test('a plan is one of what open would do, with what is said instead', () => {
  /** @type {import('../../dist/package/index.js').MigrateOptions} */
  const opened = { target: '2.at', late: 'error' };
  assert.deepEqual(operationOf(opened, {}), { operation: 'apply', on: undefined, options: opened });
  const { options } = operationOf(opened, { target: '1.note', drift: 'error' });
  assert.deepEqual(options, { target: '1.note', late: 'error', drift: 'error' });
});

test('or one of a way back', () => {
  assert.deepEqual(operationOf({}, { rollback: 1 }), { operation: 'rollback', on: 1, options: {} });
  const back = operationOf({ appVersion: '7' }, { reapply: { to: '1.note' } });
  assert.deepEqual(back, { operation: 'reapply', on: '1.note', options: { appVersion: '7' } });
  assert.throws(() => operationOf({}, { rollback: 1, reapply: 1 }), refused(/^Only one of /));
  assert.throws(() => operationOf({}, { rollback: 0 }), refused(/^The option rollback must be a number from 1/));
  assert.throws(() => operationOf({}, unchecked({ rolback: 1 })), refused(/rollback was meant/));
  assert.throws(() => operationOf({}, unchecked({ worker: () => {} })), refused(/no option worker/));
});
