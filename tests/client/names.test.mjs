// The names by which the outside world knows a database, letter by letter: under other ones the databases of users would
// not be found, and two releases would not see each other.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { protocolVersion } from '../../dist/package/protocol/version.js';
import * as addresses from '../../dist/package/storage/addresses.js';
import { checkName } from '../../dist/package/storage/database-name.js';

/** A file of the wasm module's, which has some of these names, too. */
const rust = (/** @type {string} */ file) =>
  readFileSync(new URL(`../../src/storage/${file}`, import.meta.url), 'utf8');

/** Databases, and their folders in OPFS. */
const folders = [
  ['weather', 'weather'],
  ['Weather-2_b', '%57eather-2_b'],
  ['..', '%2e%2e'],
  ['a/b\\c%', 'a%2fb%5cc%25'],
  ['Wetter ☀', '%57etter%20%e2%98%80'],
];

test('the names of a database outlive a release', () => {
  assert.equal(addresses.lockOf('Wetter/1'), 'wheatear:Wetter/1');
  assert.equal(addresses.hintOf('Wetter/1'), 'wheatear:Wetter/1');
  assert.equal(addresses.indexedDbOf('Wetter/1'), 'wheatear/Wetter/1');
  assert.equal(addresses.folderOf('Wetter/1'), '%57etter%2f1');
  assert.equal(addresses.movingMarkOf('Wetter/1'), '%57etter%2f1.moving');
  assert.equal(addresses.backupsFolderOf('Wetter/1'), '%57etter%2f1.backups');
  assert.equal(addresses.rootFolderName, 'wheatear');
  assert.equal(addresses.backupFileOf(1764000000000, '1/2 ☀'), '1764000000000.1%2F2%20%E2%98%80');
});

test('what is stored under them outlives a release, too', () => {
  assert.equal(addresses.filledMark, ':filled');
  assert.equal(addresses.indexedDbVersion, 1);
  assert.deepEqual(addresses.objectStores, ['file', 'blocks', 'backups', 'backupBlocks']);
  assert.equal(addresses.fileKey, 'main');
  assert.equal(addresses.stagedName, '');
});

test('a file of a backup is told from others', () => {
  for (const version of ['0001.create', '1/2 ☀', '7.', 'none']) {
    const file = addresses.backupFileOf(1764000000000, version);
    assert.deepEqual(addresses.backupOfFile(file), { createdAt: 1764000000000, version });
  }
  for (const other of ['', '.', 'a.b', '1764000000000', 'x1.2']) assert.equal(addresses.backupOfFile(other), undefined);
});

test('what tabs call each other by has the version of their protocol in it', () => {
  assert.equal(addresses.lobbyOf('Wetter/1'), `wheatear/${protocolVersion}/lobby/Wetter/1`);
  assert.equal(addresses.ownerMarkOf('Wetter/1'), `wheatear/${protocolVersion}/owner/Wetter/1`);
  assert.equal(addresses.channelOf('f81d4fae'), `wheatear/${protocolVersion}/client/f81d4fae`);
  assert.equal(addresses.lifeOf('f81d4fae'), `wheatear/${protocolVersion}/life/f81d4fae`);
});

test('an owner of any protocol is known by its mark, and by nothing else', () => {
  for (const [lock, version] of /** @type {const} */ ([
    ['wheatear/1/owner/Wetter/1', 1],
    ['wheatear/12/owner/Wetter/1', 12],
    ['wheatear/1/owner/Wetter/2', undefined],
    ['wheatear/1/owner/Wetter/1/owner/Wetter/1', undefined],
    ['wheatear/1/life/Wetter/1', undefined],
    ['wheatear/one/owner/Wetter/1', undefined],
    ['wheatear:Wetter/1', undefined],
    ['', undefined],
    [undefined, undefined],
  ])) {
    assert.equal(addresses.versionOfMark(lock, 'Wetter/1'), version, lock);
  }
  assert.equal(addresses.versionOfMark(addresses.ownerMarkOf('weather'), 'weather'), protocolVersion);
});

test('no two names are the same, whatever the database is called', () => {
  const { lockOf, lobbyOf, channelOf, lifeOf, ownerMarkOf } = addresses;
  for (const nameOf of [lobbyOf, channelOf, lifeOf, ownerMarkOf]) assert.ok(!nameOf('a').startsWith(lockOf('')));
  const locks = [lockOf, lifeOf, ownerMarkOf].map((nameOf) => nameOf('weather'));
  assert.equal(new Set(locks).size, locks.length);
  const channels = [lobbyOf, channelOf].map((nameOf) => nameOf('weather'));
  assert.equal(new Set(channels).size, channels.length);
});

for (const [database = '', folder = ''] of folders) {
  test(`the database ${database} has the folder ${folder}, and nothing else has`, () => {
    assert.equal(addresses.folderOf(database), folder);
    assert.equal(addresses.databaseOfFolder(folder), database);
  });
}

test('a folder that no database has is none of ours', () => {
  const others = ['Weather', 'weather.moving', 'weather.backups', '%41%4', '%61', '%2F', 'ö', '%ff', '.', 'a b'];
  for (const other of others) assert.equal(addresses.databaseOfFolder(other), undefined, other);
});

test('names that differ have folders that differ by more than case', () => {
  const names = ['a', 'A', '%41', '%61', 'ä', 'Ä', 'a\u0308', 'ß', 'SS'];
  assert.equal(new Set(names.map((name) => addresses.folderOf(name).toLowerCase())).size, names.length);
});

test('a database of IndexedDB is told from those of others', () => {
  for (const database of ['weather', 'wheatear/', 'Wetter ☀']) {
    assert.equal(addresses.databaseOfIndexedDb(addresses.indexedDbOf(database)), database);
  }
  for (const other of ['weather', 'wheatear', 'wheatear:weather', 'Wheatear/weather', '', undefined]) {
    assert.equal(addresses.databaseOfIndexedDb(other), undefined, other);
  }
});

test('the wasm module has the same folders, and the same limit', () => {
  assert.ok(rust('opfs/folder.rs').includes(`ROOT: &str = "${addresses.rootFolderName}"`));
  const rustNames = rust('name.rs');
  for (const pair of folders) assert.ok(rustNames.includes(`(${pair.map((name) => JSON.stringify(name)).join(', ')})`));
  assert.ok(rustNames.includes('MAX_BYTES: usize = 80;'));
});

test('a name may have 80 bytes, and anything that is text', () => {
  for (const name of ['weather', '..', '/', ' ', 'Wetter ☀', 'ß'.repeat(40), 'x'.repeat(80)]) checkName(name);
  // The longest one fits a file name.
  assert.equal(addresses.backupsFolderOf('ß'.repeat(40)).length, 248);
});

for (const [name, why] of /** @type {[unknown, string][]} */ ([
  ['', 'A database cannot be called "": the name is empty.'],
  ['x'.repeat(81), `A database cannot be called "${'x'.repeat(81)}": the name is longer than 80 bytes of UTF-8.`],
  ['ß'.repeat(41), `A database cannot be called "${'ß'.repeat(41)}": the name is longer than 80 bytes of UTF-8.`],
  ['a\nb', 'A database cannot be called "a\\nb": the name contains a control character.'],
  ['a\x00', 'A database cannot be called "a\\u0000": the name contains a control character.'],
  ['a\x85', 'A database cannot be called "a\x85": the name contains a control character.'],
  ['a\ud83d', 'A database cannot be called "a\\ud83d": the name contains half of a surrogate pair.'],
  [undefined, 'The name of a database must be a string, not undefined.'],
  [null, 'The name of a database must be a string, not null.'],
  [7, 'The name of a database must be a string, not number.'],
  [['weather'], 'The name of a database must be a string, not object.'],
])) {
  test(`no name of a database: ${JSON.stringify(name)?.slice(0, 20)}`, () => {
    assert.throws(() => checkName(name), { name: 'DefinitionError', code: 'invalid_name', message: why });
  });
}
