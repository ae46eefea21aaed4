import { type ConnectionError, DefinitionError } from '../protocol/errors.js';
import type { MigrateOptions } from '../protocol/migrate-options.js';
import type { Progress } from '../protocol/progress.js';
import type { StorageChoice } from '../protocol/storage-kind.js';
import { isBlob, kindOf } from './kind-of.js';

/** How to reach the worker that holds the database. */
export interface WorkerOptions {
  /**
   * Starts the worker, whose script calls `serve` from `wheatear/worker`. A function, so that
   * bundlers see the `new Worker(new URL(…))` they know how to follow. It must start a new one each time: each serves
   * one database, and ends with it. Called again if the worker dies or cannot be loaded: four times within three seconds,
   * then there is no more hope (`worker_failed`); nor is there for one that says nothing for twenty seconds.
   */
  readonly worker: () => Worker;
}

/** How to open a database. */
export interface OpenOptions extends WorkerOptions, MigrateOptions {
  /**
   * Where the database lives. `auto`, which is the default: where it lives already; for a new one OPFS, where that works,
   * else IndexedDB; `db.storage` tells which and why. `memory` is never chosen by itself, because it keeps nothing. A
   * database that lives elsewhere than asked for is `storage_elsewhere`: see `moveDatabase`.
   */
  readonly storage?: StorageChoice;
  /**
   * Whether to keep a copy of the database from before an upgrade, in the same storage: `true` keeps three,
   * the newest of different versions; `{ keep: 1 }` as many as it says. See `listBackups` and `restoreBackup`. Without
   * room for the copy the upgrade is not begun, and `open` rejects with `storage_full`.
   */
  readonly backup?: boolean | { readonly keep: number };
  /**
   * Hears what the upgrade is doing, while it does it: each phase, step and statement, and about twenty
   * times a second that a statement goes on. Never called before `open` returns, nor after its promise is
   * settled; a database that is current has nothing to tell. What it throws is reported as uncaught
   * (`reportError`) and changes nothing.
   */
  readonly onProgress?: (progress: Progress) => void;
  /**
   * Ends the opening: the worker is terminated at once, whatever it is doing, and `open` rejects with an
   * `ApplyError` whose code is `cancelled` and whose `cause` is the signal's reason. The open transaction
   * never commits, and the next one who opens the database finds it as it was before. Two exceptions:
   * a commit that was already on its way is found whole, and what a migration with
   * `-- transactional: false` had done remains. A signal that is aborted already starts no worker.
   * Once the database is open, the signal does nothing.
   */
  readonly signal?: AbortSignal;
  /**
   * A newer build of the page, in another tab, is about to upgrade the database: the moment to save what is not saved
   * yet. The other tab waits for what this returns, but not longer than `deadlineMs`. Not called if all migrations that
   * this build does not know are marked `-- compatible: true`: then this tab goes on.
   */
  readonly onSuperseding?: (event: Superseding) => void | Promise<void>;
  /**
   * A newer build has upgraded the database. Every call rejects with this error from now on: show that the page must be
   * reloaded.
   */
  readonly onSuperseded?: (error: ConnectionError) => void;
  /** Another tab holds the database now, or this one does. For diagnostics; nothing needs to be done. */
  readonly onOwnerChange?: (event: { readonly isOwner: boolean }) => void;
}

/** What `onSuperseding` is told. */
export interface Superseding {
  /** The migrations that the database will have. */
  readonly migrationIds: readonly string[];
  /** How long the other tab waits, in milliseconds. */
  readonly deadlineMs: number;
}

/** How a worker is started, for whoever does it otherwise. */
export const exampleOfWorker = "() => new Worker(new URL('./database.worker.ts', import.meta.url), { type: 'module' })";

/** What each option must be, for pages that no compiler has checked. */
export const openRules = {
  worker: ['a function'],
  target: ['a string'],
  late: ["'apply'", "'error'"],
  ahead: ["'error'", "'rollback'"],
  drift: ["'warn'", "'error'"],
  unmanaged: ["'error'", "'apply'"],
  baseline: ['a string'],
  appVersion: ['a string'],
  storage: ["'auto'", "'opfs'", "'indexeddb'", "'memory'"],
  backup: ['a boolean', '{ keep: a number from 1 }'],
  onProgress: ['a function'],
  signal: ['an AbortSignal'],
  onSuperseding: ['a function'],
  onSuperseded: ['a function'],
  onOwnerChange: ['a function'],
} satisfies Record<keyof OpenOptions, string[]>;

/** What each of some options must be. */
export type OptionRules = Readonly<Record<string, readonly string[]>>;

/**
 * Throws unless every option is one that there is.
 *
 * @throws {DefinitionError} `invalid_option`.
 */
export function checkNames(options: unknown, rules: OptionRules): asserts options is object {
  if (typeof options !== 'object' || options === null) {
    const example = 'worker' in rules ? `, at least { worker: ${exampleOfWorker} }` : '';
    throw invalidOption(`The options must be an object${example}, not ${kindOf(options)}.`);
  }
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(rules, name)) throw invalidOption(`There is no option ${name}${suggestion(name, rules)}.`);
  }
}

/**
 * Throws unless every option is one that there is, and has a value that it can have.
 *
 * @param rules what each option must be; all but `worker` may be absent
 * @throws {DefinitionError} `invalid_option`.
 */
export function checkOptions(options: unknown, rules: OptionRules): asserts options is object {
  checkNames(options, rules);
  for (const [name, allowed] of Object.entries(rules)) {
    const value: unknown = options[name as keyof typeof options];
    if ((value === undefined && name !== 'worker') || allowed.some((kind) => fits(value, kind))) continue;
    const example = name === 'worker' ? `, such as ${exampleOfWorker}` : '';
    throw invalidOption(`The option ${name} must be ${allowed.join(' or ')}${example}, not ${kindOf(value)}.`);
  }
}

export function invalidOption(message: string): DefinitionError {
  return new DefinitionError({ code: 'invalid_option', message });
}

/** What somebody may have meant, or could have said. */
function suggestion(name: string, rules: OptionRules): string {
  const names = Object.keys(rules);
  const meant = names.find((known) => distance(known.toLowerCase(), name.toLowerCase()) <= 2);
  return meant ? `; ${meant} was meant, perhaps` : `; there are: ${names.join(', ')}`;
}

/** How many letters must be added, left out or changed to make one word of another (Levenshtein). */
function distance(one: string, other: string): number {
  let previous = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i++) {
    const current = [i];
    for (let j = 1; j <= other.length; j++) {
      const changed = Number(previous[j - 1]) + Number(one[i - 1] !== other[j - 1]);
      current[j] = Math.min(changed, Number(previous[j]) + 1, Number(current[j - 1]) + 1);
    }
    previous = current;
  }
  return Number(previous.at(-1));
}

function fits(value: unknown, kind: string): boolean {
  if (typeof value === 'string') return kind === 'a string' || kind === `'${value}'`;
  if (kind === 'null') return value === null;
  if (kind === 'a Blob') return isBlob(value);
  if (kind.startsWith('{ keep')) return isKeep(value);
  return value instanceof AbortSignal ? kind === 'an AbortSignal' : kind === `a ${typeof value}`;
}

function isKeep(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !('keep' in value)) return false;
  return Number.isInteger(value.keep) && Number(value.keep) >= 1;
}

/** The part that crosses to the worker, without what is absent. */
export function migrateOptions(options: OpenOptions): MigrateOptions {
  const { target, late, ahead, drift, unmanaged, baseline, appVersion } = options;
  const given = Object.entries({ target, late, ahead, drift, unmanaged, baseline, appVersion });
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}
