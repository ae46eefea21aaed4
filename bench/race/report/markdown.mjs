// The page of results: goals first, then everything that was measured.

import { labelOf } from '../contenders.mjs';
import { betterOthers } from './better.mjs';
import { outcomesOf } from './goals.mjs';
import { Samples } from './samples.mjs';
import { number, table } from './table.mjs';

/** @typedef {import('./record.mjs').Record} Record */

const titles = {
  visits: 'Visits, milliseconds from navigation to the first row; kilobytes after brotli',
  floors: 'Visits of pages without a database, in milliseconds',
  histories: 'Ours with other numbers of migrations',
  tabs: 'Ours in two tabs, milliseconds',
  queries: 'Queries, milliseconds each, from the page and back to it',
  rebuild: 'A large table: filled, and rebuilt by a migration of a later visit; milliseconds',
  watched: 'The page’s own thread during a rebuild, milliseconds',
  memory: 'The memory of the worker’s module, megabytes',
};

export function markdownOf(/** @type {Record} */ record) {
  const samples = Samples.from(record);
  const { date, machine, versions, rounds, sizes } = record;
  const packages = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `# The race

Written by \`npm run bench\` on ${date.slice(0, 10)}: ${rounds} rounds on a machine with ${machine.cores} cores and \
${machine.gigabytes} GB, ${sizes.migrations} migrations, ${sizes.rows.toLocaleString('en')} rows. Medians, and in brackets \
the middle half. Versions: ${packages.join(', ')}. What is measured, and how each is set up: [race](../race/README.md).

![First visit, warm visit, one-row commit, rebuild and bytes of each contender](race.svg)

## Goals, in Chromium

${goals(samples)}

## Better than Wheatear, in Chromium

${betterOthers(samples)}

${sections(samples)}
${failures(samples)}`;
}

function goals(/** @type {Samples} */ samples) {
  const rows = outcomesOf(samples).map(({ what, bound, value, against, isMet }) => {
    const verdict = isMet === undefined ? 'not measured' : isMet ? 'met' : '**missed**';
    return [what, bound, value, against, verdict];
  });
  return table(['what', 'at most', 'is', 'against', ''], rows);
}

function sections(/** @type {Samples} */ samples) {
  const keys = new Set(samples.samples.map(({ part, engine }) => `${part} ${engine}`));
  return [...keys]
    .map((key) => {
      const [part = '', engine = ''] = key.split(' ');
      const title = titles[/** @type {keyof typeof titles} */ (part)];
      return `## ${title}: ${engine}\n\n${section(samples, part, engine)}\n`;
    })
    .join('\n');
}

function section(/** @type {Samples} */ samples, /** @type {string} */ part, /** @type {string} */ engine) {
  const here = samples.samples.filter((sample) => sample.part === part && sample.engine === engine);
  const columns = [...new Set(here.map(({ what }) => what))];
  const failed = samples.failures.filter((failure) => failure.part === part && failure.engine === engine);
  const racers = [...new Set([...here, ...failed].map(({ racer }) => racer))];
  const rows = racers.map((racer) => [
    labelOf(racer),
    ...columns.map((what) => {
      const spread = samples.spread({ engine, part, racer, what });
      if (!spread) return failed.some((failure) => failure.racer === racer) ? 'did not finish' : '';
      const { median, low, high } = spread;
      return low === high ? number(median) : `${number(median)} (${number(low)} to ${number(high)})`;
    }),
  ]);
  return table(['', ...columns], rows);
}

function failures(/** @type {Samples} */ { failures }) {
  if (failures.length === 0) return '';
  const rows = failures.map(({ engine, part, racer, times, error }) => {
    return [labelOf(racer), engine, part, String(times), error.replaceAll('|', '/')];
  });
  return `\n## Did not finish\n\n${table(['', 'engine', 'part', 'times', 'why'], rows)}\n`;
}
