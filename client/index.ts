export type { Backup } from './backup.js';
export { listBackups, restoreBackup } from './backups.js';
export type { SignalOptions } from './cancelling.js';
export { ChangeEvent } from './change-event.js';
export type { ErrorCode } from './codes.js';
export type {
  ArrayOptions,
  Database,
  KeyOptions,
  ObjectOptions,
  Queryable,
  Transaction,
  WorkOptions,
} from './database.js';
export {
  deleteDatabase,
  exportDatabase,
  type ImportOptions,
  type ImportReport,
  importDatabase,
  listDatabases,
  moveDatabase,
} from './databases.js';
export {
  ApplyError,
  ConnectionError,
  DefinitionError,
  HistoryError,
  QueryError,
  type SqliteFailure,
  StorageError,
  WheatearError,
} from './errors.js';
export type { StorageChoice } from './home.js';
export { open } from './open.js';
export type { MigrateOptions, OpenOptions, Superseding, WorkerOptions } from './open-options.js';
export type { PhaseProgress, Progress, StatementProgress, StepProgress, WorkingProgress } from './progress.js';
export type { AppliedMigration, MigrationStatus, Report, RolledBackMigration, Warning } from './report.js';
export type { DurableKind, PassedOver, Place, Storage, StorageKind, StoredDatabase } from './storage.js';
export type { RowArrays, RunResult, SqlParameter, SqlParameters, SqlRow, SqlValue } from './values.js';
