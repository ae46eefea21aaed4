// Backups in the origin's private file system: plain SQLite files in a folder beside the database's own.

import { backupOfFile } from './addresses.js';
import { backupsFolder, found } from './opfs.js';

/** A complete backup and its file. */
export interface OpfsBackup {
  readonly name: string;
  readonly createdAt: number;
  readonly file: File;
}

/** How every SQLite file begins: https://www.sqlite.org/fileformat2.html#magic_header_string */
export const magic = 'SQLite format 3\0';

/** All complete backups of a database, in no order. */
export async function listBackupsInOpfs(database: string): Promise<OpfsBackup[]> {
  const folder = await backupsFolder(database, false);
  const newest = new Map<string, OpfsBackup>();
  if (!folder) return [];
  await forEachBackup(database, folder, async (backup) => {
    if ((await backup.file.slice(0, magic.length).text()) !== magic) return;
    const other = newest.get(backup.name);
    if (!other || other.createdAt < backup.createdAt) newest.set(backup.name, backup);
  });
  return [...newest.values()];
}

/** Deletes all but the newest `keep` backups, and what a crash has left of unfinished ones. */
export async function pruneBackupsInOpfs(database: string, keep: number): Promise<void> {
  const folder = await backupsFolder(database, false);
  if (!folder) return;
  const newest = (await listBackupsInOpfs(database)).sort((a, b) => b.createdAt - a.createdAt).slice(0, keep);
  const kept = new Set(newest.map(({ file }) => file.name));
  await forEachBackup(database, folder, async (_, entry) => {
    if (!kept.has(entry)) await found(folder.removeEntry(entry));
  });
}

/** Calls `visit` for every file of a database that is named like a backup, complete or not. */
export async function forEachBackup(
  database: string,
  folder: FileSystemDirectoryHandle,
  visit: (backup: OpfsBackup, entry: string) => Promise<void>,
): Promise<void> {
  const entries: string[] = [];
  for await (const entry of folder.keys()) entries.push(entry);
  for (const entry of entries) {
    const backup = backupOfFile(entry);
    if (!backup) continue;
    const file = await (await folder.getFileHandle(entry)).getFile();
    await visit({ name: `${database}@${backup.version}`, createdAt: backup.createdAt, file }, entry);
  }
}
