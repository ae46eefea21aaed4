import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProgressNews } from '../../dist/package/worker/progress-news.js';

/** @typedef {import('../../dist/package/index.js').Progress} Progress */

/** @type {(migrationId: string) => Progress} */
const step = (migrationId) => ({ type: 'step', operation: 'apply', migrationId, number: 1, count: 9 });
/** @type {(migrationId: string) => Progress} */
const statement = (migrationId) => ({ type: 'statement', migrationId, statement: 1, line: 1 });

test('an upgrade that takes no time is not told of; one that does is, with the step that takes it', (context) => {
  let now = 1000;
  context.mock.method(performance, 'now', () => now);
  /** @type {Progress[]} */
  const told = [];
  const news = new ProgressNews((progress) => told.push(progress));
  for (const id of ['1.a', '2.b']) {
    now += 10;
    news.hear(step(id));
    news.hear(statement(id));
  }
  assert.equal(told.length, 0);
  now += 40;
  news.hear({ type: 'working', migrationId: '2.b', statement: 1, elapsedMs: 40 });
  now += 10;
  news.hear(step('3.c'));
  now += 50;
  news.hear({ type: 'working', migrationId: '3.c', statement: 1, elapsedMs: 50 });
  now += 50;
  news.hear(step('4.d'));
  assert.deepEqual(
    told.map((progress) => [progress.type, 'migrationId' in progress && progress.migrationId]),
    [
      ['step', '2.b'],
      ['working', '2.b'],
      ['step', '3.c'],
      ['working', '3.c'],
      ['step', '4.d'],
    ],
  );
});
