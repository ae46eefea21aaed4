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
   * Any string that no other work has and that is not empty, such as `crypto.randomUUID()`. It is recorded in the database in the same
   * transaction, and remembered for seven days: work with a key that is recorded is not done again, neither when it is
   * sent anew because the tab that held the database was closed, nor when the page asks for it again. `run` then gives the same numbers, everything else nothing.
   */
  readonly key?: string | undefined;
}

/** How to do a piece of work. */
export interface WorkOptions extends KeyOptions, SignalOptions {}

/** What work may be told beside what it is; `requireKey` and its like see what values these have. */
export const workOptions = ['key', 'signal'];
export const shapeOptions = ['rows'];
export const queryOptions = [...workOptions, ...shapeOptions];

/** @throws {QueryError} `invalid_value` */
export function requireShape(rows: unknown): void {
  if (rows === undefined || rows === 'object' || rows === 'array') return;
  const message = `The option rows must be 'object' or 'array', not ${kindOf(rows)}.`;
  throw new QueryError({ code: 'invalid_value', message });
}
