// Whose turn it is while a transaction is open.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TransactionQueue } from '../../dist/package/worker/transaction-queue.js';

/** A queue, what was done, and work that does it. */
function queued() {
  const queue = new TransactionQueue();
  /** @type {string[]} */
  const done = [];
  const work = (/** @type {string} */ name) => async () => void done.push(name);
  /** Work that opens a transaction. */
  const beginning = (/** @type {string} */ name) => async () => {
    done.push(name);
    queue.begin();
  };
  return { queue, done, work, beginning };
}

test('without a transaction everything is done at once', async () => {
  const { queue, done, work } = queued();
  assert.equal(queue.open, undefined);
  await queue.enqueue(work('one'));
  await queue.enqueue(work('two'));
  assert.deepEqual(done, ['one', 'two']);
  assert.equal(queue.isAwaited, false);
});

test('work that takes its time is waited for', async () => {
  const { queue, done } = queued();
  await queue.enqueue(async () => {
    await new Promise(setImmediate);
    done.push('slow');
  });
  assert.deepEqual(done, ['slow']);
});

test('while a transaction is open other work waits, and whoever asked for it does not', async () => {
  const { queue, done, work } = queued();
  const transaction = queue.begin();
  assert.equal(queue.open, transaction);
  assert.equal(queue.isAwaited, false);
  await queue.enqueue(work('one'));
  await queue.enqueue(work('two'));
  assert.deepEqual(done, []);
  assert.equal(queue.isAwaited, true);
});

test('when it ends, all that waited is done in the order in which it came', async () => {
  const { queue, done, work } = queued();
  queue.begin();
  for (const name of ['one', 'two', 'three']) await queue.enqueue(work(name));
  await queue.end();
  assert.deepEqual(done, ['one', 'two', 'three']);
  assert.equal(queue.open, undefined);
  assert.equal(queue.isAwaited, false);
});

test('what waited is done up to the next that opens a transaction', async () => {
  const { queue, done, work, beginning } = queued();
  const first = queue.begin();
  await queue.enqueue(work('one'));
  await queue.enqueue(beginning('two'));
  await queue.enqueue(work('three'));
  await queue.enqueue(beginning('four'));
  await queue.end();
  assert.deepEqual(done, ['one', 'two']);
  assert.notEqual(queue.open, undefined);
  assert.notEqual(queue.open, first);
  assert.equal(queue.isAwaited, true);
  await queue.enqueue(work('five'));
  await queue.end();
  assert.deepEqual(done, ['one', 'two', 'three', 'four']);
  await queue.end();
  assert.deepEqual(done, ['one', 'two', 'three', 'four', 'five']);
  assert.equal(queue.open, undefined);
});

test('a beginning that opens nothing lets the next one have its turn', async () => {
  const { queue, done, work } = queued();
  queue.begin();
  await queue.enqueue(work('its key is recorded'));
  await queue.enqueue(work('next'));
  await queue.end();
  assert.deepEqual(done, ['its key is recorded', 'next']);
});

test('no two transactions have the same name', () => {
  const { queue } = queued();
  const names = Array.from({ length: 10 }, () => queue.begin());
  assert.equal(new Set(names).size, names.length);
});

test('ending when nothing is open does nothing', async () => {
  const { queue } = queued();
  await queue.end();
  assert.equal(queue.open, undefined);
});
