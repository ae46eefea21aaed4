// A disk that is full, as far as the page can tell: its quota is a few megabytes.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { Browser } from '../../lab/browser.mjs';
import { ClientPage } from '../../lab/client-page.mjs';
import { engines } from '../../lab/engines.mjs';

const megabyte = 1_000_000;
const rows = 3;
const before = { count: rows, bytes: rows * megabyte, tables: ['note'], integrity: 'ok' };

for (const engine of engines) {
  const { setQuota } = engine;
  if (!setQuota) continue;
  for (const storage of engine.storages) {
    describe(`without room in ${storage}, in ${engine.name}`, () => {
      const name = 'full';
      /** @type {Browser} */
      let browser;
      /** @type {ClientPage} */
      let page;
      const limit = (/** @type {number | undefined} */ megabytes) =>
        setQuota(browser.driver, browser.site.origin, megabytes && megabytes * megabyte);
      // A site of its own for each: for half a minute Chromium remembers how much room IndexedDB had.
      beforeEach(async () => {
        browser = await Browser.start(engine);
        page = new ClientPage(browser);
        await page.visit();
      });
      afterEach(async () => {
        await browser.assertNoComplaints();
        await browser.quit();
      });

      test('an upgrade fails with storage_full, nothing is lost, and with room it succeeds', async () => {
        await limit(7);
        await page.call('storage.mjs', 'fill', name, storage, rows);
        const { code, message } = await page.call('storage.mjs', 'upgrade', name, storage);
        assert.equal(code, 'storage_full', message);
        assert.match(message, /free some space/);
        assert.deepEqual(await page.call('storage.mjs', 'look', name, storage), before);
        await limit(undefined);
        assert.equal((await page.call('storage.mjs', 'upgrade', name, storage)).code, 'ok');
      });

      // Small ones are committed to a log, in OPFS.
      for (const size of [megabyte, megabyte / 50]) {
        test(`writes of ${size} bytes fail with storage_full once it is used up, and what was acknowledged is there`, async () => {
          await limit(20);
          await page.call('storage.mjs', 'fill', name, storage, rows);
          const { acknowledged, codes, exported } = await page.call(
            'storage.mjs',
            'writeUntilFull',
            name,
            storage,
            size,
          );
          assert.deepEqual(codes, ['storage_full', 'storage_full']);
          assert.ok(acknowledged > 0, 'nothing was written');
          if (storage === 'opfs')
            assert.ok(exported > rows * megabyte + acknowledged * size, `${exported} bytes are exported`);
          const after = await page.call('storage.mjs', 'look', name, storage);
          assert.deepEqual([after.count, after.integrity], [rows + acknowledged, 'ok']);
          await limit(undefined);
          await page.call('storage.mjs', 'fill', name, storage, 1);
          assert.equal((await page.call('storage.mjs', 'look', name, storage)).count, rows + acknowledged + 1);
        });
      }

      test('an upgrade whose backup has no room is not begun, and leaves no backup', async () => {
        // SQLite's journal needs room too while the rows are written.
        await limit(storage === 'opfs' ? 8 : 5);
        await page.call('storage.mjs', 'fill', name, storage, rows);
        await limit(5);
        const { code, message } = await page.call('storage.mjs', 'upgrade', name, storage, true);
        assert.equal(code, 'storage_full', message);
        assert.match(message, /copy.*upgrade was not begun/);
        assert.deepEqual(await page.call('storage.mjs', 'backupNames', name), []);
        assert.deepEqual(await page.call('storage.mjs', 'look', name, storage), before);
        await limit(undefined);
        assert.equal((await page.call('storage.mjs', 'upgrade', name, storage, true)).code, 'ok');
        assert.deepEqual(await page.call('storage.mjs', 'backupNames', name), [`${name}@1.note`]);
      });
    });
  }
}
