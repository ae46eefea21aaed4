// Everything the package promises, tested inside a page that imports its files unbundled.

import { afterEach, before, describe, test } from 'node:test';
import { describeInEachEngine } from './browser.mjs';
import { ClientPage } from './client-page.mjs';
import { tests as cancelling } from './pages/tests/cancelling.mjs';
import { tests as closing } from './pages/tests/closing.mjs';
import { tests as failing } from './pages/tests/failing.mjs';
import { tests as opening } from './pages/tests/opening.mjs';
import { tests as progress } from './pages/tests/progress.mjs';
import { tests as queries } from './pages/tests/queries.mjs';
import { tests as releases } from './pages/tests/releases.mjs';
import { tests as transactions } from './pages/tests/transactions.mjs';
import { tests as values } from './pages/tests/values.mjs';

const suites = { values, queries, transactions, opening, releases, progress, cancelling, closing, failing };

describeInEachEngine('the package', (browser) => {
  for (const [suite, tests] of Object.entries(suites)) {
    describe(suite, () => {
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
        test(name, () => page.call('run-test.mjs', 'runTest', suite, name));
      }
    });
  }
});
