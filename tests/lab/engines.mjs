// The browser engines that tests run in, each a real browser behind W3C WebDriver. Another engine
// is another entry here: how its driver is started, and how it does what WebDriver leaves open.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Builder, Capabilities } from 'selenium-webdriver';
import { Options as ChromeOptions, ServiceBuilder as ChromeService } from 'selenium-webdriver/chrome.js';
import { Options as FirefoxOptions, ServiceBuilder as FirefoxService } from 'selenium-webdriver/firefox.js';
import { browsers, cargoToolRoot, cargoTools, required } from '../../scripts/tools.mjs';
import { collectLog, setViewport } from './bidi.mjs';
import { chromiumArguments } from './chromium-arguments.mjs';
import { startWebKitDriver } from './webkit-driver.mjs';

/** @typedef {import('selenium-webdriver').WebDriver} WebDriver */

/**
 * @typedef {object} Profile
 * @property {string} downloads folder where downloads are saved without asking
 * @property {string} [folder] where the profile is kept; without one it is new and thrown away
 * @property {boolean} [privateWindow] whether everything is to be forgotten at the end
 * @property {'light' | 'dark'} [colorScheme] what the user prefers; light if absent
 * @property {number} [wasmPages] how much memory a WebAssembly module may have, in pages of 64 KiB, where the engine has
 *   `limitsWasm`
 */

/**
 * @typedef {object} Engine
 * @property {string} name
 * @property {readonly ('opfs' | 'indexeddb')[]} storages the durable ones that it has, the better one first
 * @property {(profile: Profile) => Promise<WebDriver>} start
 * @property {(driver: WebDriver) => Promise<() => Promise<string[]>>} collectLog starts to collect
 *   warnings, errors and uncaught exceptions of pages and workers; the function it gives takes them
 * @property {(driver: WebDriver, size: { width: number, height: number }) => Promise<void>} [setViewport]
 * @property {(driver: WebDriver, origin: string, bytes: number | undefined) => Promise<void>} [setQuota] what the origin may
 *   store; `undefined`: as the browser thinks fit
 * @property {(driver: WebDriver, origin: string) => Promise<void>} [clearData] what a user does who clears the data of a site
 * @property {boolean} hearsPolicyOfWorkers whether somebody tells what the content security policy keeps a worker from
 * @property {boolean} [limitsWasm] whether it heeds `wasmPages`
 * @property {string} [processId] the capability that holds the browser's process id; without one a profile is forgotten
 */

/** @type {(driver: WebDriver, command: string, parameters: object) => Promise<any>} */
async function sendDevToolsCommand(driver, command, parameters) {
  await /** @type {import('selenium-webdriver/chrome.js').Driver} */ (driver).sendDevToolsCommand(command, parameters);
}

/** @type {Engine} */
const chromium = {
  name: 'Chromium',
  storages: ['opfs', 'indexeddb'],
  async start({ downloads, folder, privateWindow = false, colorScheme = 'light', wasmPages }) {
    const options = new ChromeOptions();
    options.setBinaryPath(required('Chromium', browsers.chromium()));
    // A page that glides to a button moves it away from under the click.
    options.addArguments(...chromiumArguments, '--force-prefers-reduced-motion');
    options.addArguments(`--blink-settings=preferredColorScheme=${colorScheme === 'dark' ? 0 : 1}`);
    // A profile that chromedriver makes, it leaves behind.
    const own = folder === undefined ? await mkdtemp(join(tmpdir(), 'wheatear-profile-')) : undefined;
    options.addArguments(`--user-data-dir=${folder ?? own}`);
    if (privateWindow) options.addArguments('--incognito');
    if (wasmPages !== undefined) options.addArguments(`--js-flags=--wasm-max-mem-pages=${wasmPages}`);
    options.setUserPreferences({ 'download.default_directory': downloads, 'download.prompt_for_download': false });
    // Processes of the browser may still write there for a moment.
    const remove = async () => own && (await rm(own, { recursive: true, force: true, maxRetries: 10 }));
    try {
      const driver = await new Builder()
        .withCapabilities(new Capabilities({ browserName: 'chrome', webSocketUrl: true }))
        .setChromeOptions(options)
        .setChromeService(new ChromeService(required('chromedriver', browsers.chromedriver())))
        .build();
      const quit = driver.quit.bind(driver);
      driver.quit = () => quit().finally(remove);
      return driver;
    } catch (error) {
      await remove();
      throw error;
    }
  },
  collectLog,
  hearsPolicyOfWorkers: true,
  setViewport,
  // Source: https://chromedevtools.github.io/devtools-protocol/tot/Storage/#method-overrideQuotaForOrigin
  async setQuota(driver, origin, bytes) {
    const command = { origin, ...(bytes !== undefined && { quotaSize: bytes }) };
    await sendDevToolsCommand(driver, 'Storage.overrideQuotaForOrigin', command);
  },
  // Source: https://chromedevtools.github.io/devtools-protocol/tot/Storage/#method-clearDataForOrigin
  clearData: (driver, origin) =>
    sendDevToolsCommand(driver, 'Storage.clearDataForOrigin', { origin, storageTypes: 'all' }),
  limitsWasm: true,
  processId: 'goog:processID',
};

/** @type {Engine} */
const firefox = {
  name: 'Firefox',
  storages: ['opfs', 'indexeddb'],
  async start({ downloads, folder, privateWindow = false, colorScheme = 'light' }) {
    const options = new FirefoxOptions();
    options.setBinary(required('Firefox', browsers.firefox()));
    options.addArguments('-headless');
    if (folder !== undefined) options.addArguments('-profile', folder);
    options.setPreference('layout.css.prefers-color-scheme.content-override', colorScheme === 'dark' ? 0 : 1);
    options.setPreference('ui.prefersReducedMotion', 1);
    options.setPreference('browser.privatebrowsing.autostart', privateWindow);
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
  hearsPolicyOfWorkers: true,
  setViewport,
  processId: 'moz:processID',
};

/**
 * A driver of sessions that are forgotten when they end, so nothing in `folder` would be found again; without BiDi, so
 * pages and workers report what goes wrong in them to the site; with windows that are never narrow.
 * @type {Engine}
 */
const webkitGtk = {
  name: 'WebKitGTK',
  storages: ['indexeddb'],
  async start({ colorScheme = 'light' }) {
    const { address, stop } = await startWebKitDriver(required('WebKitWebDriver', browsers.webkitDriver()), {
      // What the page is told that the user prefers follows the theme.
      GTK_THEME: colorScheme === 'dark' ? 'Adwaita:dark' : 'Adwaita',
    });
    const options = { binary: required('MiniBrowser', browsers.miniBrowser()), args: ['--automation'] };
    const capabilities = new Capabilities({ browserName: 'MiniBrowser', 'webkitgtk:browserOptions': options });
    try {
      const driver = await new Builder().usingServer(address).withCapabilities(capabilities).build();
      const quit = driver.quit.bind(driver);
      driver.quit = () => quit().finally(stop);
      return driver;
    } catch (error) {
      stop();
      throw error;
    }
  },
  collectLog: async () => async () => [],
  hearsPolicyOfWorkers: false,
};

const all = [chromium, firefox, webkitGtk];
const asked = process.env.ENGINES ? process.env.ENGINES.toLowerCase().split(',') : undefined;
for (const name of asked ?? []) {
  if (!all.some((engine) => engine.name.toLowerCase() === name))
    throw new Error(`ENGINES: there is no engine '${name}'`);
}

/**
 * Those that the variable ENGINES names, such as `ENGINES=firefox,webkitgtk`, or else every engine; only WebKitGTK may be
 * missing then, because not every system has it.
 */
export const engines = all.filter((engine) =>
  asked ? asked.includes(engine.name.toLowerCase()) : engine !== webkitGtk || browsers.webkitDriver(),
);
