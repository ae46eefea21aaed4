// What the system does to the processes of tabs: it suspends those in the background, and all of them when a lid is
// closed; it ends some when memory is short.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { describeInEachEngine } from '../../lab/browser.mjs';
import { ClientPage } from '../../lab/client-page.mjs';
import { browserProcesses, processOf } from '../../lab/processes.mjs';

const files = { '1.note.sql': 'CREATE TABLE note (id INTEGER PRIMARY KEY, text);' };

/** Browsers put tabs of one site into one process when memory is short. */
const together = 'both tabs are in one process';

/** Longer than a transaction may do nothing while others wait for it, in milliseconds. */
const night = 8000;

describeInEachEngine('a tab', (browser, engine) => {
  const skip = !existsSync('/proc/self/stat') && 'its process cannot be found';

  const setUp = (/** @type {string} */ database) => {
    const { driver } = browser();
    const client = new ClientPage(browser());
    return {
      driver,
      client,
      /** Opens the database in the current tab; tells whether this tab is its owner. */
      open: async () => {
        await client.visit();
        return client.call('other-tab.mjs', 'open', database, 'auto', files);
      },
      /** The process of the current tab. */
      currentProcess: () => processOf((script) => driver.executeScript(script)),
    };
  };

  test('that owns the database and is suspended is waited for, and goes on when it is woken', { skip }, async (t) => {
    const { driver, client, open, currentProcess } = setUp('suspended owner');
    await driver.switchTo().newWindow('tab');
    assert.equal(await open(), true);
    const owner = await currentProcess();
    await driver.switchTo().newWindow('tab');
    assert.equal(await open(), false);
    const asking = await driver.getWindowHandle();
    const follower = await currentProcess();
    if (follower === owner) return t.skip(together);

    process.kill(owner, 'SIGSTOP');
    try {
      await client.call('other-tab.mjs', 'ask', "INSERT INTO note (text) VALUES ('asked in the night')");
      await driver.switchTo().newWindow('tab');
      await assert.rejects(open(), /in use elsewhere/);
    } finally {
      process.kill(owner, 'SIGCONT');
    }
    assert.equal(await open(), false);
    const latest = await driver.getWindowHandle();
    await driver.switchTo().window(asking);
    assert.deepEqual(await client.call('other-tab.mjs', 'answer'), { value: [] });
    await driver.switchTo().window(latest);
    const notes = await client.call('other-tab.mjs', 'query', 'SELECT text FROM note');
    assert.deepEqual(notes, [{ text: 'asked in the night' }]);
    await browser().closeOtherTabs();
    await browser().assertNoComplaints();
  });

  test('that sleeps with all others, in the midst of a transaction, goes on when the machine wakes', {
    skip,
  }, async () => {
    const { driver, client, open } = setUp('sleeping machine');
    const tabs = [];
    for (const isOwner of [true, false]) {
      await driver.switchTo().newWindow('tab');
      assert.equal(await open(), isOwner);
      tabs.push(await driver.getWindowHandle());
    }
    const [owner] = /** @type {[string, string]} */ (tabs);
    // The follower's; the owner waits for it.
    await client.call('other-tab.mjs', 'leaveOpen', "INSERT INTO note (text) VALUES ('half')");
    await driver.switchTo().window(owner);
    await client.call('other-tab.mjs', 'ask', "INSERT INTO note (text) VALUES ('whole')");

    const all = await browserProcesses();
    for (const { pid } of all) process.kill(pid, 'SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, night));
    for (const { pid } of all.reverse()) process.kill(pid, 'SIGCONT');

    assert.deepEqual(await client.call('other-tab.mjs', 'answer'), { value: [] });
    for (const tab of tabs) {
      await driver.switchTo().window(tab);
      const notes = await client.call('other-tab.mjs', 'query', 'SELECT text FROM note');
      assert.deepEqual(notes, [{ text: 'whole' }]);
    }
    await browser().closeOtherTabs();
    await browser().assertNoComplaints();
  });

  // The drivers of Firefox and WebKitGTK end the whole session when they lose a tab.
  const skipEnding = skip || (engine.name !== 'Chromium' && 'its driver would end');
  test('that owns the database and whose process is ended is followed by another one', {
    skip: skipEnding,
  }, async (t) => {
    const { driver, client, open, currentProcess } = setUp('ended owner');
    const first = await driver.getWindowHandle();
    await driver.switchTo().newWindow('tab');
    assert.equal(await open(), true);
    await client.call('other-tab.mjs', 'query', "INSERT INTO note (text) VALUES ('kept')");
    await client.call('other-tab.mjs', 'leaveOpen', "INSERT INTO note (text) VALUES ('half')");
    const owner = await currentProcess();
    await driver.switchTo().window(first);
    assert.equal(await open(), false);
    const follower = await currentProcess();
    await client.call('other-tab.mjs', 'ask', 'SELECT text FROM note');
    if (follower === owner) return t.skip(together);
    process.kill(owner, 'SIGKILL');
    assert.deepEqual(await client.call('other-tab.mjs', 'answer'), { value: [{ text: 'kept' }] });
    await client.call('other-tab.mjs', 'query', "INSERT INTO note (text) VALUES ('and on')");
  });
});
