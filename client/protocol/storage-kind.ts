/**
 * Where a database lives. `opfs`: the origin's private file system, https://fs.spec.whatwg.org. `indexeddb`:
 * pages in memory, each commit written to IndexedDB, https://w3c.github.io/IndexedDB. `memory`: nowhere; it is
 * gone when it is closed.
 */
export type StorageKind = DurableKind | 'memory';

/** The kinds that outlive the page, the better one first. */
export type DurableKind = 'opfs' | 'indexeddb';

/** Which storage to use: a kind, or the one where the database lives already, else the best there is. */
export type StorageChoice = 'auto' | StorageKind;

/** Where a database lives, and why there. */
export interface Place {
  readonly kind: StorageKind;
  /** The better kinds that were not taken; empty when there is none, or when a kind was asked for. */
  readonly passedOver: readonly PassedOver[];
}

/** Where an open database lives, why there, and what the browser promises. */
export interface Storage extends Place {
  /**
   * Whether the browser has promised to keep this site's data when the disk gets full; false where it cannot
   * tell. Ask for the promise with `navigator.storage.persist()`: best when the user has done something worth
   * keeping, because Firefox asks them.
   */
  readonly persisted: boolean;
}

/** A kind of storage that was not taken. */
export interface PassedOver {
  readonly kind: DurableKind;
  /** What the browser said, or that the database lives elsewhere already; for developers. */
  readonly reason: string;
}

/** A database as `listDatabases` finds it. */
export interface StoredDatabase {
  readonly name: string;
  readonly storage: DurableKind;
}

/** Names for people. */
export const storageNames = {
  opfs: 'OPFS',
  indexeddb: 'IndexedDB',
  memory: 'memory',
} as const satisfies Record<StorageKind, string>;
