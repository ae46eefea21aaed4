// What a tab goes by when its worker has ended, and when it looks who has the database.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { holderOf } from '../../dist/package/page/tab/owner-watch.js';
import { isLast, pauseAfter } from '../../dist/package/page/tab/tab-worker.js';
import { protocolVersion } from '../../dist/package/protocol/version.js';

/** Whether a tab ends with its worker, of every kind that it can be. */
const endsWith = (/** @type {{ isHopeless: boolean, isLoaded: boolean }} */ worker) => ({
  'before it is open': isLast(worker, false, false),
  'while it opens': isLast(worker, false, true),
  'as a follower': isLast(worker, true, false),
  'as the owner': isLast(worker, true, true),
});

test('a worker that could not be loaded is replaced, whatever its tab is', () => {
  const kept = { 'before it is open': false, 'while it opens': false, 'as a follower': false, 'as the owner': false };
  assert.deepEqual(endsWith({ isHopeless: false, isLoaded: false }), kept);
});

test('a worker that has loaded and dies is replaced once the database was open: before, the next would die of the same', () => {
  assert.deepEqual(endsWith({ isHopeless: false, isLoaded: true }), {
    'before it is open': true,
    'while it opens': true,
    'as a follower': false,
    'as the owner': false,
  });
});

test('of a worker that no other one could replace only a follower can do without', () => {
  for (const isLoaded of [false, true]) {
    assert.deepEqual(endsWith({ isHopeless: true, isLoaded }), {
      'before it is open': true,
      'while it opens': true,
      'as a follower': false,
      'as the owner': true,
    });
  }
});

test('a worker is replaced four times within three seconds, and the first time at once', () => {
  const pauses = [0, 1, 2, 3, 4, 5].map(pauseAfter);
  assert.deepEqual(pauses.slice(4), [undefined, undefined]);
  const [first, ...others] = pauses.slice(0, 4).map(Number);
  assert.equal(first, 0);
  assert.deepEqual(
    others,
    [...others].sort((a, b) => a - b),
  );
  assert.ok(others.reduce((sum, pause) => sum + pause) <= 3000);
});

test('who has a database is told by the marks of owners', () => {
  assert.equal(holderOf([], 0), 'nobody');
  // Locks of something else.
  assert.equal(holderOf([undefined, undefined], 9), 'nobody');
  assert.equal(holderOf([undefined, protocolVersion], 0), 'owner');
});

test('an owner is waited for until it was looked for three times in a row and had said nothing', () => {
  const silences = [1, 2, 3, 4].map((silence) => holderOf([protocolVersion], silence));
  assert.deepEqual(silences, ['owner', 'owner', 'silent', 'silent']);
});

test('an owner of another version is told at once, also beside one that could be talked to', () => {
  for (const other of [protocolVersion - 1, protocolVersion + 1]) {
    assert.equal(holderOf([other], 0), 'foreign');
    assert.equal(holderOf([protocolVersion, undefined, other], 9), 'foreign');
  }
});
