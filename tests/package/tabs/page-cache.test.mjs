// Pages that go into the back/forward cache in the midst of something. WebKitGTK puts them there; others may end them.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Browser } from '../../lab/browser.mjs';
import { ClientPage } from '../../lab/client-page.mjs';
import { engines } from '../../lab/engines.mjs';
import { eventually } from '../../lab/eventually.mjs';
import { startSite } from '../../lab/site.mjs';

const megabytes = 24;

/** How long the next page lets the one wait that is being left, in milliseconds. */
const latency = 500;

for (const engine of engines) {
  describe(`a page that is left, in ${engine.name}`, () => {
    /** @type {Browser} */
    let browser;
    /** @type {ClientPage} */
    let client;
    before(async () => {
      const site = await startSite({
        '/elsewhere': (_, response) => {
          response.setHeader('content-type', 'text/html');
          setTimeout(() => response.end('<!doctype html><title>Elsewhere</title>'), latency);
        },
      });
      browser = await Browser.start(engine, {}, site);
      client = new ClientPage(browser);
    });
    after(() => browser?.quit());

    const isAt = (/** @type {RegExp} */ address) =>
      eventually(async () => assert.match(await browser.driver.getCurrentUrl(), address));
    const comeBack = async () => {
      await browser.driver.navigate().back();
      await isAt(/client\.html$/);
    };

    test('while it reads from IndexedDB keeps nobody from writing, nor from deleting the database', async () => {
      const { driver } = browser;
      const name = 'left';
      await client.visit();
      await client.call('storage.mjs', 'fill', name, 'indexeddb', megabytes);
      const left = await driver.getWindowHandle();
      await client.call('storage.mjs', 'leaveInExport', name, '/pages/client.html?elsewhere');
      await isAt(/elsewhere/);

      await driver.switchTo().newWindow('tab');
      await client.visit();
      await client.call('storage.mjs', 'fill', name, 'indexeddb', 1);
      assert.equal((await client.call('storage.mjs', 'look', name, 'indexeddb')).count, megabytes + 1);
      await client.call('storage.mjs', 'remove', name);
      await driver.close();
      await driver.switchTo().window(left);

      await comeBack();
      // Or nothing, in a page that was loaded anew.
      const outcome = (await client.call('storage.mjs', 'outcomeOfExport')) ?? 'closed';
      // What a page still loads, such as the script of a worker, ends before it does.
      assert.match(outcome, /^(closed|worker_failed)$/);
      await browser.assertNoComplaints();
    });

    test('while it opens a database has it when it comes back', async () => {
      for (const moment of [0, 10, 20, 40, 80]) {
        await client.visit();
        await client.call('storage.mjs', 'leaveWhileOpening', 'opening', '/elsewhere', moment);
        await isAt(/elsewhere/);
        await comeBack();
        const outcome = (await client.call('storage.mjs', 'outcomeOfOpening')) ?? 'opened';
        assert.equal(outcome, 'opened', `left after ${moment} ms`);
      }
      // Of what was no longer loaded browsers complain each in their way.
      await browser.takeComplaints();
    });
  });
}
