// Beside a tab that holds the database: this page's one-row reads through that tab, and in turns those of a database that it
// holds itself.

import { open } from 'race:contender';

window.result = measure();

async function measure() {
  const asked = await open();
  const own = await open('race own');
  const times = { owner: /** @type {number[]} */ ([]), follower: /** @type {number[]} */ ([]) };
  for (let round = 0; round < 20; round++) {
    times.owner.push(await timeOf(own));
    times.follower.push(await timeOf(asked));
  }
  return { owner: median(times.owner), follower: median(times.follower) };
}

async function timeOf(/** @type {import('./actions.mjs').Actions} */ db) {
  const queries = 50;
  const start = performance.now();
  for (let query = 0; query < queries; query++) await db.firstRow('note1');
  return (performance.now() - start) / queries;
}

function median(/** @type {number[]} */ numbers) {
  return numbers.sort((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;
}
