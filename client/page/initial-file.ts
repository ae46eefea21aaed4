// How a new database begins as a file.

import { dataOf, errorFromData, StorageError, WheatearError } from '../protocol/errors.js';
import type { Home } from '../storage/home.js';
import { noteHome, wasFilled } from '../storage/home-hint.js';
import { addressOf } from './address.js';
import type { FileSource, Initial } from './file-source.js';
import { isBlob, kindOf } from './kind-of.js';
import { aFile, invalidOption } from './option-rules.js';
import { storedAt } from './stored-at.js';
import type { WorkerConnection } from './worker-connection.js';

/** A database that is about to be opened. */
interface Opening {
  readonly name: string;
  readonly home: Home;
  readonly worker: Pick<WorkerConnection, 'request' | 'race'>;
  readonly signal: AbortSignal | undefined;
}

/**
 * Puts a file into the home of a database, unless there is one already.
 *
 * @throws {StorageError} what `importDatabase` says of the file; `storage_io` if it cannot be had.
 * @throws {DefinitionError} `invalid_option` if the function gives something else.
 */
export async function beginAs(initial: FileSource, { name, home, worker, signal }: Opening): Promise<void> {
  const { kind } = home;
  if (kind === 'memory' || (await isThere(name, home, worker))) return;
  const { file, source } = await worker.race(fileOf(initial, signal));
  const request = { ...storedAt(home), kind, name, file, wal: null, isBackup: false, overwrite: false };
  try {
    await worker.request('import', request);
  } catch (error) {
    // Of a worker that has ended nobody need know what it was at.
    if (!(error instanceof StorageError)) throw error;
    const message = `The database ${JSON.stringify(name)} was to begin as ${source}, which cannot be used: ${error.message}`;
    throw errorFromData({ ...dataOf(error), message });
  }
  noteHome(name, kind);
}

/** Whether the home holds something. What an upgrade that failed, or a crash, has left empty is as good as nothing. */
async function isThere(name: string, home: Home, worker: Opening['worker']): Promise<boolean> {
  if (home.kind === 'indexeddb') return (home.store.file?.size ?? 0) > 0;
  return wasFilled(name, 'opfs') || worker.request('holds', { name });
}

/** The file, and what it is called in an error. */
export async function fileOf(
  initial: FileSource,
  signal: AbortSignal | undefined,
): Promise<{ file: Blob; source: string }> {
  const given = typeof initial === 'function' ? await called(initial) : initial;
  if (isBlob(given)) return { file: given, source: 'the file that its option initial gives' };
  const file = await fetched(String(given), signal);
  return { file, source: `what ${addressOf(given)} answered (${file.type || 'of no type'})` };
}

async function called(give: () => Initial | Promise<Initial>): Promise<Initial> {
  let given: unknown;
  try {
    given = await give();
  } catch (error) {
    if (error instanceof WheatearError) throw error;
    throw unavailable('The function of the option initial has failed', error);
  }
  if (aFile.fits(given)) return given as Initial;
  throw invalidOption(`The function of the option initial must give ${aFile.words}, not ${kindOf(given)}.`);
}

async function fetched(address: string, signal: AbortSignal | undefined): Promise<Blob> {
  let response: Response;
  let file: Blob;
  try {
    response = await fetch(address, { signal: signal ?? null });
    file = await response.blob();
  } catch (error) {
    throw unavailable(`${addressOf(address)}, as which the database was to begin, could not be fetched`, error);
  }
  if (response.ok) return file;
  throw unavailable(`${addressOf(address)}, as which the database was to begin, answered ${response.status}`);
}

function unavailable(what: string, cause?: unknown): StorageError {
  const message = `${what}${cause === undefined ? '' : ` (${cause})`}; nothing was created.`;
  return new StorageError({ code: 'storage_io', message }, { cause });
}
