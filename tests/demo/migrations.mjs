import { readFile } from 'node:fs/promises';

/** The demo's migrations: names of files, and what is in them. */
export async function migrationFiles() {
  const names = ['0001.create.sql', '0002.alter-table.sql'];
  const read = async (/** @type {string} */ name) => {
    return [name, await readFile(new URL(`../../migrations/${name}`, import.meta.url), 'utf8')];
  };
  return /** @type {Record<string, string>} */ (Object.fromEntries(await Promise.all(names.map(read))));
}
