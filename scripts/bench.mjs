// `npm run bench`: sets up, builds, and runs every benchmark. What else is said is for the race, such as `-- --rounds 3`, and
// then there is nothing but the race.

import { run } from './tools.mjs';

const options = process.argv.slice(2);
run('node', ['scripts/setup.mjs', 'test']);
run('node', ['scripts/build.mjs']);
run('node', ['bench/race/run.mjs', ...options]);
if (options.length === 0) {
  run('node', ['bench/block-sizes.mjs']);
  // Last, as these fail if a bound is broken.
  run('node', ['bench/tabs.mjs']);
  run('cargo', ['bench', '--quiet', '--locked', '--bench', 'engine']);
}
