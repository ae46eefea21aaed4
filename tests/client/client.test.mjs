// What one tab has open in the worker of another.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client } from '../../dist/package/worker/client.js';

/** A client, and what it was sent. */
function connected() {
  /** @type {unknown[]} */
  const heard = [];
  return { client: new Client('a tab', (message) => heard.push(message)), heard };
}

test('it hears what it is sent until it is gone', () => {
  const { client, heard } = connected();
  client.post({ type: 'rested' });
  assert.equal(client.isGone, false);
  client.close();
  client.post({ type: 'rested' });
  assert.equal(client.isGone, true);
  assert.deepEqual(heard, [{ type: 'rested' }]);
});

test('the transaction that it names must be the one that it has open', () => {
  const { client } = connected();
  const ended = { code: 'transaction_misuse', message: /has ended/ };
  assert.throws(() => client.require('one'), ended);
  client.begin('one');
  assert.equal(client.transaction, 'one');
  client.require('one');
  assert.throws(() => client.require('two'), ended);
  client.end();
  assert.equal(client.transaction, undefined);
  assert.throws(() => client.require('one'), ended);
  client.begin('two');
  client.require('two');
  assert.throws(() => client.require('one'), ended);
});

test('if it was rolled back because it did nothing, whoever names it hears so', () => {
  const { client } = connected();
  client.begin('one');
  client.expire();
  client.require('one');
  client.end();
  client.begin('two');
  assert.throws(() => client.require('one'), { code: 'timeout', message: /did nothing for 5 s/ });
  client.end();
  assert.throws(() => client.require('two'), { code: 'transaction_misuse' });
});

test('a transaction that does nothing for five seconds is told of, once', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { client } = connected();
  let told = 0;
  const rest = () => client.rest(() => told++);
  client.begin('one');
  rest();
  t.mock.timers.tick(4999);
  // What it does next begins, and ends, before that.
  client.wake();
  t.mock.timers.tick(5000);
  rest();
  t.mock.timers.tick(4999);
  rest();
  t.mock.timers.tick(4999);
  assert.equal(told, 0);
  t.mock.timers.tick(1);
  assert.equal(told, 1);
  t.mock.timers.tick(5000);
  assert.equal(told, 1);
  rest();
  client.end();
  t.mock.timers.tick(5000);
  assert.equal(told, 1);
});

test('of one that is gone nobody hears that its transaction does nothing', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const client = new Client(undefined, () => {});
  client.begin('one');
  let isTold = false;
  client.rest(() => {
    isTold = true;
  });
  client.close();
  t.mock.timers.tick(60_000);
  assert.equal(isTold, false);
});
