import { QueryError } from '../protocol/errors.js';
import type { SignalOptions } from './cancelling.js';
import { kindOf } from './kind-of.js';

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

/** What work may be told beside what it is; `requireKey` and `requireShape` see what values these have. */
export const workOptions = ['key', 'signal'];
export const shapeOptions = ['rows'];
export const queryOptions = [...workOptions, ...shapeOptions];

/**
 * Refuses a key that could be taken for another one: what is no string would become one, and of half a surrogate pair
 * nothing but a replacement character reaches the database.
 *
 * @throws {QueryError} `invalid_value`
 */
export function requireKey(key: unknown): void {
  if (key === undefined || (typeof key === 'string' && key !== '' && !/\p{Surrogate}/u.test(key))) return;
  const message = `The option key must be a string that is not empty and well-formed, such as crypto.randomUUID(), not ${kindOf(key)}.`;
  throw new QueryError({ code: 'invalid_value', message });
}

/** @throws {QueryError} `invalid_value` */
export function requireShape(rows: unknown): void {
  if (rows === undefined || rows === 'object' || rows === 'array') return;
  const message = `The option rows must be 'object' or 'array', not ${kindOf(rows)}.`;
  throw new QueryError({ code: 'invalid_value', message });
}
