// A browser with a new profile that visits pages of the race and takes what they have measured.

import { setTimeout as pause } from 'node:timers/promises';
import { Browser } from '../../tests/lab/browser.mjs';

/** @typedef {import('../../tests/lab/engines.mjs').Engine} Engine */
/** @typedef {Pick<import('./parts/part.mjs').Sizes, 'settling' | 'limit'>} Times */
/** @typedef {Record<string, number | number[]>} Result milliseconds, by what took them */

export class Visitor {
  #browser;
  #origin;
  #times;

  /** @param {Browser} browser @param {string} origin @param {Times} times */
  constructor(browser, origin, times) {
    this.#browser = browser;
    this.#origin = origin;
    this.#times = times;
  }

  /**
   * @param {Engine} engine
   * @param {string} origin of the site, which is not closed
   * @param {Times} times
   */
  static async start(engine, origin, times) {
    const site = { origin, withhold: () => {}, takeComplaints: () => [], close: async () => {} };
    return new Visitor(await Browser.start(engine, {}, site), origin, times);
  }

  /** @returns {Promise<string>} of the browser */
  async version() {
    return (await this.#browser.driver.getCapabilities()).getBrowserVersion() ?? 'unknown';
  }

  /**
   * Visits a page, coming from a blank one of the same site, which has settled.
   * @param {string} page its folder
   * @param {{ query?: string, limit?: number }} [options] `limit`: another one
   * @returns {Promise<Result>}
   */
  async visit(page, options) {
    await this.leave(page);
    return this.go(page, options);
  }

  /**
   * Closes every tab, but for a new one with a blank page, and lets what was closed come to its end. In the same tab, the
   * page before would be kept for a way back, and with it its worker and its files.
   */
  async leave(/** @type {string} */ page) {
    const { driver } = this.#browser;
    const tabs = await driver.getAllWindowHandles();
    await driver.switchTo().newWindow('tab');
    const blank = await driver.getWindowHandle();
    for (const tab of tabs) {
      await driver.switchTo().window(tab);
      await driver.close();
    }
    await driver.switchTo().window(blank);
    await this.#settle(page);
  }

  async #settle(/** @type {string} */ page) {
    await this.#browser.driver.get(`${this.#origin}/${page}/blank.html`);
    await pause(this.#times.settling);
  }

  /** Visits a page from wherever the browser is. @returns {Promise<Result>} */
  async go(/** @type {string} */ page, { query = '', limit = this.#times.limit } = {}) {
    const { driver } = this.#browser;
    await driver.manage().setTimeouts({ script: limit, pageLoad: limit });
    await driver.get(`${this.#origin}/${page}/${query}`);
    const { value, error } = /** @type {{ value: Result, error?: string }} */ (
      await driver.executeAsyncScript((/** @type {(answer: object) => void} */ done) => {
        const result = window.result ?? Promise.reject(new Error('the page has no result'));
        result.then(
          (value) => done({ value }),
          (error) => done({ error: String(error?.message ?? error) }),
        );
      })
    );
    if (error === undefined) return value;
    throw new Error([error, ...(await this.#browser.takeComplaints())].join('; '));
  }

  /** Opens a new tab with a blank page, in which later visits happen; the others stay as they are. */
  async openTab(/** @type {string} */ page) {
    await this.#browser.driver.switchTo().newWindow('tab');
    await this.#settle(page);
  }

  async quit() {
    await this.#browser.quit().catch(() => {});
  }
}
