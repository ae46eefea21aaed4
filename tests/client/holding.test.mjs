// What a page holds of a database, and lets go of together.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Holding } from '../../dist/package/page/holding.js';

/** Behind everything that promises do before anything else runs. */
const later = () => new Promise((resolve) => setImmediate(resolve));

test('what was kept last goes first, and the next one waits for it', async () => {
  /** @type {string[]} */
  const gone = [];
  let written = () => {};
  const holding = new Holding(() => gone.push('right'));
  const mark = await holding.keep(Promise.resolve('mark'), (thing) => gone.push(thing));
  assert.equal(mark, 'mark');
  await holding.keep(Promise.resolve('store'), async (thing) => {
    await new Promise((resolve) => {
      written = () => resolve(undefined);
    });
    gone.push(thing);
  });
  const released = holding.release();
  await later();
  assert.deepEqual(gone, []);
  written();
  await released;
  assert.deepEqual(gone, ['store', 'mark', 'right']);
});

test('of a page that is put aside everything goes at once', async () => {
  /** @type {string[]} */
  const gone = [];
  const holding = new Holding(() => gone.push('right'));
  await holding.keep(Promise.resolve('store'), () => new Promise(() => {}));
  holding.abandon();
  assert.deepEqual(gone, ['right']);
});

test('what comes when all is released goes at once, whoever waits for it', async () => {
  /** @type {string[]} */
  const gone = [];
  for (const end of [
    (/** @type {Holding} */ holding) => holding.release(),
    (/** @type {Holding} */ holding) => holding.abandon(),
  ]) {
    const holding = new Holding();
    /** @type {(thing: string) => void} */
    let come = () => {};
    const waiting = new Promise((/** @type {(thing: string) => void} */ resolve) => {
      come = resolve;
    });
    const kept = holding.keep(waiting, (thing) => gone.push(thing));
    await end(holding);
    come('late');
    assert.equal(await kept, 'late');
  }
  assert.deepEqual(gone, ['late', 'late']);
});

test('what does not come is not held, and whoever waits for it is told', async () => {
  const holding = new Holding();
  const refused = holding.keep(Promise.reject(new Error('refused')), () => assert.fail('it was never there'));
  await assert.rejects(refused, { message: 'refused' });
  await holding.release();
});

test('what was released is not released again', async () => {
  let times = 0;
  const holding = new Holding(() => times++);
  await holding.release();
  await holding.release();
  assert.equal(times, 1);
});

test('if one thing cannot be let go of, the others are', async () => {
  /** @type {string[]} */
  const gone = [];
  const holding = new Holding(() => gone.push('right'));
  await holding.keep(Promise.resolve('store'), () => Promise.reject(new Error('it does not close')));
  await assert.rejects(holding.release(), { message: 'it does not close' });
  assert.deepEqual(gone, ['right']);
});

test('a page that is put aside while it lets go of things waits for nothing more', async () => {
  /** @type {string[]} */
  const gone = [];
  const holding = new Holding(() => gone.push('right'));
  await holding.keep(Promise.resolve('store'), () => new Promise(() => {}));
  void holding.release();
  await later();
  assert.deepEqual(gone, []);
  holding.abandon();
  assert.deepEqual(gone, ['right']);
});
