import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { CommandedBrowser, patience } from '../lab/commanded-browser.mjs';
import { eventually } from '../lab/eventually.mjs';
import { partsOf } from '../pages/tabs/writes.mjs';

/**
 * What a visit of a tab tells. See tests/pages/tabs/writer.mjs.
 * @typedef {{ tab: number, visit: string, type: string, [detail: string]: any }} Event
 */

/** How many tabs write at once. */
const tabCount = 4;

/** Tabs that write to one database, while the one that holds it is closed, reloaded, or loses its worker or its browser. */
export class Campaign {
  counts = {
    rounds: 0,
    closed: 0,
    reloaded: 0,
    terminated: 0,
    killed: 0,
    acknowledged: 0,
    lost: 0,
    doubled: 0,
    /** Rejected with `owner_lost`. */
    unknownAndThere: 0,
    unknownAndAbsent: 0,
  };
  /** Milliseconds from each fault to the first answer to what another tab asked after it, as the site sees it. @type {number[]} */
  failOvers = [];
  #browser;
  #storage;
  #random;
  #lastTab = 0;
  /** Those that are there now. @type {Set<number>} */
  #tabs = new Set();
  #owner = 0;
  /** What happened last, and when. */
  #lastFault = 'started';
  #faultAt = 0;
  #isFailingOver = false;
  /** Those that have written since then. @type {Set<number>} */
  #goingOn = new Set();
  /** @type {Map<string, { acknowledged: number[], unknown: number[] }>} */
  #visits = new Map();
  /** What a tab is told when it tells something next. @type {Map<number, string>} */
  #orders = new Map();
  /** @type {Event | undefined} */
  #failure;
  /** @type {Event | undefined} */
  #seen;

  /**
   * @param {import('../lab/plain-browser.mjs').PlainEngine} engine
   * @param {'opfs' | 'indexeddb'} storage
   * @param {() => number} random from 0 to 1
   */
  constructor(engine, storage, random) {
    this.#browser = new CommandedBrowser('tabs', engine);
    this.#storage = storage;
    this.#random = random;
  }

  /** @param {number} rounds */
  async run(rounds) {
    const hear = (/** @type {Event} */ event) => {
      this.#hear(event);
      const answer = this.#orders.get(event.tab) ?? '';
      this.#orders.delete(event.tab);
      return { answer };
    };
    await this.#browser.during(hear, async () => {
      await this.#start();
      for (let round = 1; round <= rounds; round++) {
        await this.#allWrite();
        await pause(this.#random() * 300);
        await this.#fault();
        await this.#allWrite();
        await this.#check(round);
        this.counts.rounds++;
      }
    });
  }

  summary() {
    const sorted = [...this.failOvers].sort((a, b) => a - b);
    const medianFailOverMs = sorted[sorted.length >> 1] ?? Number.NaN;
    return { ...this.counts, medianFailOverMs, worstFailOverMs: sorted.at(-1) ?? Number.NaN };
  }

  /** Starts the browser with all its tabs. */
  async #start() {
    this.#tabs.clear();
    await this.#browser.start();
    for (let tab = 0; tab < tabCount; tab++) await this.#open();
  }

  async #open() {
    const tab = ++this.#lastTab;
    this.#tabs.add(tab);
    const address = `/pages/tabs-writer.html?storage=${this.#storage}&tab=${tab}`;
    await this.#browser.command({ type: 'open', tab, address });
  }

  /** Something happens to the tab that holds the database. */
  async #fault() {
    const owner = this.#owner;
    const choice = this.#random();
    if (choice < 0.35) {
      this.#begin('closed', owner);
      await this.#browser.command({ type: 'close', tab: owner });
      await this.#open();
    } else if (choice < 0.65) {
      this.#begin('reloaded');
      await this.#browser.command({ type: 'reload', tab: owner });
    } else if (choice < 0.9) {
      this.#begin('terminated');
      this.#orders.set(owner, 'terminate');
    } else {
      this.#begin('killed');
      await this.#browser.kill();
      // Nobody is left to fail over to.
      this.#isFailingOver = false;
      await this.#start();
    }
  }

  /**
   * @param {'closed' | 'reloaded' | 'terminated' | 'killed'} what is done to the owner
   * @param {number} [gone] the tab that will not be there any more
   */
  #begin(what, gone) {
    this.counts[what]++;
    this.#lastFault = what;
    if (gone !== undefined) this.#tabs.delete(gone);
    this.#goingOn.clear();
    this.#faultAt = Date.now();
    this.#isFailingOver = true;
  }

  #hear(/** @type {Event} */ event) {
    const { tab, visit, type, number, began, isOwner } = event;
    if (type === 'failed' && this.#tabs.has(tab)) this.#failure ??= event;
    if (type === 'seen') this.#seen = event;
    if (type !== 'acknowledged' && type !== 'unknown') return;
    const known = this.#visits.get(visit) ?? { acknowledged: [], unknown: [] };
    this.#visits.set(visit, known);
    // What was only read leaves no trace.
    if (partsOf(number) > 0) known[type].push(number);
    if (type === 'acknowledged') this.counts.acknowledged++;
    if (isOwner) this.#owner = tab;
    if (!this.#tabs.has(tab) || began <= this.#faultAt || type === 'unknown') return;
    this.#goingOn.add(tab);
    if (this.#isFailingOver) this.failOvers.push(Date.now() - this.#faultAt);
    this.#isFailingOver = false;
  }

  /** Waits until every tab has written something that it began after the last fault. */
  async #allWrite() {
    await eventually(async () => {
      this.#assertNoFailure();
      const silent = [...this.#tabs].filter((tab) => !this.#goingOn.has(tab));
      assert.deepEqual(silent, [], `tabs that do not go on after their owner was ${this.#lastFault}`);
      assert.ok(this.#tabs.has(this.#owner), 'nobody says that it holds the database');
    }, patience);
  }

  /** What is there must be what was acknowledged, once, and nothing by half. */
  async #check(/** @type {number} */ round) {
    const where = `round ${round}`;
    const before = new Map([...this.#visits].map(([visit, { acknowledged }]) => [visit, [...acknowledged]]));
    const [tab = 0] = this.#tabs;
    this.#seen = undefined;
    const { numbers, wrong, integrity } = await eventually(async () => {
      this.#assertNoFailure();
      // Again, if a visit that was reloaded has taken the order with it.
      if (!this.#seen) this.#orders.set(tab, 'look');
      assert.ok(this.#seen, 'the tab does not look');
      return this.#seen;
    }, patience);
    this.#orders.delete(tab);
    assert.equal(integrity, 'ok', where);
    this.counts.doubled += wrong.length;
    assert.deepEqual(wrong, [], `${where}: writes that are there twice, or by half`);
    const lost = [];
    for (const [visit, acknowledged] of before) {
      const there = new Set(numbers[visit]);
      lost.push(...acknowledged.filter((number) => !there.has(number)).map((number) => `${visit} ${number}`));
    }
    this.counts.lost += lost.length;
    assert.deepEqual(lost, [], `${where}: acknowledged writes are lost`);
    const all = [...this.#visits].flatMap(([visit, { unknown }]) => {
      const there = new Set(numbers[visit]);
      return unknown.map((number) => there.has(number));
    });
    this.counts.unknownAndThere = all.filter((isThere) => isThere).length;
    this.counts.unknownAndAbsent = all.length - this.counts.unknownAndThere;
  }

  #assertNoFailure() {
    const failure = this.#failure;
    assert.equal(failure?.error, undefined, `tab ${failure?.tab} failed: ${failure?.code}`);
  }
}
