import type { RowShape } from '../protocol/messages.js';
import type { SignalOptions } from './cancelling.js';
import { kindOf } from './kind-of.js';
import { checkNames } from './option-rules.js';
import { invalidValue } from './parameters.js';

/** Rows as objects. */
export interface ObjectOptions {
  readonly rows?: 'object' | undefined;
}

/** Rows as arrays. */
export interface ArrayOptions {
  readonly rows: 'array';
}

/** Names a piece of work, so that it is done once. */
export interface KeyOptions {
  /**
   * Any string that no other work has and that is not empty, such as `crypto.randomUUID()`. It is recorded in the
   * database in the same transaction, and remembered for seven days: work with a key that is recorded is not done again,
   * neither when it is sent anew because the tab that held the database was closed, nor when the page asks for it again.
   * `run` then gives the same numbers, everything else nothing.
   */
  readonly key?: string | undefined;
}

/** How to do a piece of work. */
export interface WorkOptions extends KeyOptions, SignalOptions {}

/** What work may be told beside what it is. */
const workOptions = ['key', 'signal'];
const shapeOptions = ['rows'];
const queryOptions = [...workOptions, ...shapeOptions];

/**
 * Refuses what are no options of work; `cancellable` sees what a signal is.
 *
 * @throws {DefinitionError} `invalid_option`
 * @throws {QueryError} `invalid_value`, for a key
 */
export function readWorkOptions(options: unknown = {}): WorkOptions {
  checkNames(options, workOptions);
  const { key, signal } = options as WorkOptions;
  requireKey(key);
  return { key, signal };
}

/**
 * The same of work that gives rows.
 *
 * @throws {DefinitionError} `invalid_option`
 * @throws {QueryError} `invalid_value`, for a key or the shape of rows
 */
export function readQueryOptions(options: unknown = {}): WorkOptions & { readonly rows: RowShape } {
  checkNames(options, queryOptions);
  const { key, signal, rows } = options as WorkOptions & { rows: RowShape };
  requireKey(key);
  requireShape(rows);
  return { key, signal, rows };
}

/**
 * The same of what runs in a transaction, and gives rows.
 *
 * @throws {DefinitionError} `invalid_option`
 * @throws {QueryError} `invalid_value`, for the shape of rows
 */
export function readShape(options: unknown = {}): RowShape {
  checkNames(options, shapeOptions);
  const { rows } = options as { rows: RowShape };
  requireShape(rows);
  return rows;
}

/**
 * Refuses a key that could be taken for another one: what is no string would become one, and of half a surrogate pair
 * nothing but a replacement character reaches the database.
 */
function requireKey(key: unknown): void {
  if (key === undefined || (typeof key === 'string' && key !== '' && !/\p{Surrogate}/u.test(key))) return;
  throw invalidValue(
    `The option key must be a string that is not empty and well-formed, such as crypto.randomUUID(), not ${kindOf(key)}.`,
  );
}

function requireShape(rows: unknown): void {
  if (rows === undefined || rows === 'object' || rows === 'array') return;
  throw invalidValue(`The option rows must be 'object' or 'array', not ${kindOf(rows)}.`);
}
