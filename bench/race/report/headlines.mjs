// What is shown first: in the plot, and in the README.

import { contenders } from '../contenders.mjs';

export const headlines = [
  { part: 'visits', what: 'first visit', title: 'First visit, 100 migrations', unit: 'ms' },
  { part: 'visits', what: 'warm visit', title: 'Warm visit, 100 applied', unit: 'ms' },
  { part: 'queries', what: 'commit', title: 'Commit of one row', unit: 'ms' },
  { part: 'rebuild', what: 'rebuild', title: 'Rebuild of a million rows', unit: 'ms' },
  { part: 'visits', what: 'bytes', title: 'Download after brotli', unit: 'KB' },
];

/**
 * @typedef {object} Standing
 * @property {import('../contenders.mjs').Contender} contender
 * @property {number} median
 */

/**
 * Who has how much of something in Chromium, the least first.
 * @param {import('./samples.mjs').Samples} samples
 * @param {{ part: string, what: string }} headline
 * @returns {Standing[]}
 */
export function standings(samples, { part, what }) {
  const all = contenders.flatMap((contender) => {
    const spread = samples.spread({ engine: 'Chromium', part, racer: contender.name, what });
    return spread ? [{ contender, median: spread.median }] : [];
  });
  return all.toSorted((a, b) => a.median - b.median);
}
