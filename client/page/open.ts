import { ApplyError } from '../protocol/errors.js';
import { checkName } from '../storage/database-name.js';
import { requireBrowser } from '../storage/origin.js';
import { Database } from './database.js';
import { type OpenOptions, openRules, type TabOptions, tabOptions } from './open-options.js';
import { checkOptions, invalidOption } from './option-rules.js';
import { Tab } from './tab/tab.js';

/** Whether there was anything to upgrade, the worker that is terminated can no longer say. */
const afterCancelling =
  'Opening was cancelled. If that ended an upgrade, the database is as it was before, or wholly upgraded if the commit was on its way.';

/**
 * Opens a database, creates it if it does not exist, and brings its schema up to date: every
 * migration that the database lacks of those that the page gives, or the worker's module carries, in one transaction.
 *
 * @param name names the database within this origin: 1 to 80 bytes of UTF-8, no control characters.
 * @returns the database, once its schema is current and durable.
 * @throws {ApplyError} a migration failed, or `cancelled`: nothing was changed, unless the error has a
 * `report`.
 * @throws {HistoryError} database and module do not fit together, such as `database_ahead`.
 * @throws {StorageError} no usable storage, no room, or `storage_busy` when another tab holds the database; where it was to
 * begin as an `initial` file, what `importDatabase` says of one that cannot be used, and `storage_io` if it cannot be had.
 * @throws {DefinitionError} `invalid_name`, `invalid_option`.
 * @throws {ConnectionError} `worker_failed`.
 */
export async function open(name: string, options: OpenOptions = {}): Promise<Database> {
  checkOptions(options, openRules);
  checkName(name);
  const { signal, storage, initial } = options;
  if (storage === 'memory' && initial !== undefined)
    throw invalidOption(
      "A database in memory cannot begin as a file: leave out the option initial, or storage: 'memory'.",
    );
  if (signal?.aborted) throw openingCancelled(signal, 'Opening was cancelled before it began; nothing was changed.');

  const tabs = tabOptions(name, options);
  requireBrowser();
  return openTab(name, tabs);
}

/** Opens it with options that are checked. Throws as `open`, but not what is wrong with those. */
export async function openTab(name: string, options: TabOptions): Promise<Database> {
  const { signal } = options;
  const tab = new Tab(name, options);
  const cancel = () => tab.end(openingCancelled(signal, afterCancelling));
  signal?.addEventListener('abort', cancel);
  try {
    return new Database(name, await tab.opening, tab, options);
  } finally {
    signal?.removeEventListener('abort', cancel);
  }
}

function openingCancelled(signal: AbortSignal | undefined, message: string): ApplyError {
  return new ApplyError({ code: 'cancelled', message }, { cause: signal?.reason });
}
