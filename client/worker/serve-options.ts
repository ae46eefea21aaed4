import type { ErrorData } from '../protocol/errors.js';
import type { CodeStep } from './code-steps.js';

/** What an application adds to the worker of its database. */
export interface ServeOptions {
  /**
   * Migrations that are written in code, by their ids, in one order with those in SQL.
   *
   * ```ts
   * serve({ code: { '0003.backfill': { version: '1', up: (tx) => tx.exec('UPDATE weather_node SET temp_c = 20') } } });
   * ```
   */
  readonly code?: Readonly<Record<string, CodeStep>> | undefined;
}

const known: Record<keyof ServeOptions, true> = { code: true };

/** @throws ErrorData `invalid_option` for what none are */
export function checkServeOptions(options: unknown): void {
  if (typeof options !== 'object' || options === null) throw invalid('The options of serve must be an object.');
  for (const name of Object.keys(options)) {
    if (!(name in known)) {
      throw invalid(`serve has no option ${name}; there are: ${Object.keys(known).join(', ')}.`);
    }
  }
}

function invalid(message: string): ErrorData {
  return { class: 'DefinitionError', code: 'invalid_option', message };
}
