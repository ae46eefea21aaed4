// `npm run format`: formats Rust and TypeScript, and applies the fixes that are safe.

import { run } from './tools.mjs';

run('cargo', ['fmt', '--all']);
for (const other of ['fuzz', 'tests/made-by']) run('cargo', ['fmt', '--manifest-path', `${other}/Cargo.toml`]);
run('biome', ['check', '--write']);
