import { Access, storedAt } from './access.js';
import { backupsKept } from './backup.js';
import { Database } from './database.js';
import { checkName } from './database-name.js';
import { ApplyError } from './errors.js';
import { findHome } from './home.js';
import { noteHome } from './home-hint.js';
import { checkOpenOptions, migrateOptions, type OpenOptions } from './open-options.js';
import { within } from './time-limit.js';

const afterCancelling =
  'The upgrade was cancelled: the database is as it was before, or wholly upgraded if its commit was on its way.';

/** How long to wait for the browser to tell of its promises, in milliseconds; no reason to keep a page waiting. */
const patience = 1000;

/**
 * Opens a database, creates it if it does not exist, and brings its schema up to date: every
 * migration that the worker's module carries and the database lacks, in one transaction.
 *
 * @param name names the database within this origin: 1 to 80 bytes of UTF-8, no control characters.
 * @returns the database, once its schema is current and durable.
 * @throws {ApplyError} a migration failed, or `cancelled`: nothing was changed, unless the error has a
 * `report`.
 * @throws {HistoryError} database and module do not fit together, such as `database_ahead`.
 * @throws {StorageError} no usable storage, no room, or `storage_busy` when another tab holds the database.
 * @throws {DefinitionError} `invalid_name`, `invalid_option`.
 * @throws {ConnectionError} `worker_failed`.
 */
export async function open(name: string, options: OpenOptions): Promise<Database> {
  checkOpenOptions(options);
  checkName(name);
  const { signal, onProgress, storage: choice = 'auto' } = options;
  if (signal?.aborted) throw cancelled(signal, 'The upgrade was cancelled before it began; nothing was changed.');

  const access = new Access(name, options.worker, { inMemory: choice === 'memory', signal });
  const { connection } = access;
  const cancel = () => connection.end(cancelled(signal, afterCancelling));
  signal?.addEventListener('abort', cancel);
  try {
    await access.granted();
    const persisted = isPersisted();
    const home = await access.settle(findHome(name, choice, access.probe));
    const { at, transfer } = storedAt(home);
    const request = {
      ...at,
      name,
      options: migrateOptions(options),
      backups: keptBackups(options.backup),
      tellProgress: onProgress !== undefined,
    };
    const { report, backup } = await connection.request('open', request, { onProgress }, transfer);
    if (home.kind !== 'memory') noteHome(name, home.kind);
    // The signal may end the connection until the very last.
    const storage = { kind: home.kind, persisted: await connection.race(persisted), passedOver: home.passedOver };
    return new Database(name, { report, backup, storage }, connection);
  } catch (error) {
    access.end();
    throw error;
  } finally {
    signal?.removeEventListener('abort', cancel);
  }
}

/** Whether the browser has promised to keep this site's data. */
async function isPersisted(): Promise<boolean> {
  try {
    // Typed as always there, which it is not everywhere.
    const storage: StorageManager | undefined = navigator.storage;
    return storage?.persisted ? await within(patience, 'navigator.storage.persisted', storage.persisted()) : false;
  } catch {
    return false;
  }
}

function keptBackups(backup: OpenOptions['backup'] = false): number {
  if (typeof backup === 'boolean') return backup ? backupsKept : 0;
  return backup.keep;
}

function cancelled(signal: AbortSignal | undefined, message: string): ApplyError {
  return new ApplyError({ code: 'cancelled', message }, { cause: signal?.reason });
}
