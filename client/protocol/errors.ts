import type { ClassOf, CodesOf, ErrorClass, ErrorCode } from './codes.js';
import type { Report } from './report.js';

/** What SQLite said. Source: https://www.sqlite.org/rescode.html */
export interface SqliteFailure {
  /** Extended result code, such as 2067 (SQLITE_CONSTRAINT_UNIQUE). */
  readonly code: number;
  readonly message: string;
}

/** What an error says. */
export interface ErrorDetails<Code extends ErrorCode = ErrorCode> {
  readonly code: Code;
  readonly message: string;
  readonly migrationId?: string;
  readonly statement?: number;
  readonly line?: number;
  readonly sqlite?: SqliteFailure;
  readonly report?: Report;
  /** Of what code of the application has thrown. */
  readonly cause?: ThrownData;
}

/** An error as plain data: `structuredClone` keeps neither class nor code of an Error subclass. */
export type ErrorData<Code extends ErrorCode = ErrorCode> = Code extends ErrorCode
  ? ErrorDetails<Code> & { readonly class: ClassOf<Code> }
  : never;

/** Base of every error that Wheatear rejects with. Tell them apart by class or by `code`. */
export abstract class WheatearError<Code extends ErrorCode = ErrorCode> extends Error {
  /** Stable name of what went wrong; docs/errors.md says of each what to do. */
  declare readonly code: Code;
  /** The migration it happened in. */
  declare readonly migrationId: string | undefined;
  /** Which statement of the migration or script, counted from 1. */
  declare readonly statement: number | undefined;
  /** Line in the migration's file or in the script, counted from 1. */
  declare readonly line: number | undefined;
  /** SQLite's own words, where SQLite refused. */
  declare readonly sqlite: SqliteFailure | undefined;
  /**
   * What an upgrade had committed before it failed. There only if it could not all be undone, which takes
   * a migration with `-- transactional: false`; else the database is as it was before.
   */
  declare readonly report: Report | undefined;

  constructor({ message, cause: _, ...details }: ErrorDetails<Code>, options?: ErrorOptions) {
    super(message, options);
    Object.assign(this, details);
  }
}

/** Something is named or written wrongly: a database, an option, a migration. The developer mends it. */
export class DefinitionError extends WheatearError<CodesOf['DefinitionError']> {
  override readonly name = 'DefinitionError';
}

/** The database's history and this module's migrations do not fit together. */
export class HistoryError extends WheatearError<CodesOf['HistoryError']> {
  override readonly name = 'HistoryError';
}

/** An upgrade failed or was cancelled; the database is as it was before, unless there is a `report`. */
export class ApplyError extends WheatearError<CodesOf['ApplyError']> {
  override readonly name = 'ApplyError';
}

/**
 * A `query`, `exec` or `transaction` failed; what it had changed is rolled back, unless a statement
 * asked for something else (`INSERT OR FAIL`).
 */
export class QueryError extends WheatearError<CodesOf['QueryError']> {
  override readonly name = 'QueryError';
}

/** The place where the database lives cannot be used, is full, or holds something else. */
export class StorageError extends WheatearError<CodesOf['StorageError']> {
  override readonly name = 'StorageError';
}

/** The way to the database is gone: closed, or its worker failed. */
export class ConnectionError extends WheatearError<CodesOf['ConnectionError']> {
  override readonly name = 'ConnectionError';
}

const classes = {
  DefinitionError,
  HistoryError,
  ApplyError,
  QueryError,
  StorageError,
  ConnectionError,
} satisfies Record<ErrorClass, unknown>;

/** An error that has no more to say, as data. */
export function dataOf<Code extends ErrorCode>({ name, code, message }: WheatearError<Code>): ErrorData<Code> {
  return { class: name, code, message } as ErrorData<Code>;
}

/** The typed error for data that came from a worker; its cause is what code of the application has thrown, or the data. */
export function errorFromData(data: ErrorData): WheatearError {
  const { class: name, ...details } = data;
  const Class = classes[name] as new (details: ErrorDetails, options: ErrorOptions) => WheatearError;
  return new Class(details, { cause: data.cause ? thrownFrom(data.cause) : data });
}

/**
 * What code of the application has thrown, so that it can be sent: an error with its name, which `structuredClone` does not
 * keep, and what cannot be cloned as its text.
 */
export type ThrownData =
  | { readonly error: { name: string; message: string; stack: string | undefined }; readonly cause?: ThrownData }
  | { readonly data: ErrorData }
  | { readonly value: unknown };

export function thrownData(thrown: unknown): ThrownData {
  // What its fields are is not asked of the error itself: once it is thrown, WebKit sets some.
  if (thrown instanceof WheatearError) return { data: isErrorData(thrown.cause) ? thrown.cause : dataOf(thrown) };
  if (thrown instanceof Error) {
    const { name, message, stack, cause } = thrown;
    const error = { name: String(name), message: String(message), stack };
    return cause === undefined ? { error } : { error, cause: thrownData(cause) };
  }
  try {
    return { value: structuredClone(thrown) };
  } catch {
    return { value: textOfThrown(thrown) };
  }
}

function isErrorData(cause: unknown): cause is ErrorData {
  return typeof cause === 'object' && cause !== null && 'class' in cause && 'code' in cause;
}

/** What code has thrown, in words. */
export function textOfThrown(thrown: unknown): string {
  try {
    return String(thrown);
  } catch {
    return 'something that cannot be told';
  }
}

/** What was thrown, or what is most like it. */
function thrownFrom(thrown: ThrownData): unknown {
  if ('data' in thrown) return errorFromData(thrown.data);
  if (!('error' in thrown)) return thrown.value;
  const { name, message, stack } = thrown.error;
  const error = new Error(message, thrown.cause && { cause: thrownFrom(thrown.cause) });
  for (const [key, value] of Object.entries({ name, stack })) {
    Object.defineProperty(error, key, { value, configurable: true, writable: true });
  }
  return error;
}
