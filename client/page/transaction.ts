import type { TransactionId } from '../protocol/ids.js';
import type { SqlParameters } from '../protocol/values.js';
import { checkNames } from './option-rules.js';
import type { Queryable } from './queryable.js';
import type { Reentry } from './reentry.js';
import type { Tab } from './tab/tab.js';
import { type ArrayOptions, type ObjectOptions, requireShape, shapeOptions } from './work-options.js';

/** The database while one transaction is open; handed to the function given to `transaction`. */
export type Transaction = Queryable;

/**
 * What the function of a transaction is handed: an object whose functions need no `this`.
 *
 * @param reentry hears what the function waits for
 */
export function openTransaction(
  tab: Tab,
  transaction: TransactionId,
  reentry: Reentry,
  signal: AbortSignal | undefined,
): Transaction {
  const of = { transaction, key: undefined };
  return {
    // Which kind of rows, the types of `Transaction` say; SQL has none that could be checked here.
    query: (async (sql: string, params: SqlParameters = [], options: ObjectOptions | ArrayOptions = {}) => {
      checkNames(options, shapeOptions);
      const { rows } = options;
      requireShape(rows);
      return reentry.ask(tab.request('query', { sql, params, rows, ...of }, { signal }));
    }) as Transaction['query'],
    run: (sql, params = []) => reentry.ask(tab.request('run', { sql, params, ...of }, { signal })),
    exec: (script) => reentry.ask(tab.request('exec', { sql: script, ...of }, { signal })),
  };
}
