// `npm run bench`: sets up, builds, and runs every benchmark.

import { run } from './tools.mjs';

run('node', ['scripts/setup.mjs', 'test']);
run('node', ['scripts/build.mjs']);
run('node', ['bench/block-sizes.mjs']);
// Last, as these fail if a bound is broken.
run('node', ['bench/tabs.mjs']);
run('cargo', ['bench', '--quiet', '--locked', '--bench', 'engine']);
