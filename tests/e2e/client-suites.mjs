// Everything the package promises, tested inside a page that imports its files unbundled.

import { afterEach, before, describe, test } from 'node:test';
import { describeIn } from './browser.mjs';
import { ClientPage } from './client-page.mjs';
import { engines } from './engines.mjs';
import { tests as adopting } from './pages/tests/adopting.mjs';
import { tests as backups } from './pages/tests/backups.mjs';
import { tests as cancelling } from './pages/tests/cancelling.mjs';
import { tests as choosing } from './pages/tests/choosing.mjs';
import { tests as closing } from './pages/tests/closing.mjs';
import { tests as commits } from './pages/tests/commits.mjs';
import { tests as failing } from './pages/tests/failing.mjs';
import { tests as files } from './pages/tests/files.mjs';
import { tests as homes } from './pages/tests/homes.mjs';
import { tests as interrupting } from './pages/tests/interrupting.mjs';
import { tests as large } from './pages/tests/large.mjs';
import { tests as limits } from './pages/tests/limits.mjs';
import { tests as moving } from './pages/tests/moving.mjs';
import { tests as opening } from './pages/tests/opening.mjs';
import { tests as orphans } from './pages/tests/orphans.mjs';
import { tests as progress } from './pages/tests/progress.mjs';
import { tests as queries } from './pages/tests/queries.mjs';
import { tests as releases } from './pages/tests/releases.mjs';
import { tests as switches } from './pages/tests/switches.mjs';
import { tests as tabs } from './pages/tests/tabs.mjs';
import { tests as transactions } from './pages/tests/transactions.mjs';
import { tests as values } from './pages/tests/values.mjs';
import { tests as versions } from './pages/tests/versions.mjs';
import { tests as withoutOpfs } from './pages/tests/without-opfs.mjs';

/** Suites, and the kinds of storage that they are run on; `best`: the best that an engine has. */
const suites = {
  homes: { tests: homes, on: ['opfs', 'indexeddb', 'memory'] },
  values: { tests: values, on: ['best'] },
  queries: { tests: queries, on: ['best'] },
  transactions: { tests: transactions, on: ['opfs', 'indexeddb'] },
  opening: { tests: opening, on: ['opfs', 'indexeddb'] },
  releases: { tests: releases, on: ['best'] },
  adopting: { tests: adopting, on: ['opfs', 'indexeddb'] },
  orphans: { tests: orphans, on: ['opfs', 'indexeddb'] },
  progress: { tests: progress, on: ['best'] },
  cancelling: { tests: cancelling, on: ['opfs', 'indexeddb'] },
  interrupting: { tests: interrupting, on: ['opfs', 'indexeddb'] },
  closing: { tests: closing, on: ['opfs', 'indexeddb'] },
  choosing: { tests: choosing, on: ['opfs'] },
  'without-opfs': { tests: withoutOpfs, on: ['indexeddb'] },
  files: { tests: files, on: ['opfs', 'indexeddb'] },
  backups: { tests: backups, on: ['opfs', 'indexeddb'] },
  moving: { tests: moving, on: ['opfs'] },
  large: { tests: large, on: ['indexeddb'] },
  limits: { tests: limits, on: ['best'] },
  commits: { tests: commits, on: ['indexeddb'] },
  switches: { tests: switches, on: ['opfs', 'indexeddb'] },
  tabs: { tests: tabs, on: ['opfs', 'indexeddb'] },
  versions: { tests: versions, on: ['opfs', 'indexeddb'] },
  failing: { tests: failing, on: ['opfs', 'indexeddb'] },
};

/**
 * Describes the tests in one engine: each has a file of its own, so that two can run at a time.
 * @param {string} name of the engine; nothing if it is not to be tested
 */
export function describePackage(name) {
  const wanted = engines.find((engine) => engine.name === name);
  if (wanted) describeIn(wanted, 'the package', describeSuites);
}

/**
 * @param {() => import('./browser.mjs').Browser} browser
 * @param {import('./engines.mjs').Engine} engine
 */
function describeSuites(browser, engine) {
  for (const [suite, { tests, on }] of Object.entries(suites)) {
    for (const kind of on) {
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
          if (suite === 'failing') await browser().takeComplaints();
          else await browser().assertNoComplaints();
        });
        for (const name of Object.keys(tests)) {
          test(name, () => page.call('run-test.mjs', 'runTest', suite, name, storage));
        }
      });
    }
  }
}
