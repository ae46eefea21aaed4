// The crates that are published, and what cargo packs of them.

import { join } from 'node:path';
import { outputOf, root, run } from './tools.mjs';

/** Their names. Those that may not be published are parts of the npm package, or tests. */
export function publishedCrates() {
  /** @type {{ packages: { name: string, publish: string[] | null }[] }} */
  const { packages } = JSON.parse(outputOf('cargo', ['metadata', '--locked', '--no-deps', '--format-version', '1']));
  return packages.filter(({ publish }) => publish === null).map(({ name }) => name);
}

/**
 * Packs them as `cargo publish` would, each after those that it needs: cargo takes what it has just packed for what a
 * registry will have. Unless told not to, it compiles each from its package.
 *
 * @returns {string} the folder with their `.crate` files
 */
export function packCrates(options = /** @type {string[]} */ ([]), target = join(root, 'target')) {
  const crates = publishedCrates().flatMap((name) => ['--package', name]);
  run('cargo', ['package', '--quiet', '--locked', '--target-dir', target, ...crates, ...options]);
  return join(target, 'package');
}
