import { backupFileOf } from '../storage/addresses.js';
import { laterThan } from '../storage/backup.js';
import { backupsFolder } from '../storage/opfs.js';
import { forEachBackup, listBackupsInOpfs, magic } from '../storage/opfs-backups.js';

/**
 * Writes a copy of a database; one of the same name is replaced once this one is complete.
 *
 * @throws what the browser throws; no copy was made then.
 */
export async function saveBackup(database: string, name: string, parts: AsyncIterable<Uint8Array>): Promise<void> {
  const folder = await backupsFolder(database, true);
  if (!folder) return;
  const createdAt = laterThan(await listBackupsInOpfs(database));
  const fileName = backupFileOf(createdAt, name.slice(database.length + 1));
  const handle = await (await folder.getFileHandle(fileName, { create: true })).createSyncAccessHandle();
  try {
    await writeHeaderLast(handle, parts);
  } catch (error) {
    handle.close();
    await folder.removeEntry(fileName);
    throw error;
  }
  handle.close();
  await forEachBackup(database, folder, async (other, entry) => {
    if (other.name === name && entry !== fileName) await folder.removeEntry(entry);
  });
}

/** A file without its header is no database, so one that a crash cut short is never taken for a backup. */
async function writeHeaderLast(handle: FileSystemSyncAccessHandle, parts: AsyncIterable<Uint8Array>): Promise<void> {
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
