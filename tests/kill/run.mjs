// `npm run test:kill -- --rounds 50 --engine firefox --storage indexeddb --seed 7`: kills real browsers while they
// upgrade and write, starts them again on the same profile, and counts what is lost.

import { parseArgs } from 'node:util';
import { fail } from '../../scripts/tools.mjs';
import { Campaign } from './campaign.mjs';
import { plainEngines } from './plain-browser.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '50' },
    engine: { type: 'string' },
    storage: { type: 'string' },
    seed: { type: 'string', default: String(Date.now() % 100_000) },
  },
});
const rounds = Number(values.rounds);
const seed = Number(values.seed);
if (!(Number.isInteger(rounds) && rounds > 0)) fail(`kill: --rounds ${values.rounds} is no count of rounds`);
if (!Number.isInteger(seed)) fail(`kill: --seed ${values.seed} is no whole number`);

const isWanted = (/** @type {string | undefined} */ list, /** @type {string} */ name) =>
  list === undefined || list.toLowerCase().split(',').includes(name);
const campaigns = plainEngines
  .filter(({ name }) => isWanted(values.engine, name))
  .flatMap((engine) => engine.storages.map((storage) => ({ engine, storage })))
  .filter(({ storage }) => isWanted(values.storage, storage));
if (campaigns.length === 0) fail('kill: no engine of that name has a storage of that name');

// Ends the browser that runs, too.
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.once(signal, () => process.exit(1));

console.log(`kill: ${rounds} rounds each, seed ${seed}`);
let hasFailed = false;
for (const { engine, storage } of campaigns) {
  const campaign = new Campaign(engine, storage, randomFrom(seed));
  try {
    await campaign.run(rounds);
  } catch (error) {
    hasFailed = true;
    console.error(`${engine.name} ${storage}: ${error instanceof Error ? error.message : error}`);
  }
  const counts = Object.entries(campaign.counts).map(([what, count]) => `${what} ${count}`);
  console.log(`${engine.name} ${storage}: ${counts.join(', ')}`);
}
process.exit(hasFailed ? 1 : 0);

/** The same numbers for the same seed: mulberry32. */
function randomFrom(/** @type {number} */ seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
