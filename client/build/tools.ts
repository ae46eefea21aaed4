import { readFile } from 'node:fs/promises';

/** What is known of a set: its digest, and an image of the database that it makes, or the reason why there can be none. */
export interface SetImage {
  readonly digest: string;
  readonly image: Uint8Array | undefined;
  readonly reason: string | undefined;
}

/** The module for programs that build an application, in the package's folder `tools`. */
interface Tools {
  default(options: { readonly module_or_path: Uint8Array }): Promise<unknown>;
  imageOfFiles(paths: readonly string[], texts: readonly string[]): SetImage;
}

let loading: Promise<Tools> | undefined;

/**
 * What can be known of a folder's set without a user's database.
 *
 * @throws `ErrorData` of the first fault in the files
 */
export async function imageOf(files: Readonly<Record<string, string>>): Promise<SetImage> {
  loading ??= load();
  const { imageOfFiles } = await loading;
  return imageOfFiles(Object.keys(files), Object.values(files));
}

async function load(): Promise<Tools> {
  const at = (file: string) => new URL(`../tools/${file}`, import.meta.url);
  const tools = (await import(at('wheatear_tools.js').href)) as Tools;
  await tools.default({ module_or_path: await readFile(at('wheatear_tools_bg.wasm')) });
  return tools;
}
