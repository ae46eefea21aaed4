export { listBackups, restoreBackup } from './page/backups.js';
export type { SignalOptions } from './page/cancelling.js';
export { ChangeEvent } from './page/change-event.js';
export type { Database } from './page/database.js';
export {
  deleteDatabase,
  exportDatabase,
  type ImportOptions,
  type ImportReport,
  importDatabase,
  listDatabases,
  moveDatabase,
} from './page/databases.js';
export type { Initial } from './page/file-source.js';
export type { LazyMigrations } from './page/lazy-migrations.js';
export type { LiveQuery } from './page/live-query.js';
export type { Migrated, Rehearsal } from './page/migrated.js';
export type { BackTo, PlanOptions } from './page/migration-arguments.js';
export type { Migrations } from './page/migrations.js';
export type * from './page/named-queries.js';
export { open } from './page/open.js';
export type { OpenOptions, Superseding } from './page/open-options.js';
export type { BatchItem, BatchResultArrays, BatchResults, Queryable } from './page/queryable.js';
export { type SqlFragment, type SqlQueryTag, type SqlTag, type SqlTemplateValue, sql } from './page/sql-template.js';
export type { WorkerOptions } from './page/start-worker.js';
export type { Transaction } from './page/transaction.js';
export type { Wasm } from './page/wasm-option.js';
export type {
  ArrayOptions,
  KeyOptions,
  ObjectOptions,
  OnRows,
  StreamOptions,
  WatchOptions,
  WorkOptions,
} from './page/work-options.js';
export type { ErrorCode } from './protocol/codes.js';
export type { DatabaseInfo } from './protocol/database-info.js';
export {
  ApplyError,
  ConnectionError,
  DefinitionError,
  HistoryError,
  QueryError,
  type SqliteFailure,
  StorageError,
  WheatearError,
} from './protocol/errors.js';
export type { MigrateOptions } from './protocol/migrate-options.js';
export type {
  DoneStep,
  LogEntry,
  OperationReport,
  Plan,
  PlannedStep,
  StepOperation,
} from './protocol/migration-operation.js';
export type { SqlMigration } from './protocol/migration-source.js';
export type { PhaseProgress, Progress, StatementProgress, StepProgress, WorkingProgress } from './protocol/progress.js';
export type {
  Adopted,
  AppliedMigration,
  MigrationStatus,
  Report,
  RolledBackMigration,
  Warning,
} from './protocol/report.js';
export type {
  DurableKind,
  PassedOver,
  Place,
  Storage,
  StorageChoice,
  StorageKind,
  StoredDatabase,
} from './protocol/storage-kind.js';
export type {
  BatchArrays,
  BatchResult,
  RowArrays,
  RunResult,
  SqlParameter,
  SqlParameters,
  SqlRow,
  SqlValue,
} from './protocol/values.js';
export type {} from './protocol/web-types.js';
export type { Backup } from './storage/backup.js';
