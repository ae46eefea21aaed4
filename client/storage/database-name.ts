import { DefinitionError } from '../protocol/errors.js';

/** Longest name, in bytes of UTF-8: percent-encoded it still fits the 255 bytes of a file name. */
const maxBytes = 80;

/**
 * Throws unless a database can be called this. The wasm module has the same rule (src/storage/name.rs);
 * here it holds before anything is begun.
 *
 * @throws {DefinitionError} `invalid_name`.
 */
export function checkName(name: unknown): asserts name is string {
  if (typeof name !== 'string') {
    throw invalid(`The name of a database must be a string, not ${name === null ? 'null' : typeof name}.`);
  }
  const reason = whyUnusable(name);
  if (reason) throw invalid(`A database cannot be called ${JSON.stringify(name)}: the name ${reason}.`);
}

function whyUnusable(name: string): string | undefined {
  if (name === '') return 'is empty';
  if (new TextEncoder().encode(name).length > maxBytes) return `is longer than ${maxBytes} bytes of UTF-8`;
  if (/\p{Cc}/u.test(name)) return 'contains a control character';
  // It would become U+FFFD, and so would another one.
  if (/\p{Cs}/u.test(name)) return 'contains half of a surrogate pair';
  return undefined;
}

function invalid(message: string): DefinitionError {
  return new DefinitionError({ code: 'invalid_name', message });
}
