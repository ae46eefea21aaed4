// The package as npm installs it: packed, and unpacked into an application of its own.

import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { cp, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sirv from 'sirv';
import { blocksOf, root } from '../docs/pages.mjs';

/** The content security policy of every page here: a strict one, but that these have scripts in them. */
export const policy = "default-src 'self'; img-src data:; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'";

/** The first block of a page of the documentation that is in this language, and begins so. */
export function firstBlock(/** @type {string} */ page, /** @type {string} */ language, begin = '') {
  const block = blocksOf(page).find(({ code, ...block }) => block.language === language && code.startsWith(begin));
  if (!block) throw new Error(`${page} has no example in ${language}`);
  return block.code;
}

/** The first example of the README, and the migration that belongs to it. */
export const example = { main: firstBlock('README.md', 'ts'), migration: firstBlock('README.md', 'sql') };

/** Shows what the example has read, for the test to see. */
export const showing = `
document.querySelector('output').textContent = JSON.stringify(rows);`;

/** The example as JavaScript, where nobody finds the files of a folder. */
export const bareScript =
  example.main
    .replace(/import\.meta\.glob\(.*\),/, `{ '0001.create.sql': ${JSON.stringify(example.migration)} },`)
    .replace('<{ temp_c: number }>', '') + showing;

/** A page that runs a script. */
export function pageOf(/** @type {string} */ script) {
  return `<!doctype html>
<meta charset="utf-8">
<title>An application</title>
<link rel="icon" href="data:,">
<output></output>
<script>
  addEventListener('error', ({ message }) => document.querySelector('output').append('failed: ' + message));
</script>
<script type="module" src="${script}"></script>`;
}

/** Packs the built package. @returns {Promise<string>} the tarball */
export async function pack(/** @type {string} */ folder) {
  const args = ['pack', '--silent', '--pack-destination', folder];
  const name = execFileSync('npm', args, { cwd: join(root, 'dist', 'package'), encoding: 'utf8' });
  return join(folder, name.trim());
}

/** @type {Promise<string> | undefined} */
let tarball;

/** The packed package, once for all applications of a test file. */
function packedOnce() {
  tarball ??= mkdtemp(join(tmpdir(), 'wheatear-packed-')).then((folder) => {
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    return pack(folder);
  });
  return tarball;
}

/**
 * Makes an application in a folder of its own, in which the package is installed.
 *
 * @param {Record<string, string>} files by path
 */
export async function makeApp(files) {
  const folder = await mkdtemp(join(tmpdir(), 'wheatear-app-'));
  const installed = join(folder, 'node_modules', 'wheatear');
  await mkdir(installed, { recursive: true });
  execFileSync('tar', ['-xzf', await packedOnce(), '-C', installed, '--strip-components=1']);
  for (const [path, text] of Object.entries({ 'package.json': '{ "type": "module" }', ...files })) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
}

/** Copies files of the installed package, where a bundler leaves that to its user. */
export async function copyOfPackage(
  /** @type {string} */ app,
  /** @type {string[]} */ files,
  /** @type {string} */ to,
) {
  for (const file of files) await cp(join(app, 'node_modules', 'wheatear', 'page', file), join(app, to, file));
}

/** Serves a folder under an origin of its own, with these headers or those of the policy, while something is done. */
export async function serving(
  /** @type {string} */ folder,
  /** @type {(origin: string) => Promise<void>} */ work,
  /** @type {Record<string, string>} */ headers = { 'Content-Security-Policy': policy },
) {
  const serve = sirv(folder, { dev: true });
  const server = createServer((request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    serve(request, response, () => void response.writeHead(404).end());
  });
  await new Promise((resolve) => server.listen(0, 'localhost', () => resolve(undefined)));
  try {
    await work(`http://localhost:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
