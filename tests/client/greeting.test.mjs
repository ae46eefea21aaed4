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
    assert.deepEqual(receptionist.answer({ type: 'hello', from: String(from) }), { type, to: from, protocol });
  }
});

test('what else a script may say is no greeting', () => {
  for (const greeting of [
    { type: 'serving' },
    { type: 'welcome', to: 'first', protocol },
    { type: 'taken', to: 'first', protocol: protocol + 1 },
    new Receptionist().answer({ type: 'hello', from: 'first' }),
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
