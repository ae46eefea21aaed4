import type { StorageKind } from 'wheatear';

/** What each storage is called. */
export const storageNames: Record<StorageKind, string> = { opfs: 'OPFS', indexeddb: 'IndexedDB', memory: 'Memory' };
