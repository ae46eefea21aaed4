// `npm run format`: formats Rust and TypeScript, and applies the fixes that are safe.

import { run } from './tools.mjs';

run('cargo', ['fmt', '--all']);
run('biome', ['check', '--write']);
