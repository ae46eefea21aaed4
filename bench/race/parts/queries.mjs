// What an application asks all day.

import { build } from '../build.mjs';
import { readings } from '../sets.mjs';
import { everybody, visiting } from './part.mjs';

/** @type {import('./part.mjs').Part} */
export const queries = {
  name: 'queries',
  // The others ask by the same code as one of these.
  few: ['wheatear', 'official-sahpool', 'wa-idb-mirror', 'sqlocal', 'pglite-opfs', 'sql-js', 'dexie'],
  racers: (engine) =>
    everybody(engine, async ({ name }, lap) => {
      const page = await build({ contender: name, page: 'queries', set: 'created', migrations: readings.created });
      return visiting(lap, (visitor) => visitor.visit(page));
    }),
};
