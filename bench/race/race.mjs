// Everybody does the same things in turn, round after round, each time in a browser with a new profile.

import { Samples } from './report/samples.mjs';

/** @typedef {import('./options.mjs').Options} Options */
/** @typedef {import('./parts/part.mjs').Racer} Racer */

/** A driver that hangs itself ends a turn after so many of the visits' own limits. */
const visitsInTurn = 10;

/** Whose turn takes longer than this, in milliseconds, has so many turns: what is that slow, more of them do not tell. */
const longTurn = 20_000;
const turnsOfSlow = 3;

export class Race {
  samples = new Samples();
  /** Of the browsers. @type {Map<string, string>} */
  versions = new Map();
  #options;
  #site;
  /** How many long turns each has had, by part, engine and name. @type {Map<string, number>} */
  #longTurns = new Map();

  /** @param {Options} options @param {import('./site.mjs').Site} site */
  constructor(options, site) {
    this.#options = options;
    this.#site = site;
  }

  async run(/** @type {number} */ round) {
    const { engines, parts, sizes, isWanted, isQuick } = this.#options;
    for (const engine of engines) {
      for (const part of parts) {
        if (part.isOnlyInChromium && engine.name !== 'Chromium') continue;
        console.log(`race: round ${round + 1}, ${engine.name}: ${part.name}`);
        const racers = part.racers(engine, sizes).filter((racer) => isWanted(racer, part));
        // Whoever is first finds another machine than whoever is last.
        const order = [...racers.slice(round % racers.length), ...racers.slice(0, round % racers.length)];
        const run = (/** @type {Racer} */ racer) => this.#turn(racer, part.name, engine);
        await inTurns(order, run, isQuick ? 3 : 1);
      }
    }
  }

  /** @param {Racer} racer @param {string} part @param {import('./visitor.mjs').Engine} engine */
  async #turn(racer, part, engine) {
    const entry = { engine: engine.name, part, racer: racer.name };
    const key = Object.values(entry).join();
    const longTurns = this.#longTurns.get(key) ?? 0;
    if (this.samples.isGivenUp(entry) || longTurns >= turnsOfSlow) return;
    const start = performance.now();
    const { sizes } = this.#options;
    const turn = racer.run({ engine, site: this.#site, sizes, versions: this.versions });
    try {
      this.samples.add(entry, await within(visitsInTurn * sizes.limit, turn));
    } catch (error) {
      this.samples.fail(entry, error instanceof Error ? error.message.split('\n', 1).join() : String(error));
    }
    if (performance.now() - start > longTurn) this.#longTurns.set(key, longTurns + 1);
  }
}

/**
 * @template Value
 * @param {number} limit milliseconds
 * @param {Promise<Value>} work
 */
async function within(limit, work) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  /** @type {Promise<never>} */
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error('its browser hangs')), limit);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
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
