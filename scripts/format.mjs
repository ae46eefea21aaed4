// `npm run format`: formats Rust and TypeScript, and applies the fixes that are safe.

import { run } from './tools.mjs';

run('cargo', ['fmt', '--all']);
run('cargo', ['fmt', '--manifest-path', 'fuzz/Cargo.toml']);
run('biome', ['check', '--write']);
