// The race: everybody does the same things in turn, round after round, each time in a browser with a new profile.

import { fail } from '../../scripts/tools.mjs';
import { contendersInstalled } from './install.mjs';
import { readOptions } from './options.mjs';
import { outcomesOf } from './report/goals.mjs';
import { recordOf } from './report/record.mjs';
import { Samples } from './report/samples.mjs';
import { writeResults } from './report/write.mjs';
import { startSite } from './site.mjs';

/** @typedef {import('./parts/part.mjs').Racer} Racer */

const options = readOptions(process.argv.slice(2));
contendersInstalled();
const samples = new Samples();
/** @type {Map<string, string>} */
const versions = new Map();
const site = await startSite();
try {
  for (let round = 0; round < options.rounds; round++) await runRound(round);
} finally {
  await site.close();
}
const { failures } = samples;
for (const { engine, part, racer, error } of failures)
  console.log(`race: ${engine}, ${part}: ${racer} failed: ${error}`);
if (options.isQuick) {
  // Nothing is judged but that it runs.
  if (failures.length > 0) fail(`race: ${failures.length} did not finish`);
} else {
  const record = recordOf(samples, options, versions);
  for (const { what, bound, value, against, isMet } of outcomesOf(samples)) {
    if (isMet !== undefined)
      console.log(`race: ${isMet ? 'met   ' : 'missed'} ${what}: ${value} (${bound}) ${against}`);
  }
  console.log(`race: the results are in ${writeResults(record, options.isWhole)}`);
}

async function runRound(/** @type {number} */ round) {
  for (const engine of options.engines) {
    for (const part of options.parts) {
      if (part.isOnlyInChromium && engine.name !== 'Chromium') continue;
      const racers = part.racers(engine, options.sizes).filter((racer) => options.isWanted(racer, part));
      console.log(`race: round ${round + 1} of ${options.rounds}, ${engine.name}: ${part.name}`);
      // Whoever is first finds another machine than whoever is last.
      const order = [...racers.slice(round % racers.length), ...racers.slice(0, round % racers.length)];
      const run = (/** @type {Racer} */ racer) => runRacer(racer, { engine: engine.name, part: part.name }, engine);
      await inTurns(order, run, options.isQuick ? 3 : 1);
    }
  }
}

/** @param {Racer} racer @param {{ engine: string, part: string }} of @param {import('./visitor.mjs').Engine} engine */
async function runRacer(racer, of, engine) {
  const lap = { engine, site, sizes: options.sizes, versions };
  const entry = { ...of, racer: racer.name };
  if (samples.isGivenUp(entry)) return;
  try {
    samples.add(entry, await racer.run(lap));
  } catch (error) {
    samples.fail(entry, error instanceof Error ? error.message.split('\n', 1).join() : String(error));
  }
}

/**
 * Does something with each of a list, in its order, so many at a time.
 * @template Item
 * @param {Item[]} items
 * @param {(item: Item) => Promise<void>} work
 * @param {number} atOnce
 */
async function inTurns(items, work, atOnce) {
  const waiting = items.values();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const item of waiting) await work(item);
    }),
  );
}
