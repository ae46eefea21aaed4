// The tests beside this one trust that a clean run had no complaints. So each kind must be noticed.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeInEachEngine } from './browser.mjs';
import { eventually } from './eventually.mjs';

describeInEachEngine('complaints', (browser, engine) => {
  test('of a page and of its worker are noticed, each kind of them', async () => {
    const { driver, site } = browser();
    await driver.get(`${site.origin}/pages/noisy.html`);
    /** @type {string[]} */
    const noticed = [];
    const inEach = ['page', 'worker'].flatMap((place) => [
      new RegExp(`warning in the ${place}`),
      new RegExp(`error in the ${place}`),
      new RegExp(`unhandled rejection in the ${place}`),
      new RegExp(`uncaught exception in the ${place}`),
      new RegExp(`not found: /absent-from-${place}`),
    ]);
    const keptOut = [
      /elsewhere-from-page/,
      ...(engine.hearsPolicyOfWorkers ? [/elsewhere-from-worker/] : []),
      // Some call it by its fallback.
      /script-src.*inline/,
    ];
    const expected = [...inEach, ...keptOut];
    await eventually(async () => {
      noticed.push(...(await browser().takeComplaints()));
      for (const pattern of expected) {
        assert.ok(
          noticed.some((complaint) => pattern.test(complaint)),
          `${pattern} is not among\n${noticed.join('\n')}`,
        );
      }
    });
    assert.doesNotMatch(noticed.join('\n'), /nothing to notice/);
    assert.deepEqual(await browser().takeComplaints(), []);
  });
});
