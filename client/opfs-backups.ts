// Backups in the origin's private file system: plain SQLite files in a folder beside the database's own. Each is
// named by the moment it was made, in milliseconds since 1970, and the version that it is of: `1764000000000.0001.create`.

import { laterThan } from './backup.js';
import { backupsFolder, found } from './opfs.js';
import { openSync, type SyncAccessHandle } from './sync-access-handle.js';

/** A complete backup and its file. */
export interface OpfsBackup {
  readonly name: string;
  readonly createdAt: number;
  readonly file: File;
}

/** How every SQLite file begins: https://www.sqlite.org/fileformat2.html#magic_header_string */
const magic = 'SQLite format 3\0';

/**
 * Writes a copy of a database; one of the same name is replaced once this one is complete. Only in workers.
 *
 * @throws what the browser throws; no copy was made then.
 */
export async function saveBackup(database: string, name: string, parts: AsyncIterable<Uint8Array>): Promise<void> {
  const folder = await backupsFolder(database, true);
  if (!folder) return;
  const createdAt = laterThan(await listBackupsInOpfs(database));
  const fileName = `${createdAt}.${encodeURIComponent(name.slice(database.length + 1))}`;
  const handle = await openSync(await folder.getFileHandle(fileName, { create: true }));
  try {
    await writeHeaderLast(handle, parts);
  } catch (error) {
    handle.close();
    await folder.removeEntry(fileName);
    throw error;
  }
  handle.close();
  await forEachFile(database, folder, async (other, entry) => {
    if (other.name === name && entry !== fileName) await folder.removeEntry(entry);
  });
}

/** All complete backups of a database, in no order. */
export async function listBackupsInOpfs(database: string): Promise<OpfsBackup[]> {
  const folder = await backupsFolder(database, false);
  const newest = new Map<string, OpfsBackup>();
  if (!folder) return [];
  await forEachFile(database, folder, async (backup) => {
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
  await forEachFile(database, folder, async (_, entry) => {
    if (!kept.has(entry)) await found(folder.removeEntry(entry));
  });
}

/** A file without its header is no database, so one that a crash cut short is never taken for a backup. */
async function writeHeaderLast(handle: SyncAccessHandle, parts: AsyncIterable<Uint8Array>): Promise<void> {
  let header: Uint8Array | undefined;
  let at = 0;
  for await (const part of parts) {
    header ??= part.slice(0, magic.length);
    if (at === 0) part.fill(0, 0, magic.length);
    if (handle.write(part, { at }) !== part.length) throw full();
    at += part.length;
  }
  handle.flush();
  if (header && handle.write(header, { at: 0 }) !== header.length) throw full();
  handle.flush();
}

function full(): DOMException {
  return new DOMException('The file could not be written to its end.', 'QuotaExceededError');
}

async function forEachFile(
  database: string,
  folder: FileSystemDirectoryHandle,
  visit: (backup: OpfsBackup, entry: string) => Promise<void>,
): Promise<void> {
  const entries: string[] = [];
  for await (const entry of folder.keys()) entries.push(entry);
  for (const entry of entries) {
    const [, createdAt, version] = /^(\d+)\.(.*)$/.exec(entry) ?? [];
    if (version === undefined) continue;
    const file = await (await folder.getFileHandle(entry)).getFile();
    const name = `${database}@${decodeURIComponent(version)}`;
    await visit({ name, createdAt: Number(createdAt), file }, entry);
  }
}
