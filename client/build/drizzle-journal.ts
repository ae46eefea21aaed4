import { readFile } from 'node:fs/promises';
import type { Fault } from './fault.js';

/** As much of drizzle-kit's journal as is read. */
interface Journal {
  readonly entries?: readonly { readonly tag: string }[];
}

/** Names as migrations are ordered by them: numbers by their value. */
const byName = new Intl.Collator('en', { numeric: true });

/**
 * What is wrong with a folder that drizzle-kit has generated, by its journal: files that it lists are missing, or are in
 * another order than it says. A folder without a journal, and files that are not in it, are none of its business.
 *
 * Source: <https://orm.drizzle.team/docs/drizzle-config-file#migrations>
 *
 * @param path of the folder, as messages have it
 */
export async function journalFault(folder: string, path: string, names: readonly string[]): Promise<Fault | undefined> {
  const text = await readFile(`${folder}/meta/_journal.json`, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const file = `${path}/meta/_journal.json`;
  const fault = (message: string, tag = '') => {
    const line =
      Math.max(
        0,
        text.split('\n').findIndex((line) => tag !== '' && line.includes(JSON.stringify(tag))),
      ) + 1;
    return { file, line, message: `${file}:${line}: ${message}` };
  };
  let journal: Journal;
  try {
    journal = JSON.parse(text) as Journal;
  } catch (error) {
    return fault(`drizzle-kit's journal cannot be read: ${error}`);
  }
  let before: string | undefined;
  for (const { tag } of journal.entries ?? []) {
    if (!names.includes(`${tag}.sql`)) return fault(`lists ${tag}.sql, which is not there; bring it back`, tag);
    if (before !== undefined && byName.compare(before, tag) > 0) {
      const way = "have drizzle-kit number its files, migrations: { prefix: 'index' } in drizzle.config.ts";
      return fault(`says that ${tag} comes after ${before}, but files are applied by their names; ${way}`, tag);
    }
    before = tag;
  }
  return undefined;
}
