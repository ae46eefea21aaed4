// What an application asks all day, through whatever lies between the page and its database.

import { open } from 'race:contender';

window.result = measure();

async function measure() {
  const db = await open();
  await db.fill(1000);
  let id = 1000;
  const commit = () => db.addRow(++id);
  const point = () => db.row(1 + (id++ % 1000));
  const rows = () => db.rows(1000);
  for (const action of [commit, point, rows]) await timeOf(action, 5);
  const read = await db.rows(1000);
  if (read.length !== 1000) throw new Error(`there are ${read.length} readings`);
  return {
    commit: await timeOf(commit, 50),
    'point query': await timeOf(point, 200),
    '1,000 rows': await timeOf(rows, 20),
  };
}

/** Milliseconds for one of them: the median of five lots, because a clock may be coarse. */
async function timeOf(/** @type {() => Promise<unknown>} */ action, /** @type {number} */ times) {
  const lots = [];
  for (let lot = 0; lot < 5; lot++) {
    const start = performance.now();
    for (let time = 0; time < times / 5; time++) await action();
    lots.push((performance.now() - start) / (times / 5));
  }
  return lots.sort((a, b) => a - b)[2] ?? Number.NaN;
}
