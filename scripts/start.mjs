// `npm start`: builds everything and serves the demo until interrupted.

import './build.mjs';
import { fileURLToPath } from 'node:url';
import { preview } from 'vite';

const server = await preview({ root: fileURLToPath(new URL('../www', import.meta.url)) });
console.log(`\nThe demo is at ${server.resolvedUrls?.local[0]} (stop with Ctrl+C)`);
