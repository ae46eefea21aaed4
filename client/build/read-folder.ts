import { readdir, readFile } from 'node:fs/promises';

/**
 * The texts of a folder's SQL files, by name.
 *
 * @throws {Error} there is no such folder, or no file in it
 */
export async function readFolder(folder: string): Promise<Record<string, string>> {
  const found = await readdir(folder).catch((cause) => {
    throw new Error(`there is no folder ${folder}`, { cause });
  });
  const names = found.filter((name) => name.endsWith('.sql')).sort();
  if (names.length === 0) throw new Error(`${folder} has no SQL file`);
  const texts = await Promise.all(names.map((name) => readFile(`${folder}/${name}`, 'utf8')));
  return Object.fromEntries(names.map((name, index) => [name, texts[index] ?? '']));
}
