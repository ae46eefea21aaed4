// A visit: from navigation to the first row that the page could show.

import { open } from 'race:contender';

window.result = visit();

async function visit() {
  const start = performance.now();
  const db = await open();
  const opened = performance.now();
  await db.firstRow('note1');
  // The clock of a page begins with its navigation.
  return { page: performance.now(), script: start, open: opened - start };
}
