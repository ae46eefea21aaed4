// `npm start`: builds everything and serves the demo until interrupted.

import { join } from 'node:path';
import './build.mjs';
import { root } from './tools.mjs';

// Not imported above: on a new machine the build installs it first.
const { preview } = await import('vite');
const server = await preview({ root: join(root, 'www') });
console.log(`\nThe demo is at ${server.resolvedUrls?.local[0]} (stop with Ctrl+C)`);
