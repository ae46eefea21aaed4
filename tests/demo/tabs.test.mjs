// The demo in several windows at once, closed, reloaded and upgraded in any order.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { describeInEachEngine } from '../lab/browser.mjs';
import { ClientPage } from '../lab/client-page.mjs';
import { eventually } from '../lab/eventually.mjs';
import { DemoPage } from './demo-page.mjs';
import { migrationFiles } from './migrations.mjs';

/** How many rows `add-day` makes. */
const day = 96;

const [owns, asks] = [/This tab holds it/, /Another tab holds it/];

describeInEachEngine('the demo in several windows', (browser) => {
  /** @type {DemoPage} */
  let demo;
  /** @type {ClientPage} */
  let client;

  beforeEach(async () => {
    demo = new DemoPage(browser());
    client = new ClientPage(browser());
    await browser().closeOtherTabs();
    await client.visit();
    await eventually(() => client.call('weather.mjs', 'remove'));
  });
  afterEach(async () => {
    await browser().assertNoComplaints();
    await browser().closeOtherTabs();
  });

  test('what one adds the other shows, and when the first is closed the second goes on', async () => {
    const [one, other] = await open(2);
    assert.match(await demo.textOf('owner'), asks);
    await to(one);
    assert.match(await demo.textOf('owner'), owns);
    await demo.press('add-day');
    await shows(day);
    await to(other);
    await shows(day);
    await demo.press('add-day');
    await shows(2 * day);
    await to(one);
    await shows(2 * day);

    await browser().driver.close();
    await to(other);
    await eventually(async () => assert.match(await demo.textOf('owner'), owns));
    await demo.press('add-day');
    await shows(3 * day);
    assert.equal(await demo.state(), 'ready');
  });

  test('windows that are reloaded, closed and opened in any order never fail', async () => {
    let windows = await open(3);
    let rows = 0;
    for (let round = 0; round < 9; round++) {
      const [current, ...others] = windows;
      await to(current);
      await demo.press('add-day');
      rows += day;
      await shows(rows);
      if (round % 3 === 0) {
        await demo.reload();
        windows = [...others, current];
      } else if (round % 3 === 1) {
        await browser().driver.close();
        await to(others[0]);
        const [opened] = await open(1);
        windows = [...others, opened];
      } else {
        // One that is only asked is reloaded.
        await to(others[0]);
        await demo.reload();
        windows = [...others, current];
      }
      assert.equal(await demo.state(), 'ready');
      await shows(rows);
    }
    for (const each of windows) {
      await to(each);
      assert.equal(await demo.state(), 'ready');
      await shows(rows);
    }
  });

  test('a newer version in another window: a banner asks to reload, and nothing fails', async () => {
    const windows = await open(2);
    await demo.press('add-day');
    await shows(day);
    await browser().driver.switchTo().newWindow('tab');
    const newer = await browser().driver.getWindowHandle();
    await client.visit();
    await client.call('weather.mjs', 'holdAs', {
      ...(await migrationFiles()),
      '0003.rain.sql': 'CREATE TABLE rain (mm);',
    });
    for (const each of windows) {
      await to(each);
      await eventually(async () => assert.ok(await isSuperseded()));
      assert.match(await demo.textOf('superseded'), /newer version.*Reload/s);
      assert.equal(await demo.state(), 'ready');
      // What is shown can still be read.
      assert.equal(await demo.rowCount(), day);
      assert.equal(await (await demo.find('add-day')).isEnabled(), false);
    }
    await demo.reloadedBy(() => demo.press('reload'));
    // The build that is served here is the old one still.
    assert.equal(await demo.errorCode(), 'database_ahead');
    await to(newer);
    await client.call('weather.mjs', 'letGo');
  });

  test('a newer version that is compatible is not noticed', async () => {
    const windows = await open(2);
    await browser().driver.switchTo().newWindow('tab');
    const newer = await browser().driver.getWindowHandle();
    await client.visit();
    const files = { ...(await migrationFiles()), '0003.rain.sql': '-- compatible: true\nCREATE TABLE rain (mm);' };
    await client.call('weather.mjs', 'holdAs', files);
    let rows = 0;
    for (const each of windows) {
      await to(each);
      await demo.press('add-day');
      rows += day;
      await shows(rows);
      assert.equal(await isSuperseded(), false);
    }
    await to(newer);
    await client.call('weather.mjs', 'letGo');
    await to(windows[1]);
    await demo.press('add-day');
    await shows(rows + day);
  });

  // WebKitGTK puts the page into its back/forward cache, and takes its locks; the others load it anew.
  test('windows that go to another page, and come back, go on', async () => {
    const windows = await open(2);
    let rows = 0;
    for (const each of windows) {
      await to(each);
      await client.visit();
      await to(windows.find((other) => other !== each));
      await demo.press('add-day');
      rows += day;
      await shows(rows);
      await to(each);
      await demo.back();
      // What was added meanwhile.
      await shows(rows);
      assert.equal(await demo.state(), 'ready');
      await demo.press('add-day');
      rows += day;
      for (const other of windows) {
        await to(other);
        await shows(rows);
      }
    }
  });

  test('what needs the database alone says that it is open elsewhere, and the page goes on', async () => {
    const [one] = await open(2);
    await demo.press('add-day');
    await shows(day);
    await demo.press('start-over');
    await eventually(
      async () => assert.match(await demo.textOf('start-over-status'), /Close it in other tabs and windows/),
      20_000,
    );
    assert.equal(await demo.state(), 'ready');
    await demo.press('add-day');
    await shows(2 * day);
    await to(one);
    await shows(2 * day);
  });

  /** Opens windows of the demo; the last one is the current one. */
  async function open(/** @type {number} */ count) {
    const handles = [];
    for (let index = 0; index < count; index++) {
      await browser().driver.switchTo().newWindow('tab');
      await demo.visit();
      assert.equal(await demo.state(), 'ready');
      handles.push(await browser().driver.getWindowHandle());
    }
    return /** @type {[string, string, string]} */ (handles);
  }

  /** Whether the page says that it must be reloaded. */
  async function isSuperseded() {
    return (await demo.find('superseded')).isDisplayed();
  }

  function to(/** @type {string | undefined} */ handle) {
    assert.ok(handle);
    return browser().driver.switchTo().window(handle);
  }

  function shows(/** @type {number} */ rows) {
    return eventually(async () => assert.equal(await demo.rowCount(), rows));
  }
});
