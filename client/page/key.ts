import { QueryError } from '../protocol/errors.js';

/**
 * Refuses a key that could be taken for another one: what is no string would become one, and of half a surrogate pair
 * nothing but a replacement character reaches the database.
 *
 * @throws {QueryError} `invalid_value`
 */
export function requireKey(key: unknown): void {
  if (key === undefined || (typeof key === 'string' && key !== '' && !/\p{Surrogate}/u.test(key))) return;
  const given =
    typeof key === 'string' ? `the string ${JSON.stringify(key)}` : key === null ? 'null' : `a ${typeof key}`;
  const message = `The option key must be a string that is not empty and well-formed, such as crypto.randomUUID(), not ${given}.`;
  throw new QueryError({ code: 'invalid_value', message });
}
