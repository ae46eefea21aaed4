import type { ErrorData } from './errors.js';
import type { Transferred } from './web-types.js';

/** What a database has changed since the last commit that was stored. */
export interface Commit {
  /** Size of the database file, in bytes. */
  readonly size: number;
  /** Which blocks have changed, and their new contents; the lists run side by side. */
  readonly indexes: readonly number[];
  readonly blocks: readonly Uint8Array[];
}

/** What a worker asks of the page that keeps its database in IndexedDB. See `BlockStore`. */
export interface StoreOperations {
  read: { request: { first: number; count: number }; response: [number, Uint8Array][] };
  commit: { request: { commit: Commit; blockSize: number }; response: void };
  stage: { request: { first: number; blocks: readonly Uint8Array[] }; response: void };
  unstage: { request: object; response: void };
  replaceByStaged: { request: { size: number; blockSize: number }; response: void };
  backUp: { request: { name: string }; response: void };
  /** Deletes all backups but the newest `keep`. */
  prune: { request: { keep: number }; response: void };
}

export type StoreOperation = keyof StoreOperations;

/** Worker to page, over a port of their own. */
export type StoreRequest = {
  [Type in StoreOperation]: { id: number; type: Type } & StoreOperations[Type]['request'];
}[StoreOperation];

/** Page to worker, one per request, in the order of the requests. */
export type StoreResponse =
  | { type: 'done'; id: number; value: StoreOperations[StoreOperation]['response'] }
  | {
      type: 'failed';
      id: number;
      error: ErrorData<'storage_full' | 'storage_io' | 'storage_busy' | 'storage_unsupported'>;
    };

/** What of a request is handed over, and not copied: its blocks. */
export function transfersOfRequest(request: StoreRequest): Transferred[] {
  switch (request.type) {
    case 'commit':
      return request.commit.blocks.map((block) => block.buffer);
    case 'stage':
      return request.blocks.map((block) => block.buffer);
    default:
      return [];
  }
}

/** What of a response is handed over, and not copied: its blocks. */
export function transfersOfResponse(response: StoreResponse): Transferred[] {
  return response.type === 'done' ? (response.value ?? []).map(([, block]) => block.buffer) : [];
}
