// `npm run test:kill -- --rounds 50`: sets up, builds, and kills browsers; see tests/kill/run.mjs for the options.

import { buildPages } from './pages.mjs';
import { run } from './tools.mjs';

run('node', ['scripts/setup.mjs', 'test']);
buildPages();
run('node', ['tests/kill/run.mjs', ...process.argv.slice(2)]);
