// The browser engines that tests run in, each a real browser behind W3C WebDriver. Another engine
// is another entry here: how its driver is started, and how it does what WebDriver leaves open.

import { join } from 'node:path';
import { Builder, Capabilities } from 'selenium-webdriver';
import { Options as ChromeOptions, ServiceBuilder as ChromeService } from 'selenium-webdriver/chrome.js';
import { Options as FirefoxOptions, ServiceBuilder as FirefoxService } from 'selenium-webdriver/firefox.js';
import { browsers, cargoToolRoot, cargoTools } from '../../scripts/tools.mjs';
import { collectLog, setViewport } from './bidi.mjs';

/** @typedef {import('selenium-webdriver').WebDriver} WebDriver */

/**
 * @typedef {object} Profile
 * @property {string} downloads folder where downloads are saved without asking
 * @property {string} [folder] where the profile is kept; without one it is new and thrown away
 * @property {'light' | 'dark'} [colorScheme] what the user prefers; light if absent
 */

/**
 * @typedef {object} Engine
 * @property {string} name
 * @property {(profile: Profile) => Promise<WebDriver>} start
 * @property {(driver: WebDriver) => Promise<() => Promise<string[]>>} collectLog starts to collect
 *   warnings, errors and uncaught exceptions of pages and workers; the function it gives takes them
 * @property {(driver: WebDriver, size: { width: number, height: number }) => Promise<void>} setViewport
 * @property {string} processId the capability that holds the browser's process id
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
  // A page that glides to a button moves it away from under the click.
  '--force-prefers-reduced-motion',
  // Chromium's sandbox does not start for root, as which containers usually run.
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
];

/** @type {Engine} */
const chromium = {
  name: 'Chromium',
  async start({ downloads, folder, colorScheme = 'light' }) {
    const options = new ChromeOptions();
    options.setBinaryPath(required('Chromium', browsers.chromium()));
    options.addArguments(...chromiumArguments);
    options.addArguments(`--blink-settings=preferredColorScheme=${colorScheme === 'dark' ? 0 : 1}`);
    if (folder !== undefined) options.addArguments(`--user-data-dir=${folder}`);
    options.setUserPreferences({ 'download.default_directory': downloads, 'download.prompt_for_download': false });
    return new Builder()
      .withCapabilities(new Capabilities({ browserName: 'chrome', webSocketUrl: true }))
      .setChromeOptions(options)
      .setChromeService(new ChromeService(required('chromedriver', browsers.chromedriver())))
      .build();
  },
  collectLog,
  setViewport,
  processId: 'goog:processID',
};

/** @type {Engine} */
const firefox = {
  name: 'Firefox',
  async start({ downloads, folder, colorScheme = 'light' }) {
    const options = new FirefoxOptions();
    options.setBinary(required('Firefox', browsers.firefox()));
    options.addArguments('-headless');
    if (folder !== undefined) options.addArguments('-profile', folder);
    options.setPreference('layout.css.prefers-color-scheme.content-override', colorScheme === 'dark' ? 0 : 1);
    options.setPreference('ui.prefersReducedMotion', 1);
    // 2: the folder named by the next preference, instead of one of the system's.
    options.setPreference('browser.download.folderList', 2);
    options.setPreference('browser.download.dir', downloads);
    const { geckodriver } = cargoTools;
    return new Builder()
      .withCapabilities(new Capabilities({ browserName: 'firefox', webSocketUrl: true }))
      .setFirefoxOptions(options)
      .setFirefoxService(new FirefoxService(join(cargoToolRoot(geckodriver), 'bin', geckodriver.bin)))
      .build();
  },
  collectLog,
  setViewport,
  processId: 'moz:processID',
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
