// When a stream asks for the next rows, and when it lets go of what they come from.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rowsOf } from '../../dist/package/page/row-parts.js';
import { openTransaction } from '../../dist/package/page/transaction.js';

/** Rows in parts of two, and what was asked for of them. */
function source(/** @type {unknown[]} */ rows) {
  /** @type {string[]} */
  const asked = [];
  let taken = 0;
  const fetch = async () => {
    asked.push('fetch');
    taken += 2;
    const part = rows.slice(taken - 2, taken);
    return { rows: part, isLast: taken >= rows.length };
  };
  return { asked, fetch, free: () => void asked.push('free') };
}

test('nothing is asked for before the first row is, nor the next part before all of this one is taken', async () => {
  const { asked, fetch, free } = source([1, 2, 3]);
  const rows = rowsOf(fetch, free);
  assert.deepEqual(asked, []);
  await rows.next();
  await rows.next();
  assert.deepEqual(asked, ['fetch']);
  assert.deepEqual(await rows.next(), { done: false, value: 3 });
  assert.deepEqual(
    asked,
    ['fetch', 'fetch', 'free'],
    'with the last part all is let go of, though a row is to be taken',
  );
  assert.deepEqual(await rows.next(), { done: true, value: undefined });
  assert.equal(asked.length, 3);
});

test('what is left before its end is let go of, once', async () => {
  const { asked, fetch, free } = source([1, 2, 3]);
  const rows = rowsOf(fetch, free);
  for await (const row of rows) {
    assert.equal(row, 1);
    break;
  }
  await rows.return();
  assert.deepEqual(asked, ['fetch', 'free']);
});

test('what fails is let go of, and no row comes after it', async () => {
  const { asked, free } = source([]);
  const rows = rowsOf(() => Promise.reject(new Error('lost')), free);
  await assert.rejects(rows.next(), /lost/);
  assert.deepEqual(await rows.next(), { done: true, value: undefined });
  assert.deepEqual(asked, ['free']);
});

test('a signal lets go though nobody asks for a row, and the next one asked for is told why', async () => {
  for (const count of [2, 3]) {
    const ending = new AbortController();
    const { asked, fetch, free } = source([1, 2, 3].slice(0, count));
    const rows = rowsOf(
      async () => {
        ending.signal.throwIfAborted();
        return fetch();
      },
      free,
      ending.signal,
    );
    await rows.next();
    ending.abort(new Error('changed my mind'));
    assert.deepEqual(asked, ['fetch', 'free']);
    await assert.rejects(rows.next(), /changed my mind/);
    assert.deepEqual(asked, ['fetch', 'free']);
  }
});

test('each stream of a transaction has a cursor of its own, and none is asked for once it is left', async () => {
  /** @type {[string, number, unknown][]} */
  const asked = [];
  const send = async (/** @type {string} */ type, /** @type {any} */ { cursor, count }) => {
    asked.push([type, cursor, count]);
    return { rows: ['row'], isLast: false };
  };
  const transaction = openTransaction(/** @type {any} */ (send));
  const [one, other] = [transaction.stream('SELECT 1'), transaction.stream('SELECT 2', [], { size: 7 })];
  await one.next();
  await other.next();
  await one.return();
  const [first, second] = [asked[0]?.[1], asked[1]?.[1]];
  assert.notEqual(first, second);
  assert.deepEqual(asked, [
    ['fetch', first, 1000],
    ['fetch', second, 7],
    ['closeCursor', first, undefined],
  ]);
});

test('options that a stream does not have are refused at once', () => {
  const transaction = openTransaction(/** @type {any} */ (() => assert.fail('it was asked')));
  const invalid = { name: 'DefinitionError', code: 'invalid_option' };
  for (const options of [{ size: 0 }, { size: 1.5 }, { size: '7' }, { size: 2 ** 32 }, { size: -1 }, { key: 'a' }]) {
    assert.throws(() => transaction.stream('SELECT 1', [], /** @type {any} */ (options)), invalid);
  }
  // The transaction has a signal.
  const { signal } = new AbortController();
  assert.throws(() => transaction.stream('SELECT 1', [], /** @type {any} */ ({ signal })), invalid);
  const rows = /** @type {any} */ ('list');
  assert.throws(() => transaction.stream('SELECT 1', [], { rows }), { name: 'QueryError', code: 'invalid_value' });
});
