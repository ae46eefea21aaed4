import type { ConnectionError } from '../protocol/errors.js';
import type { MigrateOptions } from '../protocol/migrate-options.js';
import type { MigrationSource } from '../protocol/migration-source.js';
import type { Progress } from '../protocol/progress.js';
import type { StorageChoice } from '../protocol/storage-kind.js';
import { Diagnostics } from './diagnostics.js';
import type { FileSource } from './file-source.js';
import { isLazy, type LazyMigrations, LazySource } from './lazy-migrations.js';
import { type Migrations, someMigrations, sourceOf } from './migrations.js';
import { News } from './news.js';
import {
  aBoolean,
  aFileOrFunction,
  aFunction,
  anAbortSignal,
  aString,
  either,
  type OptionRule,
  oneOf,
} from './option-rules.js';
import { type WorkerOptions, type WorkerStart, workerRules, workerStart } from './start-worker.js';

/** How to open a database. */
export interface OpenOptions extends WorkerOptions, MigrateOptions {
  /**
   * The application's migrations, or how to load them if they are needed. Absent, the worker's module must carry them. They
   * are checked each time as a folder is when it is compiled, but not tried out on a database in memory, which takes time;
   * with `drift: 'error'` they are, since that needs to know the schema that they make.
   */
  readonly migrations?: Migrations | LazyMigrations | undefined;
  /**
   * Where the database lives. `auto`, which is the default: where it lives already; for a new one OPFS, where that works,
   * else IndexedDB; `db.storage` tells which and why. `memory` is never chosen by itself, because it keeps nothing. A
   * database that lives elsewhere than asked for is `storage_elsewhere`: see `moveDatabase`.
   */
  readonly storage?: StorageChoice | undefined;
  /**
   * A file that a new database begins as, such as a dictionary that the application ships: its address, the file itself, or
   * a function that gives either, also later. It is fetched, and the function called, only if there is no database of this
   * name; checked as `importDatabase` does; and upgraded like any other. (So it needs a record of its migrations, or a
   * `baseline`.) If that fails, what was put in stays. A file in WAL mode must be complete without its `-wal`. Not for
   * `storage: 'memory'`.
   */
  readonly initial?: FileSource | undefined;
  /**
   * Whether a new database may begin as the `image` of migrations that are loaded when they are needed, if they have one;
   * `false`: it runs them all. So it does with a `target`, a `baseline` or an `initial` file, and with `debug`.
   */
  readonly image?: boolean | undefined;
  /**
   * Whether to keep a copy of the database from before an upgrade, in the same storage: `true` keeps three,
   * the newest of different versions; `{ keep: 1 }` as many as it says. See `listBackups` and `restoreBackup`. Without
   * room for the copy the upgrade is not begun, and `open` rejects with `storage_full`.
   */
  readonly backup?: boolean | { readonly keep: number } | undefined;
  /**
   * Hears what the upgrade is doing, while it does it: each phase, step and statement, and about twenty
   * times a second that a statement goes on. Never called before `open` returns, nor after its promise is
   * settled; a database that is current has nothing to tell. What it throws is reported as uncaught
   * (`reportError`) and changes nothing.
   */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /**
   * Ends the opening: the worker is terminated at once, whatever it is doing, and `open` rejects with an
   * `ApplyError` whose code is `cancelled` and whose `cause` is the signal's reason. The open transaction
   * never commits, and the next one who opens the database finds it as it was before. Two exceptions:
   * a commit that was already on its way is found whole, and what a migration with
   * `-- transactional: false` had done remains. A signal that is aborted already starts no worker.
   * Once the database is open, the signal does nothing.
   */
  readonly signal?: AbortSignal | undefined;
  /**
   * A newer build of the page, in another tab, is about to upgrade the database: the moment to save what is not saved
   * yet. The other tab waits for what this returns, but not longer than `deadlineMs`. Not called if all migrations that
   * this build does not know are marked `-- compatible: true`: then this tab goes on.
   */
  readonly onSuperseding?: ((event: Superseding) => void | Promise<void>) | undefined;
  /**
   * A newer build has upgraded the database. Every call rejects with this error from now on: show that the page must be
   * reloaded.
   */
  readonly onSuperseded?: ((error: ConnectionError) => void) | undefined;
  /**
   * Whether to tell in the console, by `console.info`, what is planned, what takes how long, and every statement that takes
   * more than 100 ms. How long it takes until the database can be used, the browser's tools show in any case
   * (`performance.measure`; names begin with `wheatear:`).
   */
  readonly debug?: boolean | undefined;
  /** Another tab holds the database now, or this one does. For diagnostics; nothing needs to be done. */
  readonly onOwnerChange?: ((event: { readonly isOwner: boolean }) => void) | undefined;
}

/** What `onSuperseding` is told. */
export interface Superseding {
  /** The migrations that the database will have. */
  readonly migrationIds: readonly string[];
  /** How long the other tab waits, in milliseconds. */
  readonly deadlineMs: number;
}

/** What each option must be. */
export const openRules = {
  ...workerRules,
  migrations: someMigrations,
  target: aString,
  edited: oneOf('error', 'reapply'),
  late: oneOf('apply', 'error'),
  ahead: oneOf('error', 'rollback'),
  drift: oneOf('warn', 'error'),
  unmanaged: oneOf('error', 'apply'),
  baseline: aString,
  adopt: oneOf('auto'),
  appVersion: aString,
  storage: oneOf('auto', 'opfs', 'indexeddb', 'memory'),
  initial: aFileOrFunction,
  image: aBoolean,
  backup: either(aBoolean, { words: '{ keep: a number from 1 }', fits: isKeep }),
  onProgress: aFunction,
  signal: anAbortSignal,
  onSuperseding: aFunction,
  onSuperseded: aFunction,
  onOwnerChange: aFunction,
  debug: aBoolean,
} satisfies Record<keyof OpenOptions, OptionRule>;

function isKeep(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !('keep' in value)) return false;
  return Number.isInteger(value.keep) && Number(value.keep) >= 1;
}

/** How a tab opens its database, and opens it again when it is the owner. */
export interface TabOptions extends Omit<OpenOptions, 'migrations' | 'debug' | keyof WorkerOptions> {
  readonly diagnostics: Diagnostics;
  /** What becomes of the database, for whoever listens. */
  readonly news: News;
  readonly start: WorkerStart;
  readonly source: MigrationSource | LazySource | undefined;
}

/**
 * The options as they are now. A tab that takes over reads them again, hours later perhaps, and the page may have used its
 * object for something else by then.
 *
 * @throws {DefinitionError} as `sourceOf`, and as `LazySource`
 */
export function tabOptions(name: string, options: OpenOptions): TabOptions {
  const { backup, migrations, drift } = options;
  const isDeveloping = migrations !== undefined && isLazy(migrations) && migrations.develop === true;
  const tryOut = drift === 'error';
  const source = migrations && (isLazy(migrations) ? new LazySource(migrations, tryOut) : sourceOf(migrations, tryOut));
  const { migrations: _, worker, wasm, debug = false, ...copy } = pick(options, Object.keys(openRules));
  const diagnostics = new Diagnostics(name, debug);
  const own = {
    ...(typeof backup === 'object' && { backup: { keep: backup.keep } }),
    ...(isDeveloping && options.edited === undefined && { edited: 'reapply' as const }),
    ...(isDeveloping && options.ahead === undefined && { ahead: 'rollback' as const }),
    ...(debug && { onProgress: diagnostics.listening(options.onProgress) }),
  };
  return { ...copy, ...own, start: workerStart({ worker, wasm }), source, diagnostics, news: new News() };
}

/** The part that crosses to the worker. */
export function migrateOptions(options: MigrateOptions): MigrateOptions {
  return pick(options, ['target', 'edited', 'late', 'ahead', 'drift', 'unmanaged', 'baseline', 'adopt', 'appVersion']);
}

/** The options of these names, without what is absent. */
function pick<Options extends object>(options: Options, names: readonly string[]): Options {
  const given = names.map((name) => [name, options[name as keyof Options]]);
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}
