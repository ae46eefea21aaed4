// The tools' packages, in a folder of their own.

import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from '../../../scripts/tools.mjs';

/** Where they are. */
export const folder = join(root, 'tests', 'program', 'tools');

/** Installs them as their lock file has it; a stamp remembers for which lock file that was. */
export function toolsInstalled() {
  const stamp = join(folder, 'node_modules', '.installed-from');
  const lock = createHash('sha256')
    .update(readFileSync(join(folder, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  // What they would run after being installed is for other uses of them than ours.
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder, quiet: true });
  writeFileSync(stamp, lock);
}
