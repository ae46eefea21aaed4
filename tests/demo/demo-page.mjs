import assert from 'node:assert/strict';
import { By } from 'selenium-webdriver';
import { eventually } from '../lab/eventually.mjs';

/**
 * @typedef {object} Migration
 * @property {string | undefined} id
 * @property {string | undefined} state
 * @property {string | undefined} appliedAt
 * @property {string} text
 */

/** Parts of the package's own elements, whose hosts have hooks. @type {Record<string, { host: string, part: string }>} */
const parts = {
  'try-again': { host: 'error', part: 'retry' },
  download: { host: 'error', part: 'download' },
  'start-over-after-failure': { host: 'error', part: 'start-over' },
  reload: { host: 'superseded', part: 'reload' },
};

/** The demo, by the hooks that it promises. */
export class DemoPage {
  #browser;

  /** @param {import('../lab/browser.mjs').Browser} browser */
  constructor(browser) {
    this.#browser = browser;
  }

  /**
   * Opens the page anew, and waits until its database is open or has failed to open.
   * @param {string} [storage] what its address asks for
   */
  async visit(storage) {
    const query = storage === undefined ? '' : `?${new URLSearchParams({ storage })}`;
    await this.#driver.get(`${this.#browser.site.origin}/${query}`);
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
    // As long as a page may take to load.
    await eventually(
      async () =>
        assert.equal(await this.#driver.executeScript(() => document.documentElement.hasAttribute('data-old')), false),
      60_000,
    );
    await this.#opened();
  }

  /** @returns {Promise<string | undefined>} `opening`, `ready` or `failed` */
  state() {
    return this.#driver.executeScript(() => document.documentElement.dataset.state);
  }

  /** All text that can be seen. */
  async text() {
    return textIn(await this.#driver.findElement(By.css('body')));
  }

  /** The text of one element, as far as it can be seen. */
  async textOf(/** @type {string} */ testid) {
    return textIn(await this.find(testid));
  }

  async find(/** @type {string} */ testid) {
    const part = parts[testid];
    if (!part) return this.#driver.findElement(By.css(`[data-testid="${testid}"]`));
    const found = await this.#part(part);
    assert.ok(found, `there is no ${testid}`);
    return found;
  }

  /** Whether the failure screen has this button. */
  async offers(/** @type {keyof typeof parts} */ testid) {
    const part = parts[testid];
    return part !== undefined && (await this.#part(part)) !== null;
  }

  /** Presses a button, once the page is done with the one before. */
  async press(/** @type {string} */ testid) {
    await this.#idle();
    await press(await this.find(testid));
  }

  /** Chooses a file to import. The page asks whether it may take the database's place. */
  async chooseFile(/** @type {string} */ path) {
    await this.#idle();
    await (await this.find('import-file')).sendKeys(path);
  }

  /** Chooses a file to import, and answers the question. */
  async importFile(/** @type {string} */ path, /** @type {'confirm' | 'cancel'} */ answer = 'confirm') {
    await this.chooseFile(path);
    await this.#answer(answer);
  }

  /** Restores a backup. */
  async restore(/** @type {string} */ name) {
    await this.#idle();
    await press(await this.#driver.findElement(By.css(`button[aria-label="Restore ${name}"]`)));
    await this.#answer('confirm');
  }

  /** @returns {Promise<(string | undefined)[]>} names of the backups that can be seen, the newest first */
  backups() {
    return this.#driver.executeScript(() =>
      [...document.querySelectorAll('[data-testid="backup"]')]
        .filter((entry) => entry.checkVisibility())
        .map((entry) => (entry instanceof HTMLElement ? entry.dataset.name : undefined)),
    );
  }

  /** Waits until work on a file, a backup or a move has gone well, and gives what is said of it. */
  async done() {
    await this.#idle();
    // The list of backups is drawn anew, busy button and all, before what was done is said.
    return eventually(async () => {
      const text = await this.textOf('files-status');
      assert.notEqual(text, '', await this.textOf('files-error'));
      assert.doesNotMatch(text, /…$/);
      return text;
    });
  }

  /** Waits until such work has failed, and gives what is said of that. */
  async failure() {
    await this.#idle();
    const box = await this.find('files-error');
    assert.ok(await box.isDisplayed(), `nothing failed: ${await this.textOf('files-status')}`);
    return { code: await box.getAttribute('data-code'), text: await textIn(box) };
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
    return this.#driver.executeScript((/** @type {any} */ recovery) => recovery.error?.code, await this.find('error'));
  }

  /** @returns {Promise<import('selenium-webdriver').WebElement | null>} */
  async #part(/** @type {{ host: string, part: string }} */ { host, part }) {
    return this.#driver.executeScript(
      (/** @type {HTMLElement} */ host, /** @type {string} */ part) =>
        host.shadowRoot?.querySelector(`[part~="${part}"]`) ?? null,
      await this.find(host),
      part,
    );
  }

  get #driver() {
    return this.#browser.driver;
  }

  async #answer(/** @type {'confirm' | 'cancel'} */ answer) {
    const button = this.#driver.findElement(By.css(`dialog button[value="${answer}"]`));
    await eventually(async () => assert.ok(await button.isDisplayed()));
    await press(button);
  }

  async #idle() {
    await eventually(async () =>
      assert.equal(
        await this.#driver.executeScript(() => {
          const roots = [document, ...[...document.querySelectorAll('*')].flatMap((each) => each.shadowRoot ?? [])];
          return roots.some((root) => root.querySelector('[aria-busy="true"]'));
        }),
        false,
      ),
    );
  }

  async #opened() {
    // Five seconds of them may pass waiting for another tab to let go of the database.
    await eventually(async () => assert.match((await this.state()) ?? '', /^(ready|failed)$/), 20_000);
  }
}

/**
 * The text of an element as it can be seen, line by line. Drivers differ in what they make of one. Of an element of the package
 * also that of its details, which are opened for it.
 * @param {import('selenium-webdriver').WebElement} element
 * @returns {Promise<string>}
 */
export function textIn(element) {
  return element.getDriver().executeScript((/** @type {HTMLElement} */ seen) => {
    const { shadowRoot } = seen;
    for (const details of shadowRoot?.querySelectorAll('details') ?? []) details.open = true;
    const shown = /** @type {HTMLElement | undefined} */ (shadowRoot ? shadowRoot.children[0] : seen);
    return (shown?.innerText ?? '').trim();
  }, element);
}

/**
 * Clicks on an element, wherever on the page it is: WebKit's driver does not scroll to it.
 * @param {import('selenium-webdriver').WebElement} element
 */
export async function press(element) {
  await element
    .getDriver()
    .executeScript(
      (/** @type {HTMLElement} */ seen) => seen.scrollIntoView({ block: 'center', behavior: 'instant' }),
      element,
    );
  await element.click();
}
