// Whose code is in the wasm modules of the npm package, and under which licences.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { outputOf, root, wasmTarget } from './tools.mjs';

/** The crates that wasm modules of the package are made of, ours not counted; `cargo tree` knows what a build takes. */
const modules = { page: 'wheatear-module', tools: 'wheatear-tools' };

/** Whose text stands in another crate's folder, for both are of one repository. */
const textElsewhere = new Map([['rsqlite-vfs', 'sqlite-wasm-rs']]);

/** Of several licences that a crate offers, the first of these is taken. Our LICENSE-* say the same of what is ours. */
const texts = ['LICENSE-MIT', 'LICENSE-MIT.md', 'LICENSE', 'LICENSE.md', 'LICENSE-APACHE'];

/** @typedef {{ name: string, version: string, license: string | null, manifest_path: string }} Package of cargo's metadata */

/** The crates in a module, as `name version`, sorted. Procedural macros run at compile time, and are not in it. */
export function cratesIn(/** @type {string} */ module) {
  const edges = ['--edges', 'normal,no-proc-macro', '--target', wasmTarget];
  const tree = outputOf('cargo', [
    'tree',
    '--locked',
    '--package',
    module,
    ...edges,
    '--prefix',
    'none',
    '--format',
    '{p}',
  ]);
  const found = [...tree.matchAll(/^(\S+) v([^\s]+)(?: \(\*\))?$/gm)].map(([, name, version]) => `${name} ${version}`);
  return [...new Set(found)].sort();
}

/** THIRD-PARTY-LICENSES.md: every crate, with the licences that their authors put beside them, each text once. */
export function thirdPartyLicences() {
  const { packages } = /** @type {{ packages: Package[] }} */ (
    JSON.parse(outputOf('cargo', ['metadata', '--locked', '--format-version', '1', '--filter-platform', wasmTarget]))
  );
  const inPage = cratesIn(modules.page);
  const crates = [...new Set([...inPage, ...cratesIn(modules.tools)])].sort();
  /** @type {Map<string, string[]>} */
  const namesOfText = new Map();
  const rows = crates.map((crate) => {
    const found = packages.find(({ name, version }) => `${name} ${version}` === crate);
    if (!found?.license) throw new Error(`licences: ${crate} does not say under which licence it is`);
    for (const text of textsOf(found, packages)) namesOfText.set(text, [...(namesOfText.get(text) ?? []), crate]);
    return `| ${crate} | ${found.license} | ${inPage.includes(crate) ? 'pages and tools' : 'tools'} |`;
  });
  const shim = join(folderOf('sqlite-wasm-rs', packages), 'shim');
  const sections = [
    ...[...namesOfText].map(([text, names]) => [names.join(', '), text]),
    ['musl', mitOf('Copyright © 2005-2020 Rich Felker, et al.')],
    ['`qsort` in musl', firstComment(join(shim, 'musl', 'stdlib', 'qsort.c'))],
    ['printf', firstComment(join(shim, 'printf', 'printf.c'))],
  ];
  return `# What others have written of this package

The JavaScript is Wheatear's own, or was written by wasm-bindgen, which is in the list. No package of npm is in it. The
wasm modules have these in them:

- SQLite, which its authors have [dedicated to the public domain](https://sqlite.org/copyright.html).
- What SQLite needs of a C library: parts of musl, and printf by Marco Paland and Eyal Rozenberg, both under MIT.
- Rust's standard library, with dlmalloc and hashbrown, by the Rust project's contributors, under MIT or Apache-2.0, of which
  LICENSE-APACHE is the text; compiler_builtins in it has parts of LLVM (Apache-2.0 with the LLVM exception) and of musl (MIT).
- These crates, in the module of pages or in that for programs that build an application:

| crate | licences | in the module for |
| --- | --- | --- |
${rows.join('\n')}

${sections.map(([of, text]) => `## ${of}\n\n\`\`\`text\n${text?.trim()}\n\`\`\``).join('\n\n')}
`;
}

/** The texts of the licences that are taken of a crate. */
function textsOf(/** @type {Package} */ crate, /** @type {Package[]} */ packages) {
  const folder = folderOf(textElsewhere.get(crate.name) ?? crate.name, packages, crate.version);
  const file = texts.find((name) => existsSync(join(folder, name)));
  if (!file) throw new Error(`licences: there is no text in ${folder}; say in scripts/licences.mjs where it is`);
  const all = [file, ...(crate.license?.includes('Unicode-3.0') ? ['LICENSE-UNICODE'] : [])];
  return all.map((name) => readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n').trim());
}

/** Where the source of a crate is; of several versions of one, this. */
function folderOf(/** @type {string} */ name, /** @type {Package[]} */ packages, version = '') {
  const those = packages.filter((crate) => crate.name === name);
  const found = those.find((crate) => crate.version === version) ?? those[0];
  if (!found) throw new Error(`licences: no crate ${name} is in the build`);
  return dirname(found.manifest_path);
}

/** The MIT licence, whose text our own file has, as somebody else gives it. */
function mitOf(/** @type {string} */ copyright) {
  return readFileSync(join(root, 'LICENSE-MIT'), 'utf8').replace(/^Copyright .*$/m, copyright);
}

/** What the comment says that a file in C begins with. */
function firstComment(/** @type {string} */ file) {
  const [, comment = ''] = /^\/\*+(.*?)\*\//s.exec(readFileSync(file, 'utf8')) ?? [];
  return comment.replace(/^ \* ?/gm, '');
}
