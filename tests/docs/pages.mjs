// The pages of the documentation, and the blocks of code on them.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * @typedef {object} Block
 * @property {string} page its path, from the root
 * @property {number} line where its code begins, counted from 1
 * @property {string} language
 * @property {string} code
 */

/** Packages that the package has adapters for, and snippets may use. */
export const peers = ['kysely', 'drizzle-orm'];

/** What the package's users read; each by its path from the root. */
export const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`),
];

/** The text of a file, by its path from the root. */
export const textOf = (/** @type {string} */ file) => readFileSync(join(root, file), 'utf8');

/** Every block of code on a page. @returns {Block[]} */
export function blocksOf(/** @type {string} */ page) {
  const text = textOf(page);
  return [...text.matchAll(/^```([^\n]*)\n(.*?)^```$/gms)].map((found) => {
    const [, language = '', code = ''] = found;
    return { page, line: text.slice(0, found.index).split('\n').length + 1, language, code };
  });
}

/** Every block of code there is. */
export const blocks = pages.flatMap(blocksOf);

/** What a fragment need not import. */
const ofPackage = ['open', 'sql'];

/** The imports that a fragment leaves out. */
export function importsFor(/** @type {string} */ script) {
  const missing = ofPackage.filter((name) => !new RegExp(`^import .*\\b${name}\\b.* from '`, 'm').test(script));
  return `import { ${missing.join(', ')} } from 'wheatear';`;
}
