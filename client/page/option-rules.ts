import { DefinitionError } from '../protocol/errors.js';
import { has, isBlob, kindOf } from './kind-of.js';

// For pages that no compiler has checked.

/** What an option must be. */
export interface OptionRule {
  /** For whoever gave something else. */
  readonly words: string;
  readonly fits: (value: unknown) => boolean;
  /** Whether it may not be absent. */
  readonly isRequired?: boolean;
}

export type OptionRules = Readonly<Record<string, OptionRule>>;

/** How a worker is started, for whoever does it otherwise. */
export const exampleOfWorker = "() => new Worker(new URL('./database.worker.ts', import.meta.url), { type: 'module' })";

export const aFunction = ofType('function');
export const aString = ofType('string');
export const aBoolean = ofType('boolean');
export const aUrl: OptionRule = { words: 'a URL', fits: (value) => has(value, 'href', 'searchParams') };
export const aBlob: OptionRule = { words: 'a Blob', fits: isBlob };
export const aFile = either(aString, aUrl, aBlob);
export const aFileOrFunction = either(aFile, aFunction);
export const anAbortSignal: OptionRule = {
  words: 'an AbortSignal',
  fits: (value) => has(value, 'aborted', 'addEventListener', 'removeEventListener'),
};
export const justNull: OptionRule = { words: 'null', fits: (value) => value === null };

function ofType(type: string): OptionRule {
  return { words: `a ${type}`, fits: (value) => typeof value === type };
}

export function either(...rules: OptionRule[]): OptionRule {
  return {
    words: rules.map(({ words }) => words).join(' or '),
    fits: (value) => rules.some(({ fits }) => fits(value)),
  };
}

export function oneOf(...strings: string[]): OptionRule {
  const words = strings.map((string) => `'${string}'`).join(' or ');
  return { words, fits: (value) => strings.some((string) => string === value) };
}

/**
 * Throws unless every option is one that there is.
 *
 * @throws {DefinitionError} `invalid_option`.
 */
export function checkNames(options: unknown, names: readonly string[]): asserts options is object {
  if (typeof options !== 'object' || options === null) {
    throw invalidOption(`The options must be an object, not ${kindOf(options)}.`);
  }
  for (const name of Object.keys(options)) {
    if (!names.includes(name)) throw invalidOption(`There is no option ${name}${suggestion(name, names)}.`);
  }
}

/**
 * Throws unless every option is one that there is, and has a value that it can have.
 *
 * @throws {DefinitionError} `invalid_option`.
 */
export function checkOptions(options: unknown, rules: OptionRules): asserts options is object {
  checkNames(options, Object.keys(rules));
  for (const [name, { words, fits, isRequired }] of Object.entries(rules)) {
    const value: unknown = options[name as keyof typeof options];
    if ((value === undefined && !isRequired) || fits(value)) continue;
    throw invalidOption(`The option ${name} must be ${words}, not ${kindOf(value)}.`);
  }
}

export function invalidOption(message: string): DefinitionError {
  return new DefinitionError({ code: 'invalid_option', message });
}

/** What somebody may have meant, or could have said. */
function suggestion(name: string, names: readonly string[]): string {
  const meant = names.find((known) => isNear(known.toLowerCase(), name.toLowerCase(), 2));
  return meant ? `; ${meant} was meant, perhaps` : `; there are: ${names.join(', ') || 'none'}`;
}

/** Whether so many letters, added, left out or changed, make one word of the other. */
function isNear(one: string, other: string, changes: number): boolean {
  if (changes < 0) return false;
  if (!one || !other) return one.length + other.length <= changes;
  const [rest, otherRest] = [one.slice(1), other.slice(1)];
  if (one[0] === other[0]) return isNear(rest, otherRest, changes);
  const left = changes - 1;
  return isNear(rest, otherRest, left) || isNear(rest, other, left) || isNear(one, otherRest, left);
}
