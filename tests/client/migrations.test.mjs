// What an application gives as its migrations, and what the worker gets of it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LazySource } from '../../dist/package/page/lazy-migrations.js';
import { sourceOf } from '../../dist/package/page/migrations.js';
import { OwnMigrations, setOf } from '../../dist/package/worker/migration-set.js';

const create = { id: '1.create', up: 'CREATE TABLE note (text);' };
const checksum = '0123456789abcdef'.repeat(4);

test('files cross as pairs of path and text', () => {
  const files = { './m/1.create.sql': create.up, './m/1.create.rollback.sql': 'DROP TABLE note;' };
  assert.deepEqual(sourceOf(files, false), { files: Object.entries(files), tryOut: false });
});

test('objects cross as they are now', () => {
  const whole = {
    ...create,
    down: 'DROP TABLE note;',
    depends: ['0'],
    was: [],
    transactional: false,
    foreignKeys: true,
    compatible: true,
    acceptedChecksums: [checksum],
  };
  const given = [whole, { ...create, id: '2' }];
  const { sql, tryOut } = sourceOf(given, true);
  assert.deepEqual(sql, given);
  assert.notEqual(sql?.[0], whole);
  assert.equal(tryOut, true);
  assert.deepEqual(sourceOf([], false), { sql: [], tryOut: false });
});

const raw = "{ query: '?raw', import: 'default', eager: true }";

/** What is no migration, and what is said of it. */
const refusals = /** @type {[unknown, RegExp][]} */ ([
  [
    { './1.sql': () => import('node:fs') },
    /"\.\/1\.sql" must be SQL text, not a function; with import\.meta\.glob, say/,
  ],
  [{ './1.sql': { default: 'SELECT 1' } }, new RegExp(raw.replace(/[?{}]/g, '\\$&'))],
  [['SELECT 1'], /In migrations\[0\]: The options must be an object, not "SELECT 1"/],
  [[create, { id: '2' }], /In migrations\[1\]: The option up must be a string, not undefined/],
  [[{ ...create, id: 2 }], /migrations\[0\]: The option id must be a string, not 2/],
  [[{ ...create, up: () => {} }], /up must be a string, not a function/],
  [[{ ...create, dwon: '' }], /There is no option dwon; down was meant, perhaps/],
  [[{ ...create, depends: '1' }], /depends must be an array of strings, not "1"/],
  [[{ ...create, was: [1] }], /was must be an array of strings/],
  [[{ ...create, transactional: 'false' }], /transactional must be a boolean/],
  [[{ ...create, acceptedChecksums: ['12'] }], /acceptedChecksums must be an array of checksums, each of 64 hex/],
]);

for (const [migrations, message] of refusals) {
  test(`refused: ${message.source}`, () => {
    const make = () => sourceOf(/** @type {any} */ (migrations), false);
    assert.throws(make, { name: 'DefinitionError', code: 'invalid_option', message });
  });
}

test('no file at all is refused, for a pattern may have matched none', () => {
  assert.throws(() => sourceOf({}, false), { name: 'DefinitionError', code: 'no_migrations', message: /pattern/ });
});

test('the worker takes the migrations of its page, or else those of its module', () => {
  /** @type {unknown[]} */
  const calls = [];
  const call = (/** @type {string} */ name) => {
    return (/** @type {unknown[]} */ ...given) => {
      calls.push([name, ...given]);
      return { describe: () => ({ digest: name, migrations: [] }) };
    };
  };
  const takes = /** @type {any} */ ({ setOfFiles: call('files'), setOfSql: call('sql') });
  const carries = /** @type {any} */ ({ migrations: call('own') });
  setOf(takes, { files: [['1.sql', 'SELECT 1']], tryOut: true });
  setOf(takes, { sql: [create], tryOut: false });
  setOf(carries, undefined);
  setOf({ ...takes, ...carries }, undefined);
  setOf({ ...takes, ...carries }, { sql: [], tryOut: false });
  setOf(carries, undefined, { code: {} });
  assert.deepEqual(calls, [
    ['files', ['1.sql'], ['SELECT 1'], true, undefined],
    ['sql', [create], false, undefined],
    ['own'],
    ['own'],
    ['sql', [], false, undefined],
    ['own'],
  ]);
  const none = { class: 'DefinitionError', code: 'no_migrations' };
  for (const [module, source, message] of /** @type {[any, any, RegExp][]} */ ([
    [takes, undefined, /the option migrations of open must have them/],
    [carries, { sql: [], tryOut: false }, /takes none from open/],
  ])) {
    assert.throws(
      () => setOf(module, source),
      (/** @type {any} */ error) => {
        assert.match(error.message, message);
        return error.class === none.class && error.code === none.code;
      },
    );
  }
});

test('a worker that knows only the digest of its set takes the set that has it, and no other one', () => {
  const described = { digest: 'a'.repeat(64), migrations: [] };
  const module = /** @type {any} */ ({ setOfFiles: () => ({ describe: () => described }), setOfSql: () => {} });
  const source = { files: /** @type {const} */ ([['1.sql', 'SELECT 1']]), tryOut: false };

  const right = new OwnMigrations(module, {});
  right.take({ digest: described.digest });
  assert.deepEqual([right.announced, right.build], [described.digest, { digest: described.digest }]);
  assert.equal(right.take(source), described);
  assert.deepEqual([right.announced, right.build], [undefined, described]);

  const wrong = new OwnMigrations(module, {});
  wrong.take({ digest: 'b'.repeat(64) });
  const mismatch = { code: 'invalid_option', message: /digest is "b+", and what load gives has the digest "a+"/ };
  assert.throws(() => wrong.take(source), mismatch);
  // Nothing of it stays, and the right one is taken afterwards.
  assert.equal(wrong.announced, 'b'.repeat(64));
  described.digest = 'b'.repeat(64);
  assert.equal(wrong.supply(source), described);
  assert.equal(wrong.announced, undefined);
});

test('what a page announces is loaded once, and again only if that has failed', async () => {
  let calls = 0;
  const load = () => {
    if (++calls === 1) throw new TypeError('no network');
    return { '1.sql': 'SELECT 1' };
  };
  const lazy = new LazySource({ digest: 'a'.repeat(64), load }, true);
  await assert.rejects(lazy.load(), { code: 'no_migrations', message: /no network/ });
  const loaded = { files: [['1.sql', 'SELECT 1']], tryOut: true };
  assert.deepEqual(await Promise.all([lazy.load(), lazy.load()]), [loaded, loaded]);
  assert.equal(calls, 2);
});
