import { StorageError } from '../protocol/errors.js';
import { type Backup, possibleDatabases } from '../storage/backup.js';
import { BlockStore } from '../storage/block-store.js';
import { checkName } from '../storage/database-name.js';
import { findHome } from '../storage/home.js';
import { noteHome } from '../storage/home-hint.js';
import { listBackupsInOpfs } from '../storage/opfs-backups.js';
import { requireOrigin } from '../storage/origin.js';
import { storageError } from '../storage/storage-error.js';
import { accessRules, type ImportReport, importInto, withAccess } from './databases.js';
import { checkOptions } from './option-rules.js';
import type { WorkerOptions } from './start-worker.js';

/** A backup, and how to read it. */
interface ReadableBackup extends Backup {
  file(): Promise<Blob>;
}

/** The backups of a database, the newest first. */
export async function listBackups(database: string): Promise<Backup[]> {
  checkName(database);
  return (await find(database)).map(({ file, ...backup }) => backup);
}

/**
 * Puts a backup in the place of its database, which must not be open: all of it, or nothing. The next `open`
 * upgrades it again. The backup stays. What was damaged when it was made is told, and does not keep it from being put
 * back if it can be opened.
 *
 * @param name as `listBackups` or `Database.backup` tell it.
 * @throws {StorageError} `no_such_database` if there is no such backup, `storage_busy` while the database is open,
 * `storage_full`; `database_corrupt` and its like if it could not be opened.
 */
export async function restoreBackup(name: string, options: WorkerOptions = {}): Promise<ImportReport> {
  checkOptions(options, accessRules);
  requireOrigin();
  const { database } = await findByName(name);
  return withAccess(database, options, async (access, lock) => {
    // Another tab may have replaced it since.
    const backup = await findByName(name);
    const home = await access.settle(findHome(lock, 'auto', access.probe));
    const file = await backup.file();
    const report = await importInto(access, home, { file, wal: null, isBackup: true, overwrite: true });
    if (home.kind !== 'memory') noteHome(database, home.kind);
    return report;
  });
}

async function findByName(name: string): Promise<ReadableBackup> {
  for (const database of possibleDatabases(String(name))) {
    const backup = (await find(database)).find((each) => each.name === name);
    if (backup) return backup;
  }
  throw new StorageError({ code: 'no_such_database', message: `There is no backup ${JSON.stringify(name)}.` });
}

async function find(database: string): Promise<ReadableBackup[]> {
  requireOrigin();
  const found = [...(await inOpfs(database)), ...(await inIndexedDb(database))];
  return found.sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
}

/** A storage that cannot be asked has no backups to tell. */
async function inOpfs(database: string): Promise<ReadableBackup[]> {
  const backups = await listBackupsInOpfs(database).catch(() => []);
  return backups.map(({ name, createdAt, file }) => ({
    name,
    database,
    storage: 'opfs',
    size: file.size,
    createdAt: new Date(createdAt),
    file: async () => file,
  }));
}

async function inIndexedDb(database: string): Promise<ReadableBackup[]> {
  const store = await BlockStore.find(database).catch(() => undefined);
  if (!store) return [];
  const records = await store.backups();
  await store.close();
  return records.map((record) => ({
    name: record.name,
    database,
    storage: 'indexeddb',
    size: record.size,
    createdAt: new Date(record.createdAt),
    file: async () => {
      const reopened = await BlockStore.find(database).catch((error) => {
        throw storageError(error, 'IndexedDB');
      });
      if (!reopened)
        throw new StorageError({ code: 'no_such_database', message: `The backup ${record.name} is gone.` });
      try {
        return await reopened.backupToBlob(record);
      } finally {
        await reopened.close();
      }
    },
  }));
}
