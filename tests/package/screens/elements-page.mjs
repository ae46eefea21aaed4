import assert from 'node:assert/strict';
import { eventually } from '../../lab/eventually.mjs';

/** An application with the elements of wheatear/ui: pages/elements.html. */
export class ElementsPage {
  #browser;

  /** @param {import('../../lab/browser.mjs').Browser} browser */
  constructor(browser) {
    this.#browser = browser;
  }

  /** Has the server deliver this build from now on. */
  async deploy(/** @type {string} */ build) {
    await this.run((build) => localStorage.setItem('build', build), build);
  }

  /** Opens the page anew, in the current tab. */
  async visit() {
    const { driver, site } = this.#browser;
    await driver.get(`${site.origin}/pages/elements.html`);
  }

  /**
   * @template Result
   * @template {unknown[]} Args
   * @param {(...args: Args) => Result} script runs in the page
   * @param {Args} args
   * @returns {Promise<Result>}
   */
  run(script, ...args) {
    return this.#browser.driver.executeScript(script, ...args);
  }

  /** Waits until the page shows this. */
  async shows(/** @type {string} */ text) {
    await eventually(async () =>
      assert.equal(await this.run(() => document.querySelector('output')?.textContent), text),
    );
  }

  /** A part of an element, once it is there. */
  part(/** @type {string} */ element, /** @type {string} */ part) {
    return eventually(async () => {
      const found = await this.#find(element, part);
      assert.ok(found, `there is no ${part} in ${element}`);
      return found;
    });
  }

  /** Whether an element is there and has a part. */
  async has(/** @type {string} */ element, /** @type {string} */ part) {
    return (await this.#find(element, part)) !== null;
  }

  /** @returns {Promise<string>} */
  async textOf(/** @type {string} */ element, /** @type {string} */ part) {
    return (await this.part(element, part)).getText();
  }

  async press(/** @type {string} */ element, /** @type {string} */ part) {
    await (await this.part(element, part)).click();
  }

  /** The part that has the focus. */
  focused() {
    return this.run(() => document.activeElement?.shadowRoot?.activeElement?.getAttribute('part'));
  }

  /** @returns {Promise<import('selenium-webdriver').WebElement | null>} */
  #find(/** @type {string} */ element, /** @type {string} */ part) {
    return this.#browser.driver.executeScript(
      (/** @type {string} */ element, /** @type {string} */ part) =>
        document.querySelector(element)?.shadowRoot?.querySelector(`[part~='${part}']`) ?? null,
      element,
      part,
    );
  }
}
