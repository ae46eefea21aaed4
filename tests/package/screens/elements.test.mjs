// The elements of wheatear/ui in an application that fails, takes long and is superseded for real; in one engine, since nothing
// in them is particular to one. Others show them in the demo.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { Key } from 'selenium-webdriver';
import { describeIn } from '../../lab/browser.mjs';
import { ClientPage } from '../../lab/client-page.mjs';
import { downloadedBy } from '../../lab/downloads.mjs';
import { engines } from '../../lab/engines.mjs';
import { eventually } from '../../lab/eventually.mjs';
import { sqlite } from '../../lab/sqlite-shell.mjs';
import { ElementsPage } from './elements-page.mjs';

/** Whose declarations say which element has which properties. @typedef {import('../../../client/ui.js').WheatearRecovery} Recovery */

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

for (const engine of engines.filter(({ name }) => name === 'Chromium')) {
  describeIn(engine, 'wheatear/ui', (browser) => {
    /** @type {ElementsPage} */
    let page;

    beforeEach(async () => {
      page = new ElementsPage(browser());
      await browser().closeOtherTabs();
      const client = new ClientPage(browser());
      await client.visit();
      await client.call('storage.mjs', 'remove', 'notes');
      await page.deploy('first');
      await page.visit();
      await page.shows('first: 2 notes');
    });
    afterEach(() => browser().assertNoComplaints());

    describe('<wheatear-recovery>', () => {
      beforeEach(async () => {
        await page.deploy('broken');
        await page.visit();
        await page.part('wheatear-recovery', 'title');
      });

      test('says what happened, gives the file away as it is, and tries again', async () => {
        assert.equal(await page.focused(), 'title');
        assert.equal(await page.textOf('wheatear-recovery', 'title'), 'The update did not work');
        assert.match(await page.textOf('wheatear-recovery', 'unchanged'), /as it was before/);
        const file = await downloadedBy(browser(), engine, 'notes.sqlite3', () =>
          page.press('wheatear-recovery', 'download'),
        );
        const path = join(browser().downloads, 'opened.sqlite3');
        await writeFile(path, file);
        assert.deepEqual(await sqlite(path, 'SELECT text FROM note'), [['the same'], ['the same']]);
        assert.match(await page.textOf('wheatear-recovery', 'status'), /notes\.sqlite3/);
        await page.deploy('mended');
        await page.press('wheatear-recovery', 'retry');
        await page.shows('mended: 2 notes');
      });

      test('has the details for whoever wants them, to be copied', async () => {
        await page.run(() => {
          const details = document.querySelector('wheatear-recovery')?.shadowRoot?.querySelector('details');
          if (details) details.open = true;
          // Headless, there is no clipboard that could be read.
          navigator.clipboard.writeText = async (text) => {
            Object.assign(window, { copied: text });
          };
        });
        await page.press('wheatear-recovery', 'copy');
        const copied = await eventually(async () => {
          const copied = String(await page.run(() => Object(window).copied));
          assert.match(copied, /UNIQUE constraint failed/);
          return copied;
        });
        for (const part of ['Code: statement_failed', 'Migration: 0002.unique', 'Line: 1', 'SQLite: 2067: ']) {
          assert.ok(copied.includes(part), copied);
        }
      });

      test('starts over when that is confirmed, and not before', async () => {
        await page.press('wheatear-recovery', 'start-over');
        await page.part('wheatear-recovery', 'dialog');
        assert.equal(await page.focused(), 'button cancel');
        await browser().driver.actions().sendKeys(Key.ESCAPE).perform();
        await eventually(async () => assert.equal(await page.has('wheatear-recovery', 'dialog'), false));
        assert.equal(await page.focused(), 'button danger start-over');
        await page.press('wheatear-recovery', 'start-over');
        await page.press('wheatear-recovery', 'cancel');
        await page.deploy('first');
        await page.visit();
        await page.shows('first: 4 notes');
        await page.deploy('broken');
        await page.visit();
        await page.press('wheatear-recovery', 'start-over');
        await page.press('wheatear-recovery', 'confirm');
        await page.shows('broken: 0 notes');
      });

      test('leaves it to the application to start over and to try again', async () => {
        await page.run(() => {
          const events = Object.assign(window, { events: /** @type {string[]} */ ([]) }).events;
          for (const name of ['wheatear-start-over', 'wheatear-retry']) {
            document.addEventListener(name, (event) => {
              events.push(name);
              event.preventDefault();
            });
          }
        });
        await page.press('wheatear-recovery', 'retry');
        await page.press('wheatear-recovery', 'start-over');
        await page.press('wheatear-recovery', 'confirm');
        await eventually(async () =>
          assert.deepEqual(await page.run(() => Object(window).events), ['wheatear-retry', 'wheatear-start-over']),
        );
        const attempted = await page.run(async () => {
          const recovery = document.querySelector('wheatear-recovery');
          return recovery?.attempt('Restoring…', () =>
            Promise.reject(Object.assign(Error(), { code: 'storage_full' })),
          );
        });
        assert.equal(attempted, false);
        assert.equal(await page.textOf('wheatear-recovery', 'title'), 'There is no room left');
        await page.deploy('mended');
        await page.visit();
        await page.shows('mended: 2 notes');
      });

      test('offers for each code what the documentation says', async () => {
        const offered = await page.run((codes) => {
          const recovery = document.querySelector('wheatear-recovery');
          return codes.map((code) => {
            if (recovery) recovery.error = { code, message: 'no' };
            const offers = (/** @type {string} */ part) =>
              recovery?.shadowRoot?.querySelector(`[part~='${part}']`) ? 'yes' : '';
            return [code, offers('download'), offers('start-over')];
          });
        }, codes());
        assert.deepEqual(offered, codes().map(documented));
      });
    });

    test('an upgrade that takes long is shown with what it does, until it is cancelled', async () => {
      await page.deploy('endless');
      await page.visit();
      assert.match(await page.textOf('wheatear-upgrade', 'title'), /Updating/);
      await eventually(async () =>
        assert.match(await page.textOf('wheatear-upgrade', 'step'), /^Step 2 of 2 · \d+ s$/),
      );
      const track = await page.part('wheatear-upgrade', 'track');
      assert.equal(await track.getAttribute('aria-valuenow'), '33');
      await page.run(() => document.querySelector('button')?.click());
      assert.equal(await page.textOf('wheatear-recovery', 'title'), 'The update was cancelled');
      assert.equal(await page.has('wheatear-recovery', 'start-over'), false);
      assert.equal(await page.has('wheatear-upgrade', 'upgrade'), false);
    });

    test('a quick upgrade is not shown, and one that is over no more', async () => {
      const shown = await page.run(async () => {
        const upgrade = document.createElement('wheatear-upgrade');
        document.body.append(upgrade);
        const isShown = () => upgrade.shadowRoot?.querySelector("[part='upgrade']") !== null;
        const shown = [];
        upgrade.delay = 1e9;
        upgrade.progress = { type: 'phase', phase: 'migrating' };
        await new Promise((resolve) => setTimeout(resolve));
        shown.push(isShown());
        upgrade.progress = undefined;
        upgrade.delay = 0;
        upgrade.progress = { type: 'phase', phase: 'committing' };
        while (!isShown()) await new Promise((resolve) => setTimeout(resolve));
        upgrade.progress = undefined;
        shown.push(isShown());
        return shown;
      });
      assert.deepEqual(shown, [false, false]);
    });

    test('a tab that a newer build has superseded reloads into that', async () => {
      const { driver } = browser();
      const old = await driver.getWindowHandle();
      await page.deploy('mended');
      await driver.switchTo().newWindow('tab');
      await page.visit();
      await page.shows('mended: 2 notes');
      await driver.switchTo().window(old);
      assert.match(await page.textOf('wheatear-superseded', 'text'), /newer version/);
      await page.press('wheatear-superseded', 'reload');
      await page.shows('mended: 2 notes');
    });

    test('what is set before an element is known counts, in another language and direction', async () => {
      await new ClientPage(browser()).visit();
      const shown = await page.run(async () => {
        document.documentElement.dir = 'rtl';
        const upgrade = document.createElement('wheatear-upgrade');
        const recovery = document.createElement('wheatear-recovery');
        Object.assign(upgrade, {
          delay: 0,
          messages: {
            title: 'يتم تحديث بياناتك',
            step: (/** @type {number} */ n, /** @type {number} */ of) => `${of}/${n}`,
          },
          progress: { type: 'step', operation: 'apply', migrationId: '0002.x', number: 2, count: 3 },
        });
        Object.assign(recovery, { error: new Error('no'), messages: { tryAgain: 'حاول مرة أخرى' } });
        document.body.append(upgrade, recovery);
        // Only now.
        await import(/** @type {string} */ ('/package/ui.js'));
        const part = (/** @type {HTMLElement} */ element, /** @type {string} */ name) =>
          /** @type {HTMLElement | null | undefined} */ (element.shadowRoot?.querySelector(`[part~='${name}']`));
        while (!part(upgrade, 'bar')) await new Promise((resolve) => setTimeout(resolve));
        const right = (/** @type {string} */ name) => part(upgrade, name)?.getBoundingClientRect().right ?? 0;
        return {
          title: part(upgrade, 'title')?.innerText,
          step: part(upgrade, 'step')?.innerText,
          retry: part(recovery, 'retry')?.innerText,
          hasDownload: Boolean(part(recovery, 'download')),
          // But for the border.
          begins: right('track') - right('bar') < 3,
        };
      });
      assert.deepEqual(shown, {
        title: 'يتم تحديث بياناتك',
        step: '3/2',
        retry: 'حاول مرة أخرى',
        hasDownload: false,
        begins: true,
      });
    });

    test('odd errors and names show whole texts, and offer nothing that cannot be', async () => {
      const shown = await page.run(async () => {
        const recovery = document.createElement('wheatear-recovery');
        document.body.append(recovery);
        const part = (/** @type {string} */ name) => recovery.shadowRoot?.querySelector(`[part~='${name}']`);
        const { fileName } = recovery;
        recovery.messages = { cases: { failed: { title: 'Nein' } }, codes: { late: { title: 'Spät' } } };
        const titles = [];
        for (const code of ['constructor', 'late', 'code_failed', 'storage_busy']) {
          recovery.error = { code };
          titles.push([part('title')?.textContent, part('text')?.textContent?.slice(0, 12)]);
        }
        recovery.error = { code: 'late' };
        recovery.database = '';
        const offers = Boolean(part('download'));
        await recovery.attempt('…', () => Promise.reject());
        return { fileName, titles, offers, last: part('title')?.textContent };
      });
      assert.deepEqual(shown, {
        fileName: 'database.sqlite3',
        titles: [
          ['Something went wrong', 'Your data co'],
          ['Spät', 'This version'],
          ['Nein', 'This version'],
          ['Your data is in use elsewhere', 'It is open i'],
        ],
        offers: false,
        last: 'Something went wrong',
      });
    });

    test('they have no accessibility violation in light and dark, and fit narrow screens', async () => {
      const { driver } = browser();
      await page.run(async () => {
        const main = document.querySelector('main');
        const upgrade = document.createElement('wheatear-upgrade');
        upgrade.delay = 0;
        upgrade.progress = { type: 'step', operation: 'apply', migrationId: '0002.x', number: 2, count: 3 };
        const recovery = document.createElement('wheatear-recovery');
        recovery.database = 'notes';
        main?.append(document.createElement('wheatear-superseded'), upgrade, recovery);
        const code = 'database_corrupt';
        recovery.error = Object.assign(new Error('no'), { code, migrationId: '0002.x', line: 1 });
        for (const details of recovery.shadowRoot?.querySelectorAll('details') ?? []) details.open = true;
      });
      await page.part('wheatear-upgrade', 'bar');
      await driver.executeScript(axe);
      /** @type {string[]} */
      const backgrounds = [];
      for (const scheme of ['light', 'dark']) {
        await page.run((scheme) => {
          document.documentElement.style.colorScheme = scheme;
        }, scheme);
        backgrounds.push(await (await page.part('wheatear-recovery', 'recovery')).getCssValue('background-color'));
        assert.deepEqual(await violations(), []);
        await page.press('wheatear-recovery', 'start-over');
        assert.deepEqual(await violations(), []);
        await page.press('wheatear-recovery', 'cancel');
      }
      assert.notEqual(backgrounds[0], backgrounds[1]);
      await engine.setViewport?.(driver, { width: 320, height: 700 });
      const [inner, content] = await page.run(() => [innerWidth, document.documentElement.scrollWidth]);
      assert.equal(inner, 320);
      assert.ok((content ?? 0) <= 320, `${content} px wide`);
      await engine.setViewport?.(driver, { width: 1280, height: 800 });
    });

    /** What axe finds. @returns {Promise<unknown>} */
    function violations() {
      return browser().driver.executeAsyncScript((/** @type {(result: unknown) => void} */ done) => {
        /** @type {any} */ (window).axe
          .run()
          .then((/** @type {import('axe-core').AxeResults} */ { violations }) =>
            done(violations.map(({ id, help, nodes }) => ({ id, help, nodes: nodes.map(({ html }) => html) }))),
          );
      });
    }
  });
}

const textOf = (/** @type {string} */ page) => readFileSync(new URL(`../../../${page}`, import.meta.url), 'utf8');

/** Every error code. */
function codes() {
  return [...textOf('docs/errors.md').matchAll(/^### `(\w+)`$/gm)].map(([, code = '']) => code);
}

/** What the table of docs/ui.md says that is offered for a code: a download, and to start over. */
function documented(/** @type {string} */ code) {
  const rows = textOf('docs/ui.md')
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .filter((cells) => cells.length === 6);
  const row =
    rows.find(([, , codes]) => codes?.includes(`\`${code}\``)) ??
    rows.find(([, , codes]) => codes?.includes('all others'));
  return [code, row?.[3], row?.[4]];
}
