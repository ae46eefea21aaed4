// The function of a transaction that uses the database itself, and waits for it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Reentry } from '../../dist/package/page/reentry.js';

/** Behind everything that promises do before anything else runs. */
const later = () => new Promise((resolve) => setImmediate(resolve));

/** What the database itself is asked: rejects when it is ended. */
function askDatabase(/** @type {Reentry} */ reentry) {
  const ending = new AbortController();
  const forget = reentry.add(ending);
  /** @type {Promise<never>} */
  const answer = new Promise((_, reject) => {
    ending.signal.addEventListener('abort', () => reject(ending.signal.reason));
  });
  // Whoever waits for it is told.
  answer.catch(() => {});
  return { ending: ending.signal, forget, answer };
}

test('a function is inside while it runs, and what comes later in the page is not', async () => {
  const reentry = new Reentry();
  assert.equal(reentry.isInside, false);
  /** @type {boolean[]} */
  const inside = [];
  const answers = Promise.resolve();
  const work = reentry.run(async () => {
    inside.push(reentry.isInside);
    await answers;
    inside.push(reentry.isInside);
  });
  inside.push(reentry.isInside);
  await work;
  inside.push(reentry.isInside);
  assert.deepEqual(inside, [true, true, true, true]);
  await later();
  assert.equal(reentry.isInside, false);
});

test('it is inside again when its transaction answers, through wrappers too', async () => {
  const reentry = new Reentry();
  /** @type {(rows: unknown[]) => void} */
  let answer = () => {};
  /** @type {boolean[]} */
  const inside = [];
  const wrapped = async () => (await reentry.ask(new Promise((resolve) => (answer = resolve)))).length;
  const work = reentry.run(async () => {
    inside.push((await wrapped()) === 1 && reentry.isInside);
  });
  await later();
  assert.equal(reentry.isInside, false);
  answer([{}]);
  await work;
  assert.deepEqual(inside, [true]);
});

test('so it is when its transaction refuses', async () => {
  const reentry = new Reentry();
  const inside = await reentry.run(async () => {
    await reentry.ask(later().then(() => Promise.reject(new Error('refused')))).catch(() => {});
    return reentry.isInside;
  });
  assert.equal(inside, true);
});

test('what the function asks of the database and waits for is ended as misuse', async () => {
  const reentry = new Reentry();
  const work = reentry.run(async () => askDatabase(reentry).answer);
  await assert.rejects(work, { name: 'QueryError', code: 'transaction_misuse', message: /use the transaction/ });
});

test('everything that it waits for is', async () => {
  const reentry = new Reentry();
  const work = reentry.run(async () => {
    return Promise.allSettled([askDatabase(reentry).answer, askDatabase(reentry).answer]);
  });
  assert.deepEqual(
    (await work).map(({ status }) => status),
    ['rejected', 'rejected'],
  );
});

test('so is what it asks after it was told so', async () => {
  const reentry = new Reentry();
  const work = reentry.run(async () => {
    await askDatabase(reentry).answer.catch(() => {});
    assert.equal(reentry.isInside, true);
    await askDatabase(reentry).answer;
  });
  await assert.rejects(work, { code: 'transaction_misuse' });
});

test('nothing is ended while it waits for its transaction, and all of it when that has answered', async () => {
  const reentry = new Reentry();
  /** @type {(rows: unknown[]) => void} */
  let answer = () => {};
  const asked = askDatabase(reentry);
  const work = reentry.run(async () => {
    await reentry.ask(new Promise((resolve) => (answer = resolve)));
    await asked.answer;
  });
  await later();
  assert.equal(asked.ending.aborted, false);
  answer([]);
  await assert.rejects(work, { code: 'transaction_misuse' });
});

test('of two questions to its transaction both must be answered', async () => {
  const reentry = new Reentry();
  /** @type {(rows: unknown[]) => void} */
  let second = () => {};
  const asked = askDatabase(reentry);
  void reentry.run(async () => {
    await Promise.all([reentry.ask(Promise.resolve([])), reentry.ask(new Promise((resolve) => (second = resolve)))]);
  });
  await later();
  assert.equal(asked.ending.aborted, false);
  second([]);
  await later();
  assert.equal(asked.ending.aborted, true);
});

test('after each answer it has all of its steps again until it is taken to wait', async () => {
  const reentry = new Reentry();
  const asked = askDatabase(reentry);
  const takeSteps = async () => {
    for (let step = 0; step < 60; step++) await undefined;
  };
  const work = reentry.run(async () => {
    await takeSteps();
    await reentry.ask(Promise.resolve([]));
    await takeSteps();
    void reentry.ask(new Promise(() => {}));
  });
  await work;
  await later();
  assert.equal(asked.ending.aborted, false);
});

test('what was answered is not ended, nor is what waits when the transaction is about to end', async () => {
  const reentry = new Reentry();
  const answered = askDatabase(reentry);
  answered.forget();
  await reentry.run(async () => {});
  await later();
  assert.equal(answered.ending.aborted, false);

  const over = new Reentry();
  const waiting = askDatabase(over);
  await over.run(async () => {});
  over.end();
  assert.equal(over.isInside, false);
  await later();
  assert.equal(waiting.ending.aborted, false);
});
