// What tests in real pages need besides the demo and the package: modules that carry their migrations.

import { join } from 'node:path';
import { root, run } from './tools.mjs';
import { buildWasm } from './wasm.mjs';

let areBuilt = false;

/** Builds everything that the site of the tests serves, once in a run. */
export function buildPages() {
  if (areBuilt) return;
  areBuilt = true;
  run('node', ['scripts/build.mjs']);
  buildWasm('weather', join(root, 'tests', 'module', 'pkg'));
  buildWasm('weather-module', join(root, 'examples', 'rust-module', 'pkg'), { name: 'weather' });
}
