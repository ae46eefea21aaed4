// `npm run bench`: sets up, builds, and runs every benchmark.

import { run } from './tools.mjs';

run('node', ['scripts/setup.mjs', 'test']);
run('node', ['scripts/build.mjs']);
run('node', ['bench/journal-modes.mjs']);
run('node', ['bench/block-sizes.mjs']);
// Last, as it fails if a bound is broken.
run('cargo', ['bench', '--quiet', '--locked', '--bench', 'engine']);
