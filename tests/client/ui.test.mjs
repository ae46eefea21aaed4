// The elements of wheatear/ui where there are none: a server imports them, too.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { detailsOf, isPartlyDone, messageOf } from '../../dist/package/ui/error-details.js';
import { merged } from '../../dist/package/ui/merged.js';
import { recoveryCase, recoveryMessages } from '../../dist/package/ui.js';

test('a server imports the elements, and makes none', () => {
  assert.equal(globalThis.HTMLElement, undefined);
});

test('the case of an error is that of its code, whichever class it has', () => {
  class StorageError extends Error {
    code = 'storage_busy';
  }
  assert.equal(recoveryCase(new StorageError()), 'busy');
  assert.equal(recoveryCase({ code: 'database_ahead' }), 'newer');
  for (const thrown of [undefined, null, 'storage_busy', new Error('no'), { code: 18 }, { code: 'toString' }]) {
    assert.equal(recoveryCase(thrown), 'other');
  }
});

test('each case has its words', () => {
  for (const { title, text } of Object.values(recoveryMessages.cases)) assert.ok(title !== '' && text.endsWith('.'));
});

test('texts that are left out, in a group or as undefined, are the English ones', () => {
  const { cases, tryAgain } = recoveryMessages;
  const texts = merged(recoveryMessages, { cases: { failed: { title: 'Nein' } }, tryAgain: undefined });
  assert.deepEqual(texts.cases.failed, { title: 'Nein', text: cases.failed.text });
  assert.deepEqual(texts.cases.busy, cases.busy);
  assert.equal(texts.tryAgain, tryAgain);
});

test('whatever was thrown has words', () => {
  assert.equal(messageOf(Object.create(null)), '[object Object]');
  assert.equal(messageOf(undefined), 'undefined');
  assert.equal(isPartlyDone({ report: null }), false);
  assert.equal(isPartlyDone({ report: {} }), true);
  assert.deepEqual(detailsOf({ code: 'late', line: null, sqlite: null }, recoveryMessages), [['Code', 'late']]);
});
