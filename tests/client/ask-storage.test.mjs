// A storage that fails, or does not answer, when it is asked whether it can be used.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StorageError } from '../../dist/package/protocol/errors.js';
import { askStorage } from '../../dist/package/storage/ask-storage.js';

/** Behind everything that promises do before anything else runs. */
const later = () => new Promise((resolve) => setImmediate(resolve));

/**
 * Asks a storage that says this, one thing after the other and the last one for ever, while time passes by itself.
 *
 * @param {import('node:test').TestContext} t
 * @param {(() => unknown)[]} says
 */
async function ask(t, says) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let asked = 0;
  let waited = 0;
  let isOver = false;
  const question = async () => says[Math.min(asked++, says.length - 1)]?.();
  const answer = askStorage('OPFS', question).finally(() => {
    isOver = true;
  });
  answer.catch(() => {});
  await later();
  for (; !isOver; waited += 10) {
    t.mock.timers.tick(10);
    await later();
  }
  return { answer, asked, waited };
}

const fails = (/** @type {string} */ name) => () => {
  throw new DOMException('It failed.', name);
};

test('what it finds is found, though it failed once, twice or three times before', async (t) => {
  for (const [failures, pauses] of /** @type {const} */ ([
    [0, 0],
    [1, 50],
    [2, 250],
    [3, 1000],
  ])) {
    await t.test(`after ${failures} failures`, async (t) => {
      const failing = Array.from({ length: failures }, () => fails('UnknownError'));
      const { answer, asked, waited } = await ask(t, [...failing, () => 'a folder']);
      assert.deepEqual(await answer, { found: 'a folder' });
      assert.equal(asked, failures + 1);
      assert.equal(waited, pauses);
    });
  }
});

const lacking = () => Reflect.get({}, 'getDirectory')();
for (const [name, says, questions, passing] of /** @type {[string, () => unknown, number, string | undefined][]} */ ([
  ['one that fails every time', fails('UnknownError'), 4, undefined],
  ['one that the browser forbids', fails('SecurityError'), 1, undefined],
  ['one that the user forbids', fails('NotAllowedError'), 1, undefined],
  ['one that the browser does not support', fails('NotSupportedError'), 1, undefined],
  ['one that the browser lacks', lacking, 1, undefined],
  ['one that is full', fails('QuotaExceededError'), 1, 'storage_full'],
  ['one that was late already', fails('TimeoutError'), 1, 'storage_io'],
])) {
  test(`${name} is asked ${questions} times, and is ${passing ?? 'not to be had'}`, async (t) => {
    const { answer, asked } = await ask(t, [says]);
    const { unavailable, ...rest } = /** @type {{ unavailable: string }} */ (await answer);
    assert.deepEqual(rest, { passing });
    assert.match(unavailable, says === lacking ? /^TypeError: / : /^\w+Error: It failed\.$/);
    assert.equal(asked, questions);
  });
}

test('one that does not answer is waited for ten seconds, and once', async (t) => {
  const { answer, asked, waited } = await ask(t, [() => new Promise(() => {})]);
  const unavailable = 'TimeoutError: OPFS has not answered within 10 s';
  assert.deepEqual(await answer, { unavailable, passing: 'storage_io' });
  assert.deepEqual([asked, waited], [1, 10_000]);
});

test('what we say ourselves is not asked again', async (t) => {
  const damaged = new StorageError({ code: 'database_corrupt', message: 'It is damaged.' });
  const { answer, asked } = await ask(t, [
    () => {
      throw damaged;
    },
  ]);
  await assert.rejects(answer, damaged);
  assert.equal(asked, 1);
});
