// How a page and a worker find each other.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isGreeting, Receptionist } from '../../dist/package/protocol/greeting.js';
import { protocolVersion as protocol } from '../../dist/package/protocol/version.js';

test('a worker belongs to the first page that comes, and says so as often as it is greeted', () => {
  const receptionist = new Receptionist();
  for (const [from, type] of [
    ['first', 'welcome'],
    ['first', 'welcome'],
    ['second', 'taken'],
    ['third', 'taken'],
    ['first', 'welcome'],
    ['second', 'taken'],
  ]) {
    assert.deepEqual(receptionist.answer(hello(String(from))), { type, to: from, protocol });
  }
});

test('the first page that comes says where the wasm module is, or that the worker knows', async () => {
  const knows = new Receptionist();
  knows.answer(hello('first'));
  assert.equal(await knows.wasm, undefined);

  const isTold = new Receptionist();
  const wasm = { address: 'https://example.org/a.wasm' };
  isTold.answer(hello('first', true));
  isTold.answer(hello('second'));
  isTold.equip({ type: 'equipment', from: 'second', wasm: { address: 'https://example.org/other.wasm' } });
  isTold.answer(hello('first', true));
  isTold.equip({ type: 'equipment', from: 'first', wasm });
  assert.deepEqual(await isTold.wasm, wasm);
});

/** @returns {import('../../client/protocol/greeting.js').Hello} */
function hello(/** @type {string} */ from, bringsWasm = false) {
  return { type: 'hello', from, bringsWasm };
}

test('what else a script may say is no greeting', () => {
  for (const greeting of [
    { type: 'serving' },
    { type: 'welcome', to: 'first', protocol },
    { type: 'taken', to: 'first', protocol: protocol + 1 },
    new Receptionist().answer(hello('first')),
  ]) {
    assert.equal(isGreeting(greeting), true);
  }
  const others = [
    'serving',
    undefined,
    null,
    7,
    {},
    [],
    { type: 'hello', from: 'first' },
    { type: 'done' },
    { type: 1 },
  ];
  for (const other of others) assert.equal(isGreeting(other), false);
});
