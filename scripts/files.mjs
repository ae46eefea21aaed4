// `npm run test:files -- --rounds 500`: sets up, builds, and imports damaged files; see tests/files/run.mjs.

import { buildPages } from './pages.mjs';
import { run } from './tools.mjs';

run('node', ['scripts/setup.mjs', 'test']);
buildPages();
run('node', ['tests/files/run.mjs', ...process.argv.slice(2)]);
