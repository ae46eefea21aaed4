import type { ErrorData } from '../protocol/errors.js';

/** What is thrown for an option, or an argument, with a value that it cannot have. */
export function invalidOption(message: string): ErrorData {
  return { class: 'DefinitionError', code: 'invalid_option', message };
}
