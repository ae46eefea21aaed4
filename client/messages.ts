import type { ErrorData } from './errors.js';
import type { MigrateOptions } from './open-options.js';
import type { Progress } from './progress.js';
import type { MigrationStatus, Report } from './report.js';
import type { DurableKind, StorageKind } from './storage.js';
import type { SqlParameters, SqlRow } from './values.js';

/** Names an open transaction; requests that carry it belong to it, all others wait until it ends. */
export type TransactionId = number;

/** Where a database is, for a worker: blocks in IndexedDB are the page's to read and write. */
export interface StoredAt {
  kind: StorageKind;
  /** For `indexeddb`: the way to the page's store, and the size of the file in it. */
  store: { port: MessagePort; size: number; blockSize: number } | undefined;
}

export interface OpenRequest extends StoredAt {
  name: string;
  options: MigrateOptions;
  /** How many backups to keep, one made before an upgrade; 0: none is made. */
  backups: number;
  /** Whether the page wants to hear of progress; nobody watches a run that nobody asks about. */
  tellProgress: boolean;
}

export interface ImportRequest extends StoredAt {
  kind: DurableKind;
  name: string;
  file: Blob;
  /** Whether a database that is there already may be replaced. */
  overwrite: boolean;
}

/** Every operation a page can ask its worker for: what it sends, what it gets back. */
export interface Operations {
  /** Why this worker cannot keep files; `undefined` if it can. Answered at once, out of turn. */
  probe: { request: object; response: string | undefined };
  open: { request: OpenRequest; response: { report: Report; backup: string | null } };
  status: { request: object; response: MigrationStatus[] };
  query: {
    request: { sql: string; params: SqlParameters; transaction: TransactionId | undefined };
    response: SqlRow[];
  };
  exec: { request: { sql: string; transaction: TransactionId | undefined }; response: void };
  begin: { request: object; response: TransactionId };
  commit: { request: { transaction: TransactionId }; response: void };
  rollback: { request: { transaction: TransactionId }; response: void };
  close: { request: object; response: void };
  /** The open database, as parts of a file. */
  export: { request: object; response: void };
  /** A database in OPFS that is not open, whatever it is, as parts of a file. */
  exportFile: { request: { name: string }; response: void };
  /** Puts a file in the place of a database that is not open. */
  import: { request: ImportRequest; response: void };
}

export type OperationType = keyof Operations;

/** Page to worker. `id` is unique per worker and returns in the answer. */
export type Request = {
  [Type in OperationType]: { id: number; type: Type } & Operations[Type]['request'];
}[OperationType];

/** Worker to page, one per request, in the order in which the work was done. */
export type Response =
  | { type: 'done'; id: number; value: Operations[OperationType]['response'] }
  | { type: 'failed'; id: number; error: ErrorData };

/** Worker to page, any number per request, before its response. */
export interface ProgressNote {
  type: 'progress';
  id: number;
  progress: Progress;
}

/** Worker to page: the next bytes of a file that was asked for, before the response. */
export interface FilePart {
  type: 'part';
  id: number;
  bytes: Uint8Array<ArrayBuffer>;
}

/** Everything that a worker sends. */
export type WorkerMessage = Response | ProgressNote | FilePart;
