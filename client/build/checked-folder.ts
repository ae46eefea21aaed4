import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, relative } from 'node:path';
import { type BundlerError, slashed } from './bundler.js';
import { journalFault } from './drizzle-journal.js';
import { errorOf, type Fault } from './fault.js';
import type { QueryFiles } from './query-files.js';
import { readFolder } from './read-folder.js';
import { tools } from './tools.js';

/** What is to be known of a folder. */
export interface Checking {
  /** The root of the application, from which messages have paths. */
  readonly root: string;
  /** File that gets types of rows and queries; absent: none does. */
  readonly types?: string | undefined;
  /** Whether the types of rows are for Kysely. */
  readonly kysely?: boolean | undefined;
  /** Files with queries for this schema. */
  readonly queries?: QueryFiles | undefined;
}

/** What is known of a folder of migrations, as its files are now. */
export interface CheckedFolder {
  /** The texts, by file name. */
  readonly files: Readonly<Record<string, string>>;
  readonly digest: string;
  /** Why nothing of it is given to a page. */
  readonly error?: BundlerError | undefined;
  /** The same by path, as messages have it. */
  readonly texts: ReadonlyMap<string, string>;
  /** What is to be told, though it may be applied. */
  readonly warning?: string | undefined;
}

/** Reads a folder, tries out what is in it, checks queries and writes types. It throws nothing. */
export async function checkFolder(
  folder: string,
  { root, types, kysely = false, queries }: Checking,
): Promise<CheckedFolder> {
  try {
    const files = await readFolder(folder);
    const { checkOfFiles, typesOfFiles } = await tools();
    const texts = new Map(Object.entries(files).map(([name, text]) => [within(root, `${folder}/${name}`), text]));
    const set = [[...texts.keys()], [...texts.values()]] as const;
    const { digest = '', fault: ofFiles, untried } = checkOfFiles(...set);
    const fault = ofFiles ?? (await journalFault(folder, within(root, folder), Object.keys(files)));
    const known = { files, texts, digest };
    if (fault) return { ...known, error: errorOf([fault], texts, root) };
    if (untried) return { ...known, warning: ofPage('these migrations can be applied', [untried]) };
    if (types === undefined && queries === undefined) return known;
    const scripts = (await queries?.read()) ?? new Map<string, string>();
    const { text, faults, untried: calling } = typesOfFiles(...set, [...scripts.keys()], [...scripts.values()], kysely);
    const [first, ...others] = faults;
    if (first) return { ...known, error: errorOf([first, ...others], new Map([...texts, ...scripts]), root) };
    if (types !== undefined && text !== undefined) await writeIfOther(types, text);
    return calling.length === 0 ? known : { ...known, warning: ofPage('these queries run', calling) };
  } catch (error) {
    return { files: {}, texts: new Map(), digest: '', error: { message: wordsOf(error) } };
  }
}

/** What somebody has thrown, as text. */
export function wordsOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

function ofPage(what: string, untried: readonly Fault[]): string {
  const messages = untried.map(({ message }) => message).join('\n');
  return `Only a page can tell whether ${what}, for they call what it may have: ${messages}`;
}

/** A path from the root, if it is in there. */
function within(root: string, path: string): string {
  const from = slashed(relative(root, path));
  return from.startsWith('..') || isAbsolute(from) ? path : from;
}

/** A file that is what it was is not written: what watches it need do nothing. */
async function writeIfOther(path: string, text: string): Promise<void> {
  if ((await readFile(path, 'utf8').catch(() => undefined)) === text) return;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}
