// A page or a browser that goes away in the middle of a transaction.

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Browser, describeInEachEngine } from '../../lab/browser.mjs';
import { ClientPage } from '../../lab/client-page.mjs';

const asCommitted = { texts: ['committed'], integrity: 'ok' };

describeInEachEngine('a transaction', (browser, engine) => {
  test('cut short by a reload leaves nothing behind', async () => {
    const page = new ClientPage(browser());
    await page.visit();
    await page.call('interrupted.mjs', 'leaveTransactionOpen', 'reloaded');
    await page.reload();
    assert.deepEqual(await page.call('interrupted.mjs', 'find', 'reloaded'), asCommitted);
    await browser().assertNoComplaints();
  });

  test('cut short by closing its tab leaves nothing behind', async () => {
    const { driver } = browser();
    const page = new ClientPage(browser());
    const remaining = await driver.getWindowHandle();
    await driver.switchTo().newWindow('tab');
    await page.visit();
    await page.call('interrupted.mjs', 'leaveTransactionOpen', 'closed');
    await driver.close();
    await driver.switchTo().window(remaining);
    await page.visit();
    assert.deepEqual(await page.call('interrupted.mjs', 'find', 'closed'), asCommitted);
    await browser().assertNoComplaints();
  });

  // Where a driver's profile is forgotten there is nothing to come back to; tests/kill does without drivers.
  const skip = engine.processId === undefined;
  test('cut short by killing the browser leaves nothing behind', { skip }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'wheatear-profile-'));
    const killed = await Browser.start(engine, { folder });
    try {
      const page = new ClientPage(killed);
      await page.visit();
      await page.call('interrupted.mjs', 'leaveTransactionOpen', 'killed');
      await killed.kill(engine);

      // Data belong to an origin, so the next browser must find the site at the same port.
      const next = await Browser.start(engine, { folder }, killed.site);
      try {
        const page = new ClientPage(next);
        await page.visit();
        assert.deepEqual(await page.call('interrupted.mjs', 'find', 'killed'), asCommitted);
        await next.assertNoComplaints();
      } finally {
        await next.quit();
      }
    } finally {
      await killed.quit();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  });
});
