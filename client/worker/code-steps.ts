// Migrations that are written in JavaScript: what an application gives to `serve`, and what its module gets of them.

import {
  type ErrorData,
  errorFromData,
  QueryError,
  type ThrownData,
  textOfThrown,
  thrownData,
} from '../protocol/errors.js';
import type { RunResult, SqlParameters, SqlRow } from '../protocol/values.js';
import { isFault } from './fault.js';
import { invalidOption } from './invalid-option.js';

/** The transaction of a migration, for its code. It works until the function that got it returns. */
export interface CodeTransaction {
  /**
   * Runs one statement and gives its rows, all of them, as objects.
   *
   * ```ts
   * for (const { rowid } of tx.query<{ rowid: number }>('SELECT rowid FROM weather_node')) console.log(rowid);
   * ```
   *
   * @throws {QueryError} as `query` of a database does; `transaction_misuse` for what begins or ends a transaction.
   */
  query<Row = SqlRow>(sql: string, params?: SqlParameters): Row[];
  /**
   * Runs one statement and tells what it did.
   *
   * ```ts
   * const { changes } = tx.run('UPDATE weather_node SET temp_c = ? WHERE temp_c IS NULL', [20]);
   * ```
   *
   * @throws {QueryError} as `query`.
   */
  run(sql: string, params?: SqlParameters): RunResult;
  /**
   * Runs a script.
   *
   * ```ts
   * tx.exec('UPDATE weather_node SET temp_c = 20 WHERE temp_c IS NULL; DELETE FROM cache;');
   * ```
   *
   * @throws {QueryError} as `query`, with statement and line.
   */
  exec(script: string): void;
}

/**
 * A migration that is written in TypeScript or JavaScript, for what SQL cannot say: it changes rows; tables are changed in
 * SQL.
 *
 * ```ts
 * const backfill: CodeStep = {
 *   version: '1',
 *   depends: ['0002.alter-table'],
 *   up(tx) {
 *     for (const { rowid, text } of tx.query('SELECT rowid, text FROM note')) {
 *       tx.run('UPDATE note SET slug = ? WHERE rowid = ?', [String(text).toLowerCase(), rowid ?? null]);
 *     }
 *   },
 * };
 * ```
 */
export interface CodeStep {
  /** Stands for what the functions do: change it, and databases that ran the old ones count as edited. */
  readonly version: string;
  /** Ids of the migrations that must be applied before it. */
  readonly depends?: readonly string[] | undefined;
  /** Ids under which databases may have recorded it, because it had them before. */
  readonly was?: readonly string[] | undefined;
  /** Whether builds of the page that do not know it may go on using the database; by default they may not. */
  readonly compatible?: boolean | undefined;
  /**
   * Applies it, in one transaction with everything else that is pending. It must be synchronous: what it needs from
   * elsewhere is there before `serve` is called. If it throws, nothing is changed, and `open` rejects with `code_failed`,
   * whose `cause` is what it threw.
   */
  up(tx: CodeTransaction): void;
  /** Takes it back; without, it has no way back. */
  down?(tx: CodeTransaction): void;
}

/** What the module gets of one. See src/wasm/code_steps.rs. */
export interface CodeObject {
  readonly id: string;
  readonly version: string;
  readonly depends: readonly string[];
  readonly was: readonly string[];
  readonly compatible: boolean;
  readonly hasDown: boolean;
  /** Gives what the function has thrown, if it did; throws faults only. */
  run(isDown: boolean, ask: Ask): Thrown | undefined;
}

/** Does what a function asks of its transaction. */
type Ask = (what: keyof CodeTransaction, sql: string, params: SqlParameters) => unknown;

interface Thrown {
  readonly message: string;
  /** Absent of what was not the function's own. */
  readonly cause?: ThrownData;
}

/** What each field must be. */
const fields: Record<keyof CodeStep, [words: string, fits: (value: unknown) => boolean]> = {
  version: ['a string that is not empty', (value) => typeof value === 'string' && value !== ''],
  depends: ['an array of ids', isListOrAbsent],
  was: ['an array of ids', isListOrAbsent],
  compatible: ['a boolean', (value) => value === undefined || typeof value === 'boolean'],
  up: ['a function', (value) => typeof value === 'function'],
  down: ['a function', (value) => value === undefined || typeof value === 'function'],
};

/**
 * What the module gets of an application's steps.
 *
 * @throws ErrorData `invalid_option`, with the id, for what is none
 */
export function codeObjects(steps: unknown): CodeObject[] {
  if (typeof steps !== 'object' || steps === null) throw invalid('it must be an object of steps by id');
  return Object.entries(steps).map(([id, step]) => objectOf(id, checked(id, step)));
}

function checked(id: string, step: unknown): CodeStep {
  const of = `of step ${JSON.stringify(id)} `;
  if (typeof step !== 'object' || step === null) throw invalid(`${of}it must be an object with version and up`);
  for (const name of Object.keys(step)) {
    if (!(name in fields)) throw invalid(`${of}there is no ${name}; there are: ${Object.keys(fields).join(', ')}`);
  }
  for (const [name, [words, fits]] of Object.entries(fields)) {
    if (!fits(step[name as keyof typeof step])) throw invalid(`${of}${name} must be ${words}`);
  }
  return step as CodeStep;
}

function isListOrAbsent(value: unknown): boolean {
  return value === undefined || (Array.isArray(value) && value.every((id) => typeof id === 'string'));
}

function objectOf(id: string, step: CodeStep): CodeObject {
  const { version, depends = [], was = [], compatible = false } = step;
  return {
    id,
    version,
    depends,
    was,
    compatible,
    hasDown: step.down !== undefined,
    run: (isDown, ask) => run((tx) => (isDown ? step.down?.(tx) : step.up(tx)), ask),
  };
}

function run(work: (tx: CodeTransaction) => unknown, ask: Ask): Thrown | undefined {
  const transaction = new Transaction(ask);
  const thrown = thrownBy(() => work(transaction));
  transaction.end();
  return thrown;
}

function thrownBy(work: () => unknown): Thrown | undefined {
  try {
    const result = work();
    if (!isPromise(result)) return undefined;
    // Whatever becomes of it, the step has failed already.
    result.then(undefined, () => {});
    return {
      message:
        'it returned a promise, and must be synchronous: its transaction ends when it returns; load what it needs before serve is called',
    };
  } catch (error) {
    return { message: textOfThrown(error), cause: thrownData(error) };
  }
}

/** What code gets to work with, over the wire that the module gives it for the time being. */
class Transaction implements CodeTransaction {
  #ask: Ask | undefined;
  /** After it nothing may be called in the module, whatever the code does about it. */
  #fault: { readonly error: unknown } | undefined;

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  query<Row = SqlRow>(sql: string, params: SqlParameters = []): Row[] {
    return this.#do('query', sql, params) as Row[];
  }

  run(sql: string, params: SqlParameters = []): RunResult {
    return this.#do('run', sql, params) as RunResult;
  }

  exec(script: string): void {
    this.#do('exec', script, []);
  }

  /** From now on it is of no use. Throws what has gone wrong in the module. */
  end(): void {
    this.#ask = undefined;
    if (this.#fault) throw this.#fault.error;
  }

  #do(what: keyof CodeTransaction, sql: string, params: SqlParameters): unknown {
    if (this.#fault) throw this.#fault.error;
    if (!this.#ask) {
      const message =
        'This migration has ended, and its transaction with it: what it does must be done before it returns.';
      throw new QueryError({ code: 'transaction_misuse', message });
    }
    if (typeof sql !== 'string') {
      throw new QueryError({ code: 'invalid_value', message: `The SQL text must be a string, not ${typeof sql}.` });
    }
    try {
      return this.#ask(what, sql, params);
    } catch (error) {
      if (!isFault(error)) throw errorFromData(error as ErrorData);
      this.#fault = { error };
      throw error;
    }
  }
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as Partial<PromiseLike<unknown>> | null | undefined)?.then === 'function';
}

function invalid(reason: string): ErrorData {
  return invalidOption(`In the option code of serve: ${reason}.`);
}
