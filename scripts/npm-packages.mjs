// Packages of npm that have a folder of their own, for the application's lock file is not theirs.

import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './tools.mjs';

/** Installs them as the folder's lock file has it; a stamp remembers for which lock file that was. */
export function packagesInstalled(/** @type {string} */ folder) {
  const stamp = join(folder, 'node_modules', '.installed-from');
  const lock = createHash('sha256')
    .update(readFileSync(join(folder, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  // What they would run after being installed is for other uses of them than ours.
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder, quiet: true });
  writeFileSync(stamp, lock);
}
