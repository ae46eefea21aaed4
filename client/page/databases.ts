import { StorageError } from '../protocol/errors.js';
import type { ImportRequest } from '../protocol/messages.js';
import { type DurableKind, type StoredDatabase, storageNames } from '../protocol/storage-kind.js';
import { BlockStore } from '../storage/block-store.js';
import { checkName } from '../storage/database-name.js';
import { canAskOpfs, findCurrentHome, findHome, type Home, newHome } from '../storage/home.js';
import { noteHome, recallHome } from '../storage/home-hint.js';
import { NameLock } from '../storage/name-lock.js';
import { deleteBackupsFromOpfs, deleteFromOpfs, listInOpfs, markMoving } from '../storage/opfs.js';
import { requireOrigin } from '../storage/origin.js';
import { Access } from './access.js';
import { receiveFile } from './file-parts.js';
import { isBlob, kindOf } from './kind-of.js';
import { openRules } from './open-options.js';
import { aBlob, aBoolean, checkOptions, either, invalidOption, justNull, oneOf } from './option-rules.js';
import { type WorkerOptions, workerStart } from './start-worker.js';
import { storedAt } from './stored-at.js';

/** How to import a database. */
export interface ImportOptions extends WorkerOptions {
  /** Whether a database of this name may be replaced; without it one that is there is left alone. */
  readonly overwrite?: boolean;
  /**
   * The file beside it whose name ends in `-wal`, or `null` if there is none. A file in WAL mode is refused without
   * this, because its newest rows may lie there.
   */
  readonly wal?: Blob | null;
  /** Where a new database shall live; the best storage there is when absent. One that exists stays where it is. */
  readonly storage?: 'auto' | DurableKind;
}

/** What is not as it should be in a database that was imported, and did not keep it from being used. */
export interface ImportReport {
  /**
   * Rows that break a rule of their table, tables that could not be checked, a `-wal` whose end is missing: one sentence
   * each, for developers.
   */
  readonly warnings: readonly string[];
}

const importRules = {
  ...openRules,
  overwrite: aBoolean,
  wal: either(aBlob, justNull),
  storage: oneOf('auto', 'opfs', 'indexeddb'),
};

/** One object with options may serve every function: each takes what it knows. */
export const accessRules = { ...importRules, storage: openRules.storage };

/**
 * The stored database as a SQLite file, neither opened nor upgraded: what to offer for download
 * when `open` fails. A transaction that a crash cut short is rolled back first.
 *
 * @throws {StorageError} `storage_busy` while it is open somewhere, `no_such_database`.
 */
export function exportDatabase(name: string, options: WorkerOptions = {}): Promise<Blob> {
  return withAccess(name, options, async (access, lock) => fileOf(access, await requireHome(access, lock)));
}

/**
 * Makes a database of a SQLite file, or replaces one by it: all of it, or nothing. The file is checked first:
 * header, size, and every page (`PRAGMA integrity_check`). The next `open` upgrades it like any other.
 *
 * @throws {StorageError} `database_exists` if it may not be overwritten; `wal_missing` if it is in WAL mode and nothing is
 * said of its `-wal`; `not_a_database`, `database_encrypted`, `database_truncated`, `invalid_page_size`,
 * `database_corrupt`; `storage_full`; `storage_busy` while it is open.
 */
export async function importDatabase(name: string, file: Blob, options: ImportOptions = {}): Promise<ImportReport> {
  checkOptions(options, importRules);
  if (!isBlob(file)) throw invalidOption('The file to import must be a Blob or a File.');
  return withAccess(name, options, async (access, lock) => {
    const { overwrite = false, storage = 'auto', wal } = options;
    const home = await access.settle(findHome(lock, storage, access.probe));
    const report = await importInto(access, home, { file, wal, isBackup: false, overwrite });
    noteHome(name, durable(home));
    return report;
  });
}

/** Every database of this origin, in the order of their names, and where it lives. */
export async function listDatabases(): Promise<StoredDatabase[]> {
  requireOrigin();
  const databases = new Map<string, DurableKind>();
  for (const name of await orNone(listInOpfs())) databases.set(name, 'opfs');
  for (const name of await orNone(BlockStore.names())) {
    const store = await BlockStore.find(name).catch(() => undefined);
    // In both while it is being moved: then it is this one that counts.
    if (store?.file) databases.set(name, 'indexeddb');
    await store?.close();
  }
  const found = [...databases].map(([name, storage]) => ({ name, storage }));
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * Deletes a database, every row in it, and its backups. Deleting one that does not exist does nothing.
 *
 * @throws {StorageError} `storage_busy` while it is open somewhere; `storage_unsupported` if the storage where it
 * lives cannot be used now: it would come back with that.
 */
export async function deleteDatabase(name: string): Promise<void> {
  checkName(name);
  const lock = await NameLock.take(name);
  try {
    if (await canAskOpfs(name)) {
      // What a crash leaves of it is not damage.
      noteHome(name, recallHome(name), false);
      await deleteFromOpfs(lock);
      await deleteBackupsFromOpfs(lock);
      await markMoving(lock, false);
    }
    lock.require();
    await BlockStore.delete(name);
    noteHome(name, undefined);
  } finally {
    lock.release();
  }
}

/**
 * Moves a database to another storage; its backups stay where they are. A crash at any point leaves it whole in
 * one of the two. Does nothing if it lives there already.
 *
 * @throws {StorageError} `no_such_database`, `storage_busy` while it is open, `storage_unsupported`, `storage_full`,
 * and what `importDatabase` says of a file that is damaged: then it stays where it is.
 */
export async function moveDatabase(name: string, to: DurableKind, options: WorkerOptions = {}): Promise<ImportReport> {
  if (to !== 'opfs' && to !== 'indexeddb')
    throw invalidOption(`A database can be moved to 'opfs' or 'indexeddb', not to ${kindOf(to)}.`);
  return withAccess(name, options, async (access, lock) => {
    const from = await requireHome(access, lock);
    if (from.kind === to) return { warnings: [] };
    if (from.kind === 'indexeddb') from.store.requireRecord();
    const target = await access.settle(newHome(name, to, access.probe));
    const file = await fileOf(access, from);
    // From here until it is unmarked, what IndexedDB has counts, and what OPFS has only if IndexedDB has nothing.
    await markMoving(lock, true);
    if (to === 'opfs') await deleteFromOpfs(lock);
    const report = await importInto(access, target, { file, wal: null, isBackup: false, overwrite: true });
    if (from.kind === 'indexeddb') await from.store.clear();
    else await deleteFromOpfs(lock);
    noteHome(name, to);
    await markMoving(lock, false);
    return report;
  });
}

/** Does one piece of work on a database that is not open. */
export async function withAccess<Result>(
  name: string,
  options: WorkerOptions,
  work: (access: Access, lock: NameLock) => Promise<Result>,
): Promise<Result> {
  checkName(name);
  checkOptions(options, accessRules);
  const access = new Access(name, workerStart(options));
  try {
    const lock = await access.takeLock();
    // What fails because the worker has ended, or the page was left, says that.
    return await access.race(work(access, lock));
  } finally {
    access.close();
  }
}

/** Replaces what is in a home by a file. */
export async function importInto(
  access: Access,
  home: Home,
  what: Pick<ImportRequest, 'file' | 'wal' | 'isBackup' | 'overwrite'>,
): Promise<ImportReport> {
  const request = { ...storedAt(home), ...what, kind: durable(home), name: access.name };
  return { warnings: await access.request('import', request) };
}

async function requireHome(access: Access, lock: NameLock): Promise<Home> {
  const home = await access.settle(findCurrentHome(lock));
  if (home) return home;
  const message = `There is no database ${JSON.stringify(access.name)}.`;
  throw new StorageError({ code: 'no_such_database', message });
}

function fileOf(access: Access, home: Home): Promise<Blob> {
  if (home.kind === 'indexeddb') return home.store.toBlob();
  return receiveFile((listeners) => access.request('exportFile', { name: access.name }, listeners));
}

function durable({ kind }: Home): DurableKind {
  if (kind !== 'memory') return kind;
  throw invalidOption(`A database that lives in ${storageNames.memory} cannot be imported: it would be gone at once.`);
}

/** A storage that cannot be asked has nothing to list. */
function orNone(names: Promise<string[]>): Promise<string[]> {
  return names.catch(() => []);
}
