// `npm run test:tabs -- --rounds 100`: sets up, builds, and lets tabs share a database; see tests/tabs/run.mjs.

import { buildPages } from './pages.mjs';
import { run } from './tools.mjs';

run('node', ['scripts/setup.mjs', 'test']);
buildPages();
run('node', ['tests/tabs/run.mjs', ...process.argv.slice(2)]);
