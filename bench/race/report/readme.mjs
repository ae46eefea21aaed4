// The last whole race in the README, between two marks.

import { labelOf } from '../contenders.mjs';
import { bestOthers } from './better.mjs';
import { headlines, standings } from './headlines.mjs';
import { Samples } from './samples.mjs';
import { number, table } from './table.mjs';

const marks = /(<!-- the race -->\n).*?(<!-- end of the race -->)/s;

/** The README with these results in the place of those before. */
export function readmeWith(/** @type {string} */ readme, /** @type {import('./record.mjs').Record} */ record) {
  if (!marks.test(readme)) throw new Error('README.md has no marks for the race');
  // A function: text of ours may hold what a replacement takes for a reference.
  return readme.replace(marks, (_, begin, end) => `${begin}\n${resultsOf(record)}\n\n${end}`);
}

function resultsOf(/** @type {import('./record.mjs').Record} */ record) {
  const samples = Samples.from(record);
  const rows = headlines.map((headline) => {
    const all = standings(samples, headline);
    const ours = all.find(({ contender }) => contender.name === 'wheatear');
    const others = all.filter(({ contender }) => contender.from).slice(0, 2);
    const shown = others.map(
      ({ contender, median }) => `${labelOf(contender.name)}: ${number(median)} ${headline.unit}`,
    );
    return [headline.title, ours ? `${number(ours.median)} ${headline.unit}` : '', shown.join('; ')];
  });
  const { date, versions, machine, rounds } = record;
  const names = ['Chromium', '@sqlite.org/sqlite-wasm', '@journeyapps/wa-sqlite'];
  const said = names.map((name) => `${name} ${versions[name]}`).join(', ');
  return `${table(['', 'Wheatear', 'the two best others'], rows)}

Medians of ${rounds} rounds on ${date.slice(0, 10)}, ${machine.cores} cores, ${said}. ${bestOthers(samples)}
[All of it](bench/results/race.md).`;
}
