import type { SqlValue } from '../protocol/values.js';
import type { SignalOptions } from './cancelling.js';
import { kindOf } from './kind-of.js';
import { anAbortSignal, checkOptions, invalidOption } from './option-rules.js';
import type { Tab } from './tab/tab.js';

/** Bytes of a name. Source: https://www.sqlite.org/c3ref/create_function.html */
const longestName = 255;

/** Asks whoever has the database, now and later, to tell of calls; resolves once the first does. */
export async function createFunction(
  tab: Tab,
  name: unknown,
  callback: (...values: SqlValue[]) => void,
  options: SignalOptions,
): Promise<void> {
  checkOptions(options, { signal: anAbortSignal });
  if (typeof name !== 'string' || !/^[^\0]+$/.test(name) || new TextEncoder().encode(name).length > longestName)
    throw invalidOption(`A function's name must be a string of 1 to ${longestName} bytes, none of them 0.`);
  if (typeof callback !== 'function') throw invalidOption(`A function must be given, not ${kindOf(callback)}.`);
  return new Promise((resolve, reject) => {
    // It is never answered, so that it is asked again of every owner, before what was asked later.
    const listeners = {
      onDefined: resolve,
      onCall: (values: SqlValue[]) => callback(...values),
      signal: options.signal,
    };
    tab.request('define', { name }, listeners).catch(reject);
  });
}
