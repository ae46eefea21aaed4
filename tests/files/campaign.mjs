import { CommandedBrowser, patience } from '../lab/commanded-browser.mjs';
import { eventually } from '../lab/eventually.mjs';

/**
 * What the page tells. See tests/pages/mutated/importer.mjs.
 * @typedef {{ type: 'outcome' | 'done' | 'failed', [detail: string]: any }} Event
 */

/** Files that are imported one after the other over a sound database, by one page of one browser. */
export class Campaign {
  /** How many ended in which way. @type {Record<string, number>} */
  counts = { files: 0 };
  #browser;
  #storage;
  #seed;
  /** @type {Event | undefined} */
  #end;

  /**
   * @param {import('../lab/plain-browser.mjs').PlainEngine} engine
   * @param {'opfs' | 'indexeddb'} storage
   * @param {() => number} random from 0 to 1
   */
  constructor(engine, storage, random) {
    this.#browser = new CommandedBrowser('mutated', engine);
    this.#storage = storage;
    this.#seed = Math.floor(random() * 1_000_000);
  }

  /** @param {number} rounds how many files */
  async run(rounds) {
    const hear = (/** @type {Event} */ event) => {
      if (event.type === 'outcome') {
        this.counts.files = (this.counts.files ?? 0) + 1;
        this.counts[event.outcome] = (this.counts[event.outcome] ?? 0) + 1;
      } else {
        this.#end = event;
      }
      return {};
    };
    await this.#browser.during(hear, async () => {
      await this.#browser.start();
      await this.#browser.command({ storage: this.#storage, seed: this.#seed, first: 0, files: rounds });
      for (let heard = -1; !this.#end; ) {
        heard = this.counts.files ?? 0;
        await eventually(async () => {
          if (!this.#end && this.counts.files === heard) throw new Error(`file ${heard} takes too long`);
        }, patience);
      }
      if (this.#end.type === 'failed') throw new Error(`${this.#end.what}: ${this.#end.code}: ${this.#end.error}`);
    });
  }

  summary() {
    return this.counts;
  }
}
