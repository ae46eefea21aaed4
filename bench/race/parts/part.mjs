// A part of the race: who takes part in it, and what each does when its turn comes.

import { canRunIn, contenders } from '../contenders.mjs';
import { Visitor } from '../visitor.mjs';

/** @typedef {import('../contenders.mjs').Contender} Contender */
/** @typedef {import('../visitor.mjs').Engine} Engine */
/** @typedef {import('../visitor.mjs').Result} Result */

/**
 * How much there is to do.
 * @typedef {object} Sizes
 * @property {number} migrations that everybody has
 * @property {number[]} histories how many migrations ours has besides, in turns
 * @property {number} rows of the table that is rebuilt
 * @property {number} manyRows of the table that is rebuilt while its memory is looked at
 * @property {number} brotli quality of the compression after which downloads are weighed
 * @property {number} settling how long a page that was left may take to end what it does, in milliseconds
 * @property {number} limit after so many milliseconds a visit has failed
 */

/**
 * @typedef {object} Lap
 * @property {Engine} engine
 * @property {import('../site.mjs').Site} site
 * @property {Sizes} sizes
 * @property {Map<string, string>} versions of the browsers that were started, by their names
 */

/**
 * @typedef {object} Racer
 * @property {string} name
 * @property {string} contender
 * @property {(lap: Lap) => Promise<Result>} run
 */

/**
 * @typedef {object} Part
 * @property {string} name
 * @property {boolean} [isOnlyInChromium]
 * @property {string[]} [few] the contenders who are enough to show that it runs
 * @property {(engine: Engine, sizes: Sizes) => Racer[]} racers
 */

/**
 * Everybody who can run in an engine, doing the same.
 * @param {Engine} engine
 * @param {(contender: Contender, lap: Lap) => Promise<Result>} run
 * @param {(contender: Contender) => boolean} [isWanted]
 * @returns {Racer[]}
 */
export function everybody(engine, run, isWanted = () => true) {
  return contenders
    .filter((contender) => canRunIn(contender, engine) && isWanted(contender))
    .map((contender) => ({ name: contender.name, contender: contender.name, run: (lap) => run(contender, lap) }));
}

/**
 * Visits pages in a browser with a new profile.
 * @template Value
 * @param {Lap} lap
 * @param {(visitor: Visitor) => Promise<Value>} work
 */
export async function visiting({ engine, site, sizes, versions }, work) {
  const visitor = await Visitor.start(engine, site.origin, sizes);
  try {
    versions.set(engine.name, await visitor.version());
    return await work(visitor);
  } finally {
    await visitor.quit();
  }
}
