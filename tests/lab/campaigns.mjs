// What `npm run test:kill` and `npm run test:tabs` share: options, and one campaign for each engine and storage.

import { parseArgs } from 'node:util';
import { fail } from '../../scripts/tools.mjs';
import { plainEngines } from './plain-browser.mjs';

/** @typedef {import('./plain-browser.mjs').PlainEngine} PlainEngine */

/**
 * Some rounds in one engine and storage.
 * @typedef {object} Campaign
 * @property {(rounds: number) => Promise<void>} run rejects with what is wrong
 * @property {() => Record<string, number>} summary what is printed, also if something was wrong
 */

/**
 * Runs campaigns as the command line says (`--rounds 50 --engine firefox --storage indexeddb --seed 7`), prints what
 * they count, and ends the process: with 1 if anything was wrong.
 *
 * @param {string} name of the command
 * @param {number} defaultRounds
 * @param {(engine: PlainEngine, storage: 'opfs' | 'indexeddb', random: () => number) => Campaign} start
 * @returns {Promise<never>}
 */
export async function runCampaigns(name, defaultRounds, start) {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: String(defaultRounds) },
      engine: { type: 'string' },
      storage: { type: 'string' },
      seed: { type: 'string', default: String(Date.now() % 100_000) },
    },
  });
  const rounds = Number(values.rounds);
  const seed = Number(values.seed);
  if (!(Number.isInteger(rounds) && rounds > 0)) fail(`${name}: --rounds ${values.rounds} is no count of rounds`);
  if (!Number.isInteger(seed)) fail(`${name}: --seed ${values.seed} is no whole number`);

  const isWanted = (/** @type {string | undefined} */ list, /** @type {string} */ each) =>
    list === undefined || list.toLowerCase().split(',').includes(each);
  const wanted = plainEngines
    .filter((engine) => isWanted(values.engine, engine.name))
    .flatMap((engine) => engine.storages.map((storage) => ({ engine, storage })))
    .filter(({ storage }) => isWanted(values.storage, storage));
  if (wanted.length === 0) fail(`${name}: no engine of that name has a storage of that name`);

  // Ends the browser that runs, too.
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.once(signal, () => process.exit(1));

  console.log(`${name}: ${rounds} rounds each, seed ${seed}`);
  let hasFailed = false;
  for (const { engine, storage } of wanted) {
    const campaign = start(engine, storage, randomFrom(seed));
    try {
      await campaign.run(rounds);
    } catch (error) {
      hasFailed = true;
      console.error(`${engine.name} ${storage}: ${error instanceof Error ? error.message : error}`);
    }
    const counts = Object.entries(campaign.summary()).map(([what, count]) => `${what} ${count}`);
    console.log(`${engine.name} ${storage}: ${counts.join(', ')}`);
  }
  process.exit(hasFailed ? 1 : 0);
}

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
