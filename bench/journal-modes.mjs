// Which journal mode commits fastest? One row per commit, through the client and its worker,
// synchronous = FULL, the modes taken in turns so that a noisy moment hits all of them. Times are per
// round, because a browser's clock may tick once a millisecond only.

import { inEachEngine, median } from './browser.mjs';

const rounds = 30;
const commitsPerRound = 20;

console.log(`one-row commit: median of ${rounds} rounds of ${commitsPerRound} commits`);
await inEachEngine(measure, [rounds, commitsPerRound], (engine, times) => {
  const base = median(times.delete ?? []);
  for (const [mode, all] of Object.entries(times)) {
    const commit = (median(all) / commitsPerRound).toFixed(2);
    console.log(`${engine.padEnd(9)} ${mode.padEnd(9)} ${commit} ms, ${(median(all) / base).toFixed(2)} of delete`);
  }
});

/**
 * @param {number} rounds
 * @param {number} commitsPerRound
 * @returns {Promise<Record<string, number[]>>} milliseconds of each round, by journal mode
 */
async function measure(rounds, commitsPerRound) {
  // @ts-expect-error an address of the test site, not a file
  const { open, deleteDatabase } = await import('/package/index.js');
  const options = { worker: () => new Worker('/pages/worker.mjs', { type: 'module' }) };
  /** @type {Record<string, number[]>} */
  const times = { delete: [], truncate: [], persist: [], wal: [] };
  await deleteDatabase('bench');
  const db = await open('bench', options);
  for (let round = 0; round < rounds; round++) {
    for (const [mode, all] of Object.entries(times)) {
      await db.exec(`PRAGMA journal_mode = ${mode}`);
      const start = performance.now();
      for (let commit = 0; commit < commitsPerRound; commit++) {
        await db.query('INSERT INTO weather_node (time_received, batt_mv) VALUES (?, ?)', ['2024-01-01', commit]);
      }
      all.push(performance.now() - start);
    }
  }
  await db.close();
  return times;
}
