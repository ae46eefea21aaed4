import type { ErrorData } from './errors.js';
import type { MigrateOptions } from './open-options.js';
import type { Progress } from './progress.js';
import type { MigrationStatus, Report } from './report.js';
import type { Storage } from './storage.js';
import type { SqlParameters, SqlRow } from './values.js';

/** Names an open transaction; requests that carry it belong to it, all others wait until it ends. */
export type TransactionId = number;

/** Every operation a page can ask its worker for: what it sends, what it gets back. */
export interface Operations {
  open: {
    /** `tellProgress`: whether the page wants to hear of it; nobody watches a run that nobody asks about. */
    request: { name: string; options: MigrateOptions; tellProgress: boolean };
    response: { report: Report; storage: Storage };
  };
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
  /** Without opening or upgrading: the bytes of the stored file. */
  export: { request: { name: string }; response: Uint8Array<ArrayBuffer> };
  delete: { request: { name: string }; response: void };
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

/** Everything that a worker sends. */
export type WorkerMessage = Response | ProgressNote;
