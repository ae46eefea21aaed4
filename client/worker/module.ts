import type { Statement } from '../protocol/messages.js';
import type { MigrateOptions } from '../protocol/migrate-options.js';
import type {
  LogEntry,
  OperateRequest,
  OperationReport,
  Plan,
  RehearsalData,
} from '../protocol/migration-operation.js';
import type { MigrationSet, MigrationSummary } from '../protocol/migration-set.js';
import type { SqlMigration } from '../protocol/migration-source.js';
import type { Progress } from '../protocol/progress.js';
import type { MigrationStatus, Report } from '../protocol/report.js';
import type { Commit } from '../protocol/store-messages.js';
import type {
  BatchArrays,
  BatchResult,
  RowArrays,
  RowPart,
  RunResult,
  SqlParameters,
  SqlRow,
} from '../protocol/values.js';
import type { CodeObject } from './code-steps.js';
import type { FunctionObject } from './sql-functions.js';

/** Migrations, inside the wasm module: a handle that only the module can read. */
export interface Migrations {
  describe(): MigrationSet;
}

/** A connection inside the wasm module; its methods throw `ErrorData`. See src/wasm/connection.rs. */
export interface ModuleConnection {
  migrate(migrations: Migrations, options: MigrateOptions, onProgress?: (progress: Progress) => void): Report;
  /**
   * What `migrate` gives if the set itself is not needed: all of the one with this digest is applied and nothing else, or
   * the database is new and begins as `image`.
   */
  migrateAnnounced(digest: string, options: MigrateOptions, image: Uint8Array | undefined): Report | undefined;
  /** What is applied, as far as the database has recorded it. */
  applied(): MigrationSummary[];
  status(migrations: Migrations): MigrationStatus[];
  /** What comes back, `mode` says. */
  operate(migrations: Migrations, request: OperateRequest): OperationReport | Plan | RehearsalData;
  log(): LogEntry[];
  query(sql: string, params: SqlParameters): SqlRow[];
  queryArrays(sql: string, params: SqlParameters): RowArrays;
  /** In a transaction that was begun with `key`, the answer is recorded beside it. */
  run(sql: string, params: SqlParameters, key?: string): RunResult;
  /** The answer of `run` that was recorded; for other work, that nothing was done. */
  recorded(key: string): RunResult;
  /** All or nothing. */
  batch(statements: readonly Statement[], isArray: boolean): (BatchResult | BatchArrays)[];
  exec(script: string): void;
  /** Whether a statement may be run twice without harm. */
  isReadOnly(sql: string): boolean;
  /** Has one more SQL function from now on, and so has every connection that is opened later. */
  defineFunction(object: FunctionObject): void;
  /** From now on calls `look` now and then while a statement runs. */
  onWorking(look: () => void): void;
  /** Names of the tables that were changed by what was committed since the last call. */
  takeChanges(): string[];
  /** Gives whether a transaction was begun: none is if the key is recorded already. */
  begin(key?: string): boolean;
  /** The next rows of a cursor of the open transaction; the first call with a number opens it. */
  fetch(cursor: number, sql: string, params: SqlParameters, count: number, isArray: boolean): RowPart;
  /** Closes a cursor, if it is open. */
  closeCursor(cursor: number): void;
  /** Names of the tables that a statement reads, which must do nothing else. */
  tablesRead(sql: string): string[];
  commit(): void;
  rollback(): void;
  close(): void;
  /** What `migrate` would begin with, if it had anything to do. */
  pending(migrations: Migrations, options: MigrateOptions): { from: string | null } | undefined;
  /** Size of the database file, in bytes. */
  fileSize(): number;
  /** A part of the database file, as it is committed. */
  readFile(offset: number, length: number): Uint8Array;
  /** Of a mirror: supplies a block that is not there yet. */
  fill(index: number, block: Uint8Array): void;
  /** Of a mirror: the first block from `index` on that is not there. */
  nextAbsent(index: number): number | undefined;
  /** Of a mirror: a block that must be filled before `takeCommit`. */
  unfinished(): number | undefined;
  /**
   * Of a mirror, after a call failed: the block that it lacked; -1: it takes all of them; `undefined`: it failed for
   * another reason.
   */
  takeMissing(): number | undefined;
  /** Of a mirror: what was committed since the last call. */
  takeCommit(): Commit | undefined;
}

/** What was read into memory, and what is wrong with its rows. */
export interface ImportedMirror {
  warnings(): string[];
  /** To be called last. */
  intoConnection(): ModuleConnection;
}

/** Reads a part of a file. */
export type ReadFile = (offset: number, length: number) => Promise<Uint8Array>;

/**
 * What wasm-bindgen makes (`--target web`) of a crate that calls `wheatear::export_migrations!`:
 * hand the whole namespace to `serve`.
 */
export interface WheatearModule {
  /** Loads and starts the module: that beside its script, unless it is told another address, or given the bytes. */
  default(wasm?: { module_or_path: string | WebAssembly.Module }): Promise<unknown>;
  /** The migrations that it carries, if it does. */
  migrations?(): Migrations;
  /** The migrations of a page: of files, or of objects; tried out if their schema must be known. And those in code. */
  setOfFiles?(paths: readonly string[], texts: readonly string[], tryOut: boolean, code?: CodeObject[]): Migrations;
  setOfSql?(migrations: readonly SqlMigration[], tryOut: boolean, code?: CodeObject[]): Migrations;
  /** From now on every connection that is opened has these. */
  defineFunctions(functions: FunctionObject[]): void;
  /** Size of a mirror's block, in bytes. */
  blockSize(): number;
  readonly Connection: {
    /** A class has one, with the methods of its objects. */
    readonly prototype?: ModuleConnection;
    /** `isKnown`: there is one, which is not empty; so a new one is not created. */
    openOpfs(name: string, isKnown?: boolean): Promise<ModuleConnection>;
    /** A database in memory of `size` bytes, of which only the first block is there. */
    openMirror(size: number, first: Uint8Array | undefined): ModuleConnection;
  };
  /** A database in memory, read from a file and checked. */
  importMirror(size: number, read: ReadFile, wal?: number, readWal?: ReadFile): Promise<ImportedMirror>;
  /** Puts a file in the place of a database, once it is checked; gives what is wrong with its rows. */
  importOpfs(name: string, size: number, read: ReadFile, wal?: number, readWal?: ReadFile): Promise<string[]>;
  /** The file of a database that is not open, part by part. */
  exportOpfs(name: string, part: (bytes: Uint8Array) => void): Promise<void>;
}
