// `npm test`: sets up, builds, and runs every suite, the cheapest first. `npm test -- native e2e`
// runs only the suites named.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { browsers, cargoTools, fail, root, run, toolPath, wasmTarget } from './tools.mjs';

/** @type {Record<string, () => void>} */
const suites = { lint, native, wasm, e2e };

const chosen = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(suites);
const unknown = chosen.filter((name) => !(name in suites));
if (unknown.length > 0) fail(`test: no suite ${unknown.join(', ')}; there are: ${Object.keys(suites).join(', ')}`);

run('node', ['scripts/setup.mjs', 'test']);
for (const [name, suite] of Object.entries(suites)) {
  if (!chosen.includes(name)) continue;
  const start = performance.now();
  console.log(`\ntest: ${name}`);
  suite();
  console.log(`test: ${name} passed in ${Math.round((performance.now() - start) / 1000)} s`);
}

/** Formats, lints, types, documentation, licences. */
function lint() {
  const locked = ['--quiet', '--locked'];
  const denyWarnings = ['--', '-D', 'warnings'];
  run('cargo', ['fmt', '--all', '--check']);
  run('cargo', ['clippy', ...locked, '--workspace', '--all-targets', ...denyWarnings]);
  run('cargo', ['clippy', ...locked, '--workspace', '--target', wasmTarget, ...denyWarnings]);
  // Twice: what only the browser has is documented there only.
  for (const target of [[], ['--target', wasmTarget]]) {
    run('cargo', ['doc', ...locked, '--no-deps', '--workspace', ...target], { env: { RUSTDOCFLAGS: '-D warnings' } });
  }
  // Advisories are not among these: their database is elsewhere, and a test must not need it.
  run('cargo', ['deny', '--locked', '--log-level', 'error', 'check', 'bans', 'licenses', 'sources']);
  run('biome', ['ci', '--error-on-warnings']);
  for (const project of ['client', 'scripts']) run('tsc', ['-p', project, '--noEmit']);
}

/** Core, macro and engine, against SQLite as compiled for this machine. */
function native() {
  run('cargo', ['test', '--quiet', '--locked', '--workspace']);
}

/** Engine and bindings in a dedicated worker of each browser that wasm-pack drives. */
function wasm() {
  const drivers = [
    ['--chrome', '--chromedriver', browsers.chromedriver() ?? ''],
    ['--firefox', '--geckodriver', toolPath(cargoTools.geckodriver)],
  ];
  const tests = ['--test', 'wasm-opfs', '--test', 'wasm-bindings'];
  for (const driver of drivers) {
    run('wasm-pack', ['--log-level', 'warn', 'test', '--mode', 'no-install', '--headless', ...driver, '.', ...tests]);
  }
}

/** The built demo and the built package, in real pages. */
function e2e() {
  run('node', ['scripts/build.mjs']);
  // These see the built package and module as their users do, so they cannot be checked before.
  for (const project of ['www', 'tests/e2e', 'bench']) run('tsc', ['-p', project]);
  const folder = join('tests', 'e2e');
  const files = readdirSync(join(root, folder)).filter((file) => file.endsWith('.test.mjs'));
  run('node', ['--test', '--test-reporter=spec', '--test-concurrency=1', ...files.map((file) => join(folder, file))]);
}
