// Databases that the browser deletes though they are open, because its user clears the data of the site.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { describeIn } from '../../lab/browser.mjs';
import { ClientPage } from '../../lab/client-page.mjs';
import { engines } from '../../lab/engines.mjs';
import { eventually } from '../../lab/eventually.mjs';

for (const engine of engines) {
  if (engine.clearData) describeIn(engine, 'a database whose data the user clears', describeClearing);
}

/**
 * @param {() => import('../../lab/browser.mjs').Browser} browser
 * @param {import('../../lab/engines.mjs').Engine} engine
 */
function describeClearing(browser, engine) {
  const write = "INSERT INTO note VALUES ('kept')";
  const call = (/** @type {string} */ name, /** @type {unknown[]} */ ...args) =>
    new ClientPage(browser()).call('cleared.mjs', name, ...args);
  const clear = () => engine.clearData?.(browser().driver, browser().site.origin);
  const newTab = async () => {
    await browser().driver.switchTo().newWindow('tab');
    await new ClientPage(browser()).visit();
    return browser().driver.getWindowHandle();
  };
  const at = (/** @type {string} */ tab) => browser().driver.switchTo().window(tab);

  for (const storage of engine.storages) {
    const begin = () => call('begin', storage);
    /** @type {string} */
    let tab;
    beforeEach(async () => {
      tab = await browser().driver.getWindowHandle();
      await new ClientPage(browser()).visit();
    });
    afterEach(() => browser().closeOtherTabs());

    test(`in ${storage} acknowledges nothing more, and can be opened again`, async () => {
      assert.equal(await begin(), true);
      assert.deepEqual(await call('ask', write), []);
      await clear();
      // Files are looked for ten times a second.
      await eventually(async () => assert.equal(await call('ask', write), 'storage_io'));
      assert.equal(await call('ask', 'SELECT * FROM note'), 'storage_io');
      assert.equal(await call('close'), 'closed');

      assert.equal(await begin(), true);
      assert.deepEqual(await call('ask', 'SELECT * FROM note'), []);
      assert.deepEqual(await call('ask', write), []);
      // With tabs that come later, too.
      const other = await newTab();
      assert.equal(await begin(), false);
      assert.deepEqual(await call('ask', 'SELECT * FROM note'), [{ text: 'kept' }]);
      await at(tab);
      await call('close');
      await at(other);
      assert.deepEqual(await call('ask', write), []);
      await call('close');
    });

    test(`in ${storage} is closed without being waited for`, async () => {
      await begin();
      await clear();
      assert.equal(await call('close'), 'closed');
    });

    test(`in ${storage} ends for every tab that had it, and no other`, async () => {
      await begin();
      const follower = await newTab();
      assert.equal(await begin(), false);
      await clear();
      const later = await newTab();
      assert.equal(await begin(), true);
      assert.deepEqual(await call('ask', write), []);
      for (const old of [follower, tab]) {
        await at(old);
        await eventually(async () => assert.equal(await call('ask', write), 'storage_io'));
        assert.equal(await call('close'), 'closed');
      }
      await at(later);
      assert.deepEqual(await call('ask', 'SELECT * FROM note'), [{ text: 'kept' }]);
      await call('close');
    });
  }
}
