import { type CodeOf, type ErrorCode, errorCodes } from './codes.js';
import type { Report } from './report.js';

/** What SQLite said. Source: https://www.sqlite.org/rescode.html */
export interface SqliteFailure {
  /** Extended result code, such as 2067 (SQLITE_CONSTRAINT_UNIQUE). */
  readonly code: number;
  readonly message: string;
}

/** An error as plain data: `structuredClone` keeps neither class nor code of an Error subclass. */
export interface ErrorData<Code extends ErrorCode = ErrorCode> {
  readonly code: Code;
  readonly message: string;
  readonly migrationId?: string;
  readonly statement?: number;
  readonly line?: number;
  readonly sqlite?: SqliteFailure;
  readonly report?: Report;
}

/** Base of every error that Wheatear rejects with. Tell them apart by class or by `code`. */
export abstract class WheatearError<Code extends ErrorCode = ErrorCode> extends Error {
  /** Stable name of what went wrong; the README lists them all. */
  readonly code: Code;
  /** The migration it happened in. */
  readonly migrationId: string | undefined;
  /** Which statement of the migration or script, counted from 1. */
  readonly statement: number | undefined;
  /** Line in the migration's file or in the script, counted from 1. */
  readonly line: number | undefined;
  /** SQLite's own words, where SQLite refused. */
  readonly sqlite: SqliteFailure | undefined;
  /**
   * What an upgrade had committed before it failed. There only if it could not all be undone, which takes
   * a migration with `-- transactional: false`; else the database is as it was before.
   */
  readonly report: Report | undefined;

  constructor(data: ErrorData<Code>, options?: ErrorOptions) {
    super(data.message, options);
    this.code = data.code;
    this.migrationId = data.migrationId;
    this.statement = data.statement;
    this.line = data.line;
    this.sqlite = data.sqlite;
    this.report = data.report;
  }
}

/** Something is named or written wrongly: a database, an option, a migration. The developer mends it. */
export class DefinitionError extends WheatearError<CodeOf<'DefinitionError'>> {
  override readonly name = 'DefinitionError';
}

/** The database's history and this module's migrations do not fit together. */
export class HistoryError extends WheatearError<CodeOf<'HistoryError'>> {
  override readonly name = 'HistoryError';
}

/** An upgrade failed or was cancelled; the database is as it was before, unless there is a `report`. */
export class ApplyError extends WheatearError<CodeOf<'ApplyError'>> {
  override readonly name = 'ApplyError';
}

/**
 * A `query`, `exec` or `transaction` failed; what it had changed is rolled back, unless a statement
 * asked for something else (`INSERT OR FAIL`).
 */
export class QueryError extends WheatearError<CodeOf<'QueryError'>> {
  override readonly name = 'QueryError';
}

/** The place where the database lives cannot be used, is full, or holds something else. */
export class StorageError extends WheatearError<CodeOf<'StorageError'>> {
  override readonly name = 'StorageError';
}

/** The way to the database is gone: closed, or its worker failed. */
export class ConnectionError extends WheatearError<CodeOf<'ConnectionError'>> {
  override readonly name = 'ConnectionError';
}

const classes = {
  DefinitionError,
  HistoryError,
  ApplyError,
  QueryError,
  StorageError,
  ConnectionError,
} satisfies Record<keyof typeof errorCodes, unknown>;

/** The typed error for data that came from a worker, which is its cause. */
export function errorFromData(data: ErrorData): WheatearError {
  const names = Object.keys(classes) as (keyof typeof classes)[];
  const name = names.find((name) => errorCodes[name].split(' ').includes(data.code));
  if (name === undefined) {
    const message = `${data.message} (${data.code}: this package is older than its wasm module and does not know that code)`;
    return new ConnectionError({ ...data, code: 'worker_failed', message }, { cause: data });
  }
  const Class = classes[name] as new (data: ErrorData, options: ErrorOptions) => WheatearError;
  return new Class(data, { cause: data });
}
