// What a developer sees in the browser's tools and in the console.

import assert from 'node:assert/strict';
import { afterEach, mock, test } from 'node:test';
import { Diagnostics } from '../../dist/package/page/diagnostics.js';

afterEach(() => mock.restoreAll());

/** @returns {unknown[][]} what is said in the console from now on */
function said() {
  /** @type {unknown[][]} */
  const lines = [];
  mock.method(console, 'info', (/** @type {unknown[]} */ ...line) => lines.push(line));
  return lines;
}

/** Every measure that was taken from now on. */
function measured() {
  performance.clearMeasures();
  return () => performance.getEntriesByType('measure');
}

const query = /** @type {any} */ ({ type: 'query', id: 1, sql: 'SELECT 1', params: [] });

test('what takes how long is measured, and said only if that is wanted', () => {
  const lines = said();
  for (const isVerbose of [false, true]) {
    const measures = measured();
    const diagnostics = new Diagnostics('weather', isVerbose);
    const now = performance.now();
    diagnostics.measure('worker-start', now, now + 12.34);
    diagnostics.measured({
      type: 'timing',
      phase: 'compile',
      start: performance.timeOrigin + now,
      end: performance.timeOrigin + now + 5,
    });
    const compile = measures().find(({ name }) => name === 'wheatear:compile');
    assert.deepEqual(
      measures()
        .map(({ name }) => name)
        .sort(),
      ['wheatear:compile', 'wheatear:worker-start'],
    );
    assert.equal(Math.round(Number(compile?.duration)), 5);
    assert.equal(/** @type {any} */ (compile).detail.database, 'weather');
  }
  assert.deepEqual(lines, [
    ['wheatear weather:', 'worker-start took 12.3 ms'],
    ['wheatear weather:', 'compile took 5 ms'],
  ]);
});

test('storage takes as long as the page looks for the database and the worker opens its file', () => {
  const measures = measured();
  const diagnostics = new Diagnostics('weather', false);
  diagnostics.search();
  const start = performance.timeOrigin + performance.now() + 1000;
  diagnostics.measured({ type: 'timing', phase: 'storage', start, end: start + 1 });
  assert.ok(Number(measures()[0]?.duration) > 1000);
});

test('the first statement is measured, whatever was asked before, and no other one', () => {
  const measures = measured();
  const diagnostics = new Diagnostics('weather', false);
  diagnostics.answered(/** @type {any} */ ({ type: 'status', id: 1 }), 0, 0);
  diagnostics.answered(query, 0, 0);
  diagnostics.answered(query, 0, 0);
  assert.deepEqual(
    measures().map(({ name }) => name),
    ['wheatear:first-query'],
  );
});

test('a statement that takes long is said, as what the page asks and as what a migration does', () => {
  const lines = said();
  const diagnostics = new Diagnostics('weather', true);
  diagnostics.answered(query, 0, 100);
  lines.length = 0;
  diagnostics.answered(query, 0, 101.26);
  diagnostics.answered(/** @type {any} */ ({ type: 'batch', statements: [query, query] }), 0, 200);

  /** @type {unknown[]} */
  const heard = [];
  const hear = diagnostics.listening((progress) => heard.push(progress));
  let now = 0;
  mock.method(performance, 'now', () => now);
  const statement = /** @type {const} */ ({ type: 'statement', migrationId: '1.note', line: 7 });
  for (const [progress, at] of /** @type {[any, number][]} */ ([
    [{ ...statement, statement: 1 }, 0],
    [{ ...statement, statement: 2 }, 100],
    [{ type: 'working', migrationId: '1.note', statement: 2, elapsedMs: 50 }, 150],
    [{ type: 'phase', phase: 'checking' }, 350],
    [{ type: 'phase', phase: 'committing' }, 999],
  ])) {
    now = at;
    hear(progress);
  }
  assert.equal(heard.length, 5);
  assert.deepEqual(
    lines.map(([, line]) => line),
    ['101.3 ms took: SELECT 1', '200 ms took: SELECT 1; SELECT 1', 'statement 2 on line 7 of 1.note took 250 ms'],
  );
});

test('a plan, and what came of it, are said with every migration', () => {
  const lines = said();
  const diagnostics = new Diagnostics('weather', true);
  const plan = /** @type {any} */ ({
    from: null,
    to: '2',
    steps: [
      { operation: 'apply', id: '1' },
      { operation: 'apply', id: '2' },
    ],
  });
  diagnostics.plan(plan);
  const step = { durationMs: 1, late: false };
  const report = {
    from: null,
    to: '2',
    applied: [{ ...step, id: '1' }],
    rolledBack: [{ ...step, id: '3' }],
    warnings: [],
  };
  diagnostics.report(report);
  assert.deepEqual(lines, [
    ['wheatear weather:', 'from null to 2: apply 1, apply 2', plan],
    ['wheatear weather:', 'took back 3 in 1 ms'],
    ['wheatear weather:', 'applied 1 in 1 ms'],
  ]);
});
