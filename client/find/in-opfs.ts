// Databases in the origin's private file system: files as they are, and pools of files that have their names within.

import { StorageError } from '../protocol/errors.js';
import { rootFolderName } from '../storage/addresses.js';
import type { FoundDatabase } from './found-database.js';
import { hasMagic, startsWith } from './magic.js';
import { contentOffset, headerSize, type Pooled, pooledFile } from './pool-header.js';
import { readLocked } from './read-locked.js';

/** What a journal begins with that has to be rolled back. Source: https://www.sqlite.org/fileformat2.html#the_rollback_journal */
const journalMagic = [0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7];

/** Where the SQLite project's own module keeps the files of a pool, within the pool's folder. */
const poolFolder = '.opaque';

/** A file, and what it is called by its library. */
interface StoredFile {
  /** In the private file system, folder by folder. */
  readonly path: readonly string[];
  readonly handle: FileSystemFileHandle;
  readonly name: string;
  /** Where its content begins. */
  readonly start: number;
  readonly size: number;
  readonly library: FoundDatabase['library'];
  readonly isDatabase: boolean;
}

export async function findInOpfs(): Promise<FoundDatabase[]> {
  const root = await navigator.storage.getDirectory();
  const found: FoundDatabase[] = [];
  for await (const files of folders(root, [])) {
    const of = (name: string) => files.find((file) => file.name === name);
    for (const file of files) if (file.isDatabase && file.size > 0) found.push(databaseOf(file, of));
  }
  return found;
}

/** The files of a folder that may matter, and then of those within it; but not of ours. */
async function* folders(folder: FileSystemDirectoryHandle, path: readonly string[]): AsyncGenerator<StoredFile[]> {
  const files: StoredFile[] = [];
  const within: FileSystemDirectoryHandle[] = [];
  for await (const entry of folder.values()) {
    if (entry.kind === 'directory') {
      if (path.length > 0 || entry.name !== rootFolderName) within.push(entry as FileSystemDirectoryHandle);
      continue;
    }
    // One that is gone by now, or that nobody may look at, is none.
    const file = await storedFile(entry as FileSystemFileHandle, [...path, entry.name]).catch(() => undefined);
    if (file) files.push(file);
  }
  yield files;
  for (const inner of within) yield* folders(inner, [...path, inner.name]);
}

async function storedFile(handle: FileSystemFileHandle, path: readonly string[]): Promise<StoredFile> {
  const file = await handle.getFile();
  const header = new Uint8Array(await file.slice(0, headerSize).arrayBuffer());
  const plain = { path, handle, name: handle.name, start: 0, size: file.size, library: 'file' } as const;
  if (hasMagic(header)) return { ...plain, isDatabase: true };
  const pooled: Pooled | undefined = pooledFile(header);
  if (!pooled) return { ...plain, isDatabase: false };
  return {
    ...plain,
    name: pooled.path,
    start: contentOffset,
    size: Math.max(0, file.size - contentOffset),
    library: path.at(-2) === poolFolder ? 'sqlite-wasm-pool' : 'wa-sqlite-pool',
    isDatabase: pooled.isDatabase,
  };
}

function databaseOf(file: StoredFile, of: (name: string) => StoredFile | undefined): FoundDatabase {
  const { library, name, size, path } = file;
  const folder = library === 'sqlite-wasm-pool' ? path.slice(0, -2) : path.slice(0, -1);
  return {
    library,
    name,
    place: folder.join('/'),
    size,
    async read() {
      const journal = of(`${name}-journal`);
      if (journal && (await isHot(journal))) throw cutShort(name);
      // wa-sqlite's OPFSWriteAheadVFS keeps what was committed last in two files beside it.
      if ([0, 1].some((number) => (of(`${name}-wa${number}`)?.size ?? 0) > 0)) throw writtenAhead(name);
      const content = await readLocked(path, file.start, name);
      return new File([content], fileName(name), { type: 'application/vnd.sqlite3' });
    },
    async readWal() {
      const wal = of(`${name}-wal`);
      const content = wal && (await readLocked(wal.path, wal.start, name));
      return content && content.size > 0 ? content : null;
    },
  };
}

/** Whether a journal says that a transaction was begun, and has to be taken back. */
async function isHot({ handle, start }: StoredFile): Promise<boolean> {
  const file = await handle.getFile();
  return startsWith(new Uint8Array(await file.slice(start, start + journalMagic.length).arrayBuffer()), journalMagic);
}

/** The last part of a path. */
function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function cutShort(name: string): StorageError {
  const message = `A transaction of ${JSON.stringify(name)} is open or was cut short; close it, or open and close it once with its library, and try again.`;
  return new StorageError({ code: 'storage_busy', message });
}

function writtenAhead(name: string): StorageError {
  const message = `The newest rows of ${JSON.stringify(name)} lie in files beside it that only wa-sqlite reads; export it with that.`;
  return new StorageError({ code: 'wal_missing', message });
}
