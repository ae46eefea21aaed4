import assert from 'node:assert/strict';
import { eventually } from './eventually.mjs';

/** pages/client.html: a page that imports the package's own files, unbundled. */
export class ClientPage {
  #browser;

  /** @param {import('./browser.mjs').Browser} browser */
  constructor(browser) {
    this.#browser = browser;
  }

  /** Opens the page anew, in the current tab. */
  async visit() {
    const { driver, site } = this.#browser;
    await driver.get(`${site.origin}/pages/client.html`);
    await this.#ready();
  }

  async reload() {
    await this.#browser.driver.navigate().refresh();
    await this.#ready();
  }

  /**
   * Calls a function that a module in pages/ exports.
   *
   * @param {string} module such as `weather.mjs`
   * @param {string} name of the function
   * @param {...unknown} args JSON
   * @returns {Promise<any>} what it returned, as JSON
   */
  async call(module, name, ...args) {
    const answer = await this.#browser.driver.executeAsyncScript(
      /** The last argument is WebDriver's. @param {...any} given */
      (...given) => {
        const done = given.pop();
        const [module, name, args] = given;
        window.call(module, name, args).then(done);
      },
      module,
      name,
      args,
    );
    const { value, failure } = /** @type {{ value?: unknown, failure?: string }} */ (answer);
    if (failure !== undefined) throw new Error(failure);
    return value;
  }

  async #ready() {
    await eventually(async () =>
      assert.equal(await this.#browser.driver.executeScript(() => typeof window.call), 'function'),
    );
  }
}
