// The parts, in the order in which a round runs them.

import { queries } from './queries.mjs';
import { memory, rebuild, watched } from './rebuild.mjs';
import { histories, tabs, visits } from './visits.mjs';

/** @type {import('./part.mjs').Part[]} */
export const parts = [visits, histories, tabs, queries, rebuild, watched, memory];
