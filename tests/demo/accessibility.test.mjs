// The demo for everyone: keyboards, screen readers, narrow screens, light and dark.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { afterEach, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Key } from 'selenium-webdriver';
import { describeInEachEngine } from '../lab/browser.mjs';
import { ClientPage } from '../lab/client-page.mjs';
import { eventually } from '../lab/eventually.mjs';
import { DemoPage } from './demo-page.mjs';
import { migrationFiles } from './migrations.mjs';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
  describeInEachEngine(
    `the demo in a ${colorScheme} scheme`,
    (browser, engine) => {
      const { setViewport } = engine;
      /** @type {DemoPage} */
      let demo;
      before(() => {
        demo = new DemoPage(browser());
      });
      afterEach(() => browser().assertNoComplaints());

      describe('while it is ready', () => {
        before(() => demo.visit());

        test('is shown in that scheme', async () => {
          const query = `(prefers-color-scheme: ${colorScheme})`;
          assert.equal(await run((query) => matchMedia(query).matches, query), true);
        });

        test('has no accessibility violation while empty', async () => {
          assert.equal(await demo.rowCount(), 0);
          await assertAccessible();
        });

        test('lets the keyboard skip to the content and add a day', async () => {
          await demo.reload();
          await pressKey(Key.TAB);
          assert.match(await run(() => document.activeElement?.textContent ?? ''), /skip/i);
          await pressKey(Key.ENTER);
          assert.equal(await run(() => document.activeElement?.tagName), 'MAIN');
          for (let tabs = 0; tabs < 10 && (await focused()) !== 'add-day'; tabs++) await pressKey(Key.TAB);
          assert.equal(await focused(), 'add-day');
          await pressKey(Key.ENTER);
          await eventually(async () => assert.equal(await demo.rowCount(), 96));
          await eventually(async () => assert.equal(await focused(), 'add-day'));
        });

        test('has no accessibility violation with a chart and a table', async () => {
          await assertAccessible();
        });

        test('has no accessibility violation with a question, a backup and a file that was not imported', async () => {
          await demo.reloadedBy(() => demo.press('start-over'));
          assert.equal((await demo.backups()).length, 1);
          await demo.chooseFile(fileURLToPath(import.meta.url));
          await eventually(async () =>
            assert.match(await run(() => document.activeElement?.textContent ?? ''), /Cancel/),
          );
          await assertAccessible();
          await pressKey(Key.ESCAPE);
          await demo.importFile(fileURLToPath(import.meta.url));
          assert.equal((await demo.failure()).code, 'not_a_database');
          await assertAccessible();
        });

        fits();
      });

      describe('while it is in memory', () => {
        before(() => demo.visit('memory'));

        test('has no accessibility violation', () => assertAccessible());
      });

      describe('while its address asks for a storage that there is not', () => {
        before(async () => {
          await demo.visit();
          await demo.visit('floppy');
          assert.equal(await demo.state(), 'failed');
        });

        test('has no accessibility violation', () => assertAccessible());
      });

      describe('while a newer version runs in another window', () => {
        before(async () => {
          const { driver } = browser();
          await demo.visit();
          const handle = await driver.getWindowHandle();
          await driver.switchTo().newWindow('tab');
          const client = new ClientPage(browser());
          await client.visit();
          const files = { ...(await migrationFiles()), '0003.rain.sql': 'CREATE TABLE rain (mm);' };
          await client.call('weather.mjs', 'upgradeAs', files);
          await driver.close();
          await driver.switchTo().window(handle);
          await eventually(async () => assert.ok(await (await demo.find('superseded')).isDisplayed()));
        });

        test('puts the focus on the button that helps', async () =>
          assert.equal(await focusedPart(), 'button primary reload'));

        test('has no accessibility violation', () => assertAccessible());

        fits();
      });

      describe('while it has failed', () => {
        before(async () => {
          const client = new ClientPage(browser());
          await client.visit();
          await client.call('weather.mjs', 'remove');
          await client.call('weather.mjs', 'changeFirstVersion', 'ALTER TABLE weather_node ADD COLUMN temp_c INTEGER');
          await demo.visit();
          assert.equal(await demo.state(), 'failed');
          // It was made before the upgrade was tried.
          await eventually(async () => assert.equal((await demo.backups()).length, 1));
        });

        test('puts the focus on what has happened', async () => assert.equal(await focusedPart(), 'title'));

        test('has no accessibility violation', () => assertAccessible());

        test('has no accessibility violation with its details and its question', async () => {
          await demo.textOf('error');
          await demo.press('start-over-after-failure');
          await eventually(async () => assert.equal(await focusedPart(), 'button cancel'));
          await assertAccessible();
          await pressKey(Key.ESCAPE);
        });

        fits();
      });

      /**
       * @template Result
       * @template {unknown[]} Args
       * @param {(...args: Args) => Result} script runs in the page
       * @param {Args} args
       * @returns {Promise<Result>}
       */
      function run(script, ...args) {
        return browser().driver.executeScript(script, ...args);
      }

      const focused = () => run(() => document.activeElement?.getAttribute('data-testid'));

      /** What has the focus in an element of the package. */
      const focusedPart = () =>
        run(() => document.activeElement?.shadowRoot?.activeElement?.getAttribute('part') ?? undefined);

      const pressKey = (/** @type {string} */ key) => browser().driver.actions().sendKeys(key).perform();

      async function assertAccessible() {
        const { driver } = browser();
        await driver.executeScript(axe);
        /** @type {{ id: string, help: string, nodes: string[] }[]} */
        const violations = await driver.executeAsyncScript((/** @type {(result: unknown) => void} */ done) => {
          /** @type {any} */ (window).axe
            .run()
            .then((/** @type {import('axe-core').AxeResults} */ { violations }) =>
              done(violations.map(({ id, help, nodes }) => ({ id, help, nodes: nodes.map(({ html }) => html) }))),
            );
        });
        assert.deepEqual(violations, []);
      }

      function fits() {
        const skip = !setViewport && 'its windows are never that narrow';
        test('fits narrow screens without scrolling sideways', { skip }, () => assertFits());
      }

      async function assertFits() {
        for (const width of [320, 375]) {
          await setViewport?.(browser().driver, { width, height: 700 });
          // Resizing is told to the page a moment later, and its chart follows.
          await eventually(async () => {
            const [inner, content] = await run(() => [innerWidth, document.documentElement.scrollWidth]);
            assert.equal(inner, width);
            assert.ok((content ?? 0) <= width, `${content} px wide on a screen of ${width}`);
          });
        }
        await setViewport?.(browser().driver, { width: 1280, height: 800 });
      }
    },
    { colorScheme },
  );
}
