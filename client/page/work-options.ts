import type { RowShape } from '../protocol/messages.js';
import type { SignalOptions } from './cancelling.js';
import { kindOf } from './kind-of.js';
import {
  aFunction,
  anAbortSignal,
  checkNames,
  checkOptions,
  type OptionRule,
  type OptionRules,
} from './option-rules.js';
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

/** How to hand out rows part by part. */
export interface StreamOptions {
  /**
   * How many rows are fetched at once, 1000 unless it says otherwise; fewer when they take a megabyte. So many are in the
   * page at a time.
   */
  readonly size?: number | undefined;
}

/** Hears each result of a live query; what it returns is awaited before the next. */
export type OnRows<Result> = (rows: Result) => unknown;

/** What a live query gives its results to, and what ends it. */
export interface WatchOptions<Result> {
  /** Ends it when it is aborted, with an `ApplyError` whose code is `cancelled`. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Called with the rows now, and again whenever they may be others. The query is then not to be iterated over.
   */
  readonly onRows?: OnRows<Result> | undefined;
  /**
   * Called with what has ended the query, unless that was `stop`. Without it, the error is reported as one that nobody
   * caught, but not `closed` and `cancelled`.
   */
  readonly onError?: ((error: unknown) => unknown) | undefined;
}

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

const aCount: OptionRule = {
  words: 'a whole number from 1 to 4294967295',
  fits: (value) => typeof value === 'number' && value > 0 && value >>> 0 === value,
};
/** What a stream in a transaction may be told, beside the shape of rows. */
const partRules = { size: aCount };
const streamRules = { ...partRules, signal: anAbortSignal };
const watchRules = { signal: anAbortSignal, onRows: aFunction, onError: aFunction };

/** How many rows one part of a stream has. */
const defaultSize = 1000;

/** What a stream is told. */
interface StreamSettings {
  readonly count: number;
  readonly rows: RowShape;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The same of a stream.
 *
 * @throws {DefinitionError} `invalid_option`
 * @throws {QueryError} `invalid_value`, for the shape of rows
 */
export function readStreamOptions(options: unknown, rules: OptionRules = streamRules): StreamSettings {
  const { rows, ...others } = shaped<StreamOptions & { signal?: AbortSignal }>(options, rules);
  const { size = defaultSize, signal } = others;
  return { count: size, rows, signal };
}

/** The same of a stream in a transaction, which ends with that. */
export function readPartOptions(options: unknown): StreamSettings {
  return readStreamOptions(options, partRules);
}

/** The same of a live query, for which a function is options enough. */
export function readWatchOptions(options: unknown): WatchOptions<unknown> & { readonly rows: RowShape } {
  if (typeof options === 'function') return { rows: undefined, onRows: options as OnRows<unknown> };
  return shaped(options, watchRules);
}

function shaped<Options>(options: unknown = {}, rules: OptionRules): Options & { readonly rows: RowShape } {
  checkNames(options, [...Object.keys(rules), ...shapeOptions]);
  const { rows, ...others } = options as { rows: RowShape };
  requireShape(rows);
  checkOptions(others, rules);
  return { rows, ...others } as Options & { rows: RowShape };
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
