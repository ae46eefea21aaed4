// A large table is filled, and a visit later rebuilt by a migration.

import { build } from '../build.mjs';
import { readings } from '../sets.mjs';
import { nativeRebuild } from './native.mjs';
import { everybody, visiting } from './part.mjs';

/** @typedef {import('./part.mjs').Lap} Lap */

/** @type {import('./part.mjs').Part} */
export const rebuild = {
  name: 'rebuild',
  isOnlyInChromium: true,
  // Others do here what they do in `visits` and `queries`, too.
  few: ['wheatear', 'wheatear-indexeddb', 'official-sahpool', 'native'],
  racers: (engine) => [
    ...everybody(
      engine,
      ({ name }, lap) => fillAndRebuild(name, lap),
      ({ isWithoutSql }) => !isWithoutSql,
    ),
    { name: 'native', contender: 'native', run: nativeRebuild },
  ],
};

/** Ours: what the page's own thread has of it. @type {import('./part.mjs').Part} */
export const watched = {
  name: 'watched',
  isOnlyInChromium: true,
  racers: () => [
    {
      name: 'wheatear',
      contender: 'wheatear',
      run: (lap) => after('wheatear', 'watched-upgrade', lap.sizes.rows, lap),
    },
  ],
};

/** Ours: the memory of the worker. @type {import('./part.mjs').Part} */
export const memory = {
  name: 'memory',
  isOnlyInChromium: true,
  racers: () => [
    {
      name: 'wheatear',
      contender: 'wheatear',
      run: (lap) => after('wheatear-memory', 'memory', lap.sizes.manyRows, lap),
    },
  ],
};

async function fillAndRebuild(/** @type {string} */ contender, /** @type {Lap} */ lap) {
  return after(contender, 'upgrade', lap.sizes.rows, lap);
}

/** Fills the table, and visits a page whose set has one migration more. */
async function after(
  /** @type {string} */ contender,
  /** @type {string} */ page,
  /** @type {number} */ rows,
  /** @type {Lap} */ lap,
) {
  const options = { query: `?rows=${rows}`, limit: 2 * lap.sizes.limit };
  const filling = await build({ contender, page: 'fill', set: 'created', migrations: readings.created });
  const upgrading = await build({ contender, page, set: 'rebuilt', migrations: readings.rebuilt });
  return visiting(lap, async (visitor) => ({
    ...(await visitor.visit(filling, options)),
    ...(await visitor.visit(upgrading, options)),
  }));
}
