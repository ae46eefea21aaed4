// What a page says of operations on migrations, checked and in the words of the protocol.

import type { MigrateOptions } from '../protocol/migrate-options.js';
import type { MigrationOperation } from '../protocol/migration-operation.js';
import { kindOf } from './kind-of.js';
import { openRules } from './open-options.js';
import { checkOptions, invalidOption } from './option-rules.js';

/** How far back: so many migrations, to the one with this id, which stays, or only those with these ids. */
export type BackTo = number | { readonly to: string } | { readonly only: readonly string[] };

/** What to plan or rehearse: what `open` would do, with other options perhaps, or one of these. */
export interface PlanOptions extends MigrateOptions {
  readonly rollback?: BackTo;
  readonly reapply?: BackTo;
}

const aWayBack = { words: 'a number from 1, { to: an id } or { only: ids }', fits: isBackTo };

const { target, edited, late, ahead, drift, unmanaged, baseline, adopt, appVersion } = openRules;
const migrateRules = { target, edited, late, ahead, drift, unmanaged, baseline, adopt, appVersion };
const planRules = { ...migrateRules, rollback: aWayBack, reapply: aWayBack };

/**
 * What is to be planned.
 *
 * @param opened how the page opened the database
 * @param options what is otherwise
 * @throws {DefinitionError} `invalid_option`
 */
export function operationOf(opened: MigrateOptions, options: PlanOptions): MigrationOperation {
  checkOptions(options, planRules);
  const { rollback, reapply, ...others } = options;
  const migrate = { ...opened, ...others };
  if (rollback !== undefined && reapply !== undefined)
    throw invalidOption('Only one of the options rollback and reapply can be planned.');
  if (rollback !== undefined) return { operation: 'rollback', on: wayBack('rollback', rollback), options: migrate };
  if (reapply !== undefined) return { operation: 'reapply', on: wayBack('reapply', reapply), options: migrate };
  return { operation: 'apply', on: undefined, options: migrate };
}

/** @throws {DefinitionError} `invalid_option` */
export function wayBack(operation: string, to: BackTo): number | string | readonly string[] {
  if (!isBackTo(to)) throw invalidOption(`What ${operation} is given must be ${aWayBack.words}, not ${kindOf(to)}.`);
  if (typeof to === 'number') return to;
  return 'only' in to ? to.only : to.to;
}

/** @throws {DefinitionError} `invalid_option` */
export function idsOf<Ids extends readonly string[]>(operation: string, ids: Ids): Ids {
  const fault = ids.findIndex((id: unknown) => typeof id !== 'string');
  if (ids.length > 0 && fault < 0) return ids;
  throw invalidOption(`What ${operation} is given must be ids of migrations, not ${kindOf(ids[fault])}.`);
}

function isBackTo(value: unknown): value is BackTo {
  if (typeof value === 'number') return value >= 1 && (Number.isInteger(value) || value === Number.POSITIVE_INFINITY);
  const { to, only } = Object(value);
  if (only === undefined) return typeof to === 'string';
  return to === undefined && Array.isArray(only) && only.length > 0 && only.every((id) => typeof id === 'string');
}
