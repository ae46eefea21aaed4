// How a database that another tab holds stands to a build that wants to use it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canGoOn, relationOf, upTo } from '../../dist/package/protocol/migration-set.js';

/** @typedef {import('../../dist/package/protocol/migration-set.js').MigrationSummary} Migration */

/**
 * @param {string} id
 * @param {Partial<Migration>} [rest]
 * @returns {Migration}
 */
const migration = (id, rest) => ({
  id,
  checksum: `checksum of ${id}`,
  accepted: [],
  was: [],
  compatible: false,
  ...rest,
});

const [one, two, three] = [migration('1'), migration('2'), migration('3')];
const compatible = migration('3', { compatible: true });
const edited = migration('2', { checksum: 'another' });
const renamed = migration('two', { checksum: two.checksum, was: ['2'] });

const squashed = migration('all', { was: ['1,2'] });

const build = (/** @type {readonly Migration[]} */ migrations) => ({ digest: '', migrations });

/**
 * What is so; what the owner has applied, and what the other build carries and wants; how they stand; whether tabs of
 * that build may go on as they are once the database has these migrations.
 *
 * @type {Record<string, {
 *   applied: Migration[], carried: Migration[], target?: string, is: [kind: string, migrationId?: string], goesOn: boolean
 * }>}
 */
const table = {
  'both have the same': { applied: [one, two], carried: [one, two], is: ['current'], goesOn: true },
  'both have none': { applied: [], carried: [], is: ['current'], goesOn: true },
  'a new database': { applied: [], carried: [one, two], is: ['behind', '1'], goesOn: true },
  'the build has one more': { applied: [one], carried: [one, two, three], is: ['behind', '2'], goesOn: true },
  'the build has one more, which is compatible': {
    applied: [one],
    carried: [one, compatible],
    is: ['behind', '3'],
    goesOn: true,
  },
  'the build has one between, as after a merge': {
    applied: [one, three],
    carried: [one, two, three],
    is: ['behind', '2'],
    goesOn: true,
  },
  'the build wants no more than is there': {
    applied: [one],
    carried: [one, two],
    target: '1',
    is: ['current'],
    goesOn: true,
  },
  'the build wants less than is there': {
    applied: [one, two],
    carried: [one, two],
    target: '1',
    is: ['current'],
    goesOn: true,
  },
  'the build wants one more, but not all': {
    applied: [one],
    carried: [one, two, three],
    target: '2',
    is: ['behind', '2'],
    goesOn: true,
  },
  'the build wants one that there is not': {
    applied: [one],
    carried: [one, two],
    target: '9',
    is: ['behind', '2'],
    goesOn: true,
  },
  'the build has one instead of two': {
    applied: [one, two],
    carried: [squashed, three],
    is: ['behind', 'all'],
    goesOn: false,
  },
  'the build has two for which the database has one': {
    applied: [migration('all', { was: ['1,2'], compatible: true })],
    carried: [one, two],
    is: ['ahead', 'all'],
    goesOn: false,
  },
  'the database has one more': { applied: [one, two], carried: [one], is: ['ahead', '2'], goesOn: false },
  'the database has one more, which is compatible': {
    applied: [one, two, compatible],
    carried: [one, two],
    is: ['current'],
    goesOn: true,
  },
  'the database has two more, and only one is compatible': {
    applied: [one, compatible, migration('4')],
    carried: [one],
    is: ['ahead', '4'],
    goesOn: false,
  },
  'each has one that the other has not': {
    applied: [one, two],
    carried: [one, three],
    is: ['ahead', '2'],
    goesOn: false,
  },
  'each has one that the other has not, and theirs is compatible': {
    applied: [one, compatible],
    carried: [one, two],
    is: ['behind', '2'],
    goesOn: true,
  },
  'the database has another text': { applied: [one, edited], carried: [one, two], is: ['edited', '2'], goesOn: true },
  'the database has another text, of one that is not wanted': {
    applied: [one, edited],
    carried: [one, two],
    target: '1',
    is: ['edited', '2'],
    goesOn: true,
  },
  'the database has another text, which is as good to the build': {
    applied: [one, edited],
    carried: [one, migration('2', { accepted: ['older', edited.checksum] })],
    is: ['current'],
    goesOn: true,
  },
  'the database has another text, which is as good to the owner only': {
    applied: [migration('2', { checksum: 'another', accepted: [two.checksum] })],
    carried: [two],
    is: ['edited', '2'],
    goesOn: true,
  },
  'the build has renamed one, which the database has not heard of': {
    applied: [one, two],
    carried: [one, renamed],
    is: ['behind', 'two'],
    goesOn: false,
  },
  'the build has renamed one and edited it': {
    applied: [one, edited],
    carried: [one, renamed],
    is: ['edited', '2'],
    goesOn: false,
  },
  'the database knows one by its new name': {
    applied: [one, renamed],
    carried: [one, two],
    is: ['ahead', 'two'],
    goesOn: false,
  },
  'the database knows one by its new name, and it is compatible': {
    applied: [one, { ...renamed, compatible: true }],
    carried: [one, two],
    is: ['ahead', 'two'],
    goesOn: false,
  },
  'both know the new name': { applied: [one, renamed], carried: [one, renamed], is: ['current'], goesOn: true },
  'both know the new name, and the database has something else under the old one': {
    applied: [one, renamed, migration('2', { checksum: 'new' })],
    carried: [one, renamed],
    is: ['ahead', '2'],
    goesOn: false,
  },
};

for (const [name, { applied, carried, target, is, goesOn }] of Object.entries(table)) {
  const [kind, migrationId] = is;
  test(`${name}: ${is.join(' by ')}, and tabs of the build ${goesOn ? 'go on' : 'do not go on'}`, () => {
    const expected = migrationId === undefined ? { kind } : { kind, migrationId };
    assert.deepEqual(relationOf(applied, build(carried), target), expected);
    assert.equal(canGoOn(build(carried), applied), goesOn);
  });
}

test('everything up to a target is that and what comes before, and all for want of one', () => {
  const all = [one, two, three];
  assert.deepEqual(upTo(all, '1'), [one]);
  assert.deepEqual(upTo(all, '2'), [one, two]);
  assert.deepEqual(upTo(all, '3'), all);
  assert.deepEqual(upTo(all, undefined), all);
  assert.deepEqual(upTo(all, '9'), all);
  assert.deepEqual(upTo([], '1'), []);
});
