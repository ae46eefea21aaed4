import { readdir, readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { slashed } from './bundler.js';

/** Which files have queries: paths from a folder, in which `*` stands for a part of a name and `**` for any folders. */
export class QueryFiles {
  readonly #root: string;
  readonly #patterns: readonly string[];
  readonly #expressions: readonly RegExp[];
  readonly #except: readonly string[];

  /** @param except paths of files that have none, whatever is asked for; a path that ends in `/` is a folder */
  constructor(root: string, patterns: readonly string[], except: readonly string[]) {
    this.#root = slashed(root);
    this.#patterns = patterns.map((pattern) => slashed(pattern).replace(/^\.\//, ''));
    this.#expressions = this.#patterns.map(expressionOf);
    this.#except = except;
  }

  has(path: string): boolean {
    const isExcepted = this.#except.some((except) =>
      except.endsWith('/') ? path.startsWith(except) : path === except,
    );
    const from = slashed(relative(this.#root, path));
    return !isExcepted && this.#expressions.some((expression) => expression.test(from));
  }

  /** Their texts, by path from the root. */
  async read(): Promise<ReadonlyMap<string, string>> {
    const folders = new Set(this.#patterns.map(folderOf));
    const found = await Promise.all([...folders].map((folder) => this.#in(folder)));
    const paths = [...new Set(found.flat())].sort();
    const texts = await Promise.all(paths.map((path) => readFile(path, 'utf8')));
    return new Map(paths.map((path, index) => [slashed(relative(this.#root, path)), texts[index] ?? '']));
  }

  /** Those in a folder and in the folders in it. One that is not there has none. */
  async #in(folder: string): Promise<string[]> {
    const path = folder === '' ? this.#root : `${this.#root}/${folder}`;
    const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
    const found = entries.map(async (entry) => {
      const within = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) return isPassedOver(entry.name) ? [] : this.#in(within);
      const file = `${this.#root}/${within}`;
      return this.has(file) ? [file] : [];
    });
    return (await Promise.all(found)).flat();
  }
}

/** What nobody writes has no queries of the application. */
function isPassedOver(name: string): boolean {
  return name === 'node_modules' || name.startsWith('.');
}

/** The folder that a pattern is in, as far as it is named. */
function folderOf(pattern: string): string {
  const parts = pattern.split('/').slice(0, -1);
  const first = parts.findIndex((part) => /[*?{]/.test(part));
  return (first < 0 ? parts : parts.slice(0, first)).join('/');
}

function expressionOf(pattern: string): RegExp {
  const source = pattern.replace(/\*\*\/|\*\*|\*|\?|\{[^{}]*\}|[.+^$()|[\]\\]/g, (part) => {
    if (part === '**/') return '(?:[^/]+/)*';
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    if (part === '?') return '[^/]';
    if (part.startsWith('{')) return `(?:${part.slice(1, -1).split(',').map(expressionText).join('|')})`;
    return `\\${part}`;
  });
  return new RegExp(`^${source}$`);
}

function expressionText(text: string): string {
  return text.trim().replace(/[.+^$()|[\]\\*?]/g, '\\$&');
}
