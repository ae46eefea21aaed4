// What tests in real pages need.

import { run } from './tools.mjs';

let areBuilt = false;

/** Builds everything that the site of the tests serves, once in a run. */
export function buildPages() {
  if (areBuilt) return;
  areBuilt = true;
  run('node', ['scripts/build.mjs']);
}
