export type { ErrorCode } from './codes.js';
export type { Database, Queryable, Transaction } from './database.js';
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
export { deleteDatabase, exportDatabase, type OpenOptions, open, type WorkerOptions } from './open.js';
export type { AppliedMigration, MigrationStatus, Report } from './report.js';
export type { Storage } from './storage.js';
export type { SqlParameter, SqlParameters, SqlRow, SqlValue } from './values.js';
