// The public API of our libraries in Rust, which is that of tests/api/crates. `UPDATE_API=1` writes it anew.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { publishedCrates } from './crates.mjs';
import { cargoTools, fail, oldestRustVersion, outputOf, root, run, toolPath } from './tools.mjs';

const folder = join(root, 'tests', 'api', 'crates');

/** Those that nobody calls: macros, whose only item the crate hands on, and the program. */
const notCalled = ['wheatear-macros', 'wheatear-cli'];

/**
 * Compares what is public in each library, as rustdoc of the oldest Rust tells it; that of others tells it in another form.
 *
 * @param {string} target where that Rust has compiled them
 */
export function checkCrateApis(target) {
  if (process.env.UPDATE_API) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
  }
  for (const crate of publishedCrates().filter((name) => !notCalled.includes(name))) {
    const now = apiOf(crate, target);
    const file = join(folder, `${crate}.txt`);
    if (process.env.UPDATE_API) writeFileSync(file, now);
    const [before, after] = [readFileSync(file, 'utf8'), now].map((text) => text.split('\n'));
    const lines = [
      ...(before ?? []).filter((line) => !after?.includes(line)).map((line) => `- ${line}`),
      ...(after ?? []).filter((line) => !before?.includes(line)).map((line) => `+ ${line}`),
    ];
    if (lines.length === 0) continue;
    const advice = 'if that is meant, run UPDATE_API=1 npm test -- lint';
    fail(`test: the public API of ${crate} is not that of tests/api/crates; ${advice}\n\n${lines.join('\n')}`);
  }
}

/** What is public in a library, an item a line, with all of its features; what only a browser has is not in it. */
function apiOf(/** @type {string} */ crate, /** @type {string} */ target) {
  const what = ['--quiet', '--locked', '--lib', '--package', crate, '--all-features', '--target-dir', target];
  const json = ['--', '-Z', 'unstable-options', '--output-format', 'json', '--cap-lints', 'allow'];
  // The form is not stable; of one version of Rust it stays the same.
  run('cargo', [`+${oldestRustVersion}`, 'rustdoc', ...what, ...json], { env: { RUSTC_BOOTSTRAP: '1' } });
  const written = join(root, target, 'doc', `${crate.replaceAll('-', '_')}.json`);
  // Without what the compiler adds to each type by itself.
  return outputOf(toolPath(cargoTools.cargoPublicApi), ['--rustdoc-json', written, '-ss', '--color', 'never']);
}
