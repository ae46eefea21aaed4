// What a race leaves: its numbers, with what is to be known to read them.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { root, sqliteShell } from '../../../scripts/tools.mjs';

/**
 * @typedef {object} Record
 * @property {string} date
 * @property {{ cores: number, gigabytes: number }} machine
 * @property {globalThis.Record<string, string>} versions
 * @property {number} rounds
 * @property {import('../parts/part.mjs').Sizes} sizes
 * @property {import('./samples.mjs').Sample[]} samples
 * @property {import('./samples.mjs').Failure[]} failures
 */

/** @returns {Record} */
export function recordOf(
  /** @type {import('../race.mjs').Race} */ { samples: { samples, failures }, versions },
  /** @type {{ rounds: number, sizes: import('../parts/part.mjs').Sizes }} */ { rounds, sizes },
) {
  return {
    date: new Date().toISOString(),
    machine: { cores: cpus().length, gigabytes: Math.round(totalmem() / 2 ** 30) },
    versions: { ...packages(), ...Object.fromEntries(versions) },
    rounds,
    sizes,
    failures,
    samples: samples.map((sample) => ({
      ...sample,
      values: sample.values.map((value) => Number(value.toPrecision(4))),
    })),
  };
}

function packages() {
  const read = (/** @type {string} */ path) => JSON.parse(readFileSync(join(root, path), 'utf8'));
  const shell = sqliteShell();
  const sqlite3 = shell && execFileSync(shell, ['--version'], { encoding: 'utf8' }).split(' ', 1)[0];
  return {
    wheatear: read('package.json').version,
    ...read('bench/race/contenders/package.json').dependencies,
    ...(sqlite3 && { sqlite3 }),
  };
}
