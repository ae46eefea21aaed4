import { readFile } from 'node:fs/promises';
import type { NodeFunctions } from './node-host.js';

/** What is known of a set: its digest, and an image of the database that it makes, or the reason why there can be none. */
export interface SetImage {
  readonly digest: string;
  readonly image?: Uint8Array | undefined;
  readonly reason?: string | undefined;
  /** Whether the reason is that the set cannot be applied to a new database. */
  readonly isFault?: boolean;
}

type OfFiles<Known> = (paths: readonly string[], texts: readonly string[]) => Known;

/** The module for programs that build an application, in the package's folder `tools`. */
export interface Tools {
  default(options: { readonly module_or_path: Uint8Array }): Promise<unknown>;
  readonly digestOfFiles: OfFiles<string>;
  readonly imageOfFiles: OfFiles<SetImage>;
  /** Runs the program with these arguments, and returns its exit code. */
  readonly runProgram: (words: readonly string[], functions: NodeFunctions) => number;
}

let loading: Promise<Tools> | undefined;

/** The module, which is loaded once. */
export function tools(): Promise<Tools> {
  loading ??= load();
  return loading;
}

/**
 * What can be known of a folder's set without a user's database. An image takes a while: all of it is applied twice.
 *
 * @throws `ErrorData` of the first fault in the files
 */
export async function setOf(files: Readonly<Record<string, string>>, isImaged: boolean): Promise<SetImage> {
  const { digestOfFiles, imageOfFiles } = await tools();
  const [paths, texts] = [Object.keys(files), Object.values(files)];
  return isImaged ? imageOfFiles(paths, texts) : { digest: digestOfFiles(paths, texts) };
}

async function load(): Promise<Tools> {
  const at = (file: string) => new URL(`../tools/${file}`, import.meta.url);
  const tools = (await import(at('wheatear_tools.js').href)) as Tools;
  await tools.default({ module_or_path: await readFile(at('wheatear_tools_bg.wasm')) });
  return tools;
}
