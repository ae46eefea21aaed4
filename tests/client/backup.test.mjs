// What backups are called, and when they were made.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backupName, laterThan, possibleDatabases } from '../../dist/package/storage/backup.js';

test('a backup is called by its database and the newest migration that it has', () => {
  assert.equal(backupName('weather', '0001.create'), 'weather@0001.create');
  assert.equal(backupName('weather', null), 'weather@none');
  assert.equal(backupName('a@b', '2@3'), 'a@b@2@3');
});

test('a long name of a migration is cut where it still fits a file name, and no letter is cut in two', () => {
  assert.equal(backupName('weather', 'x'.repeat(200)), `weather@${'x'.repeat(200)}`);
  assert.equal(backupName('weather', 'x'.repeat(201)), `weather@${'x'.repeat(200)}`);
  // Percent-encoded, each of these takes 12 letters of a file name.
  assert.equal(backupName('weather', '🌦'.repeat(100)), `weather@${'🌦'.repeat(16)}`);
  assert.equal(backupName('weather', '🌦'.repeat(16)), `weather@${'🌦'.repeat(16)}`);
});

test('a backup may be of each database whose name its own begins with', () => {
  for (const [name, databases] of /** @type {[string, string[]][]} */ ([
    ['weather@0001.create', ['weather']],
    ['a@b@2', ['a', 'a@b']],
    ['@2', []],
    ['@@2', ['@']],
    ['weather', []],
    ['', []],
  ])) {
    assert.deepEqual(possibleDatabases(name), databases);
  }
  for (const database of ['weather', 'a@b', '@', 'a@@']) {
    assert.ok(possibleDatabases(backupName(database, '2@3')).includes(database));
  }
});

test('a new backup is later than all others, even if the clock was set back', (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1000 });
  const at = (/** @type {number[]} */ ...times) => times.map((createdAt) => ({ createdAt }));
  assert.equal(laterThan([]), 1000);
  assert.equal(laterThan(at(10, 999)), 1000);
  assert.equal(laterThan(at(1000)), 1001);
  assert.equal(laterThan(at(5000, 7000, 6000)), 7001);
});
