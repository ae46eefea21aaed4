// What the list of operations says, and what follows of it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { transfersOfMessage } from '../../dist/package/protocol/messages.js';
import { isRepeatable, operations, plainlyRead, textsOf, transfersOf } from '../../dist/package/protocol/operations.js';
import { transfersOfRequest, transfersOfResponse } from '../../dist/package/protocol/store-messages.js';

/** @typedef {import('../../dist/package/protocol/messages.js').Request} Request */
/** @typedef {import('../../dist/package/protocol/messages.js').OperationType} OperationType */

/** A request of any operation. */
const request = (/** @type {string} */ type, /** @type {object} */ rest = {}) =>
  /** @type {Request} */ (/** @type {unknown} */ ({ id: 1, type, ...rest }));

/** One statement, outside of any transaction and without a key unless there is one. */
const statement = (/** @type {object} */ rest = {}) => ({
  sql: 'DELETE FROM log',
  params: [],
  transaction: undefined,
  key: undefined,
  ...rest,
});

const reads = () => 'it reads';

test('a commit is never repeated, whatever it has, nor what is done with migrations', () => {
  assert.equal(isRepeatable(request('commit', { transaction: 'a transaction' }), reads), false);
  assert.equal(isRepeatable(request('operate', { operation: 'repair' }), reads), false);
});

for (const type of /** @type {const} */ (['query', 'run', 'exec'])) {
  test(`what ${type} does is repeated if its key is recorded with it, or if it ends with its transaction`, () => {
    assert.equal(isRepeatable(request(type, statement({ key: 'a key' })), reads), true);
    assert.equal(isRepeatable(request(type, statement({ transaction: 'a transaction' })), reads), true);
  });
}

test('else a script is not repeated, and a statement if it only reads', () => {
  assert.equal(isRepeatable(request('exec', statement({ sql: 'SELECT 1' })), reads), false);
  for (const type of ['query', 'run']) {
    /** @type {string[]} */
    const asked = [];
    const answer = isRepeatable(request(type, statement()), (texts) => {
      asked.push(...texts);
      return reads();
    });
    assert.equal(answer, reads());
    assert.deepEqual(asked, ['DELETE FROM log']);
  }
});

test('a batch is repeated if all of it only reads, or as a statement is', () => {
  const batch = (/** @type {object} */ rest) => request('batch', { statements, rows: undefined, ...rest });
  const statements = ['SELECT 1', 'DELETE FROM log'].map((sql) => ({ sql, params: [] }));
  assert.deepEqual(textsOf(batch({})), ['SELECT 1', 'DELETE FROM log']);
  assert.equal(isRepeatable(batch({}), plainlyRead), false);
  assert.equal(isRepeatable(batch({ statements: statements.slice(0, 1) }), plainlyRead), true);
  assert.equal(isRepeatable(batch({ key: 'a key' }), plainlyRead), true);
  assert.equal(isRepeatable(batch({ transaction: 'a transaction' }), plainlyRead), true);
});

test('everything else is repeated', () => {
  const types = /** @type {OperationType[]} */ (Object.keys(operations));
  const others = types.filter((type) => !['operate', 'query', 'run', 'batch', 'exec', 'commit'].includes(type));
  assert.equal(others.length, types.length - 6);
  for (const type of others) assert.equal(isRepeatable(request(type), reads), true, type);
});

test('after what may have changed tables, they are asked for', () => {
  const changing = Object.entries(operations).filter(([, { changes }]) => changes);
  assert.deepEqual(
    changing.map(([type]) => type),
    ['operate', 'query', 'run', 'batch', 'exec', 'commit'],
  );
});

for (const [sql, isPlain] of /** @type {const} */ ([
  ['SELECT 1', true],
  ['\n  select 1', true],
  ['VALUES (1)', true],
  ['WITH n AS (SELECT 1) SELECT * FROM n', true],
  ['WITH n AS (SELECT 1)\nINSERT INTO log SELECT * FROM n', false],
  ['with n as (select 1) delete from log', false],
  ['SELECTED', false],
  ['INSERT INTO log SELECT 1', false],
  ['PRAGMA user_version', false],
  ['-- a comment\nSELECT 1', false],
  ['', false],
])) {
  test(`it is ${isPlain ? '' : 'not '}plain to see that ${JSON.stringify(sql)} only reads`, () => {
    assert.equal(plainlyRead([sql]), isPlain);
  });
}

test('the way to a store, the bytes of a file and blocks are handed over, and nothing else', () => {
  const { port1: port } = new MessageChannel();
  const store = { port, size: 0, blockSize: 0 };
  for (const type of ['open', 'import']) {
    assert.deepEqual(transfersOf(request(type, { store })), [port]);
    assert.deepEqual(transfersOf(request(type, { store: undefined })), []);
  }
  assert.deepEqual(transfersOf(request('query', statement({ params: [new Uint8Array(1)] }))), []);
  port.close();

  const bytes = new Uint8Array(2);
  assert.deepEqual(transfersOfMessage({ type: 'part', id: 1, bytes }), [bytes.buffer]);
  assert.deepEqual(transfersOfMessage({ type: 'done', id: 1, value: [{ bytes }] }), []);

  const blocks = [new Uint8Array(1), new Uint8Array(2)];
  const buffers = blocks.map(({ buffer }) => buffer);
  const commit = { size: 3, indexes: [0, 1], blocks };
  assert.deepEqual(transfersOfRequest({ type: 'commit', id: 1, commit, blockSize: 2 }), buffers);
  assert.deepEqual(transfersOfRequest({ type: 'stage', id: 1, first: 0, blocks }), buffers);
  assert.deepEqual(transfersOfRequest({ type: 'read', id: 1, first: 0, count: 2 }), []);
  const value = /** @type {[number, Uint8Array][]} */ ([...blocks.entries()]);
  assert.deepEqual(transfersOfResponse({ type: 'done', id: 1, value }), buffers);
  assert.deepEqual(transfersOfResponse({ type: 'done', id: 1, value: undefined }), []);
  assert.deepEqual(
    transfersOfResponse({ type: 'failed', id: 1, error: { class: 'StorageError', code: 'storage_io', message: '' } }),
    [],
  );
});
