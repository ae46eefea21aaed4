// Each promise of the README has a page, and the tests that it names are there, by file and name.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { root, textOf } from './pages.mjs';

const [, section = ''] = /^## What it promises$(.*?)^## /ms.exec(textOf('README.md')) ?? [];
const promises = [...section.matchAll(/^- \*\*(.*?)\.\*\*/gm)].map(([, promise = '']) => promise);
const pageOf = (/** @type {string} */ promise) => `docs/how-it-works/${promise.toLowerCase().replaceAll(' ', '-')}.md`;

test('the README promises something', () => assert.ok(promises.length > 4, `${promises}`));

for (const promise of promises) {
  describe(`“${promise}”`, () => {
    test('has a page that says how it is kept, where it ends, and by which tests', () => {
      const headings = [...textOf(pageOf(promise)).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading);
      assert.deepEqual(headings, [promise, 'How it is kept', 'Where it ends', 'Tests that show it']);
    });

    test('names tests that are there', () => {
      const rows = [...textOf(pageOf(promise)).matchAll(/^\| [^|`]+ \| `([^`]+)`(?:: `([^`]+)`)?/gm)];
      assert.ok(rows.length > 4, 'a promise with few tests');
      for (const [, file = '', name] of rows) {
        if (name === undefined) assert.ok(existsSync(join(root, file)), file);
        else assert.ok(textOf(file).includes(file.endsWith('.rs') ? `fn ${name}()` : `'${name}'`), `${file}: ${name}`);
      }
    });
  });
}
