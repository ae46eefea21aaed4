// What the command line says of a race: `--rounds 3 --engine chromium --part visits,queries --only wheatear,wa-pool`.

import { parseArgs } from 'node:util';
import { fail } from '../../scripts/tools.mjs';
import { engines } from '../../tests/lab/engines.mjs';
import { contenders } from './contenders.mjs';
import { parts } from './parts/all.mjs';

/** @type {import('./parts/part.mjs').Sizes} */
const full = {
  migrations: 100,
  histories: [1, 10, 1000, 10_000],
  rows: 1_000_000,
  manyRows: 1_700_000,
  brotli: 11,
  settling: 500,
  limit: 60_000,
};

/**
 * As much as shows that everything runs. The limit is for what hangs, not for a slow machine.
 * @type {import('./parts/part.mjs').Sizes}
 */
const small = {
  migrations: 10,
  histories: [1, 10],
  rows: 2000,
  manyRows: 2000,
  brotli: 1,
  settling: 100,
  limit: 300_000,
};

/**
 * @typedef {object} Options
 * @property {boolean} isQuick whether it is only to show that everything runs
 * @property {boolean} isWhole whether nobody and nothing is left out
 * @property {number} rounds
 * @property {import('./parts/part.mjs').Sizes} sizes
 * @property {import('./parts/part.mjs').Engine[]} engines
 * @property {import('./parts/part.mjs').Part[]} parts
 * @property {(racer: import('./parts/part.mjs').Racer, part: import('./parts/part.mjs').Part) => boolean} isWanted
 */

/** @returns {Options} */
export function readOptions(/** @type {string[]} */ args) {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      engine: { type: 'string' },
      part: { type: 'string' },
      only: { type: 'string' },
    },
  });
  const rounds = Number(values.rounds ?? (values.quick ? 1 : 10));
  if (!(Number.isInteger(rounds) && rounds > 0)) fail(`race: --rounds ${values.rounds} is no count of rounds`);
  const engineNames = engines.map(({ name }) => name.toLowerCase());
  const wantedEngines = listOf('engine', values.engine ?? (values.quick ? 'chromium' : undefined), engineNames);
  const wantedParts = listOf(
    'part',
    values.part,
    parts.map(({ name }) => name),
  );
  const fast = contenders.filter(({ isSlow }) => !(isSlow && values.quick)).map(({ name }) => name);
  const wanted = listOf('only', values.only, [...fast, 'native']);
  return {
    isQuick: values.quick,
    isWhole: !values.quick && !values.engine && !values.part && !values.only,
    rounds,
    sizes: values.quick ? small : full,
    engines: engines.filter(({ name }) => wantedEngines.includes(name.toLowerCase())),
    parts: parts.filter(({ name }) => wantedParts.includes(name)),
    isWanted: ({ contender }, { few }) =>
      wanted.includes(contender) && !(values.quick && few && !few.includes(contender)),
  };
}

/** The names in a list with commas, or all if there is none. */
function listOf(/** @type {string} */ option, /** @type {string | undefined} */ list, /** @type {string[]} */ all) {
  const names = list?.toLowerCase().split(',') ?? all;
  const unknown = names.filter((name) => !all.includes(name));
  if (unknown.length > 0) fail(`race: --${option}: no ${unknown.join(', ')}; there are: ${all.join(', ')}`);
  return names;
}
