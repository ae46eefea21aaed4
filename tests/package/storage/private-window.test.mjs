// Windows whose browser forgets everything in the end, and may keep pages from some storage meanwhile.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Browser } from '../../lab/browser.mjs';
import { ClientPage } from '../../lab/client-page.mjs';
import { engines } from '../../lab/engines.mjs';

/** What a page in a private window is given without asking, and why nothing better. */
const expected = {
  Chromium: { kind: 'opfs', passedOver: [] },
  Firefox: { kind: 'indexeddb', passedOver: [{ kind: 'opfs', reason: /SecurityError/ }] },
};

describe('a private window', () => {
  for (const engine of engines) {
    const storage = expected[/** @type {keyof typeof expected} */ (engine.name)];
    if (!storage) continue;
    test(`of ${engine.name} has a database that lives in ${storage.kind}, and says why`, async () => {
      const browser = await Browser.start(engine, { privateWindow: true });
      try {
        const page = new ClientPage(browser);
        await page.visit();
        const first = await page.call('storage.mjs', 'openAndAddRow', 'private');
        assert.equal(first.rows, 1);
        assert.equal(first.storage.kind, storage.kind);
        assert.equal(first.storage.passedOver.length, storage.passedOver.length);
        for (const [index, { kind, reason }] of storage.passedOver.entries()) {
          assert.equal(first.storage.passedOver[index].kind, kind);
          assert.match(first.storage.passedOver[index].reason, reason);
        }
        await page.reload();
        const second = await page.call('storage.mjs', 'openAndAddRow', 'private');
        assert.deepEqual([second.rows, second.storage.kind], [2, storage.kind]);
        await browser.assertNoComplaints();
      } finally {
        await browser.quit();
      }
    });
  }
});
