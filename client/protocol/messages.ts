import type { StoredInfo } from './database-info.js';
import type { ErrorData } from './errors.js';
import type { ClientId, Epoch, TransactionId } from './ids.js';
import type { MigrateOptions } from './migrate-options.js';
import type { LogEntry, MigrationOperation, OperationReport, Plan, RehearsalData } from './migration-operation.js';
import type { AnnouncedSet, MigrationSet } from './migration-set.js';
import type { MigrationSource } from './migration-source.js';
import type { Progress } from './progress.js';
import type { MigrationStatus, Report } from './report.js';
import type { StorageAnswer } from './storage-answer.js';
import type { DurableKind, Place, StorageKind } from './storage-kind.js';
import type { Timing } from './timing.js';
import type {
  BatchArrays,
  BatchResult,
  RowArrays,
  RowPart,
  RunResult,
  SqlParameters,
  SqlRow,
  SqlValue,
  Watched,
} from './values.js';
import type { Transferred } from './web-types.js';

/** Where a database is, for a worker: blocks in IndexedDB are the page's to read and write. */
export interface StoredAt {
  kind: StorageKind;
  /** For `indexeddb`: the way to the page's store, and the size of the file in it. */
  store: { port: MessagePort; size: number; blockSize: number } | undefined;
}

/** What makes a worker answer other tabs too. */
export interface Ownership {
  epoch: Epoch;
  /** The tab whose worker it is. */
  client: ClientId;
  /** Where the database lives, for the others. */
  place: Place;
}

export interface OpenRequest extends StoredAt {
  name: string;
  options: MigrateOptions;
  /** Whether the page wants to hear of the plan, too. */
  tellPlan: boolean;
  /** How many backups to keep, one made before an upgrade; 0: none is made. */
  backups: number;
  /** Whether the page wants to hear of progress; nobody watches a run that nobody asks about. */
  tellProgress: boolean;
  /** `undefined` for a database that is nobody else's. */
  ownership: Ownership | undefined;
  /** Whether the page knows that there is one in OPFS, which is not empty. */
  isKnown: boolean;
  /** What a new database can begin as, instead of running the migrations that were announced. */
  image: Blob | undefined;
}

export interface ImportRequest extends StoredAt {
  kind: DurableKind;
  name: string;
  file: Blob;
  /** The `-wal` beside it; `null`: there is none; `undefined`: who knows. */
  wal: Blob | null | undefined;
  /** Whether it is a copy that was made here: then damage is a warning. */
  isBackup: boolean;
  /** Whether a database that is there already may be replaced. */
  overwrite: boolean;
}

/** SQL text, and what is bound to its parameters. */
export interface Statement {
  sql: string;
  params: SqlParameters;
}

/** What shape rows have; objects unless it says otherwise. */
export type RowShape = 'object' | 'array' | undefined;

/** One statement. */
export interface StatementRequest extends Statement {
  transaction: TransactionId | undefined;
  key: string | undefined;
}

/** Several statements. */
export interface BatchRequest {
  statements: readonly Statement[];
  rows: RowShape;
  transaction: TransactionId | undefined;
  key: string | undefined;
}

/** The next rows of a statement, in the transaction that has its cursor open. */
export interface FetchRequest extends Statement {
  transaction: TransactionId;
  cursor: number;
  count: number;
  rows: RowShape;
}

/** Asks something of migrations. */
export interface SetRequest {
  /** The page's, if the worker may know no more of them than it was told: it has the same ones, or does nothing. */
  source?: MigrationSource | undefined;
}

/** Every operation a page can ask its worker for: what it sends, what it gets back. */
export interface Operations {
  /**
   * Which migrations the page has, or else the module; what was announced before is asked for again once it is there. From
   * then on the worker holds the lock `life`, if one is named, until it ends.
   */
  describe: {
    request: { life: string | undefined; migrations: MigrationSource | AnnouncedSet | undefined };
    response: MigrationSet | AnnouncedSet;
  };
  /** Whether this worker can keep files. Answered at once, out of turn. */
  probe: { request: object; response: StorageAnswer<true> };
  /** `null`: what the page has announced is needed; nothing is open. */
  open: { request: OpenRequest; response: { report: Report; backup: string | null } | null };
  status: { request: SetRequest; response: MigrationStatus[] };
  /** Carries an operation out, if the client has the same migrations as the module; so too `plan` and `rehearse`. */
  operate: { request: MigrationOperation & SetRequest; response: OperationReport };
  plan: { request: MigrationOperation & SetRequest; response: Plan };
  rehearse: { request: MigrationOperation & SetRequest; response: RehearsalData };
  log: { request: object; response: LogEntry[] };
  info: { request: object; response: StoredInfo };
  /** Whether OPFS has a database that is not open, and not empty. */
  holds: { request: { name: string }; response: boolean };
  query: { request: StatementRequest & { rows?: RowShape }; response: SqlRow[] | RowArrays };
  /** With `key` in a transaction, which has recorded it, the answer is recorded too. */
  run: { request: StatementRequest; response: RunResult };
  /** All or nothing. */
  batch: { request: BatchRequest; response: (BatchResult | BatchArrays)[] };
  exec: { request: { sql: string; transaction: TransactionId | undefined; key: string | undefined }; response: void };
  /** The SQL function of this name tells the tab of its calls, until it asks for that no longer. Never answered. */
  define: { request: { name: string }; response: never };
  /** `null`: what has this key was committed before. */
  begin: { request: { key: string | undefined }; response: TransactionId | null };
  /** The next `count` rows of a statement that only reads; `cursor`: any number that the transaction has no other for. */
  fetch: { request: FetchRequest; response: RowPart };
  closeCursor: { request: { transaction: TransactionId; cursor: number }; response: void };
  /** A statement that only reads, and which tables it reads. */
  watch: { request: Statement & { rows: RowShape }; response: Watched };
  commit: { request: { transaction: TransactionId }; response: void };
  rollback: { request: { transaction: TransactionId }; response: void };
  close: { request: object; response: void };
  /**
   * What a tab has asked for under the number `target` it does not want any more; `undefined`: this worker's page.
   * Answered at once, out of turn.
   */
  cancel: { request: { client: ClientId | undefined; target: number }; response: void };
  /** The page has heard that long work is done. Answered at once, out of turn. */
  goOn: { request: object; response: void };
  /** This tab has nothing more to ask. */
  leave: { request: object; response: void };
  /** This tab has saved what it wanted to save before a newer build takes over. */
  release: { request: object; response: void };
  /** The open database, as parts of a file. */
  export: { request: object; response: void };
  /** A database in OPFS that is not open, whatever it is, as parts of a file. */
  exportFile: { request: { name: string }; response: void };
  /** Puts a file in the place of a database that is not open; tells what is wrong with its rows. */
  import: { request: ImportRequest; response: string[] };
}

export type OperationType = keyof Operations;

/** Page to worker. `id` is unique per worker and returns in the answer. */
export type Request = {
  [Type in OperationType]: { id: number; type: Type } & Operations[Type]['request'];
}[OperationType];

/** Worker to page, one per request, in the order in which the work was done. */
export type Response =
  | ({ type: 'done'; value: Operations[OperationType]['response'] } & Answered)
  | ({ type: 'failed'; error: ErrorData } & Answered);

interface Answered {
  id: number;
  /** How long the worker was busy with it, in milliseconds; absent if it did nothing. */
  durationMs?: number;
}

/**
 * Worker to page, before it begins: of what must not be done twice. If no answer comes after it, nobody knows whether it
 * was done.
 */
export interface Accepted {
  type: 'accepted';
  id: number;
}

/** Worker to page, unasked: rows of these tables were changed. */
export interface Change {
  type: 'change';
  tables: readonly string[];
}

/** What a worker is busy with. */
export interface Work {
  /** Who has asked for it; `undefined`: the worker's page. */
  client: ClientId | undefined;
  /** Of the request. */
  id: number;
  /** How its text begins. */
  sql: string;
  /** When it was begun, in milliseconds since 1970. */
  since: number;
}

/** Worker to its page, unasked: it has been busy for long, and hears nothing until it rests. */
export interface Working {
  type: 'working';
  work: Work;
}

/** Worker to its page, after `working`: it hears again, and begins nothing before it is told to go on. */
export interface Rested {
  type: 'rested';
}

/** Worker to its page, unasked: nothing can be done with this connection any more, for this reason. */
export interface Stopped {
  type: 'stopped';
  error: ErrorData;
}

/** To every tab, the owner's among them: the database is closed, for a newer build in the tab `by` to take over. */
export interface Superseded {
  type: 'superseded';
  epoch: Epoch;
  by: ClientId;
}

/** Worker to page, any number per request, before its response. */
export interface ProgressNote {
  type: 'progress';
  id: number;
  progress: Progress;
}

/** Worker to page, before it migrates: what it is about to do. */
export interface PlanNote {
  type: 'plan';
  plan: Plan;
}

/** Worker to page: the function that was asked for is there. */
export interface Defined {
  type: 'defined';
  id: number;
}

/** Worker to page: the function that was asked for was called with these. */
export interface Called {
  type: 'called';
  id: number;
  values: SqlValue[];
}

/** Worker to page: the next bytes of a file that was asked for, before the response. */
export interface FilePart {
  type: 'part';
  id: number;
  bytes: Uint8Array<ArrayBuffer>;
}

/** Everything that a worker sends. */
export type WorkerMessage =
  | Accepted
  | Response
  | ProgressNote
  | FilePart
  | Defined
  | Called
  | Change
  | Working
  | Rested
  | Stopped
  | Superseded
  | Timing
  | PlanNote;

/** What of a message is handed over, and not copied: the bytes of a file. */
export function transfersOfMessage(message: WorkerMessage): Transferred[] {
  return message.type === 'part' ? [message.bytes.buffer] : [];
}
