import type { CodeStep } from './code-steps.js';
import { invalidOption } from './invalid-option.js';
import type { WheatearModule } from './module.js';
import { type Collation, functionObjects, type SqlFunction } from './sql-functions.js';

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
  /**
   * Functions for the SQL of migrations and queries, by name.
   *
   * ```ts
   * serve({
   *   functions: {
   *     slug: { deterministic: true, scalar: (text: string) => text.toLowerCase().replaceAll(' ', '-') },
   *     product: {
   *       start: 1,
   *       step: (product: number, factor: number) => product * factor,
   *     },
   *   },
   * });
   * ```
   */
  readonly functions?: Readonly<Record<string, SqlFunction>> | undefined;
  /**
   * Orders for text, by name: `ORDER BY name COLLATE german`.
   *
   * ```ts
   * const { compare } = new Intl.Collator('de');
   * serve({ collations: { german: compare } });
   * ```
   */
  readonly collations?: Readonly<Record<string, Collation>> | undefined;
}

const known: Record<keyof ServeOptions, true> = { code: true, functions: true, collations: true };

/**
 * Gives a module that is loaded what belongs to all of its connections.
 *
 * @throws ErrorData `invalid_option` for options that are none
 */
export function equip(module: WheatearModule, options: ServeOptions): void {
  checkOptions(options);
  const objects = functionObjects(options.functions, options.collations);
  if (objects.length > 0) module.defineFunctions(objects);
}

function checkOptions(options: unknown): void {
  if (typeof options !== 'object' || options === null) throw invalidOption('The options of serve must be an object.');
  for (const name of Object.keys(options)) {
    if (!(name in known)) {
      throw invalidOption(`serve has no option ${name}; there are: ${Object.keys(known).join(', ')}.`);
    }
  }
}
