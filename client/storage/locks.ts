// The locks of this origin: https://w3c.github.io/web-locks/

import { StorageError } from '../protocol/errors.js';
import { requireOrigin } from './origin.js';

/** What has locks: a window, or the scope of a worker. */
interface Scope {
  readonly navigator: { readonly locks: LockManager };
}

/** Gives the scope whose locks are used; nothing for this one. */
let findScope: () => Scope | null | undefined = () => undefined;

/** From now on the locks of another scope of this origin are used, while there is one. */
export function takeLocksFrom(find: () => Scope | null | undefined): void {
  findScope = find;
}

/** Typed as always there, which it is not on pages that came over plain HTTP. */
export async function locks(): Promise<LockManager> {
  requireOrigin();
  const manager: LockManager | undefined = (findScope() ?? globalThis).navigator.locks;
  if (!manager) throw locksUnsupported('this page has no navigator.locks; serve it over HTTPS');
  return manager;
}

/**
 * Holds another lock of this origin until it is released, once whoever has it lets go.
 *
 * @returns what releases it.
 */
export async function holdLock(name: string): Promise<() => void> {
  const manager = await locks();
  return new Promise((resolve, reject) => {
    manager
      .request(name, () => new Promise<void>((release) => resolve(release)))
      .catch((error: unknown) => reject(locksUnsupported(String(error))));
  });
}

/** Calls `listener` once nobody holds a lock, unless `signal` is aborted before; `shared`: others may wait for the same. */
export function whenFree(name: string, listener: () => void, options: LockOptions): void {
  locks()
    .then((manager) => manager.request(name, options, listener))
    .catch(() => {});
}

/**
 * Names of the locks that are held in this origin; where the browser does not tell, such as Firefox in a frame of another
 * site, `known` if it is held, for then nobody is granted it at once.
 */
export async function heldLocks(known: string): Promise<(string | undefined)[]> {
  const manager = await locks();
  try {
    const { held = [] } = await manager.query();
    return held.map(({ name }) => name);
  } catch {
    return [await manager.request(known, { mode: 'shared', ifAvailable: true }, (lock) => (lock ? undefined : known))];
  }
}

export function locksUnsupported(reason: string): StorageError {
  const message = `Without Web Locks two tabs could write to one database at once: ${reason}.`;
  return new StorageError({ code: 'storage_unsupported', message });
}
