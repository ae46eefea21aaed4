import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { engines } from './engines.mjs';
import { eventually } from './eventually.mjs';
import { startSite } from './site.mjs';

/** @typedef {import('selenium-webdriver').WebDriver} WebDriver */
/** @typedef {import('./engines.mjs').Engine} Engine */

/**
 * What is said of a Firefox that ends by itself right after its start: Firefox 153 was seen to do so once in hundreds of starts,
 * before any page was there. The first is said by whoever connects to it, the second by its driver, which has connected.
 */
const endedAtStart = /socket hang up|Failed to decode response from marionette/;

/** A browser with a new profile, and the site that it visits. */
export class Browser {
  /** @type {WebDriver} */
  driver;
  /** @type {import('./site.mjs').Site} */
  site;
  /** Folder where downloads are saved. @type {string} */
  downloads;
  #takeLog;
  #killed = false;

  /**
   * @param {WebDriver} driver
   * @param {import('./site.mjs').Site} site
   * @param {() => Promise<string[]>} takeLog
   * @param {string} downloads
   */
  constructor(driver, site, takeLog, downloads) {
    this.driver = driver;
    this.site = site;
    this.downloads = downloads;
    this.#takeLog = takeLog;
  }

  /**
   * @param {Engine} engine
   * @param {Omit<import('./engines.mjs').Profile, 'downloads'>} [profile]
   * @param {import('./site.mjs').Site} [site] a new one if absent; closed if the browser does not start
   */
  static async start(engine, profile = {}, site) {
    const downloads = await mkdtemp(join(tmpdir(), 'wheatear-downloads-'));
    for (let ends = 0; ; ends++) {
      /** @type {WebDriver | undefined} */
      let driver;
      try {
        driver = await engine.start({ ...profile, downloads });
        await driver.manage().setTimeouts({ script: 300_000, pageLoad: 60_000 });
        const takeLog = await engine.collectLog(driver);
        return new Browser(driver, site ?? (await startSite()), takeLog, downloads);
      } catch (error) {
        await driver?.quit().catch(() => {});
        if (endedAtStart.test(String(error)) && ends < 2) continue;
        // What listens would keep Node.js from ending, and so nobody would hear of the error.
        await site?.close();
        throw error;
      }
    }
  }

  /** Closes every tab but the first, such as those that a test left behind when it failed. */
  async closeOtherTabs() {
    const [first, ...others] = await this.driver.getAllWindowHandles();
    for (const tab of others) {
      await this.driver.switchTo().window(tab);
      await this.driver.close();
    }
    if (first !== undefined) await this.driver.switchTo().window(first);
  }

  /** What pages, workers and the site complained about since the last call. */
  async takeComplaints() {
    return [...(await this.#takeLog()), ...this.site.takeComplaints()];
  }

  async assertNoComplaints() {
    assert.deepEqual(await this.takeComplaints(), []);
  }

  /** Ends the browser without a warning, as the system does when memory is short. Its site stays until `quit`. */
  async kill(/** @type {Engine} */ engine) {
    assert.ok(engine.processId, `nobody tells which process ${engine.name} is`);
    process.kill((await this.driver.getCapabilities()).get(engine.processId), 'SIGKILL');
    this.#killed = true;
    await eventually(() => assert.rejects(this.driver.getTitle()));
  }

  async quit() {
    const quitting = this.driver.quit();
    // Without its browser the driver can only fail, but it ends all the same.
    await (this.#killed ? quitting.catch(() => {}) : quitting);
    await this.site.close();
    await rm(this.downloads, { recursive: true, force: true });
  }
}

/**
 * Describes tests that hold in every engine. Each engine is started once, with a new profile.
 *
 * @param {string} what
 * @param {(browser: () => Browser, engine: Engine) => void} tests the browser is there once tests run
 * @param {Omit<import('./engines.mjs').Profile, 'downloads'>} [profile]
 */
export function describeInEachEngine(what, tests, profile) {
  for (const engine of engines) describeIn(engine, what, tests, profile);
}

/**
 * Describes tests in one engine.
 *
 * @param {Engine} engine
 * @param {string} what
 * @param {(browser: () => Browser, engine: Engine) => void} tests the browser is there once tests run
 * @param {Omit<import('./engines.mjs').Profile, 'downloads'>} [profile]
 */
export function describeIn(engine, what, tests, profile) {
  describe(`${what}, in ${engine.name}`, () => {
    /** @type {Browser | undefined} */
    let browser;
    before(async () => {
      browser = await Browser.start(engine, profile);
    });
    after(() => browser?.quit());
    tests(() => {
      assert.ok(browser, `${engine.name} did not start`);
      return browser;
    }, engine);
  });
}
