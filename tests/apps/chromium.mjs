// The browser that visits applications: what bundlers make of the package is the same for all of them.

import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { engines } from '../lab/engines.mjs';
import { eventually } from '../lab/eventually.mjs';

/** @typedef {import('selenium-webdriver').WebDriver} WebDriver */

const engine = engines.find(({ name }) => name === 'Chromium');

/**
 * Describes tests in Chromium, if that is to be tested. It is started once, and without a site: each application is served
 * by its test.
 *
 * @param {string} what
 * @param {(driver: () => WebDriver) => void} tests the driver is there once tests run
 */
export function describeInChromium(what, tests) {
  describe(what, { skip: !engine }, () => {
    /** @type {WebDriver | undefined} */
    let driver;
    before(async () => {
      driver = await engine?.start({ downloads: '/tmp' });
    });
    after(() => driver?.quit());
    tests(() => {
      assert.ok(driver, 'Chromium did not start');
      return driver;
    });
  });
}

/** Visits a page, and waits until it shows this. */
export async function assertShows(
  /** @type {WebDriver} */ driver,
  /** @type {string} */ address,
  /** @type {string} */ text,
) {
  await driver.get(address);
  await eventually(async () => {
    const shown = await driver.executeScript(() => document.querySelector('output')?.textContent);
    assert.equal(shown, text);
  });
}
