// What the system does to the processes of tabs: it suspends those in the background, and all of them when a lid is
// closed; it ends some when memory is short.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { describeInEachEngine } from './browser.mjs';
import { ClientPage } from './client-page.mjs';
import { processOf, treeOf } from './processes.mjs';

const files = { '1.note.sql': 'CREATE TABLE note (id INTEGER PRIMARY KEY, text);' };

/** Browsers put tabs of one site into one process when memory is short. */
const together = 'both tabs are in one process';

/** Longer than a transaction may do nothing while others wait for it, in milliseconds. */
const night = 8000;

describeInEachEngine('a tab', (browser, engine) => {
  // Only a driver that says which process is the browser's lets us find the tab's.
  const skip = (engine.processId === undefined || !existsSync('/proc/self/stat')) && 'its process cannot be found';

  test('that owns the database and is suspended is waited for, and goes on when it is woken', { skip }, async (t) => {
    const { driver } = browser();
    const client = new ClientPage(browser());
    const root = (await driver.getCapabilities()).get(/** @type {string} */ (engine.processId));
    const opened = async () => {
      await client.visit();
      return client.call('other-tab.mjs', 'open', 'suspended owner', 'auto', files);
    };
    await driver.switchTo().newWindow('tab');
    assert.equal(await opened(), true);
    const owner = await processOf(root, (script) => driver.executeScript(script));
    await driver.switchTo().newWindow('tab');
    assert.equal(await opened(), false);
    const follower = await processOf(root, (script) => driver.executeScript(script));
    if (follower === owner) return t.skip(together);

    process.kill(owner, 'SIGSTOP');
    try {
      await client.call('other-tab.mjs', 'ask', "INSERT INTO note (text) VALUES ('asked in the night')");
      await driver.switchTo().newWindow('tab');
      await assert.rejects(opened(), /in use elsewhere/);
    } finally {
      process.kill(owner, 'SIGCONT');
    }
    assert.equal(await opened(), false);
    const [, , asked, latest] = await driver.getAllWindowHandles();
    await driver.switchTo().window(/** @type {string} */ (asked));
    assert.deepEqual(await client.call('other-tab.mjs', 'answer'), { value: [] });
    await driver.switchTo().window(/** @type {string} */ (latest));
    const notes = await client.call('other-tab.mjs', 'query', 'SELECT text FROM note');
    assert.deepEqual(notes, [{ text: 'asked in the night' }]);
    await browser().closeOtherTabs();
    await browser().assertNoComplaints();
  });

  test('that sleeps with all others, in the midst of a transaction, goes on when the machine wakes', {
    skip,
  }, async () => {
    const { driver } = browser();
    const client = new ClientPage(browser());
    const root = (await driver.getCapabilities()).get(/** @type {string} */ (engine.processId));
    for (let tab = 0; tab < 2; tab++) {
      await driver.switchTo().newWindow('tab');
      await client.visit();
      await client.call('other-tab.mjs', 'open', 'sleeping machine', 'auto', files);
    }
    // The follower's; the owner waits for it.
    await client.call('other-tab.mjs', 'leaveOpen', "INSERT INTO note (text) VALUES ('half')");
    const [, owner, follower] = await driver.getAllWindowHandles();
    await driver.switchTo().window(/** @type {string} */ (owner));
    await client.call('other-tab.mjs', 'ask', "INSERT INTO note (text) VALUES ('whole')");

    const all = await treeOf(root);
    for (const { pid } of all) process.kill(pid, 'SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, night));
    for (const { pid } of all.reverse()) process.kill(pid, 'SIGCONT');

    assert.deepEqual(await client.call('other-tab.mjs', 'answer'), { value: [] });
    for (const tab of [owner, follower]) {
      await driver.switchTo().window(/** @type {string} */ (tab));
      const notes = await client.call('other-tab.mjs', 'query', 'SELECT text FROM note');
      assert.deepEqual(notes, [{ text: 'whole' }]);
    }
    await browser().closeOtherTabs();
    await browser().assertNoComplaints();
  });

  // Firefox ends the whole session of the driver when it loses a tab.
  const skipEnding = skip || (engine.name === 'Firefox' && 'its driver would end');
  test('that owns the database and whose process is ended is followed by another one', {
    skip: skipEnding,
  }, async (t) => {
    const { driver } = browser();
    const client = new ClientPage(browser());
    const root = (await driver.getCapabilities()).get(/** @type {string} */ (engine.processId));
    const opened = async () => {
      await client.visit();
      return client.call('other-tab.mjs', 'open', 'ended owner', 'auto', files);
    };
    const [first] = await driver.getAllWindowHandles();
    await driver.switchTo().newWindow('tab');
    assert.equal(await opened(), true);
    await client.call('other-tab.mjs', 'query', "INSERT INTO note (text) VALUES ('kept')");
    await client.call('other-tab.mjs', 'leaveOpen', "INSERT INTO note (text) VALUES ('half')");
    const owner = await processOf(root, (script) => driver.executeScript(script));
    await driver.switchTo().window(/** @type {string} */ (first));
    assert.equal(await opened(), false);
    const follower = await processOf(root, (script) => driver.executeScript(script));
    await client.call('other-tab.mjs', 'ask', 'SELECT text FROM note');
    if (follower === owner) return t.skip(together);
    process.kill(owner, 'SIGKILL');
    assert.deepEqual(await client.call('other-tab.mjs', 'answer'), { value: [{ text: 'kept' }] });
    await client.call('other-tab.mjs', 'query', "INSERT INTO note (text) VALUES ('and on')");
  });
});
