// When a live query is run, how often, and how it ends.

import assert from 'node:assert/strict';
import { beforeEach, mock, test } from 'node:test';
import { handOut, Watch } from '../../dist/package/page/live-query.js';
import { News } from '../../dist/package/page/news.js';
import { ConnectionError } from '../../dist/package/protocol/errors.js';

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ['setTimeout'] });
});

/** Lets everything happen that waits for nothing but promises. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

/** Lets the time pass that a query rests after each run. */
const rested = () => mock.timers.tick(50);

const closed = () => new ConnectionError({ code: 'closed', message: 'closed' });

/** A live query that reads `tables`, and gives how often it was run; each run is answered when `answer` is called. */
function live(tables = ['a'], /** @type {AbortSignal | undefined} */ signal = undefined) {
  const news = new News();
  let runs = 0;
  /** @type {((error?: Error) => void)[]} */
  const waiting = [];
  const watch = new Watch(
    async (ending, due) => {
      await due(ending);
      const result = /** @type {any} */ ([{ run: ++runs }]);
      return new Promise((resolve, reject) => {
        ending.addEventListener('abort', () => reject(ending.reason));
        waiting.push((error) => (error ? reject(error) : resolve({ result, tables })));
      });
    },
    news,
    signal,
  );
  const answer = async (/** @type {Error | undefined} */ error = undefined) => {
    await settle();
    waiting.shift()?.(error);
    await settle();
  };
  const first = async () => {
    const next = watch.next();
    await answer();
    rested();
    return next;
  };
  return { news, watch, answer, first, runs: () => runs };
}

const result = (/** @type {number} */ run) => ({ value: [{ run }] });
const over = { done: true, value: undefined };

test('it is run once somebody asks for a result, and again only for a change of what it reads', async () => {
  const { news, watch, answer, first, runs } = live();
  await settle();
  assert.equal(runs(), 0);
  assert.deepEqual(await first(), result(1));
  const next = watch.next();
  news.changed(['b', 'c']);
  await settle();
  assert.equal(runs(), 1);
  news.changed(['b', 'a']);
  await answer();
  assert.deepEqual(await next, result(2));
});

test('many changes cost one run, and another one for those that came while it ran', async () => {
  const { news, watch, answer, first, runs } = live();
  await first();
  const next = watch.next();
  for (let time = 0; time < 100; time++) news.changed(['a']);
  await settle();
  assert.equal(runs(), 2);
  for (let time = 0; time < 100; time++) news.changed(['a']);
  await answer();
  assert.deepEqual(await next, result(2));
  const last = watch.next();
  await settle();
  assert.equal(runs(), 2, 'it rests');
  rested();
  await answer();
  assert.deepEqual(await last, result(3));
  rested();
  void watch.next();
  await settle();
  assert.equal(runs(), 3);
});

test('what changes before it is known what the first run has read is not missed', async () => {
  for (const [changed, runsThen] of /** @type {const} */ ([
    ['a', 2],
    ['b', 1],
  ])) {
    const { news, watch, answer, runs } = live();
    const next = watch.next();
    await settle();
    news.changed([changed]);
    await answer();
    await next;
    rested();
    void watch.next();
    await settle();
    assert.equal(runs(), runsThen);
  }
});

test('whoever is slow gets the newest result, and none of those before', async () => {
  const { news, watch, answer, first, runs } = live();
  await first();
  for (let time = 0; time < 5; time++) {
    news.changed(['a']);
    rested();
    await settle();
  }
  assert.equal(runs(), 1);
  const next = watch.next();
  await answer();
  assert.deepEqual(await next, result(2));
});

test('it is run again when nobody knows what was changed', async () => {
  const { news, watch, answer, first } = live();
  await first();
  const next = watch.next();
  news.changed([], true);
  await answer();
  assert.deepEqual(await next, result(2));
});

test('stopped, it has no more results, and is told of nothing', async () => {
  for (const isRunning of [false, true]) {
    const { news, watch, first, runs } = live();
    if (!isRunning) await first();
    const waiting = [watch.next(), watch.next()];
    await settle();
    watch.stop();
    assert.deepEqual(await Promise.all(waiting), [over, over]);
    news.changed(['a'], true);
    news.ended(closed());
    assert.deepEqual(await watch.next(), over);
    assert.equal(runs(), 1);
  }
});

test('however it ends, nothing keeps it', async () => {
  /** @type {Set<unknown>} */
  const listeners = new Set();
  const news = Object.assign(new News(), {
    add: (/** @type {unknown} */ listener) => listeners.add(listener),
    remove: (/** @type {unknown} */ listener) => listeners.delete(listener),
  });
  new Watch(() => new Promise(() => {}), news).stop();
  const failing = new Watch(() => Promise.reject(new Error('no such table')), news);
  assert.deepEqual([...listeners], [failing]);
  await assert.rejects(failing.next(), /no such table/);
  assert.deepEqual([...listeners], []);
});

test('a loop that is left stops it, and so does the end of a block', async () => {
  const { watch, answer } = live();
  const looped = (async () => {
    for await (const rows of watch) return rows;
  })();
  await answer();
  assert.deepEqual(await looped, result(1).value);
  assert.deepEqual(await watch.next(), over);

  const other = live().watch;
  other[Symbol.dispose]();
  assert.deepEqual(await other.next(), over);
});

test('what fails is told once, and ends it', async () => {
  const { news, watch, answer, runs } = live();
  const next = watch.next();
  const failed = assert.rejects(next, /no such table/);
  await answer(new Error('no such table'));
  await failed;
  news.changed(['a']);
  assert.deepEqual(await watch.next(), over);
  assert.equal(runs(), 1);
});

test('when the database is closed, whoever waits is told, and whoever asks later', async () => {
  for (const isWaiting of [true, false]) {
    const { news, watch, first } = live();
    await first();
    const before = isWaiting ? watch.next() : undefined;
    news.ended(closed());
    await assert.rejects(before ?? watch.next(), { code: 'closed' });
    assert.deepEqual(await watch.next(), over);
  }
});

test('a signal ends it with its reason, before it begins, while it waits, and while it runs', async () => {
  for (const isBegun of [false, true]) {
    const ending = new AbortController();
    const { watch, runs } = live(['a'], ending.signal);
    if (!isBegun) ending.abort(new Error('changed my mind'));
    const rejected = assert.rejects(watch.next(), /changed my mind/);
    await settle();
    ending.abort(new Error('changed my mind'));
    await rejected;
    assert.equal(runs(), isBegun ? 1 : 0);
    assert.deepEqual(await watch.next(), over);
  }
  const signal = AbortSignal.abort(new Error('at once'));
  await assert.rejects(live(['a'], signal).watch.next(), /at once/);
});

test('a listener gets each result, one after the other, and what it throws is reported', async () => {
  const reported = mock.fn();
  const { reportError } = globalThis;
  globalThis.reportError = reported;
  try {
    const { news, watch, answer } = live();
    /** @type {unknown[]} */
    const heard = [];
    /** @type {() => void} */
    let go = () => {};
    const onRows = (/** @type {unknown} */ rows) => {
      heard.push(rows);
      if (heard.length === 2) throw new Error('of the page');
      return new Promise((/** @type {(value?: undefined) => void} */ resolve) => {
        go = resolve;
      });
    };
    const done = handOut(watch, { onRows });
    await answer();
    rested();
    news.changed(['a']);
    await answer();
    assert.deepEqual(heard, [result(1).value], 'it is not done with the first');
    go();
    await answer();
    rested();
    news.changed(['a']);
    await answer();
    assert.deepEqual(
      heard,
      [1, 2, 3].map((run) => result(run).value),
    );
    assert.equal(reported.mock.calls[0]?.arguments[0].message, 'of the page');
    watch.stop();
    go();
    await done;
    assert.equal(reported.mock.callCount(), 1);
  } finally {
    globalThis.reportError = reportError;
  }
});

test('what ends it goes to its listener, or is reported unless the page has ended it', async () => {
  const reported = mock.fn();
  const { reportError } = globalThis;
  globalThis.reportError = reported;
  try {
    for (const error of [new Error('no such table'), closed()]) {
      const heard = mock.fn();
      for (const onError of [heard, undefined]) {
        const { watch, answer } = live();
        const done = handOut(watch, { onRows: () => {}, onError });
        await answer(error);
        await done;
      }
      assert.deepEqual(
        heard.mock.calls.map(({ arguments: given }) => given),
        [[error]],
      );
    }
    assert.deepEqual(
      reported.mock.calls.map(({ arguments: [error] }) => error.message),
      ['no such table'],
    );
  } finally {
    globalThis.reportError = reportError;
  }
});
