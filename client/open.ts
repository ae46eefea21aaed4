import { Database } from './database.js';
import { ApplyError, ConnectionError } from './errors.js';
import { checkOptions, migrateOptions, type OpenOptions, type WorkerOptions } from './open-options.js';
import { WorkerConnection } from './worker-connection.js';

const afterCancelling =
  'The upgrade was cancelled: the database is as it was before, or wholly upgraded if its commit was on its way.';

/**
 * Opens a database, creates it if it does not exist, and brings its schema up to date: every
 * migration that the worker's module carries and the database lacks, in one transaction.
 *
 * @param name names the database within this origin: 1 to 80 bytes of UTF-8, no control characters.
 * @returns the database, once its schema is current and durable.
 * @throws {ApplyError} a migration failed, or `cancelled`: nothing was changed, unless the error has a
 * `report`.
 * @throws {HistoryError} database and module do not fit together, such as `database_ahead`.
 * @throws {StorageError} no usable storage, or `storage_busy` when another tab holds the database.
 * @throws {DefinitionError} `invalid_name`, `invalid_option`.
 * @throws {ConnectionError} `worker_failed`.
 */
export async function open(name: string, options: OpenOptions): Promise<Database> {
  checkOptions(options);
  const { signal, onProgress } = options;
  if (signal?.aborted) throw cancelled(signal, 'The upgrade was cancelled before it began; nothing was changed.');

  const connection = new WorkerConnection(options.worker);
  const cancel = () => connection.end(cancelled(signal, afterCancelling));
  signal?.addEventListener('abort', cancel);
  try {
    const request = { name, options: migrateOptions(options), tellProgress: onProgress !== undefined };
    const { report, storage } = await connection.request('open', request, onProgress);
    return new Database(name, report, storage, connection);
  } catch (error) {
    connection.end(released(name));
    throw error;
  } finally {
    signal?.removeEventListener('abort', cancel);
  }
}

/**
 * The stored database as a SQLite file, neither opened nor upgraded: what to offer for download
 * when `open` fails. A transaction that a crash cut short is rolled back first.
 *
 * @throws {StorageError} `storage_busy` while it is open somewhere, `storage_io` if there is none.
 */
export function exportDatabase(name: string, options: WorkerOptions): Promise<Blob> {
  return once(name, options, async (connection) => {
    const bytes = await connection.request('export', { name });
    return new Blob([bytes], { type: 'application/vnd.sqlite3' });
  });
}

/**
 * Deletes a database and every row in it. Deleting one that does not exist does nothing.
 *
 * @throws {StorageError} `storage_busy` while it is open somewhere.
 */
export function deleteDatabase(name: string, options: WorkerOptions): Promise<void> {
  return once(name, options, (connection) => connection.request('delete', { name }));
}

/** Starts a worker for one piece of work and ends it. */
async function once<Result>(
  name: string,
  options: WorkerOptions,
  work: (connection: WorkerConnection) => Promise<Result>,
): Promise<Result> {
  const connection = new WorkerConnection(options.worker);
  try {
    return await work(connection);
  } finally {
    connection.end(released(name));
  }
}

function released(name: string): ConnectionError {
  return new ConnectionError({ code: 'closed', message: `The database ${JSON.stringify(name)} is not open.` });
}

function cancelled(signal: AbortSignal | undefined, message: string): ApplyError {
  return new ApplyError({ code: 'cancelled', message }, { cause: signal?.reason });
}
