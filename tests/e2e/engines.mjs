// The browser engines that tests run in, each a real browser behind W3C WebDriver. Another engine
// is another entry here: how its driver is started, what its capabilities are.

import { join } from 'node:path';
import { Builder, Capabilities, logging } from 'selenium-webdriver';
import { Options as ChromeOptions, ServiceBuilder as ChromeService } from 'selenium-webdriver/chrome.js';
import { Options as FirefoxOptions, ServiceBuilder as FirefoxService } from 'selenium-webdriver/firefox.js';
import { browsers, cargoToolRoot, cargoTools } from '../../scripts/tools.mjs';

/** @typedef {import('selenium-webdriver').WebDriver} WebDriver */

/**
 * @typedef {object} Engine
 * @property {string} name
 * @property {() => Promise<WebDriver>} start a browser with a new, empty profile
 */

/** Keeps a browser from asking the network for anything that the test did not. */
const chromiumArguments = [
  '--headless=new',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Chromium's sandbox does not start for root, as which containers usually run.
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
];

/** @type {Engine} */
const chromium = {
  name: 'Chromium',
  async start() {
    const options = new ChromeOptions();
    options.setBinaryPath(required('Chromium', browsers.chromium()));
    options.addArguments(...chromiumArguments);
    const logs = new logging.Preferences();
    logs.setLevel(logging.Type.BROWSER, logging.Level.ALL);
    options.setLoggingPrefs(logs);
    return new Builder()
      .withCapabilities(new Capabilities({ browserName: 'chrome', webSocketUrl: true }))
      .setChromeOptions(options)
      .setChromeService(new ChromeService(required('chromedriver', browsers.chromedriver())))
      .build();
  },
};

/** @type {Engine} */
const firefox = {
  name: 'Firefox',
  async start() {
    const options = new FirefoxOptions();
    options.setBinary(required('Firefox', browsers.firefox()));
    options.addArguments('-headless');
    const { geckodriver } = cargoTools;
    return new Builder()
      .withCapabilities(new Capabilities({ browserName: 'firefox', webSocketUrl: true }))
      .setFirefoxOptions(options)
      .setFirefoxService(new FirefoxService(join(cargoToolRoot(geckodriver), 'bin', geckodriver.bin)))
      .build();
  },
};

/** Every engine, or those that the variable ENGINES names, such as `ENGINES=firefox`. */
export const engines = [chromium, firefox].filter(
  ({ name }) => !process.env.ENGINES || process.env.ENGINES.toLowerCase().split(',').includes(name.toLowerCase()),
);

/** @template T */
function required(/** @type {string} */ what, /** @type {T | undefined} */ path) {
  if (path === undefined) throw new Error(`${what} is missing; \`node scripts/setup.mjs test\` installs it`);
  return path;
}
