// The states of a tab: what it has in each, what it keeps on the way from one to another, and what it loses.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as states from '../../dist/package/page/tab/tab-state.js';

/** @typedef {import('../../dist/package/page/tab/tab-state.js').TabState} TabState */

// What these are is nothing to a state; it only has them or not.
const channels = /** @type {any} */ ({ called: 'channels' });
const turn = /** @type {any} */ ({ called: 'turn' });
const holding = /** @type {any} */ ({ called: 'holding' });

/** Each way that a tab can be. */
const opening = states.opening(channels);
const queued = states.queued(opening, turn);
const following = states.following(queued, 'theirs');
const chosen = states.granted(queued, holding);
const succeeding = states.granted(following, holding);
const owning = states.owning(chosen, holding, 'ours');
/** @type {TabState} */
const suspended = { name: 'suspended' };
/** @type {TabState} */
const ended = { name: 'ended' };
const all = { opening, queued, following, chosen, succeeding, owning, suspended, ended };

/** What a tab has that is not nothing. */
const had = (/** @type {TabState} */ { name, ...rest }) => ({
  name,
  ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)),
});

/** Which of all are so. */
const which = (/** @type {(state: TabState) => boolean} */ isSo) =>
  Object.entries(all).flatMap(([name, state]) => (isSo(state) ? [name] : []));

test('a tab begins with nothing but its way to others, if there are any', () => {
  assert.deepEqual(had(states.opening()), { name: 'opening' });
  assert.deepEqual(had(opening), { name: 'opening', channels });
});

test('whoever waits keeps its place in the queue, whether it asks an owner or not', () => {
  assert.deepEqual(had(queued), { name: 'opening', channels, turn });
  assert.deepEqual(had(following), { name: 'following', channels, turn, epoch: 'theirs' });
  assert.deepEqual(had(states.following(following, 'others')), { ...had(following), epoch: 'others' });
  assert.deepEqual(had(states.heardOut(following)), { name: 'opening', channels, turn });
  assert.deepEqual(had(states.displaced(following)), { name: 'opening', channels, turn });
});

test('whoever leaves the queue keeps the rest', () => {
  assert.deepEqual(had(states.queued(queued, undefined)), { name: 'opening', channels });
  assert.deepEqual(had(states.queued(following, undefined)), { name: 'following', channels, epoch: 'theirs' });
});

test('whose turn has come is in the queue no more, and hears out the owner that it had', () => {
  assert.deepEqual(had(chosen), { name: 'opening', channels, holding });
  assert.deepEqual(had(succeeding), { name: 'following', channels, holding, epoch: 'theirs' });
  assert.deepEqual(had(states.heardOut(succeeding)), { name: 'opening', channels, holding });
  assert.deepEqual(had(states.heardOut(chosen)), had(chosen));
});

test('an owner has its own time, and when it is displaced neither that nor what it held', () => {
  assert.deepEqual(had(owning), { name: 'owning', channels, holding, epoch: 'ours' });
  for (const state of [owning, chosen, succeeding]) {
    assert.deepEqual(had(states.displaced(state)), { name: 'opening', channels });
  }
});

test('a database in memory has an owner, and no others', () => {
  const only = states.owning(states.granted(states.opening(), holding), holding, 'ours');
  assert.deepEqual(had(only), { name: 'owning', holding, epoch: 'ours' });
});

test('a state is never changed, but followed by another', () => {
  const before = structuredClone(all);
  for (const state of [opening, queued, following]) {
    states.queued(state, turn);
    states.granted(state, holding);
    states.following(state, 'others');
  }
  for (const state of [opening, queued, following, chosen, succeeding, owning]) {
    states.heardOut(state);
    states.displaced(state);
  }
  assert.deepEqual(all, before);
});

test('a tab takes part until it is suspended or ends, and waits until its turn has come', () => {
  const present = ['opening', 'queued', 'following', 'chosen', 'succeeding', 'owning'];
  assert.deepEqual(which(states.isPresent), present);
  assert.deepEqual(which(states.isWaiting), ['opening', 'queued', 'following']);
  // What a state does not have can be asked for.
  assert.deepEqual(
    which(({ turn }) => turn !== undefined),
    ['queued', 'following'],
  );
  assert.deepEqual(
    which(({ holding }) => holding !== undefined),
    ['chosen', 'succeeding', 'owning'],
  );
  assert.deepEqual(
    which(({ epoch }) => epoch !== undefined),
    ['following', 'succeeding', 'owning'],
  );
  assert.deepEqual(
    which(({ channels }) => channels !== undefined),
    present,
  );
});
