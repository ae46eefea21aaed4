import { QueryError } from '../protocol/errors.js';
import type { Operations } from '../protocol/messages.js';
import { kindOf } from './kind-of.js';
import { checkNames, invalidOption } from './option-rules.js';
import type { Queryable } from './queryable.js';
import { rowsOf } from './row-parts.js';
import { queryTag } from './sql-template.js';
import { readBatch, readGiven } from './statements.js';
import { readPartOptions, readShape } from './work-options.js';

/** The database while one transaction is open; handed to the function given to `transaction`. */
export interface Transaction extends Queryable {
  /**
   * Runs `fn` in a transaction inside of this one, which is a savepoint: when its promise rejects, what it did is undone,
   * and nothing else; the rejection can be caught, and this transaction goes on. What it did is committed with this
   * transaction only. Until it has ended, use the transaction that `fn` is given: this one rejects with
   * `transaction_misuse`.
   *
   * ```ts
   * await db.transaction(async (outer) => {
   *   await outer.sql`INSERT INTO import (name) VALUES (${file.name})`;
   *   await outer.transaction((inner) => load(inner, file)).catch((error) => report(error));
   * });
   * ```
   *
   * @throws what `fn` throws; a `QueryError` if SQLite has rolled all of it back.
   */
  transaction<Result>(fn: (transaction: Transaction) => Promise<Result>): Promise<Result>;
}

/** What can be asked for in a transaction. */
type Inside = 'query' | 'run' | 'batch' | 'exec' | 'fetch' | 'closeCursor';

/** Asks something of a transaction that is open in the database. */
export type Ask = <Type extends Inside>(
  type: Type,
  request: Omit<Operations[Type]['request'], 'transaction' | 'key'>,
) => Promise<Operations[Type]['response']>;

/** How many cursors this page has opened in transactions, for each to have a number of its own. */
let cursors = 0;

/** How many savepoints this page has set, for each to have a name of its own. */
let savepoints = 0;

/**
 * What the function of a transaction is handed: an object whose functions need no `this`.
 *
 * @param send asks something of the transaction that is open in the database
 * @param isOver whether this one has ended, if it is inside of another
 */
export function openTransaction(send: Ask, isOver: () => boolean = () => false): Transaction {
  let isBusy = false;
  const requireTurn = () => {
    if (isOver()) throw misuse('This transaction has ended; begin another one.');
    if (isBusy) throw misuse('A transaction inside of this one is open: use that one, or wait for its end.');
  };
  const ask: Ask = (type, request) => {
    requireTurn();
    return send(type, request);
  };
  // What kind of rows they give, their types say; SQL has none that could be checked here.
  const query = (async (...given: unknown[]) => {
    const { sql, params, options } = readGiven(given);
    return ask('query', { sql, params, rows: readShape(options) });
  }) as Transaction['query'];
  const batch = (async (items: unknown, options: unknown) =>
    ask('batch', { statements: readBatch(items), rows: readShape(options) })) as Transaction['batch'];
  const stream = ((...given: unknown[]) => {
    const { sql, params, options } = readGiven(given);
    const request = { sql, params, ...readPartOptions(options), cursor: ++cursors };
    const close = () => void send('closeCursor', { cursor: request.cursor }).catch(() => {});
    return rowsOf(() => ask('fetch', request), close);
  }) as Transaction['stream'];
  return {
    sql: queryTag(query),
    stream,
    query,
    batch,
    run: async (...given: unknown[]) => {
      const { sql, params, options = {} } = readGiven(given);
      checkNames(options, []);
      return ask('run', { sql, params });
    },
    exec: async (script, options: unknown = {}) => {
      checkNames(options, []);
      return ask('exec', { sql: script });
    },
    transaction: async (fn, options: unknown = {}) => {
      checkNames(options, []);
      requireFunction(fn);
      requireTurn();
      isBusy = true;
      try {
        return await withinSavepoint(send, isOver, fn);
      } finally {
        isBusy = false;
      }
    },
  };
}

async function withinSavepoint<Result>(
  send: Ask,
  isOuterOver: () => boolean,
  fn: (transaction: Transaction) => Promise<Result>,
): Promise<Result> {
  const name = `_wheatear_inside_${++savepoints}`;
  let isOver = false;
  try {
    await send('exec', { sql: `SAVEPOINT ${name}` });
    const result = await fn(openTransaction(send, () => isOver || isOuterOver()));
    isOver = true;
    if (isOuterOver()) throw misuse('The transaction around this one has ended before it.');
    await send('exec', { sql: `RELEASE ${name}` });
    return result;
  } catch (error) {
    isOver = true;
    // One after the other: a script of both would be in a savepoint of its own. After what has rolled all of it back,
    // there is none.
    const undo = async () => {
      await send('exec', { sql: `ROLLBACK TO ${name}` });
      await send('exec', { sql: `RELEASE ${name}` });
    };
    if (!isOuterOver()) await undo().catch(() => {});
    throw error;
  }
}

/** @throws {DefinitionError} `invalid_option` */
export function requireFunction(fn: unknown): void {
  if (typeof fn !== 'function') throw invalidOption(`A transaction takes a function, not ${kindOf(fn)}.`);
}

function misuse(message: string): QueryError {
  return new QueryError({ code: 'transaction_misuse', message });
}
