// What is given to `query`, `run` and `batch`, for pages that no compiler has checked.

import type { Statement } from '../protocol/messages.js';
import { kindOf } from './kind-of.js';
import { invalidOption } from './option-rules.js';
import { invalidValue, requireParameters } from './parameters.js';
import { isFragment } from './sql-template.js';

/** A statement, and what was given behind it. */
export interface Given extends Statement {
  readonly options: unknown;
}

/**
 * Reads the arguments of `query` and `run`: text, parameters and options, or a fragment and options.
 *
 * @throws {QueryError} `invalid_value`, for parameters
 * @throws {DefinitionError} `invalid_option`, for a fragment with parameters behind it
 */
export function readGiven([text, ...rest]: readonly unknown[]): Given {
  if (isFragment(text)) {
    const [options = {}, other] = rest;
    if (Array.isArray(options) || other !== undefined) {
      throw invalidOption('A fragment of SQL has its values in it, so that its options come right behind it.');
    }
    const { sql, params } = text;
    return { sql, params, options };
  }
  const [params = [], options = {}] = rest;
  requireParameters(params);
  // What is no text the worker refuses.
  return { sql: text as string, params, options };
}

/**
 * Reads the statements of a batch.
 *
 * @throws {QueryError} `invalid_value`, with the number of the statement
 */
export function readBatch(items: unknown): Statement[] {
  if (!Array.isArray(items)) throw invalidValue(`A batch takes a list of statements, not ${kindOf(items)}.`);
  return Array.from(items, (item: unknown, index) => {
    const { sql, params = [] } = (typeof item === 'string' ? { sql: item } : Object(item)) as Partial<Statement>;
    const number = index + 1;
    if (typeof sql !== 'string')
      throw invalidValue(`It must be text, { sql, params } or a fragment of SQL, not ${kindOf(item)}.`, number);
    requireParameters(params, number);
    return { sql, params };
  });
}
