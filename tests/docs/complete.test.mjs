// Nothing that the package can do is left out of its documentation, nor how big it is.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as find from '../../dist/package/find.js';
import * as wheatear from '../../dist/package/index.js';
import { Database } from '../../dist/package/page/database.js';
import { openRules } from '../../dist/package/page/open-options.js';
import { pages, textOf } from './pages.mjs';

const all = pages.map(textOf).join('\n');

test('every option of open is on its page', () => {
  const page = textOf('docs/opening.md');
  assert.deepEqual(
    Object.keys(openRules).filter((option) => !page.includes(`  ${option}`) && !page.includes(`\`${option}\``)),
    [],
  );
});

test('everything that the package exports is on some page', () => {
  assert.deepEqual(
    [...Object.keys(wheatear), ...Object.keys(find)].filter((name) => !new RegExp(`\\b${name}\\b`).test(all)),
    [],
  );
});

test('everything that an open database does is on some page', () => {
  const own = [Database.prototype, Object.getPrototypeOf(Database.prototype)].flatMap(Object.getOwnPropertyNames);
  assert.ok(own.includes('query') && own.includes('plan'));
  const names = own.filter((name) => name !== 'constructor' && name !== 'removeEventListener');
  assert.deepEqual(
    names.filter((name) => !new RegExp(`\\bdb\\.${name}\\b`).test(all)),
    [],
  );
});

test('the sizes that are told are those that the build allows', () => {
  const allowed = [...textOf('scripts/build.mjs').matchAll(/\bbudget: ([\d.]+) \}/g)].map(([, budget]) => budget);
  const [, table = ''] = textOf('docs/getting-started.md').split('## Size');
  const told = [...table.matchAll(/^\| .* \| ([\d.]+) \|$/gm)].map(([, size]) => size);
  assert.deepEqual(told, allowed);
  const [full, lean, ...others] = allowed.map(Number);
  assert.ok(full && lean, 'the build has no budgets');
  // README says it in hundreds, of what most people take.
  const [, hundreds] = /about (\d+00) KB/.exec(textOf('README.md')) ?? [];
  assert.equal(Math.round([full, ...others].reduce((sum, size) => sum + size) / 100) * 100, Number(hundreds));
});
