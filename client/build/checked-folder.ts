import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, relative } from 'node:path';
import { type BundlerError, slashed } from './bundler.js';
import { errorOf, type Fault } from './fault.js';
import type { QueryFiles } from './query-files.js';
import { readFolder } from './read-folder.js';
import { type SetCheck, tools } from './tools.js';

/** What is to be known of a folder. */
export interface Checking {
  /** The root of the application, from which messages have paths. */
  readonly root: string;
  /** Ids of lints that say nothing. */
  readonly off: readonly string[];
  /** File that gets types of rows and queries; absent: none does. */
  readonly types?: string | undefined;
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
  /** What is to be told, though it can be applied. */
  readonly warnings: readonly string[];
}

/** Reads a folder, tries out what is in it, looks for dangers, checks queries and writes types. It throws nothing. */
export async function checkFolder(folder: string, { root, off, types, queries }: Checking): Promise<CheckedFolder> {
  const nothing = { files: {}, digest: '', warnings: [] };
  try {
    const files = await readFolder(folder);
    const { checkOfFiles, typesOfFiles } = await tools();
    const paths = Object.keys(files).map((name) => within(root, `${folder}/${name}`));
    const texts = Object.values(files);
    const migrations = new Map(paths.map((path, index) => [path, texts[index] ?? '']));
    const { digest = '', fault, untried, findings } = checkOfFiles(paths, texts, off);
    if (fault) return { ...nothing, files, digest, error: errorOf([fault], migrations, root) };
    const warnings = untried ? [ofPage(untried)] : told(findings);
    if (untried || (types === undefined && queries === undefined)) return { files, digest, warnings };
    const scripts = (await queries?.read()) ?? new Map<string, string>();
    const { text, faults } = typesOfFiles(paths, texts, [...scripts.keys()], [...scripts.values()]);
    const [first, ...others] = faults;
    if (first) {
      return {
        files,
        digest,
        warnings,
        error: errorOf([first, ...others], new Map([...migrations, ...scripts]), root),
      };
    }
    if (types !== undefined && text !== undefined) await writeIfOther(types, text);
    return { files, digest, warnings };
  } catch (error) {
    return { ...nothing, error: { message: error instanceof Error ? error.message : String(error) } };
  }
}

function ofPage({ message }: Fault): string {
  return `Only a page can tell whether these migrations can be applied, for they call what it may have: ${message}`;
}

/** Of one lint so many findings are told. */
const most = 3;

/** Findings, as a terminal has room for them. */
function told(findings: SetCheck['findings']): string[] {
  const lints = [...new Set(findings.map(({ lint }) => lint))];
  return lints.flatMap((id) => {
    const messages = findings.filter(({ lint }) => lint === id).map(({ message }) => message);
    const others = messages.splice(most).length;
    return others === 0
      ? messages
      : [...messages, `${others} more of ${id}; \`npx wheatear check\` tells all of them, and off: ['${id}'] none`];
  });
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
