// Everything the package promises, tested inside a page that imports its files unbundled.

import assert from 'node:assert/strict';
import { afterEach, before, describe, test } from 'node:test';
import { describeIn } from '../lab/browser.mjs';
import { ClientPage } from '../lab/client-page.mjs';
import { engines } from '../lab/engines.mjs';

/**
 * Suites by part and file, such as `queries/values.suite.mjs`, and the kinds of storage that they are run on; `best`: the
 * best that an engine has.
 */
const storagesOf = {
  'opening/options': ['best'],
  'opening/closing': ['opfs', 'indexeddb'],
  'opening/diagnostics': ['best'],
  'upgrading/applying': ['opfs', 'indexeddb'],
  'upgrading/sources': ['best'],
  'upgrading/lazy': ['best'],
  'upgrading/image': ['opfs', 'indexeddb', 'memory'],
  'upgrading/code': ['best'],
  'upgrading/developing': ['best'],
  'upgrading/releases': ['best'],
  'upgrading/adopting': ['best'],
  'upgrading/operations': ['best'],
  'upgrading/initial': ['opfs', 'indexeddb'],
  'upgrading/orphans': ['best'],
  'upgrading/progress': ['best'],
  'upgrading/cancelling': ['best'],
  'upgrading/switches': ['best'],
  'queries/values': ['best'],
  'queries/functions': ['best'],
  'queries/callbacks': ['best'],
  'queries/statements': ['best'],
  'queries/templates': ['best'],
  'queries/batches': ['best'],
  'queries/transactions': ['best'],
  'queries/cancelling': ['best'],
  'queries/streams': ['best'],
  'queries/watching': ['best'],
  'queries/limits': ['best'],
  'storage/homes': ['opfs', 'indexeddb', 'memory'],
  'storage/info': ['opfs', 'indexeddb', 'memory'],
  'storage/choosing': ['opfs'],
  'storage/without-opfs': ['indexeddb'],
  'storage/moving': ['opfs'],
  'storage/large': ['indexeddb'],
  'storage/commits': ['indexeddb'],
  'files/transfers': ['opfs', 'indexeddb'],
  'files/backups': ['opfs', 'indexeddb'],
  'files/finding': ['opfs', 'indexeddb'],
  'tabs/sharing': ['best'],
  'tabs/versions': ['best'],
  'failing/workers': ['best'],
};

const suites = await Promise.all(
  Object.entries(storagesOf).map(async ([suite, storages]) => {
    /** @type {{ tests: import('../pages/suite.mjs').Suite }} */
    const { tests } = await import(`./${suite}.suite.mjs`);
    return { suite, part: String(suite.split('/', 1)[0]), storages, names: Object.keys(tests) };
  }),
);

/** Parts that are tested together, in a browser of their own: two halves that take about as long. */
const halves = {
  using: ['opening', 'upgrading', 'queries'],
  keeping: ['storage', 'files', 'tabs', 'failing'],
};

/**
 * Describes half of the tests in one engine: each has a file of its own, so that several can run at a time.
 * @param {string} name of the engine; nothing if it is not to be tested
 * @param {keyof typeof halves} half
 */
export function describePackage(name, half) {
  const homeless = suites.filter(({ part }) => !Object.values(halves).flat().includes(part));
  assert.deepEqual(homeless, [], 'suites that are in neither half');
  const wanted = engines.find((engine) => engine.name === name);
  const chosen = suites.filter(({ part }) => halves[half].includes(part));
  if (wanted) describeIn(wanted, `the package (${half})`, (browser, engine) => describeSuites(chosen, browser, engine));
}

/**
 * @param {typeof suites} chosen
 * @param {() => import('../lab/browser.mjs').Browser} browser
 * @param {import('../lab/engines.mjs').Engine} engine
 */
function describeSuites(chosen, browser, engine) {
  for (const { suite, storages, names } of chosen) {
    for (const kind of storages) {
      const storage = kind === 'best' ? engine.storages[0] : kind;
      if (storage === 'opfs' && !engine.storages.includes(storage)) continue;
      describe(`${suite}, on ${storage}`, () => {
        /** @type {ClientPage} */
        let page;
        before(async () => {
          page = new ClientPage(browser());
          await page.visit();
        });
        afterEach(async () => {
          // A worker that cannot start is the browser's to complain about, too.
          if (suite.startsWith('failing/')) await browser().takeComplaints();
          else await browser().assertNoComplaints();
        });
        for (const name of names) {
          test(name, () => page.call('run-test.mjs', 'runTest', suite, name, storage));
        }
      });
    }
  }
}
