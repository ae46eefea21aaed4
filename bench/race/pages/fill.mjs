// Many rows at once; how many, the address says.

import { open } from 'race:contender';

window.result = measure();

async function measure() {
  const rows = Number(new URLSearchParams(location.search).get('rows'));
  const db = await open();
  const start = performance.now();
  await db.fill(rows);
  return { fill: performance.now() - start };
}
