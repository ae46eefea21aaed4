// What a subpath of the built package declares: its exports, and of what these are made, without comments.

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What stands before the name in a statement that declares one. */
const declaring = /^(?:export )?(?:declare )?(?:abstract )?(?:class|interface|type|function|const|let|enum) /;

/**
 * A declaration file as the compiler writes them: statements begin at the first column.
 *
 * @typedef {object} Declarations
 * @property {Map<string, string[]>} own statements, by the name that they declare
 * @property {Map<string, { from: string, name: string }>} others names of other files, by what they are called here
 * @property {Map<string, string>} exported what is exported, by its name: what it is called here
 * @property {string[]} all files of which everything is exported
 * @property {string[]} global what it says of the world around it
 */

/**
 * The public declarations of an entry, as text: exports first, then what else their declarations name.
 *
 * @param {string} entry
 * @param {string} [main] another entry, whose exports are only named
 */
export function declarationsOf(entry, main) {
  /** @type {Map<string, Declarations>} */
  const files = new Map();
  const fileOf = (/** @type {string} */ path) => {
    const file = files.get(path) ?? readDeclarations(path);
    files.set(path, file);
    return file;
  };
  const ofMain =
    main === undefined || main === entry
      ? []
      : exportsOf(main, fileOf).map(({ path, name }) => declaredIn(path, name, fileOf));
  const isKnown = (/** @type {Place} */ { path, name }) =>
    ofMain.some((place) => place?.path === path && place.name === name);
  const exports = exportsOf(entry, fileOf);
  /** @type {Map<string, Place>} */
  const found = new Map();
  const find = (/** @type {string} */ path, /** @type {string} */ name) => {
    const place = declaredIn(path, name, fileOf);
    if (place) found.set(`${place.path} ${place.name}`, place);
  };
  for (const { path, name } of exports) find(path, name);
  const count = found.size;
  for (const place of found.values()) {
    if (isKnown(place)) continue;
    for (const word of textOf(place, fileOf).match(/[A-Za-z_$][\w$]*/g) ?? []) find(place.path, word);
  }
  const places = [...found.values()];
  const show = (/** @type {Place[]} */ some) =>
    some
      .filter((place) => !isKnown(place))
      .map((place) => `${textOf(place, fileOf)}\n`)
      .sort((a, b) => (nameIn(a) < nameIn(b) ? -1 : nameIn(a) > nameIn(b) ? 1 : 0))
      .join('\n');
  const names = exports.map(({ as }) => as).sort();
  const known = places
    .filter(isKnown)
    .map(({ name }) => name)
    .sort();
  const others = show(places.slice(count));
  return [
    names.length > 0 ? `// exports\n${names.map((name) => `//   ${name}\n`).join('')}` : '',
    known.length > 0 ? `// of the package's main entry: ${known.join(', ')}\n` : '',
    show(places.slice(0, count)),
    others && `// not exported, and part of those:\n\n${others}`,
    [...files.values()].flatMap(({ global }) => global.map((text) => `${text}\n`)).join('\n'),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

/** @typedef {{ path: string, name: string }} Place of a declaration */

/** Where a name is declared that a file has; of another package's, nothing. @returns {Place | undefined} */
function declaredIn(
  /** @type {string} */ path,
  /** @type {string} */ name,
  /** @type {(path: string) => Declarations} */ fileOf,
) {
  const { own, others, exported } = fileOf(path);
  const called = exported.get(name) ?? name;
  if (own.has(called)) return { path, name: called };
  const other = others.get(called);
  return other?.from.startsWith('.') ? declaredIn(besides(path, other.from), other.name, fileOf) : undefined;
}

const besides = (/** @type {string} */ path, /** @type {string} */ from) =>
  join(dirname(path), from.replace(/\.js$/, '.d.ts'));

const textOf = (/** @type {Place} */ { path, name }, /** @type {(path: string) => Declarations} */ fileOf) =>
  fileOf(path).own.get(name)?.join('\n') ?? '';

/** What a statement declares, and with which words, for an order that stays. */
const nameIn = (/** @type {string} */ text) => text.replace(declaring, '') + text;

/** What an entry exports: under which name, and what that is called in which file. */
function exportsOf(/** @type {string} */ path, /** @type {(path: string) => Declarations} */ fileOf) {
  const { exported, all } = fileOf(path);
  /** @type {{ as: string, path: string, name: string }[]} */
  const found = [...exported].map(([as, name]) => ({ as, path, name }));
  for (const from of all) found.push(...exportsOf(besides(path, from), fileOf));
  return found;
}

/** @returns {Declarations} */
function readDeclarations(/** @type {string} */ path) {
  const text = readFileSync(path, 'utf8')
    .replace(/\/\*.*?\*\//gs, '')
    .replace(/^ *\/\/.*$|[ \t]+$/gm, '');
  /** @type {Declarations} */
  const file = { own: new Map(), others: new Map(), exported: new Map(), all: [], global: [] };
  for (const statement of text.split(/\n(?=\w)/)) {
    const code = statement.replace(/\n\s*\n/g, '\n').trim();
    const [, list, from] = /^(?:im|ex)port (?:type )?\{(.*?)\}(?: from '(.*)')?;$/s.exec(code) ?? [];
    const [name] = code.replace(declaring, '').match(/^[\w$]+/) ?? [];
    const [, everything] = /^export (?:type )?\* from '(.*)';$/.exec(code) ?? [];
    if (list !== undefined) {
      for (const item of list.split(',').map((item) => item.replace(/^\s*type\s/, '').trim())) {
        if (item === '') continue;
        const [is = '', as = is] = item.split(' as ');
        if (from) file.others.set(as, { from, name: is });
        if (code.startsWith('export')) file.exported.set(as, from ? as : is);
      }
    } else if (everything) {
      file.all.push(everything);
    } else if (name && declaring.test(code)) {
      file.own.set(name, [...(file.own.get(name) ?? []), code]);
      if (code.startsWith('export')) file.exported.set(name, name);
    } else if (code.startsWith('declare ')) {
      file.global.push(code);
    } else if (code !== '' && !code.startsWith('import ')) {
      throw new Error(`${path}: what is this? ${code}`);
    }
  }
  return file;
}
