// Where examples are built as whoever copies one would build it: each in a folder of its own, with what it depends on.

import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, readFile, rm, symlink } from 'node:fs/promises';
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

/** A folder in which every dependency of every example is installed. Whoever makes it removes it. */
export async function makeWorkshop() {
  const folder = await makeApp({});
  for (const name of await readdir(installed)) {
    if (name !== '.package-lock.json') await symlink(join(installed, name), join(folder, 'node_modules', name));
  }
  return folder;
}

/** Copies an example into the workshop. */
export async function copyExample(
  /** @type {string} */ name,
  /** @type {string} */ workshop,
  /** @type {string} */ copy,
) {
  const folder = join(workshop, copy);
  // What somebody has installed or built in the checkout stays there, but for a module that takes a compiler of Rust.
  const left = /\/(node_modules|dist|build|target|\.svelte-kit)$/;
  await cp(join(root, 'examples', name), folder, { recursive: true, filter: (path) => !left.test(path) });
  return folder;
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
