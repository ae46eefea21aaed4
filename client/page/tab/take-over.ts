import { type ErrorData, errorFromData } from '../../protocol/errors.js';
import type { ClientId, Epoch } from '../../protocol/ids.js';
import type { Place } from '../../protocol/storage-kind.js';
import { ownerMarkOf } from '../../storage/addresses.js';
import { backupsKept } from '../../storage/backup.js';
import { deletedWhileOpen } from '../../storage/deleted.js';
import { closeStore, findCurrentHome, findHome, type Home } from '../../storage/home.js';
import { noteHome, recallHome, wasFilled } from '../../storage/home-hint.js';
import { holdLock } from '../../storage/locks.js';
import type { NameLock } from '../../storage/name-lock.js';
import type { Holding } from '../holding.js';
import { beginAs } from '../initial-file.js';
import { LazySource } from '../lazy-migrations.js';
import { migrateOptions, type TabOptions } from '../open-options.js';
import { storedAt } from '../stored-at.js';
import type { Outcome } from './asked-owners.js';
import type { TabWorker } from './tab-worker.js';

/** A tab whose turn to have the database has come. */
export interface Successor {
  readonly name: string;
  readonly options: TabOptions;
  /** The right to the database; `undefined` for one in memory, which is nobody else's. */
  readonly lock: NameLock | undefined;
  /** What it holds until it is the owner no more. */
  readonly holding: Holding;
  readonly worker: TabWorker;
  /** What other tabs call it; `undefined` if there are none. */
  readonly client: ClientId | undefined;
  /** Whether it has used this database before, here or in another tab. */
  readonly isAgain: boolean;
  /** Hears that the browser has ended the connection to where the database is stored. */
  onStoreLost(error: ErrorData): void;
}

/** Finds the database, opens it in the worker of this tab and upgrades it: from then on that worker answers all tabs. */
export async function takeOver(successor: Successor): Promise<Outcome & { epoch: Epoch }> {
  const { name, options, lock, holding, worker, client, isAgain } = successor;
  const { diagnostics } = options;
  if (!isAgain) diagnostics.measure('lock');
  // The browser releases the locks of an owner that has died in any order: its mark may still be held.
  if (lock) await holding.keep(holdLock(ownerMarkOf(name)), (release) => release());
  diagnostics.search();
  // Fetched while the page looks for the database.
  const image = imageFor(successor);
  const home = await worker.race(findHomeFor(successor));
  if (options.initial !== undefined && !isAgain)
    await beginAs(options.initial, { name, home, worker, signal: options.signal });
  const epoch = crypto.randomUUID();
  const { onProgress, backup: wish } = options;
  const place: Place = { kind: home.kind, passedOver: home.passedOver };
  const isFilled = home.kind !== 'memory' && wasFilled(name, home.kind);
  const request = {
    name,
    // What a newer build did while this tab had the database open is not taken back.
    options: migrateOptions(isAgain ? { ...options, ahead: 'error', edited: 'error' } : options),
    backups: keptBackups(wish),
    tellPlan: diagnostics.isVerbose,
    tellProgress: onProgress !== undefined,
    ownership: client === undefined ? undefined : { epoch, client, place },
    isKnown: home.kind === 'opfs' && isFilled,
    image: await worker.race(image),
  };
  const open = () => worker.request('open', { ...request, ...storedAt(home) }, { onProgress });
  // A new database needs all migrations that were announced, and a developer needs to know whether it is them.
  const isLacking = options.source instanceof LazySource && !request.image && (!isFilled || diagnostics.isVerbose);
  let opened = isLacking ? null : await open();
  if (!opened) {
    // That another build is there is not known: something may have been taken back.
    await worker.whole(false);
    opened = await open();
  }
  // A set that is there is all that a worker needs.
  const { report, backup } = opened as NonNullable<typeof opened>;
  diagnostics.report(report);
  // A database that no migration was applied to may be empty.
  if (home.kind !== 'memory') noteHome(name, home.kind, report.to !== null);
  return { report, backup, place, epoch };
}

/** What the database can begin as if it is a new one. If that cannot be had, its migrations are loaded. */
async function imageFor({ name, options, isAgain }: Successor): Promise<Blob | undefined> {
  const { source, target, initial, image = true, storage, signal, diagnostics } = options;
  const isKnown = isAgain || (storage !== 'memory' && recallHome(name) !== undefined);
  if (isKnown || !image || diagnostics.isVerbose || (target ?? initial) !== undefined) return;
  return source instanceof LazySource ? source.image(signal) : undefined;
}

async function findHomeFor(successor: Successor): Promise<Home> {
  const { name, options, lock, holding, worker } = successor;
  const { storage = 'auto' } = options;
  if (!lock || storage === 'memory') return { kind: 'memory', passedOver: [] };
  // What was open, and now is nowhere, is not created anew.
  if (successor.isAgain && (await isDeleted(lock))) throw errorFromData(deletedWhileOpen(name));
  const home = await holding.keep(
    findHome(lock, storage, () => worker.request('probe', {})),
    closeStore,
  );
  if (home.kind !== 'indexeddb') return home;
  home.store.requireRecord();
  home.store.whenEnded(async () => {
    const wasDeleted = await isDeleted(lock).catch(() => false);
    successor.onStoreLost(wasDeleted ? deletedWhileOpen(name) : storeEnded(name));
  });
  return home;
}

function keptBackups(backup: TabOptions['backup'] = false): number {
  if (typeof backup === 'boolean') return backup ? backupsKept : 0;
  return backup.keep;
}

/** Whether a database that lived somewhere lives nowhere. One that nothing was ever written to may have no file. */
async function isDeleted(lock: NameLock): Promise<boolean> {
  if (recallHome(lock.name) !== undefined) return false;
  const home = await findCurrentHome(lock);
  await closeStore(home);
  return home === undefined;
}

function storeEnded(name: string): ErrorData<'storage_io'> {
  const message = `The browser has ended the connection to where the database ${JSON.stringify(name)} is stored; open it again.`;
  return { class: 'StorageError', code: 'storage_io', message };
}
