// The one version of crates and npm package: where it stands, and what the changelog has of it.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Crates of ours in a lock file; one that is in no package has 0.0.0. */
const locked = /(?<=^name = "(?:wheatear(?!-fuzz)[\w-]*|weather)"\nversion = ")[^"]+/gm;

/**
 * Every place: what matches is the version, or of it what a dependency names (`0.2` of `0.2.1`).
 *
 * @type {{ file: string, at: RegExp, isShort?: boolean }[]}
 */
export const places = [
  { file: 'package.json', at: /(?<=^ {2}"version": ")[^"]+/gm },
  { file: 'package-lock.json', at: /(?<=^ {2}"version": "|^ {6}"name": "wheatear",\n {6}"version": ")[^"]+/gm },
  { file: 'Cargo.toml', at: /(?<=^(?:wheatear.* )?version = ")[^"]+/gm },
  { file: 'Cargo.lock', at: locked },
  { file: 'fuzz/Cargo.lock', at: locked },
  { file: 'client/ui/inspector/version.ts', at: /(?<=version = ')[^']+/g },
  { file: 'docs/rust.md', at: /(?<=^version = ")[^"]+/gm },
  { file: 'docs/rust.md', at: /(?<=^wheatear = ")[^"]+/gm, isShort: true },
  { file: 'examples/rust-module/weather/Cargo.toml', at: /(?<=^wheatear = ")[^"]+/gm, isShort: true },
  { file: 'examples/tauri/weather/Cargo.toml', at: /(?<=^wheatear = \{ version = ")[^"]+/gm, isShort: true },
  { file: 'examples/tauri/src-tauri/Cargo.toml', at: /(?<=^wheatear = \{ version = ")[^"]+/gm, isShort: true },
  ...['drizzle', 'react-kysely', 'rust-module', 'sveltekit', 'vite-typescript'].map((example) => ({
    file: `examples/${example}/package.json`,
    at: /(?<="wheatear": "\^)[^"]+/g,
  })),
  { file: 'docs/commands/man.md', at: /(?<="wheatear )\d[^"]*/g },
  { file: 'docs/commands/log.md', at: /(?<=\(wheatear )[\d.]+/g },
];

const shortOf = (/** @type {string} */ version) => version.split('.').slice(0, 2).join('.');

/** The version that package.json has. */
export function currentVersion(/** @type {string} */ root) {
  return /** @type {string} */ (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version);
}

/** What is wrong with the places: another version stands there, or none. */
export function misplacedVersions(/** @type {string} */ root, version = currentVersion(root)) {
  return places.flatMap(({ file, at, isShort }) => {
    const wanted = isShort ? shortOf(version) : version;
    const found = readFileSync(join(root, file), 'utf8').match(at) ?? [];
    if (found.length === 0) return [`${file} does not have the version where it is expected: ${at.source}`];
    return found.filter((is) => is !== wanted).map((is) => `${file} has the version ${is} in place of ${wanted}`);
  });
}

/** Writes the version into every place. */
export function setVersion(/** @type {string} */ root, /** @type {string} */ version) {
  for (const { file, at, isShort } of places) {
    const path = join(root, file);
    writeFileSync(path, readFileSync(path, 'utf8').replace(at, isShort ? shortOf(version) : version));
  }
}

/** What a changelog says under "Unreleased". */
export function unreleased(/** @type {string} */ changelog) {
  const [, after] = changelog.split(/^## Unreleased$/m);
  return after?.split(/^## /m, 1)[0]?.trim();
}

/** The changelog in which that stands under the version and its date. */
export function releasedChangelog(
  /** @type {string} */ changelog,
  /** @type {string} */ version,
  /** @type {string} */ date,
) {
  return changelog.replace(/^## Unreleased$/m, `## Unreleased\n\n## ${version} - ${date}`);
}

/** What forbids to release this version; `git` answers what that program prints. */
export function obstacles(
  /** @type {string} */ root,
  /** @type {string} */ version,
  /** @type {(...args: string[]) => string} */ git,
) {
  if (!/^\d+\.\d+\.\d+$/.test(version)) return [`"${version}" is no version such as 0.2.0`];
  const found = misplacedVersions(root);
  const changelog = readFileSync(join(root, 'CHANGELOG.md'), 'utf8');
  const released = [...changelog.matchAll(/^## (\d+\.\d+\.\d+) - /gm)].map(([, is = '']) => is);
  // The first one has stood in the manifests since they were written.
  const current = currentVersion(root);
  const isTooLow = released.length > 0 ? compare(version, current) <= 0 : compare(version, current) < 0;
  if (isTooLow) found.push(`${version} is not after ${current}`);
  else if (released.some((is) => compare(version, is) <= 0)) found.push(`CHANGELOG.md has ${version}, or a later one`);
  if (!unreleased(changelog)) found.push('CHANGELOG.md has nothing under "Unreleased"');
  for (const file of git('ls-files', '*.md').split('\n').filter(Boolean)) {
    const text = readFileSync(join(root, file), 'utf8');
    if (text.includes('Until the first release')) found.push(`${file} says what to do "Until the first release"`);
  }
  if (git('status', '--porcelain').trim()) found.push('the tree is not clean: commit what is to be released');
  if (git('tag', '--list', `v${version}`).trim()) found.push(`there is a tag v${version}`);
  return found;
}

const compare = (/** @type {string} */ one, /** @type {string} */ other) =>
  one.localeCompare(other, 'en', { numeric: true });
