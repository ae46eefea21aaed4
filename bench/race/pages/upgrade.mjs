// A visit that finds a table to rebuild: from asking for the database until it is there.

import { open } from 'race:contender';

window.result = measure();

async function measure() {
  const start = performance.now();
  const db = await open();
  const rebuild = performance.now() - start;
  await checkRows(db);
  return { rebuild };
}

/** @param {import('./actions.mjs').Actions} db */
async function checkRows(db) {
  const rows = Number(new URLSearchParams(location.search).get('rows'));
  if (!(await db.row(rows))) throw new Error('the last reading is gone');
}
