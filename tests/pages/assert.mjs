// What node:assert does, for tests that run inside a page.

/** Throws unless both are the same value: `Object.is`, so -0 is not 0 and NaN is NaN. */
export function equal(/** @type {unknown} */ actual, /** @type {unknown} */ expected) {
  if (!Object.is(actual, expected)) throw new Error(`got ${show(actual)}, not ${show(expected)}`);
}

/** Throws unless both have the same content, down to the type of every value. */
export function deepEqual(/** @type {unknown} */ actual, /** @type {unknown} */ expected) {
  const different = difference(actual, expected, '');
  if (different !== undefined) throw new Error(`${different}: got ${show(actual)}, not ${show(expected)}`);
}

export function ok(/** @type {unknown} */ condition, /** @type {string} */ message) {
  if (!condition) throw new Error(message);
}

export function matches(/** @type {string} */ text, /** @type {RegExp} */ pattern) {
  if (!pattern.test(text)) throw new Error(`${show(text)} does not match ${pattern}`);
}

/**
 * Throws unless the promise rejects with the typed error that the package promises.
 *
 * @template {import('../../client/index.js').WheatearError} E
 * @param {Promise<unknown>} promise
 * @param {new (...args: never[]) => E} Class
 * @param {import('../../client/index.js').ErrorCode} code
 * @param {RegExp} [message]
 * @returns {Promise<E>} the error
 */
export async function rejects(promise, Class, code, message = /\S/) {
  const error = await rejection(promise);
  if (!(error instanceof Class)) throw new Error(`rejected with ${show(error)}, not a ${Class.name}`);
  ok(error instanceof Error, `${Class.name} is no Error`);
  equal(Object.getPrototypeOf(Class).name, 'WheatearError');
  equal(error.name, Class.name);
  equal(error.code, code);
  matches(error.message, message);
  return error;
}

/** Whether a value has these bytes; `deepEqual` takes long for megabytes. */
export function sameBytes(/** @type {unknown} */ value, /** @type {Uint8Array} */ bytes) {
  return value instanceof Uint8Array && value.length === bytes.length && value.every((byte, at) => byte === bytes[at]);
}

/** What the promise rejects with. */
export async function rejection(/** @type {Promise<unknown>} */ promise) {
  let value;
  try {
    value = await promise;
  } catch (error) {
    return error;
  }
  throw new Error(`resolved with ${show(value)} instead of rejecting`);
}

/**
 * @param {any} a
 * @param {any} b
 * @param {string} path
 * @returns {string | undefined} where they differ
 */
function difference(a, b, path) {
  if (Object.is(a, b)) return undefined;
  const here = path || 'the value';
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return here;
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return `the class of ${here}`;
  if (a instanceof Date) return a.getTime() === b.getTime() ? undefined : here;
  const [left, right] = [Object.keys(a), Object.keys(b)];
  if (left.length !== right.length) return `the number of properties of ${here}`;
  for (const key of left) {
    if (!Object.hasOwn(b, key)) return `${path}.${key}`;
    const found = difference(a[key], b[key], `${path}.${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function show(/** @type {unknown} */ value) {
  if (value instanceof Error) return `${value.constructor.name} ${value}`;
  if (Object.is(value, -0)) return '-0';
  if (typeof value === 'number' || typeof value === 'undefined') return String(value);
  const json = JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? `${inner}n` : inner));
  return json === undefined ? String(value) : json.slice(0, 500);
}
