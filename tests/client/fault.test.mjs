// Which errors mean that the module is broken.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StorageError } from '../../dist/package/protocol/errors.js';
import { storageError } from '../../dist/package/storage/storage-error.js';
import { CommitLost } from '../../dist/package/worker/commit-lost.js';
import { errorDataOf, faultData, isFault } from '../../dist/package/worker/fault.js';

/** @type {import('../../dist/package/protocol/errors.js').ErrorData} */
const data = {
  class: 'QueryError',
  code: 'query_failed',
  message: 'no such table',
  sqlite: { code: 1, message: 'no such table' },
};
const full = new DOMException('No room.', 'QuotaExceededError');

for (const [what, error, said] of /** @type {const} */ ([
  ['what the module throws', data, data],
  ['one with a code that a newer module has', { code: 'brand_new', message: '' }, { code: 'brand_new', message: '' }],
  [
    'one of the client',
    new StorageError({ code: 'storage_io', message: 'it' }),
    { class: 'StorageError', code: 'storage_io', message: 'it' },
  ],
  [
    'one of the file system, in our words',
    storageError(full, 'OPFS'),
    { class: 'StorageError', code: 'storage_full', message: storageError(full, 'OPFS').message },
  ],
  ['a commit that was lost', new CommitLost(data), data],
])) {
  test(`${what} is no fault, and says what it said`, () => {
    assert.equal(isFault(error), false);
    assert.deepEqual(errorDataOf(error), said);
  });
}

for (const [what, error, words] of /** @type {[string, unknown, RegExp][]} */ ([
  ['a trap of wasm', new WebAssembly.RuntimeError('unreachable'), /RuntimeError: unreachable \(it may have run out/],
  ['a panic', new Error('index out of bounds'), /Error: index out of bounds$/],
  ['an endless recursion', new RangeError('Maximum call stack size exceeded'), /nests deeper than its stack bears/],
  ['an error of JavaScript', new TypeError('it is not a function'), /TypeError: it is not a function/],
  ['what a browser throws, in its own words', full, /QuotaExceededError: No room\./],
  ['an error that has a code of somebody else', Object.assign(new Error('it'), { code: 'ENOENT' }), /Error: it/],
  ['a text', 'text', /: text/],
  ['an object without a code', { message: 'it' }, /Object/],
  ['nothing', undefined, /undefined/],
  ['null', null, /null/],
])) {
  test(`${what} is a fault, and is named`, () => {
    assert.equal(isFault(error), true);
    assert.equal(errorDataOf(error), undefined);
    const { code, message } = faultData(error);
    assert.equal(code, 'worker_failed');
    assert.match(message, words);
  });
}
