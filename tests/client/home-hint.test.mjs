// What a page notes of where a database lives.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { noteHome, recallHome, wasFilled } from '../../dist/package/storage/home-hint.js';

/** What stands in for the page's local storage. */
let notes = new Map();

beforeEach(() => {
  notes = new Map();
  setLocalStorage({
    getItem: (/** @type {string} */ key) => notes.get(key) ?? null,
    setItem: (/** @type {string} */ key, /** @type {string} */ value) => notes.set(key, value),
    removeItem: (/** @type {string} */ key) => notes.delete(key),
  });
});
afterEach(() => Reflect.deleteProperty(globalThis, 'localStorage'));

function setLocalStorage(/** @type {object} */ value) {
  Object.defineProperty(globalThis, 'localStorage', { configurable: true, value });
}

test('the notes outlive a release', () => {
  noteHome('weather', 'opfs');
  noteHome('stars', 'indexeddb');
  noteHome('moon', 'opfs', false);
  noteHome('sun', 'indexeddb', false);
  assert.deepEqual(Object.fromEntries(notes), {
    'wheatear:weather': 'opfs:filled',
    'wheatear:stars': 'indexeddb:filled',
    'wheatear:moon': 'opfs',
    'wheatear:sun': 'indexeddb',
  });
});

for (const [note, home, filled] of /** @type {const} */ ([
  ['opfs:filled', 'opfs', 'opfs'],
  ['indexeddb:filled', 'indexeddb', 'indexeddb'],
  ['opfs', 'opfs', undefined],
  ['indexeddb', 'indexeddb', undefined],
  ['memory', undefined, undefined],
  ['elsewhere:filled', undefined, undefined],
  ['', undefined, undefined],
  [undefined, undefined, undefined],
])) {
  test(`the note ${note} says: in ${home}, and filled in ${filled}`, () => {
    if (note !== undefined) notes.set('wheatear:weather', note);
    assert.equal(recallHome('weather'), home);
    assert.equal(wasFilled('weather', 'opfs'), filled === 'opfs');
    assert.equal(wasFilled('weather', 'indexeddb'), filled === 'indexeddb');
    assert.equal(recallHome('stars'), undefined);
  });
}

test('a new note takes the place of the old one, and none can be noted', () => {
  noteHome('weather', 'opfs');
  noteHome('weather', 'indexeddb', false);
  assert.deepEqual([recallHome('weather'), wasFilled('weather', 'indexeddb')], ['indexeddb', false]);
  noteHome('weather', undefined);
  assert.deepEqual([...notes], []);
});

test('without a local storage, or one that may not be used, nothing is known, and nothing fails', () => {
  const refuse = () => {
    throw new DOMException('The operation is insecure.', 'SecurityError');
  };
  const forbidden = { getItem: refuse, setItem: refuse, removeItem: refuse };
  for (const set of [() => setLocalStorage(forbidden), () => Reflect.deleteProperty(globalThis, 'localStorage')]) {
    set();
    noteHome('weather', 'opfs');
    noteHome('weather', undefined);
    assert.equal(recallHome('weather'), undefined);
    assert.equal(wasFilled('weather', 'opfs'), false);
  }
});
