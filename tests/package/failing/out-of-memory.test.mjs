// A worker whose memory is used up: the browser gives the module little, and queries want more.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeIn } from '../../lab/browser.mjs';
import { ClientPage } from '../../lab/client-page.mjs';
import { engines } from '../../lab/engines.mjs';

const files = { '1.note.sql': 'CREATE TABLE note (id INTEGER PRIMARY KEY, text);' };

/** 32 MiB. */
const wasmPages = 512;
const mebibyte = 1 << 20;

for (const engine of engines.filter(({ limitsWasm }) => limitsWasm)) {
  describeIn(
    engine,
    'a worker without memory',
    (browser) => {
      for (const storage of engine.storages) {
        test(`says so, or another one goes on, on ${storage}`, async () => {
          const { driver } = browser();
          const client = new ClientPage(browser());
          const open = async () => {
            await client.visit();
            return client.call('other-tab.mjs', 'open', `memory ${storage}`, storage, files);
          };
          const first = await driver.getWindowHandle();
          assert.equal(await open(), true);
          await client.call('other-tab.mjs', 'query', "INSERT INTO note (text) VALUES ('kept')");
          await driver.switchTo().newWindow('tab');
          assert.equal(await open(), false);
          const goesOn = async () =>
            assert.deepEqual(await client.call('other-tab.mjs', 'query', 'SELECT text FROM note'), [{ text: 'kept' }]);

          for (const tab of [await driver.getWindowHandle(), first]) {
            await driver.switchTo().window(tab);
            // SQLite notices.
            await client.call('other-tab.mjs', 'ask', `SELECT hex(zeroblob(${32 * mebibyte}))`);
            const { failure } = await client.call('other-tab.mjs', 'answer');
            assert.match(failure, /StorageError: there is no memory left.*out of memory/);
            await goesOn();
            // The module notices before it copies a parameter.
            await client.call('other-tab.mjs', 'askWith', 32 * mebibyte);
            const refused = await client.call('other-tab.mjs', 'answer');
            assert.match(refused.failure, /StorageError: there is no memory left.*parameter 1/);
            await goesOn();
            // The module ends while it copies a query.
            await client.call('other-tab.mjs', 'askAtLength', 32 * mebibyte);
            const fault = await client.call('other-tab.mjs', 'answer');
            assert.match(fault.failure, /ConnectionError: .*worker failed.*RuntimeError.*out of memory/);
            await goesOn();
          }
          await browser().closeOtherTabs();
        });
      }
    },
    { wasmPages },
  );
}
