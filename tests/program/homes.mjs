// The two homes of the program, by the same name in a folder each, so that a shell finds one or the other.

import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { root, run } from '../../scripts/tools.mjs';

run('cargo', ['build', '--quiet', '--locked', '--package', 'wheatear-cli']);

const target = process.env.CARGO_TARGET_DIR ?? join(root, 'target');

/** What each home is started by. */
export const homes = {
  native: `exec '${join(target, 'debug', 'wheatear')}' "$@"`,
  node: `exec '${process.execPath}' '${join(root, 'dist', 'package', 'cli.js')}' "$@"`,
};

/**
 * A folder to work in, and the environment of a shell there that has the program.
 *
 * @param {keyof typeof homes} home
 * @param {import('node:test').TestContext} test at whose end it is gone
 */
export function workplace(home, test) {
  const folder = mkdtempSync(join(tmpdir(), 'wheatear-program-'));
  const bin = mkdtempSync(join(tmpdir(), 'wheatear-bin-'));
  test.after(() => [folder, bin].forEach((path) => void rmSync(path, { recursive: true, force: true })));
  const program = join(bin, 'wheatear');
  writeFileSync(program, `#!/bin/sh\n${homes[home]}\n`);
  chmodSync(program, 0o755);
  const { EDITOR: _, VISUAL: __, ...inherited } = process.env;
  return { folder, env: { ...inherited, PATH: [bin, process.env.PATH].join(delimiter) } };
}
