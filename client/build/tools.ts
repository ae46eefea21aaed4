import { readFile } from 'node:fs/promises';
import type { Fault } from './fault.js';
import type { NodeFunctions } from './node-host.js';

/** What is known of a set: its digest, and an image of the database that it makes, or the reason why there can be none. */
export interface SetImage {
  readonly digest: string;
  readonly image?: Uint8Array | undefined;
  readonly reason?: string | undefined;
}

/** What can be said of a set without a user's database. */
export interface SetCheck {
  /** Of the set, if it is one. */
  readonly digest?: string | undefined;
  /** Why it cannot be applied. */
  readonly fault?: Fault | undefined;
  /** Why nobody but a page knows whether it can: it calls what the page may have. */
  readonly untried?: Fault | undefined;
}

/** Something dangerous: the id of the lint, the path of the file, and what was found, with file and line. */
export interface LintFinding {
  readonly lint: string;
  readonly file: string;
  readonly message: string;
}

/** TypeScript types of rows and queries, or all that keeps them from being made. */
export interface SetTypes {
  readonly text?: string | undefined;
  readonly faults: readonly Fault[];
  /** Queries of which nobody but a page knows whether they run: they call what it may have. */
  readonly untried: readonly Fault[];
}

type Texts = readonly string[];

/** The module for programs that build an application, in the package's folder `tools`. */
export interface Tools {
  default(options: { readonly module_or_path: Uint8Array }): Promise<unknown>;
  /** @throws `ErrorData` of the first fault in the files; all is applied twice, which takes a while */
  imageOfFiles(paths: Texts, texts: Texts): SetImage;
  checkOfFiles(paths: Texts, texts: Texts): SetCheck;
  /** @throws {string} `off` has what is no lint; it takes a while */
  lintsOfFiles(paths: Texts, texts: Texts, off: Texts, changed: Texts): LintFinding[];
  typesOfFiles(paths: Texts, texts: Texts, queryPaths: Texts, queryTexts: Texts, kysely: boolean): SetTypes;
  /** Runs the program with these arguments, and returns its exit code. */
  runProgram(words: Texts, functions: NodeFunctions): number;
}

let loading: Promise<Tools> | undefined;

/** The module; it is loaded once. */
export function tools(): Promise<Tools> {
  loading ??= load();
  return loading;
}

async function load(): Promise<Tools> {
  const at = (file: string) => new URL(`../tools/${file}`, import.meta.url);
  const tools = (await import(at('wheatear_tools.js').href)) as Tools;
  await tools.default({ module_or_path: await readFile(at('wheatear_tools_bg.wasm')) });
  return tools;
}
