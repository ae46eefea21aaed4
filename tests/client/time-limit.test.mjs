// Work that is waited for only so long.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { within, withoutSilence } from '../../dist/package/storage/time-limit.js';

const never = new Promise(() => {});
/** Behind everything that promises do before anything else runs. */
const later = () => new Promise((resolve) => setImmediate(resolve));

/** Timers, and the time, that pass only when they are told to. */
function mockTime(/** @type {import('node:test').TestContext} */ t) {
  let now = 1000;
  t.mock.timers.enable({ apis: ['setTimeout'] });
  t.mock.method(performance, 'now', () => now);
  return (/** @type {number} */ milliseconds) => {
    now += milliseconds;
    t.mock.timers.tick(milliseconds);
  };
}

test('what is done in time is what it is, and its timer is gone', async (t) => {
  const cleared = t.mock.method(globalThis, 'clearTimeout');
  assert.equal(await within(10_000, 'IndexedDB', Promise.resolve('found')), 'found');
  await assert.rejects(within(10_000, 'IndexedDB', Promise.reject(new Error('refused'))), { message: 'refused' });
  assert.equal(await withoutSilence(10_000, () => 0, Promise.resolve('found')), 'found');
  assert.equal(cleared.mock.callCount(), 3);
  for (const { arguments: timers } of cleared.mock.calls) assert.notEqual(timers[0], undefined);
});

test('what takes longer is a TimeoutError that says what and how long', async (t) => {
  const pass = mockTime(t);
  const late = within(10_000, 'IndexedDB', never);
  pass(9_999);
  assert.equal(await Promise.race([late, later()]), undefined);
  pass(1);
  await assert.rejects(late, (error) => {
    assert.ok(error instanceof DOMException);
    assert.equal(error.name, 'TimeoutError');
    assert.equal(error.message, 'IndexedDB has not answered within 10 s');
    return true;
  });
});

test('work of which something is heard again and again may take as long as it wants', async (t) => {
  const pass = mockTime(t);
  let heard = 0;
  const silence = withoutSilence(10_000, () => heard, never);
  for (let time = 0; time < 5; time++) {
    pass(9_000);
    heard = performance.now();
    assert.equal(await Promise.race([silence, later()]), undefined);
  }
  pass(9_999);
  assert.equal(await Promise.race([silence, later()]), undefined);
  pass(1);
  assert.equal(await silence, 'silence');
});

test('what was heard before the work does not shorten its time', async (t) => {
  const pass = mockTime(t);
  pass(60_000);
  const silence = withoutSilence(10_000, () => 0, never);
  pass(9_999);
  assert.equal(await Promise.race([silence, later()]), undefined);
  pass(1);
  assert.equal(await silence, 'silence');
});
