// SQL functions and collations that are written in JavaScript: what an application gives to `serve`, and what its module
// gets of them.

import { type ErrorData, type ThrownData, textOfThrown, thrownData } from '../protocol/errors.js';
import type { SqlParameter, SqlValue } from '../protocol/values.js';
import { invalidOption } from './invalid-option.js';

/** What is known of a function. */
export interface FunctionOptions {
  /** Whether it gives the same for the same values, always: then indexes and generated columns may use it. */
  readonly deterministic?: boolean | undefined;
  /** Whether only statements may call it, and no trigger, view, index or column of the schema. */
  readonly directOnly?: boolean | undefined;
  /** Whether it takes any number of values; otherwise as many as it has parameters. */
  readonly varargs?: boolean | undefined;
}

/** Gives a value for values. Parameters may be declared as what the SQL passes. */
export type ScalarFunction = { call(...values: SqlValue[]): SqlParameter }['call'];

/** A scalar function, and what is known of it. */
export interface ScalarDefinition extends FunctionOptions {
  scalar(...values: SqlValue[]): SqlParameter;
}

/**
 * A function of the values of many rows. With `inverse` it may be used with OVER, too.
 *
 * ```ts
 * const longest: AggregateDefinition = {
 *   start: '',
 *   step: (longest: string, text: string) => (text.length > longest.length ? text : longest),
 * };
 * ```
 */
export interface AggregateDefinition extends FunctionOptions {
  /** What it begins with, or a function that gives that, for what is changed later, such as a list. */
  readonly start: unknown;
  /** Takes the values of a row in. Gives what there is then; nothing, if what there was has been changed. */
  step(state: unknown, ...values: SqlValue[]): unknown;
  /** Takes them out again. */
  inverse?(state: unknown, ...values: SqlValue[]): unknown;
  /** What it comes to; without, what `step` has given last. */
  result?(state: unknown): SqlParameter;
}

export type SqlFunction = ScalarFunction | ScalarDefinition | AggregateDefinition;

/** Less than 0 if the first text comes before the second, more than 0 if behind it, 0 if they are equal. */
export type Collation = (one: string, other: string) => number;

type Part = 'scalar' | 'start' | 'step' | 'inverse' | 'value' | 'end' | 'compare' | 'refused';
type Answer = { readonly value: unknown } | { readonly message: string; readonly cause: ThrownData };

/** What the module gets of one. See src/wasm/functions.rs. */
export interface FunctionObject {
  readonly name: string;
  readonly kind: 'scalar' | 'aggregate' | 'window' | 'collation';
  /** How many values it takes; -1: any number. */
  readonly arity: number;
  readonly isDeterministic: boolean;
  readonly isDirectOnly: boolean;
  /** Does a part of its work, on the state with this number if it has some. A collation that fails throws. */
  call(part: Part, state: number, given: never[]): Answer;
}

/** SQLite's own limits, in bytes and values. Source: https://www.sqlite.org/c3ref/create_function.html */
const [longestName, mostValues] = [255, 127];

type Parts = Partial<Record<Part, (state: number, given: never[]) => unknown>>;

/**
 * What the module gets of an application's functions and collations.
 *
 * @throws ErrorData `invalid_option`, with the name, for what is none
 */
export function functionObjects(functions: unknown, collations: unknown): FunctionObject[] {
  return [
    ...entriesOf('functions', functions).map(([name, given]) => functionObject(name, given)),
    ...entriesOf('collations', collations).map(([name, given]) => collationObject(name, given)),
  ];
}

function entriesOf(option: string, given: unknown): [string, unknown][] {
  if (given === undefined) return [];
  if (typeof given !== 'object' || given === null) throw invalid(option, 'it must be an object, by names');
  const seen = new Set<string>();
  for (const name of Object.keys(given)) {
    const known = name.toLowerCase();
    if (name === '' || name.includes('\0') || new TextEncoder().encode(name).length > longestName)
      throw invalid(option, `${JSON.stringify(name)} is no name: it has 1 to ${longestName} bytes, none of them 0`);
    if (seen.has(known)) throw invalid(option, `${JSON.stringify(name)} is there twice: SQL does not tell cases apart`);
    seen.add(known);
  }
  return Object.entries(given);
}

const options = ['deterministic', 'directOnly', 'varargs'] as const;
const functionsOf = ['scalar', 'step', 'inverse', 'result'] as const;

function functionObject(name: string, given: unknown): FunctionObject {
  const refuse = (reason: string): never => {
    throw invalid('functions', `${JSON.stringify(name)} ${reason}`);
  };
  if (typeof given === 'function') return scalarObject(name, { scalar: given as ScalarFunction }, refuse);
  if (typeof given !== 'object' || given === null)
    return refuse('must be a function, or an object with scalar or step');
  const definition = given as Partial<ScalarDefinition & AggregateDefinition>;
  const known = [...options, 'start', ...functionsOf];
  const unknown = Object.keys(definition).find((key) => !known.includes(key));
  if (unknown !== undefined) refuse(`has a field ${unknown}; there are: ${known.join(', ')}`);
  for (const key of options) {
    if (!['undefined', 'boolean'].includes(typeof definition[key])) refuse(`must have a boolean as ${key}`);
  }
  for (const key of functionsOf) {
    if (!['undefined', 'function'].includes(typeof definition[key])) refuse(`must have a function as ${key}`);
  }
  const isAggregate = definition.step !== undefined;
  if (isAggregate === (definition.scalar !== undefined)) refuse('must have either scalar or step');
  if (!isAggregate) return scalarObject(name, definition as ScalarDefinition, refuse);
  if (!('start' in definition)) refuse('must have start, beside step');
  return aggregateObject(name, definition as AggregateDefinition, refuse);
}

type Refuse = (reason: string) => never;

function scalarObject(name: string, definition: ScalarDefinition, refuse: Refuse): FunctionObject {
  const parts: Parts = { scalar: (_, given) => definition.scalar(...given) };
  return object(name, 'scalar', definition, definition.scalar.length, parts, refuse);
}

function aggregateObject(name: string, definition: AggregateDefinition, refuse: Refuse): FunctionObject {
  const states = new Map<number, unknown>();
  const change = (state: number, next: unknown) => {
    if (next !== undefined) states.set(state, next);
  };
  const result = (state: number) => {
    const last = states.get(state);
    return definition.result ? definition.result(last) : last;
  };
  const parts: Parts = {
    start: (state) =>
      void states.set(state, typeof definition.start === 'function' ? definition.start() : definition.start),
    step: (state, given) => change(state, definition.step(states.get(state), ...given)),
    inverse: (state, given) => change(state, definition.inverse?.(states.get(state), ...given)),
    value: result,
    end: (state) => {
      try {
        return result(state);
      } finally {
        states.delete(state);
      }
    },
  };
  // The state comes first.
  const arity = Math.max(definition.step.length, definition.inverse?.length ?? 0) - 1;
  return object(name, definition.inverse ? 'window' : 'aggregate', definition, Math.max(arity, 0), parts, refuse);
}

function object(
  name: string,
  kind: FunctionObject['kind'],
  { varargs = false, deterministic = false, directOnly = false }: FunctionOptions,
  length: number,
  parts: Parts,
  refuse: Refuse,
): FunctionObject {
  if (length > mostValues) refuse(`has ${length} parameters, and SQL passes ${mostValues} at most`);
  return {
    name,
    kind,
    arity: varargs ? -1 : length,
    isDeterministic: deterministic,
    isDirectOnly: directOnly,
    call(part, state, given) {
      if (part === 'refused') return refused(name, String(given[0]));
      try {
        return { value: parts[part]?.(state, given) };
      } catch (error) {
        return { message: textOfThrown(error), cause: thrownData(error) };
      }
    },
  };
}

/** What is no value of SQL. */
function refused(name: string, reason: string): Answer {
  const message = `the function ${name} gave what cannot be stored: ${reason}`;
  return { message, cause: { data: { class: 'QueryError', code: 'invalid_value', message } } };
}

function collationObject(name: string, given: unknown): FunctionObject {
  if (typeof given !== 'function') throw invalid('collations', `${JSON.stringify(name)} must be a function`);
  return {
    name,
    kind: 'collation',
    arity: 2,
    isDeterministic: true,
    isDirectOnly: false,
    call(_, __, [one, other]) {
      const value: unknown = given(one, other);
      if (typeof value === 'number' && !Number.isNaN(value)) return { value };
      throw new TypeError(`the collation ${name} must give a number, not ${textOfThrown(value)}`);
    },
  };
}

function invalid(option: string, reason: string): ErrorData {
  return invalidOption(`In the option ${option} of serve: ${reason}.`);
}
