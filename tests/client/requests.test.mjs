// What becomes of a request when it is accepted, answered, no longer wanted, or when who should answer it is gone.

import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { Requests } from '../../dist/package/page/requests.js';
import { ConnectionError } from '../../dist/package/protocol/errors.js';

/** @typedef {import('../../dist/package/protocol/messages.js').Request} Request */
/** @typedef {import('../../dist/package/protocol/messages.js').OperationType} OperationType */

/** One statement, outside of any transaction unless there is one. */
const statement = (/** @type {string} */ sql, /** @type {object} */ rest = {}) => ({
  sql,
  params: [],
  transaction: undefined,
  key: undefined,
  ...rest,
});
/** Several statements, likewise. */
const batch = (/** @type {string[]} */ texts, /** @type {object} */ rest = {}) => ({
  statements: texts.map((sql) => ({ sql, params: [] })),
  rows: undefined,
  transaction: undefined,
  key: undefined,
  ...rest,
});
const write = 'DELETE FROM log';
const read = 'SELECT 1';
/** The transaction that is open in every test which needs one. */
const transaction = 'a transaction';

/** A way to somebody who answers, and what was sent there. */
class Line {
  /** @type {Request[]} */
  sent = [];
  wire = (/** @type {Request} */ request) => void this.sent.push(request);

  /** The request that was sent last. */
  get last() {
    const last = this.sent.at(-1);
    assert.ok(last, 'nothing was sent');
    return last;
  }
}

/** Requests with a wire, an open transaction, and what was said to be wanted no more. */
async function connected() {
  const line = new Line();
  /** @type {number[]} */
  const abandoned = [];
  const requests = new Requests(line.wire, (id) => abandoned.push(id));
  const begun = requests.request('begin', { key: undefined });
  requests.receive({ type: 'done', id: line.last.id, value: transaction });
  await begun;
  line.sent = [];
  return { line, abandoned, requests };
}

/** @typedef {'again' | 'rolled back' | 'unknown'} Fate */

/**
 * Requests, and what becomes of them when nobody answers any more, if there is somebody else later: `again`, they are
 * sent there; `rolled back` and `unknown`, they reject with `owner_lost` and say that. It depends on whether they were
 * `kept`, because nobody was there; sent, and `all` that was said was heard; sent, and `not all` was; or `accepted`.
 *
 * @type {Record<string, { type: OperationType, request: object, kept?: Fate, all: Fate, notAll: Fate, accepted: Fate }>}
 */
const fates = {
  'what only reads': {
    type: 'query',
    request: statement(read),
    kept: 'again',
    all: 'again',
    notAll: 'again',
    accepted: 'unknown',
  },
  'what reads, and its answer is thrown away': {
    type: 'run',
    request: statement(read),
    kept: 'again',
    all: 'again',
    notAll: 'again',
    accepted: 'unknown',
  },
  'what writes and gives rows': {
    type: 'query',
    request: statement('DELETE FROM log RETURNING id'),
    kept: 'again',
    all: 'again',
    notAll: 'unknown',
    accepted: 'unknown',
  },
  'what writes': {
    type: 'run',
    request: statement(write),
    kept: 'again',
    all: 'again',
    notAll: 'unknown',
    accepted: 'unknown',
  },
  'what writes and gives rows, with a key': {
    type: 'query',
    request: statement(write, { key: 'once' }),
    kept: 'again',
    all: 'again',
    notAll: 'again',
    accepted: 'unknown',
  },
  'what writes, with a key': {
    type: 'run',
    request: statement(write, { key: 'once' }),
    kept: 'again',
    all: 'again',
    notAll: 'again',
    accepted: 'unknown',
  },
  'a batch that only reads': {
    type: 'batch',
    request: batch([read, read]),
    kept: 'again',
    all: 'again',
    notAll: 'again',
    accepted: 'unknown',
  },
  'a batch of which one writes': {
    type: 'batch',
    request: batch([read, write, read]),
    kept: 'again',
    all: 'again',
    notAll: 'unknown',
    accepted: 'unknown',
  },
  'a batch with a key': {
    type: 'batch',
    request: batch([read, write], { key: 'once' }),
    kept: 'again',
    all: 'again',
    notAll: 'again',
    accepted: 'unknown',
  },
  'a batch within a transaction': {
    type: 'batch',
    request: batch([read, write], { transaction }),
    kept: 'rolled back',
    all: 'rolled back',
    notAll: 'rolled back',
    accepted: 'unknown',
  },
  'a script, though it only reads': {
    type: 'exec',
    request: { sql: read, transaction: undefined, key: undefined },
    kept: 'again',
    all: 'again',
    notAll: 'unknown',
    accepted: 'unknown',
  },
  'a script with a key': {
    type: 'exec',
    request: { sql: write, transaction: undefined, key: 'once' },
    kept: 'again',
    all: 'again',
    notAll: 'again',
    accepted: 'unknown',
  },
  'a beginning': {
    type: 'begin',
    request: { key: undefined },
    kept: 'again',
    all: 'again',
    notAll: 'again',
    accepted: 'unknown',
  },
  'a beginning with a key': {
    type: 'begin',
    request: { key: 'once' },
    kept: 'again',
    all: 'again',
    notAll: 'again',
    accepted: 'unknown',
  },
  'a question for what was applied': {
    type: 'status',
    request: {},
    kept: 'again',
    all: 'again',
    notAll: 'again',
    accepted: 'unknown',
  },
  'an export': { type: 'export', request: {}, kept: 'again', all: 'again', notAll: 'again', accepted: 'unknown' },
  'what reads in a transaction': {
    type: 'query',
    request: statement(read, { transaction }),
    all: 'rolled back',
    notAll: 'rolled back',
    accepted: 'unknown',
  },
  'what writes in a transaction': {
    type: 'run',
    request: statement(write, { transaction }),
    all: 'rolled back',
    notAll: 'rolled back',
    accepted: 'unknown',
  },
  'what writes in a transaction and records its answer under a key': {
    type: 'run',
    request: statement(write, { transaction, key: 'once' }),
    all: 'rolled back',
    notAll: 'rolled back',
    accepted: 'unknown',
  },
  'a script in a transaction': {
    type: 'exec',
    request: { sql: write, transaction, key: undefined },
    all: 'rolled back',
    notAll: 'rolled back',
    accepted: 'unknown',
  },
  'a commit': {
    type: 'commit',
    request: { transaction },
    all: 'rolled back',
    notAll: 'unknown',
    accepted: 'unknown',
  },
  'a rollback': {
    type: 'rollback',
    request: { transaction },
    all: 'rolled back',
    notAll: 'rolled back',
    accepted: 'unknown',
  },
};

for (const [name, { type, request, kept, all, notAll, accepted }] of Object.entries(fates)) {
  test(`${name}, when it is lost: ${all} if all was heard, else ${notAll}`, async () => {
    if (kept !== undefined) assert.equal(await fateOf(new Requests(), type, request, false), kept);
    const { requests } = await connected();
    assert.equal(await fateOf(requests, type, request, true), all);
    const { requests: others } = await connected();
    assert.equal(await fateOf(others, type, request, false), notAll);
  });

  test(`${name}, when it is accepted and lost: ${accepted}`, async () => {
    for (const isAllHeard of [true, false]) {
      const { requests, line } = await connected();
      const accept = () => requests.receive({ type: 'accepted', id: line.last.id });
      assert.equal(await fateOf(requests, type, request, isAllHeard, accept), accepted);
    }
  });
}

/**
 * What becomes of a request when nobody answers any more, and then somebody does again.
 *
 * @param {Requests} requests
 * @param {OperationType} type
 * @param {object} request
 * @param {boolean} isAllHeard
 * @returns {Promise<Fate>}
 */
async function fateOf(requests, type, request, isAllHeard, meanwhile = () => {}) {
  let begunAgain = 0;
  const listeners = { onAgain: () => begunAgain++ };
  const answer = requests.request(type, /** @type {any} */ (request), listeners);
  meanwhile();
  requests.disconnect(isAllHeard);
  const next = new Line();
  requests.connect(next.wire);
  if (next.sent.length === 0) {
    const error = await answer.catch((error) => error);
    assert.ok(error instanceof ConnectionError);
    assert.equal(error.code, 'owner_lost');
    assert.equal(begunAgain, 0);
    return error.message.includes('rolled back') ? 'rolled back' : 'unknown';
  }
  const { id, ...sent } = next.last;
  assert.deepEqual(sent, { ...request, type });
  assert.equal(begunAgain, 1);
  requests.receive({ type: 'done', id, value: undefined });
  assert.equal(await answer, undefined);
  return 'again';
}

test('what plainly only reads is asked again, and nothing else', async () => {
  for (const [sql, fate] of /** @type {[string, Fate][]} */ ([
    ['select 1', 'again'],
    ['\n  SELECT 1', 'again'],
    ['SELECT(1)', 'again'],
    ['VALUES (1), (2)', 'again'],
    ['WITH a AS (SELECT 1) SELECT * FROM a', 'again'],
    ['with recursive a as (\nselect 1)\nvalues (1)', 'again'],
    ['WITH a AS (SELECT 1) INSERT INTO log SELECT * FROM a', 'unknown'],
    ['with a as (select 1)\nupdate log set id = 1', 'unknown'],
    ['WITH a AS (SELECT 1)\nDELETE FROM log', 'unknown'],
    ['WITH a AS (SELECT 1) REPLACE INTO log SELECT * FROM a', 'unknown'],
    ['INSERT INTO log SELECT 1', 'unknown'],
    ['PRAGMA user_version', 'unknown'],
    ['SELECTED', 'unknown'],
    ['-- SELECT\nDELETE FROM log', 'unknown'],
    ['', 'unknown'],
  ])) {
    const { requests } = await connected();
    assert.equal(await fateOf(requests, 'query', statement(sql), false), fate, sql);
  }
});

test('of several requests that wait, what may be sent again is, in the order in which it was asked', async () => {
  const { line, requests } = await connected();
  const [first, , last] = [
    requests.request('query', statement('SELECT 1')),
    requests.request('status', {}),
    requests.request('query', statement('SELECT 3')),
  ];
  const lost = requests.request('run', statement(write));
  requests.receive({ type: 'done', id: Number(line.sent[0]?.id), value: [{ 1: 1 }] });
  assert.deepEqual(await first, [{ 1: 1 }]);
  requests.disconnect(false);
  await assert.rejects(lost, { code: 'owner_lost' });
  const next = new Line();
  requests.connect(next.wire);
  assert.deepEqual(
    next.sent.map(({ type }) => type),
    ['status', 'query'],
  );
  requests.receive({ type: 'done', id: next.last.id, value: [] });
  assert.deepEqual(await last, []);
});

test('what waits for somebody is not lost with the next one that does not come', async () => {
  const { requests } = await connected();
  requests.disconnect(true);
  const answer = requests.request('run', statement(write));
  requests.disconnect(false);
  requests.disconnect(false);
  const line = new Line();
  requests.connect(line.wire);
  requests.receive({ type: 'done', id: line.last.id, value: { changes: 1, lastInsertRowid: null } });
  assert.deepEqual(await answer, { changes: 1, lastInsertRowid: null });
});

test('what was lost and is lost again is unknown, if it may have been begun the second time', async () => {
  const { requests } = await connected();
  const answer = requests.request('run', statement(write));
  requests.disconnect(true);
  requests.connect(new Line().wire);
  requests.disconnect(false);
  await assert.rejects(answer, { code: 'owner_lost', message: /unknown/ });
});

test('a transaction that was open is rolled back for good', async () => {
  const { line, requests } = await connected();
  requests.disconnect(true);
  for (const step of ['while nobody answers', 'when somebody does']) {
    const more = requests.request('run', statement(write, { transaction }));
    await assert.rejects(more, { code: 'owner_lost', message: /rolled back/ }, step);
    requests.connect(line.wire);
  }
});

for (const type of /** @type {const} */ (['commit', 'rollback'])) {
  const answers = /** @type {const} */ ([
    { type: 'done', value: undefined },
    { type: 'failed', error: { class: 'QueryError', code: 'query_failed', message: 'refused' } },
  ]);
  for (const answer of answers) {
    test(`a transaction whose ${type} is ${answer.type} has ended, and is not among the lost`, async () => {
      const { line, requests } = await connected();
      const ended = requests.request(type, { transaction }).catch((error) => error.message);
      requests.receive({ ...answer, id: line.last.id });
      assert.equal(await ended, answer.type === 'done' ? undefined : 'refused');
      requests.disconnect(false);
      requests.connect(line.wire);
      // Whoever answers says what is wrong with it.
      requests.request('run', statement(write, { transaction })).catch(() => {});
      assert.equal(line.last.type, 'run');
    });
  }
}

test('a beginning that finds its key recorded opens nothing', async () => {
  const { line, requests } = await connected();
  const begun = requests.request('begin', { key: 'once' });
  requests.receive({ type: 'done', id: line.last.id, value: null });
  assert.equal(await begun, null);
});

test('what comes before the answer is heard, of this request only', async () => {
  const { line, requests } = await connected();
  /** @type {unknown[]} */
  const heard = [];
  const listeners = {
    onProgress: (/** @type {unknown} */ progress) => heard.push(progress),
    onPart: (/** @type {Uint8Array} */ bytes) => heard.push(...bytes),
  };
  const answer = requests.request('export', {}, listeners);
  const { id } = line.last;
  const progress = /** @type {const} */ ({ type: 'phase', phase: 'planning' });
  requests.receive({ type: 'progress', id, progress: /** @type {any} */ (progress) });
  requests.receive({ type: 'part', id, bytes: Uint8Array.of(1, 2) });
  requests.receive({ type: 'part', id: id + 1000, bytes: Uint8Array.of(3) });
  requests.receive({ type: 'done', id: id + 1000, value: undefined });
  requests.receive({ type: 'change', tables: ['log'] });
  requests.receive({ type: 'done', id, value: undefined });
  requests.receive({ type: 'part', id, bytes: Uint8Array.of(4) });
  requests.receive({ type: 'done', id, value: undefined });
  await answer;
  assert.deepEqual(heard, [progress, 1, 2]);
});

test('a listener that throws is reported, and the work goes on', async (t) => {
  /** @type {unknown[]} */
  const reported = [];
  // Node.js has none.
  globalThis.reportError = (error) => reported.push(error);
  t.after(() => Reflect.deleteProperty(globalThis, 'reportError'));
  const { line, requests } = await connected();
  const mistake = new Error('a mistake of the page');
  const onProgress = () => {
    throw mistake;
  };
  const answer = requests.request('status', {}, { onProgress });
  const { id } = line.last;
  requests.receive({ type: 'progress', id, progress: /** @type {any} */ ({}) });
  requests.receive({ type: 'done', id, value: [] });
  assert.deepEqual(await answer, []);
  assert.deepEqual(reported, [mistake]);
});

test('an error has the class that it says, and leads to the call that asked', async () => {
  const { line, requests } = await connected();
  function theCaller() {
    return requests.request('query', statement('SELEC'));
  }
  const asked = theCaller();
  /** @type {import('../../dist/package/protocol/errors.js').ErrorData} */
  const error = { class: 'QueryError', code: 'query_failed', message: 'near "SELEC"', line: 1 };
  requests.receive({ type: 'failed', id: line.last.id, error });
  const thrown = await asked.catch((error) => error);
  assert.equal(thrown.name, 'QueryError');
  assert.deepEqual(thrown.cause, error);
  assert.match(thrown.stack, /^QueryError: near "SELEC"\n.*theCaller/s);
});

test('what cannot be sent is refused, now or when somebody is there, and keeps nothing else', async () => {
  const requests = new Requests();
  const line = new Line();
  const wire = (/** @type {Request} */ request) => line.wire(structuredClone(request));
  const impossible = { ...statement(read), params: /** @type {any} */ ([() => {}]) };
  const refusal = { name: 'QueryError', code: 'invalid_value', message: /cannot be sent.*could not be cloned/ };
  const waiting = requests.request('query', impossible);
  requests.request('status', {}).catch(() => {});
  requests.connect(wire);
  await assert.rejects(waiting, refusal);
  await assert.rejects(requests.request('query', impossible), refusal);
  assert.deepEqual(
    line.sent.map(({ type }) => type),
    ['status'],
  );
});

test('when it has ended, everything rejects for that reason, and nothing is sent', async () => {
  const { line, requests } = await connected();
  const waiting = requests.request('run', statement(write));
  line.sent = [];
  const why = new ConnectionError({ code: 'closed', message: 'It is closed.' });
  requests.end(why);
  await assert.rejects(waiting, why);
  await assert.rejects(requests.request('status', {}), why);
  requests.connect(line.wire);
  assert.deepEqual(line.sent, []);
});

test('a signal that is aborted already sends nothing', async () => {
  const { line, abandoned, requests } = await connected();
  const why = new Error('no longer wanted');
  await assert.rejects(requests.request('status', {}, { signal: AbortSignal.abort(why) }), why);
  assert.deepEqual(line.sent, []);
  assert.deepEqual(abandoned, []);
});

test('what is aborted before somebody is there is never sent', async () => {
  /** @type {number[]} */
  const abandoned = [];
  const requests = new Requests(undefined, (id) => abandoned.push(id));
  for (const [type, request] of /** @type {const} */ ([
    ['run', statement(write)],
    ['begin', { key: undefined }],
  ])) {
    const ending = new AbortController();
    const answer = requests.request(type, request, { signal: ending.signal });
    ending.abort(new Error('no longer wanted'));
    await assert.rejects(answer, { message: 'no longer wanted' });
  }
  const line = new Line();
  requests.connect(line.wire);
  assert.deepEqual(line.sent, []);
  assert.deepEqual(abandoned, []);
});

test('what is aborted after it was sent is said to be wanted no more, and not sent again', async () => {
  const { line, abandoned, requests } = await connected();
  const ending = new AbortController();
  const answer = requests.request('query', statement(read), { signal: ending.signal });
  const { id } = line.last;
  ending.abort(new Error('no longer wanted'));
  await assert.rejects(answer, { message: 'no longer wanted' });
  assert.deepEqual(abandoned, [id]);
  // It may be answered all the same.
  requests.receive({ type: 'done', id, value: [] });
  requests.disconnect(false);
  const next = new Line();
  requests.connect(next.wire);
  assert.deepEqual(next.sent, []);
});

test('a signal that outlives what it could end is not listened to any more', async () => {
  const { line, requests } = await connected();
  const { signal } = new AbortController();
  const answered = requests.request('status', {}, { signal });
  requests.receive({ type: 'done', id: line.last.id, value: [] });
  const failed = requests.request('status', {}, { signal });
  requests.receive({
    type: 'failed',
    id: line.last.id,
    error: { class: 'QueryError', code: 'query_failed', message: 'no' },
  });
  const lost = requests.request('run', statement(write), { signal });
  requests.disconnect(false);
  const ended = requests.request('run', statement(write), { signal });
  assert.equal(getEventListeners(signal, 'abort').length, 1);
  requests.end(new ConnectionError({ code: 'closed', message: 'It is closed.' }));
  await Promise.allSettled([answered, failed, lost, ended]);
  assert.equal(getEventListeners(signal, 'abort').length, 0);
});

test('a signal that is aborted after the answer, or after the loss, does nothing', async () => {
  const { line, abandoned, requests } = await connected();
  const ending = new AbortController();
  const answered = requests.request('status', {}, { signal: ending.signal });
  requests.receive({ type: 'done', id: line.last.id, value: [] });
  const lost = requests.request('run', statement(write), { signal: ending.signal });
  requests.disconnect(false);
  ending.abort(new Error('no longer wanted'));
  assert.deepEqual(await answered, []);
  await assert.rejects(lost, { code: 'owner_lost' });
  assert.deepEqual(abandoned, []);
});

test('a transaction that is begun though it is no longer wanted is rolled back', async () => {
  const { line, abandoned, requests } = await connected();
  const ending = new AbortController();
  const begun = requests.request('begin', { key: undefined }, { signal: ending.signal });
  const { id } = line.last;
  ending.abort(new Error('no longer wanted'));
  await assert.rejects(begun, { message: 'no longer wanted' });
  assert.deepEqual(abandoned, [id]);
  requests.receive({ type: 'done', id, value: 'unwanted' });
  const { id: _, ...rollback } = line.last;
  assert.deepEqual(rollback, { type: 'rollback', transaction: 'unwanted' });
});

test('nothing is rolled back of a transaction that is no longer wanted and never begun', async () => {
  for (const end of /** @type {((requests: Requests, id: number) => void)[]} */ ([
    (requests, id) => requests.receive({ type: 'done', id, value: null }),
    (requests, id) =>
      requests.receive({
        type: 'failed',
        id,
        error: { class: 'ApplyError', code: 'cancelled', message: 'This is no longer wanted.' },
      }),
    (requests) => requests.disconnect(true),
    (requests) => requests.disconnect(false),
  ])) {
    const { line, requests } = await connected();
    const ending = new AbortController();
    const begun = requests.request('begin', { key: 'once' }, { signal: ending.signal });
    const { id } = line.last;
    ending.abort(new Error('no longer wanted'));
    await assert.rejects(begun, { message: 'no longer wanted' });
    line.sent = [];
    end(requests, id);
    requests.connect(line.wire);
    assert.deepEqual(line.sent, []);
  }
});
