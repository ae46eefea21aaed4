// The elements of wheatear/ui where there are none: a server imports them, too.

import assert from 'node:assert/strict';
import { test } from 'node:test';
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
