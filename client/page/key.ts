import { QueryError } from '../protocol/errors.js';
import { kindOf } from './kind-of.js';

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
