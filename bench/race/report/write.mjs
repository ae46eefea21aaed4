// Writes the results of a race: of a whole one into bench/results and the README, of another beside what is built, with a
// README as it would be.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../../scripts/tools.mjs';
import { markdownOf } from './markdown.mjs';
import { plotOf } from './plot.mjs';
import { readmeWith } from './readme.mjs';

/** @typedef {import('./record.mjs').Record} Record */

/** @returns {string} the folder */
export function writeResults(/** @type {Record} */ record, /** @type {boolean} */ isWhole) {
  const folder = isWhole ? join('bench', 'results') : join('dist', 'race-results');
  mkdirSync(join(root, folder), { recursive: true });
  const write = (/** @type {string} */ path, /** @type {string} */ text) => writeFileSync(join(root, path), text);
  write(join(folder, 'latest.json'), jsonOf(record));
  write(join(folder, 'race.md'), markdownOf(record));
  write(join(folder, 'race.svg'), plotOf(record));
  const readme = readmeWith(readFileSync(join(root, 'README.md'), 'utf8'), record);
  write(isWhole ? 'README.md' : join(folder, 'README.md'), readme);
  return folder;
}

/** A line for each sample: what has changed from race to race can be read. */
function jsonOf(/** @type {Record} */ { samples, ...rest }) {
  const lines = samples.map((sample) => `    ${JSON.stringify(sample)}`).join(',\n');
  return `${JSON.stringify({ ...rest, samples: [] }, null, 2).replace(/\[\]\n\}$/, `[\n${lines}\n  ]\n}`)}\n`;
}
