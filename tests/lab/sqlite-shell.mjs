// SQLite as everyone else has it: its command-line shell, https://www.sqlite.org/cli.html

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { required, sqliteShell } from '../../scripts/tools.mjs';

/**
 * Runs statements on a file, which is created if it is not there.
 * @param {string} path
 * @param {...string} statements
 * @returns {Promise<unknown[][]>} the rows of the last one that has any
 */
export async function sqlite(path, ...statements) {
  const shell = required('sqlite3', sqliteShell());
  // Each of the last arguments is run by itself; only one with rows prints, as a JSON array.
  const { stdout } = await promisify(execFile)(shell, [
    '-init',
    '/dev/null',
    '-batch',
    '-bail',
    '-json',
    path,
    ...statements,
  ]);
  const results = stdout.split(/(?<=\])\n/).filter((text) => text.trim() !== '');
  return JSON.parse(results.at(-1) ?? '[]').map((/** @type {object} */ row) => Object.values(row));
}
