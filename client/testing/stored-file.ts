import * as own from '../page/wheatear.js';
import type { ModuleConnection, ReadFile } from '../worker/module.js';
import { files } from './module.js';

/** A database file: its bytes, or where it is: in a page its address, elsewhere its path. */
export type StoredFile = string | URL | Blob | Uint8Array;

/** A file, and the one beside it whose name ends in `-wal`, if there is one. */
interface Stored {
  readonly file: Blob;
  readonly wal: Blob | null;
}

/**
 * Reads a file into a connection that is its own, once it is checked as `importDatabase` does it: header, size, every page.
 *
 * @throws ErrorData of what is wrong with it
 * @throws whatever says that it cannot be read
 */
export async function connectionOf(stored: StoredFile): Promise<ModuleConnection> {
  const { file, wal } = await read(stored);
  const imported = await own.importMirror(file.size, reading(file), wal?.size ?? 0, wal ? reading(wal) : undefined);
  return imported.intoConnection();
}

async function read(stored: StoredFile): Promise<Stored> {
  if (stored instanceof Uint8Array) return { file: new Blob([new Uint8Array(stored)]), wal: null };
  if (typeof stored !== 'string' && !(stored instanceof URL)) return { file: stored, wal: null };
  const address = String(stored);
  const system = /^https?:/.test(address) ? undefined : files();
  if (!system) return { file: await fetched(address), wal: null };
  const wal = stored instanceof URL ? new URL(`${stored.href}-wal`) : `${stored}-wal`;
  const [bytes, newest] = await Promise.all([system.readFile(stored), system.readFile(wal).catch(() => undefined)]);
  return { file: new Blob([bytes]), wal: newest?.length ? new Blob([newest]) : null };
}

async function fetched(address: string): Promise<Blob> {
  const response = await fetch(address);
  if (response.ok) return response.blob();
  throw new Error(`${address}, as which the database was to begin, answered ${response.status}.`);
}

function reading(file: Blob): ReadFile {
  return async (offset, length) => new Uint8Array(await file.slice(offset, offset + length).arrayBuffer());
}
