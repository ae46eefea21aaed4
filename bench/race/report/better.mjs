// Where somebody else is better than Wheatear.

import { labelOf } from '../contenders.mjs';
import { headlines, standings } from './headlines.mjs';

/** @typedef {import('./samples.mjs').Samples} Samples */

const measured = [
  ...headlines,
  { part: 'queries', what: '1,000 rows', title: '1,000 rows to the page' },
  { part: 'queries', what: 'point query', title: 'Point query' },
  { part: 'rebuild', what: 'fill', title: 'Fill of a million rows' },
];

/** All of them, in everything that all do. */
export function betterOthers(/** @type {Samples} */ samples) {
  const lines = measured.flatMap((each) => {
    const better = betterIn(samples, each).map(({ name, ratio }) => `${name} (${ratio.toFixed(2)}x)`);
    return better.length > 0 ? [`- ${each.title}: ${better.join('; ')}`] : [];
  });
  return lines.length > 0 ? lines.join('\n') : 'Nobody, in anything that is measured here.';
}

/** The best of them, in a sentence. */
export function bestOthers(/** @type {Samples} */ samples) {
  const found = headlines.flatMap((each) => {
    const [best] = betterIn(samples, each);
    return best ? [`${each.title.toLowerCase()}, ${best.name} with ${best.ratio.toFixed(2)}x`] : [];
  });
  return found.length > 0 ? `Better than Wheatear: ${found.join('; ')}.` : 'No contender is better in any of these.';
}

/** Who is not ours and has less of something, the least first, as a share of ours. */
function betterIn(/** @type {Samples} */ samples, /** @type {{ part: string, what: string }} */ measurement) {
  const all = standings(samples, measurement);
  const ours = all.find(({ contender }) => contender.name === 'wheatear')?.median ?? 0;
  return all
    .filter(({ contender, median }) => contender.from && median < ours)
    .map(({ contender, median }) => ({ name: labelOf(contender.name), ratio: median / ours }));
}
