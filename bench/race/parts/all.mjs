// The parts, in the order in which a round runs them.

import { queries } from './queries.mjs';
import { memory, rebuild, watched } from './rebuild.mjs';
import { floors, histories, tabs, visits } from './visits.mjs';

/** @type {import('./part.mjs').Part[]} */
export const parts = [visits, floors, histories, tabs, queries, rebuild, watched, memory];
