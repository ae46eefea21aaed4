// Nothing that the package can do is left out of its documentation, nor how big it is.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as find from '../../dist/package/find.js';
import * as wheatear from '../../dist/package/index.js';
import { Database } from '../../dist/package/page/database.js';
import * as ui from '../../dist/package/ui.js';
import { pages, textOf } from './pages.mjs';

/** What these parts export, by their texts: they import packages that are not installed here, or the wasm module. */
const ofOthers = ['kysely', 'drizzle', 'react', 'testing'].flatMap((adapter) => {
  const exported = [...textOf(`dist/package/${adapter}.js`).matchAll(/^export \{ (.*) \} from/gm)];
  return exported.flatMap(([, names = '']) => names.split(', ').filter((name) => !name.startsWith('type ')));
});
const all = pages.map(textOf).join('\n');

test('everything that the package exports is on some page', () => {
  assert.deepEqual(
    [...[wheatear, find, ui].flatMap(Object.keys), ...ofOthers].filter(
      (name) => !new RegExp(`\\b${name}\\b`).test(all),
    ),
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

test('the versions of other tools that are told are those that the tests take', () => {
  const [, table = ''] = textOf('docs/adopting.md').split('### What it was tried with');
  const told = new Map([...table.matchAll(/`([\w-]+)` (\d+\.\d+\.\d+)/g)].map(([, name, version]) => [name, version]));
  const { dependencies } = JSON.parse(textOf('tests/program/tools/package.json'));
  for (const name of ['drizzle-kit', 'drizzle-orm', 'kysely', 'knex', 'dbmate']) {
    assert.equal(told.get(name), dependencies[name], name);
  }
  assert.ok(dependencies['@prisma/schema-engine-wasm'].startsWith(`${told.get('prisma')}-`));
  const crates = textOf('tests/made-by/Cargo.lock');
  for (const name of ['sqlx', 'refinery', 'diesel_migrations']) {
    assert.ok(crates.includes(`name = "${name}"\nversion = "${told.get(name)}"`), name);
  }
  assert.ok(textOf('scripts/tools.mjs').includes(`yoyo-migrations==${told.get('yoyo-migrations')}`));
  assert.equal(told.size, 10);
});

test('the oldest Node.js and Rust that are told are those that we ask for', () => {
  const told = (/** @type {string} */ what) =>
    new RegExp(`^\\| ${what}.*? \\| ([\\d.]+) \\|`, 'm').exec(textOf('README.md'))?.[1];
  const node = told('Node\\.js');
  assert.equal(JSON.parse(textOf('package.json')).engines.node, `>=${node}`);
  assert.equal(JSON.parse(textOf('dist/package/package.json')).engines.node, `>=${node}`);
  assert.ok(textOf('scripts/setup.mjs').includes(`; ${node} or newer is needed`));
  assert.ok(textOf('docs/commands/README.md').includes(`Node.js ${node} or later`));
  assert.equal(JSON.parse(textOf('package.json')).devDependencies['@types/node'], `${node}.0`);
  assert.equal(told('Rust'), /^rust-version = "(.*)"$/m.exec(textOf('Cargo.toml'))?.[1]);
});
