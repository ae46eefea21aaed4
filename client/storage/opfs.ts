// The folders of the origin's private file system in which the wasm module keeps its databases: what can be
// known and done without opening a file, which only a worker could. Source: https://fs.spec.whatwg.org

import { StorageError } from '../protocol/errors.js';
import { backupsFolderOf, databaseOfFolder, folderOf, movingMarkOf, rootFolderName } from './addresses.js';
import { busyLimit, type NameLock } from './name-lock.js';
import { storageError } from './storage-error.js';

/** `moving`: a move to or from here was begun; until it ends, what is in IndexedDB counts. */
export type OpfsPresence = 'absent' | 'present' | 'moving';

/** The folder of all databases; `undefined` if there is none and none is to be created. Throws what the browser throws. */
export async function rootFolder(create: boolean): Promise<FileSystemDirectoryHandle | undefined> {
  // Typed as always there, which it is not everywhere.
  const storage: StorageManager | undefined = navigator.storage;
  if (!storage?.getDirectory) throw new Error('navigator.storage.getDirectory is missing');
  const origin = await storage.getDirectory();
  return found(origin.getDirectoryHandle(rootFolderName, { create }));
}

/** Whether a database of this name is here. */
export async function locateInOpfs(name: string): Promise<OpfsPresence> {
  const root = await rootFolder(false);
  const folder = await found(root?.getDirectoryHandle(folderOf(name)));
  if (!folder) return 'absent';
  return (await found(root?.getFileHandle(movingMarkOf(name)))) ? 'moving' : 'present';
}

/** Notes, durably, that the database is being moved, or no longer is. */
export async function markMoving(lock: NameLock, moving: boolean): Promise<void> {
  const mark = movingMarkOf(lock.name);
  try {
    const root = await rootFolder(moving);
    lock.require();
    if (moving) await root?.getFileHandle(mark, { create: true });
    else await found(root?.removeEntry(mark));
  } catch (error) {
    throw storageError(error, 'OPFS');
  }
}

/** Names of all databases that are here. */
export async function listInOpfs(): Promise<string[]> {
  const names: string[] = [];
  for await (const folder of (await rootFolder(false))?.keys() ?? []) {
    const name = databaseOfFolder(folder);
    if (name !== undefined) names.push(name);
  }
  return names;
}

/**
 * Deletes the database, and not its backups. Does nothing if there is none.
 *
 * @throws {StorageError} `storage_busy` if its files stay in use, `storage_io`.
 * @throws {ConnectionError} `closed`, as `NameLock.require`.
 */
export async function deleteFromOpfs(lock: NameLock): Promise<void> {
  await remove(folderOf(lock.name), lock);
}

/** Deletes all backups of a database. */
export async function deleteBackupsFromOpfs(lock: NameLock): Promise<void> {
  await remove(backupsFolderOf(lock.name), lock);
}

/** The folder of a database's backups. */
export async function backupsFolder(name: string, create: boolean): Promise<FileSystemDirectoryHandle | undefined> {
  const root = await rootFolder(create);
  return found(root?.getDirectoryHandle(backupsFolderOf(name), { create }));
}

/** What a promise of the file system resolves to; `undefined` if it says that there is no such entry. */
export async function found<Result>(promise: Promise<Result> | undefined): Promise<Result | undefined> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'NotFoundError') return undefined;
    throw error;
  }
}

async function remove(folder: string, lock: NameLock): Promise<void> {
  const start = performance.now();
  for (let pause = 5; ; pause = Math.min(pause * 2, 200)) {
    try {
      const root = await rootFolder(false);
      lock.require();
      await found(root?.removeEntry(folder, { recursive: true }));
      return;
    } catch (error) {
      const isBusy = error instanceof DOMException && /NoModificationAllowed|InvalidState/.test(error.name);
      if (!isBusy) throw storageError(error, 'OPFS');
      if (performance.now() - start > busyLimit) throw filesBusy(error);
      // A worker that has just been ended lets go of its files in a while.
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

function filesBusy(cause: unknown): StorageError {
  const message = `The files of the database stay in use, such as in another tab; close it there and try again (${cause}).`;
  return new StorageError({ code: 'storage_busy', message }, { cause });
}

/** Says what a failure of the file system means for a database, for the `catch` of a promise. */
export function throwOpfsError(error: unknown): never {
  throw storageError(error, 'OPFS');
}
