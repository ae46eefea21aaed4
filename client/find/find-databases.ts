import { requireOrigin } from '../storage/origin.js';
import type { FoundDatabase } from './found-database.js';
import { findInIndexedDb } from './in-indexed-db.js';
import { findInOpfs } from './in-opfs.js';

/**
 * Databases that other libraries have stored in this origin, in the order of their places and names: to be imported, once.
 * Nothing is changed, and none of those libraries is needed.
 *
 * ```ts
 * const [found] = await findDatabases();
 * if (found) await importDatabase('notes', await found.read(), { wal: await found.readWal() });
 * ```
 *
 * @throws {StorageError} `storage_unsupported` where there is no browser, or no origin.
 */
export async function findDatabases(): Promise<FoundDatabase[]> {
  requireOrigin();
  // A storage that cannot be asked has nothing to list.
  const all = await Promise.all([findInOpfs(), findInIndexedDb()].map((found) => found.catch(() => [])));
  const key = ({ place, name }: FoundDatabase) => `${place}\0${name}`;
  return all.flat().sort((one, other) => (key(one) < key(other) ? -1 : 1));
}
