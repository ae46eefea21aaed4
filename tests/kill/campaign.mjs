import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { CommandedBrowser, patience } from '../lab/commanded-browser.mjs';
import { eventually } from '../lab/eventually.mjs';
import { idOf, rowsOf } from '../pages/kill/releases.mjs';

/**
 * What a visit tells. See tests/pages/kill/visit.mjs.
 * @typedef {{ visit: number, type: string, [detail: string]: any }} Event
 */

/** Of each upgrade but the first. */
const statements = 7;

/** Visits of one user with one profile, each of which ends by force, and the next looks whether anything is lost. */
export class Campaign {
  counts = {
    visits: 0,
    kills: 0,
    closedTabs: 0,
    whileOpening: 0,
    whileMigrating: 0,
    /** Those of them after which the release was not applied. */
    upgradesUndone: 0,
    whileWriting: 0,
    acknowledged: 0,
    lost: 0,
    /** How often the browser itself has thrown away all that an origin had in IndexedDB. */
    wipedByBrowser: 0,
    unknownAndThere: 0,
    unknownAndAbsent: 0,
    slowestOpeningMs: 0,
  };
  #browser;
  #storage;
  #random;
  #visitNumber = 0;
  /** Whether the last visit ended while it upgraded. */
  #wasMigrating = false;
  /** What the current visit has told. @type {Event[]} */
  #events = [];
  /** Batches that were acknowledged. @type {Set<number>} */
  #acknowledged = new Set();
  /** The release that was surely applied. */
  #release = 0;

  /**
   * @param {import('../lab/plain-browser.mjs').PlainEngine} engine
   * @param {'opfs' | 'indexeddb'} storage
   * @param {() => number} random from 0 to 1
   */
  constructor(engine, storage, random) {
    this.#browser = new CommandedBrowser('kill', engine);
    this.#storage = storage;
    this.#random = random;
  }

  /** @param {number} rounds */
  async run(rounds) {
    const hear = (/** @type {Event} */ event) => {
      this.#hear(event);
      return { status: event.visit === this.#visitNumber ? 204 : 410 };
    };
    await this.#browser.during(hear, async () => {
      for (let visit = 1; visit <= rounds; visit++) await this.#visit(visit);
      // The last one is looked at, and not ended.
      await this.#begin(rounds + 1);
      await this.#look();
    });
  }

  summary() {
    return this.counts;
  }

  async #visit(/** @type {number} */ visit) {
    await this.#begin(visit);
    await this.#event('began');
    if (this.#random() < 0.1) {
      await pause(this.#random() * 300);
      await this.#end();
      return;
    }
    await this.#look();
    // Half of them are to end while the database is upgraded, which takes a part of the time only.
    if (visit > 1 && this.#random() < 0.5) {
      await this.#event('migrating', 1 + Math.floor(this.#random() * statements));
      await pause(this.#random() * 50);
    } else {
      await this.#event('acknowledged');
      await pause(this.#random() * 400);
    }
    await this.#end();
  }

  async #begin(/** @type {number} */ visit) {
    this.#events = [];
    this.#visitNumber = visit;
    if (!this.#browser.isRunning) await this.#browser.start();
    await this.#browser.command({ visit: `/pages/kill-visit.html?storage=${this.#storage}&release=${visit}` });
  }

  /** Ends the visit without a warning. */
  async #end() {
    const doing = this.#events.at(-1)?.type;
    if (this.#random() < 0.25) {
      await this.#browser.command({});
      // It has asked for more, so the tab is closed.
      await this.#browser.asks();
      this.counts.closedTabs++;
    } else {
      await this.#browser.kill();
      this.counts.kills++;
    }
    this.#wasMigrating = doing === 'migrating';
    if (this.#wasMigrating) this.counts.whileMigrating++;
    else if (doing === 'upgraded' || doing === 'acknowledged') this.counts.whileWriting++;
    else this.counts.whileOpening++;
    this.counts.visits++;
  }

  #hear(/** @type {Event} */ event) {
    // What a visit that has ended told arrives late, and counts all the same.
    if (event.visit === this.#visitNumber) this.#events.push(event);
    if (event.type === 'upgraded') this.#release = Math.max(this.#release, event.visit);
    if (event.type !== 'acknowledged' || this.#acknowledged.has(event.batch)) return;
    this.#acknowledged.add(event.batch);
    this.counts.acknowledged++;
  }

  async #look() {
    const found = await this.#event('found');
    // Nobody can keep what the browser does not: the campaign begins anew.
    if (found.applied < this.#release && (await this.#browser.hasWipedIndexedDb())) {
      this.counts.wipedByBrowser++;
      this.#release = 0;
      this.#acknowledged.clear();
      this.#wasMigrating = false;
    }
    this.#check(found);
  }

  /** What the visit found must be what the visits before had acknowledged, all of it, and nothing by half. */
  #check(/** @type {Event} */ { visit, applied, latest, tables, indexes, integrity, batches, wrongTexts, openedInMs }) {
    const where = `visit ${visit}`;
    assert.equal(integrity, 'ok', where);
    assert.equal(wrongTexts, 0, where);
    assert.equal(latest, idOf(applied), `${where}: the ledger has a hole`);
    assert.ok(applied >= Math.max(this.#release, 1), `${where}: release ${this.#release} is no longer applied`);
    assert.ok(applied <= Math.max(visit - 1, 1), `${where}: release ${applied} has not been there yet`);
    assert.deepEqual(tables, [`entry_${applied}`], `${where}: ledger and schema differ`);
    assert.deepEqual(indexes, applied > 1 ? [`entry_${applied}_batch`] : [], `${where}: ledger and schema differ`);

    const there = new Set();
    for (const [batch, rows, first, last] of batches) {
      assert.equal(rows, rowsOf(batch), `${where}: batch ${batch} is there by half`);
      assert.deepEqual([first, last], [applied, applied], `${where}: batch ${batch} was migrated by half`);
      there.add(batch);
      if (this.#acknowledged.has(batch)) continue;
      // It was sent: it follows one that is there, or begins its visit.
      const isFirst = batch % 100_000 === 0;
      assert.ok(
        isFirst || there.has(batch - 1) || this.#acknowledged.has(batch - 1),
        `${where}: nobody has sent ${batch}`,
      );
      this.counts.unknownAndThere++;
      this.#acknowledged.add(batch);
    }
    // A batch was on its way whenever the last visit wrote.
    const ofLastVisit = [...this.#acknowledged].filter((batch) => Math.floor(batch / 100_000) === visit - 1);
    if (ofLastVisit.length > 0 && !there.has(Math.max(...ofLastVisit) + 1)) this.counts.unknownAndAbsent++;
    if (this.#wasMigrating && applied < visit - 1) this.counts.upgradesUndone++;
    const lost = [...this.#acknowledged].filter((batch) => !there.has(batch));
    this.counts.lost += lost.length;
    assert.deepEqual(lost, [], `${where}: acknowledged batches are lost`);
    this.counts.slowestOpeningMs = Math.max(this.counts.slowestOpeningMs, Math.round(openedInMs));
  }

  /** The first event of this kind that the visit tells, or the one so many later. */
  async #event(/** @type {string} */ type, count = 1) {
    const event = await eventually(async () => {
      const failure = this.#events.find((each) => each.type === 'failed');
      const found = failure ?? this.#events.filter((each) => each.type === type)[count - 1];
      if (!found)
        throw new Error(
          `the page has not told of '${type}', only of ${this.#events.slice(-9).map(({ type }) => type)}`,
        );
      return found;
    }, patience);
    assert.equal(event.type, type, `visit ${event.visit} failed: ${event.code}: ${event.error}`);
    return event;
  }
}
