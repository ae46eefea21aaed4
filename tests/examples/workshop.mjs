// Where examples are built as whoever copies one would build it: each in a folder of its own, with what it depends on.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants, cp, mkdir, readFile, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { makeApp } from '../apps/package.mjs';
import { root } from '../docs/pages.mjs';

const run = promisify(execFile);

/** Where everything that the examples depend on is installed, but for our package. */
const installed = fileURLToPath(new URL('node_modules', import.meta.url));

/** What examples name for those who go on with them, and no build of them needs. */
const onlyForAuthors = ['drizzle-kit'];

/** A folder in which our package is installed. Whoever makes it removes it. */
export const makeWorkshop = () => makeApp({});

/** Copies an example into the workshop, with what npm would install for it there. */
export async function copyExample(
  /** @type {string} */ name,
  /** @type {string} */ workshop,
  /** @type {string} */ copy,
) {
  const folder = join(workshop, copy);
  // What somebody has installed or built in the checkout stays there, but for a module that takes a compiler of Rust.
  const left = /\/(node_modules|dist|build|target|\.svelte-kit)$/;
  await cp(join(root, 'examples', name), folder, { recursive: true, filter: (path) => !left.test(path) });
  const { dependencies, devDependencies } = await packageOf(folder);
  const modules = join(folder, 'node_modules');
  await cp(join(workshop, 'node_modules', 'wheatear'), join(modules, 'wheatear'), { recursive: true });
  for (const [name, { bin = {} }] of await installedFor(Object.keys({ ...dependencies, ...devDependencies }))) {
    // Copied: what a link leads to would find all that is installed around it.
    await cp(join(installed, name), join(modules, name), { recursive: true, mode: constants.COPYFILE_FICLONE });
    for (const [program, path] of Object.entries(bin)) {
      await mkdir(join(modules, '.bin'), { recursive: true });
      await symlink(join(modules, name, path), join(modules, '.bin', program));
    }
  }
  return folder;
}

/**
 * @typedef {object} Locked what the lock file has of a package
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [optionalDependencies]
 * @property {Record<string, string>} [peerDependencies]
 * @property {Record<string, { optional?: boolean }>} [peerDependenciesMeta]
 * @property {Record<string, string>} [bin]
 */

/**
 * These packages, and those that they depend on, as far as they are in the folder itself: an example that forgets one of its
 * own does not find it here, either.
 */
async function installedFor(/** @type {string[]} */ names) {
  const lock = await readFile(fileURLToPath(new URL('package-lock.json', import.meta.url)), 'utf8');
  /** @type {Record<string, Locked>} */
  const packages = JSON.parse(lock).packages;
  /** @type {Map<string, Locked>} */
  const found = new Map();
  const missing = [...names];
  for (let name = missing.pop(); name !== undefined; name = missing.pop()) {
    const locked = packages[`node_modules/${name}`];
    // What is for another system is in the lock file, and not installed.
    if (!locked || found.has(name) || !existsSync(join(installed, name))) continue;
    found.set(name, locked);
    const { dependencies, optionalDependencies, peerDependencies = {}, peerDependenciesMeta = {} } = locked;
    const peers = Object.keys(peerDependencies).filter((peer) => !peerDependenciesMeta[peer]?.optional);
    missing.push(...Object.keys({ ...dependencies, ...optionalDependencies }), ...peers);
  }
  return found;
}

/** Runs a script of an example's package.json. */
export const npmRun = (/** @type {string} */ folder, /** @type {string} */ script) =>
  runThere(folder, 'npm', 'run', '--silent', script);

/** Builds an example without looking at its types. */
export const bundle = (/** @type {string} */ folder) => runThere(folder, 'npx', 'vite', 'build');

/** If the program fails, what it said is thrown. */
async function runThere(/** @type {string} */ cwd, /** @type {string} */ program, /** @type {string[]} */ ...args) {
  try {
    await run(program, args, { cwd, maxBuffer: 1 << 26 });
  } catch (error) {
    const { stdout, stderr } = /** @type {{ stdout: string, stderr: string }} */ (error);
    throw new Error(`${program} ${args.join(' ')} in ${cwd}:\n${stdout}${stderr}`);
  }
}

/** What an example says that it depends on, beside our package, which is not installed here in that version. */
export async function notInstalled(/** @type {string} */ example) {
  const manifest = await packageOf(join(root, 'examples', example));
  const own = await packageOf(fileURLToPath(new URL('.', import.meta.url)));
  return Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })
    .filter(([name]) => name !== 'wheatear' && !onlyForAuthors.includes(name))
    .filter(([name, version]) => own.dependencies[name] !== version)
    .map(([name, version]) => `${name} ${version}`);
}

/** @returns {Promise<{ dependencies: Record<string, string>, devDependencies?: Record<string, string> }>} */
async function packageOf(/** @type {string} */ folder) {
  return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
}

/** Puts what was built in the place of what is served. */
export async function deploy(/** @type {string} */ built, /** @type {string} */ site) {
  await rm(site, { recursive: true, force: true });
  await mkdir(site, { recursive: true });
  await cp(built, site, { recursive: true });
}
