import { QueryError } from '../protocol/errors.js';
import type { SqlParameters } from '../protocol/values.js';
import { classOf, kindOf } from './kind-of.js';

// SQLite has null, numbers, text and bytes. What else JavaScript has could be stored in more ways than one, so whoever has
// it decides: it is refused by the page, which knows where it was given, with what to pass instead.

/** What to pass in the place of an object, by its class. */
const instead: Readonly<Record<string, string>> = {
  Array: 'its JSON, JSON.stringify(array), and read that with json_each, such as IN (SELECT value FROM json_each(?))',
  ArrayBuffer: 'new Uint8Array(buffer)',
  Date: 'its text, date.toISOString(), or its number, date.getTime()',
  Object: 'its JSON, JSON.stringify(object), or one of its properties',
  Promise: 'what it resolves with: await it',
  SqlFragment: 'it as a part of a template: sql`…`',
};

/** Why SQLite cannot hold a value, and what to pass instead; `undefined`: it can. */
export function reasonAgainst(value: unknown): string | undefined {
  const text = typeof value;
  if (value === null || text === 'string' || text === 'boolean' || classOf(value) === 'Uint8Array') return;
  // Most often a misspelt property: stored as NULL, what was meant would be lost in silence.
  if (value === undefined) return 'it is undefined; pass null for NULL';
  if (text === 'number') return Number.isNaN(value) ? 'it is NaN, which SQLite would turn into NULL' : undefined;
  if (typeof value === 'bigint') {
    return BigInt.asIntN(64, value) === value
      ? undefined
      : 'it is a bigint beyond 64 bits; pass its text, String(value)';
  }
  const others = 'null, a number, bigint, string, boolean or Uint8Array';
  return `it is ${kindOf(value)}; pass ${(text === 'object' && instead[classOf(value)]) || others}`;
}

/**
 * Refuses parameters that SQLite cannot hold.
 *
 * @param statement which one of a batch, counted from 1
 * @throws {QueryError} `invalid_value`, with the number or name of the parameter
 */
export function requireParameters(params: unknown, statement?: number): asserts params is SqlParameters {
  if (typeof params !== 'object' || params === null) {
    throw invalidValue(`The parameters must be a list or an object, not ${kindOf(params)}.`, statement);
  }
  const isList = Array.isArray(params);
  // Not `entries` of a list, which leaves out what was never set.
  const given = isList ? Array.from(params, (value, index) => [index + 1, value] as const) : Object.entries(params);
  for (const [name, value] of given) {
    const reason = reasonAgainst(value);
    if (reason) throw invalidValue(`The parameter ${name} cannot be stored: ${reason}.`, statement);
  }
}

/** @param statement which one of a batch it is about, counted from 1 */
export function invalidValue(message: string, statement?: number): QueryError {
  if (statement === undefined) return new QueryError({ code: 'invalid_value', message });
  return new QueryError({
    code: 'invalid_value',
    message: `Statement ${statement} of the batch: ${message}`,
    statement,
  });
}
