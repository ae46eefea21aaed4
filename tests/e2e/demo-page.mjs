import assert from 'node:assert/strict';
import { By } from 'selenium-webdriver';
import { eventually } from './eventually.mjs';

/**
 * @typedef {object} Migration
 * @property {string | undefined} id
 * @property {string | undefined} state
 * @property {string | undefined} appliedAt
 * @property {string} text
 */

/** The demo, by the hooks that it promises. */
export class DemoPage {
  #browser;

  /** @param {import('./browser.mjs').Browser} browser */
  constructor(browser) {
    this.#browser = browser;
  }

  /** Opens the page anew, and waits until its database is open or has failed to open. */
  async visit() {
    await this.#driver.get(`${this.#browser.site.origin}/`);
    await this.#opened();
  }

  async reload() {
    await this.#driver.navigate().refresh();
    await this.#opened();
  }

  /** Returns from another page. */
  async back() {
    await this.#driver.navigate().back();
    await this.#opened();
  }

  /** Does what makes the page reload itself, and waits until that is done. */
  async reloadedBy(/** @type {() => Promise<void>} */ action) {
    await this.#driver.executeScript(() => document.documentElement.setAttribute('data-old', ''));
    await action();
    await eventually(async () =>
      assert.equal(await this.#driver.executeScript(() => document.documentElement.hasAttribute('data-old')), false),
    );
    await this.#opened();
  }

  /** @returns {Promise<string | undefined>} `opening`, `ready` or `failed` */
  state() {
    return this.#driver.executeScript(() => document.documentElement.dataset.state);
  }

  /** All text that can be seen. */
  async text() {
    return this.#driver.findElement(By.css('body')).getText();
  }

  /** The text of one element, as far as it can be seen. */
  async textOf(/** @type {string} */ testid) {
    return (await this.find(testid)).getText();
  }

  async find(/** @type {string} */ testid) {
    return this.#driver.findElement(By.css(`[data-testid="${testid}"]`));
  }

  /** Presses a button, once the page is done with the one before. */
  async press(/** @type {string} */ testid) {
    await eventually(async () =>
      assert.equal(await this.#driver.executeScript(() => document.querySelector('[aria-busy="true"]')), null),
    );
    await (await this.find(testid)).click();
  }

  /** @returns {Promise<Migration[]>} */
  migrations() {
    return this.#driver.executeScript(() =>
      [...document.querySelectorAll('[data-testid="migration"]')].map((entry) => ({
        id: entry instanceof HTMLElement ? entry.dataset.id : undefined,
        state: entry instanceof HTMLElement ? entry.dataset.state : undefined,
        appliedAt: entry.querySelector('time')?.dateTime,
        text: entry.textContent,
      })),
    );
  }

  /** @returns {Promise<{ columns: string[], rows: string[][] }>} the page of the table that is shown */
  table() {
    return this.#driver.executeScript(() => {
      const texts = (/** @type {Element} */ row) => [...row.children].map((cell) => cell.textContent?.trim() ?? '');
      const table = document.querySelector('[data-testid="table"]');
      const head = table?.querySelector('thead tr');
      return {
        // The type of a column follows its name.
        columns: head ? texts(head).map((text) => text.split(/\s/)[0]) : [],
        rows: [...(table?.querySelectorAll('tbody tr') ?? [])].map(texts),
      };
    });
  }

  async rowCount() {
    return Number(await (await this.find('row-count')).getAttribute('data-count'));
  }

  async errorCode() {
    return (await this.find('error')).getAttribute('data-code');
  }

  get #driver() {
    return this.#browser.driver;
  }

  async #opened() {
    // Five seconds of them may pass waiting for another tab to let go of the database.
    await eventually(async () => assert.match((await this.state()) ?? '', /^(ready|failed)$/), 20_000);
  }
}
