// The same with SQLite's own shell, on the disk where the browsers have their profiles.

import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { required, sqliteShell } from '../../../scripts/tools.mjs';
import { fill, readings } from '../sets.mjs';

/** As our databases are: a commit is on the disk, nobody else has the file, and the page cache is as large. */
const pragmas = `PRAGMA synchronous = FULL; PRAGMA journal_mode = TRUNCATE; PRAGMA locking_mode = EXCLUSIVE;
PRAGMA cache_size = -16384;`;

/** @returns {Promise<import('../visitor.mjs').Result>} */
export async function nativeRebuild(/** @type {import('./part.mjs').Lap} */ { sizes }) {
  const folder = await mkdtemp(join(tmpdir(), 'wheatear-race-'));
  try {
    const file = join(folder, 'race.sqlite3');
    const [create, rebuild] = readings.rebuilt.map(({ sql }) => sql);
    run(file, `${create}`);
    return { fill: run(file, fill(sizes.rows)), rebuild: run(file, `${rebuild}`) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @returns {number} milliseconds for one transaction */
function run(/** @type {string} */ file, /** @type {string} */ sql) {
  const start = performance.now();
  execFileSync(required('sqlite3', sqliteShell()), ['-bail', file], { input: `${pragmas} BEGIN; ${sql} COMMIT;` });
  return performance.now() - start;
}
