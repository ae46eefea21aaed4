import { StorageError } from '../protocol/errors.js';
import type { StorageAnswer, Unavailable } from '../protocol/storage-answer.js';
import { type DurableKind, type PassedOver, type StorageKind, storageNames } from '../protocol/storage-kind.js';
import { askStorage } from './ask-storage.js';
import { BlockStore } from './block-store.js';
import { recallHome } from './home-hint.js';
import type { NameLock } from './name-lock.js';
import { deleteFromOpfs, locateInOpfs, markMoving, type OpfsPresence } from './opfs.js';
import { storageError } from './storage-error.js';

/** `StorageChoice`, of a database that outlives the page. */
type DurableChoice = 'auto' | DurableKind;

/** Where a database lives now, or shall live. */
export type Home =
  | { readonly kind: 'opfs'; readonly passedOver: readonly PassedOver[] }
  | { readonly kind: 'indexeddb'; readonly passedOver: readonly PassedOver[]; readonly store: BlockStore }
  | { readonly kind: 'memory'; readonly passedOver: readonly PassedOver[] };

/** Sees whether the worker can keep files. */
export type OpfsProbe = () => Promise<StorageAnswer<true>>;

/**
 * The home of a database: where it lives, else where it can. A database that lives somewhere is never looked for
 * elsewhere.
 *
 * @throws {StorageError} `storage_elsewhere` if it lives in another storage than asked for; `storage_unsupported` if the
 * storage where it lives cannot be used here, or none can; `storage_io`, `storage_full` if one cannot be used now.
 */
export async function findHome(lock: NameLock, choice: DurableChoice, probe: OpfsProbe): Promise<Home> {
  const current = await findCurrentHome(lock);
  if (current) {
    if (choice === 'auto') return current;
    if (choice === current.kind) return { ...current, passedOver: [] };
    await closeStore(current);
    throw elsewhere(lock.name, current.kind, choice);
  }
  return newHome(lock.name, choice, probe);
}

/** The home where a database lives; `undefined` if there is none of this name. */
export async function findCurrentHome(lock: NameLock): Promise<Home | undefined> {
  const { name } = lock;
  const opfs = await askStorage('OPFS', () => locateInOpfs(name));
  if ('found' in opfs && opfs.found === 'present') return { kind: 'opfs', passedOver: [] };

  const indexedDb = await askStorage('IndexedDB', () => known(BlockStore.find(name)));
  if ('found' in indexedDb && indexedDb.found?.file) {
    // Where this one is damaged, what is in OPFS may be the better one.
    if (!indexedDb.found.isLost) await finishMove(lock, opfs);
    const reason = 'unavailable' in opfs ? opfs.unavailable : 'the database lives in IndexedDB already';
    return { kind: 'indexeddb', passedOver: [{ kind: 'opfs', reason }], store: indexedDb.found };
  }
  if ('found' in indexedDb) await indexedDb.found?.close();

  const last = recallHome(name);
  if ('found' in opfs && opfs.found === 'moving') {
    // Only IndexedDB could tell whether the move was over.
    if ('unavailable' in indexedDb) throw unavailable(name, 'indexeddb', indexedDb);
    await markMoving(lock, false);
    return { kind: 'opfs', passedOver: [] };
  }
  if ('unavailable' in opfs && last === 'opfs') throw unavailable(name, 'opfs', opfs);
  if ('unavailable' in indexedDb && last === 'indexeddb') throw unavailable(name, 'indexeddb', indexedDb);
  // Nobody knows whether it lives there.
  refusePassing(name, 'opfs', opfs);
  refusePassing(name, 'indexeddb', indexedDb);
  return undefined;
}

/**
 * A home for a database that lives nowhere yet, in a storage that has just been seen to work.
 *
 * @throws {StorageError} `storage_unsupported`, with what each kind of storage lacks; `storage_io`, `storage_full` if one
 * only failed: a passing fault must not choose where a database lives.
 */
export async function newHome(name: string, choice: DurableChoice, probe: OpfsProbe): Promise<Home> {
  const passedOver: PassedOver[] = [];
  if (choice !== 'indexeddb') {
    const opfs = await probe();
    if ('found' in opfs) return { kind: 'opfs', passedOver };
    refusePassing(name, 'opfs', opfs);
    passedOver.push({ kind: 'opfs', reason: opfs.unavailable });
  }
  if (choice !== 'opfs') {
    const store = await askStorage('IndexedDB', () => known(BlockStore.create(name)));
    if ('found' in store) return { kind: 'indexeddb', passedOver, store: store.found };
    refusePassing(name, 'indexeddb', store);
    passedOver.push({ kind: 'indexeddb', reason: store.unavailable });
  }
  const reasons = passedOver.map(({ kind, reason }) => `${storageNames[kind]}: ${reason}`).join('; ');
  const message = `This browser offers no storage that a database could use here (${reasons}).`;
  throw new StorageError({ code: 'storage_unsupported', message });
}

/**
 * Whether the origin's private file system can be asked for this database. Where it cannot, it holds none of ours,
 * unless this one is known to live there.
 *
 * @throws {StorageError} `storage_unsupported` if it is; `storage_io` if it may be.
 */
export async function canAskOpfs(name: string): Promise<boolean> {
  const opfs = await askStorage('OPFS', () => locateInOpfs(name));
  if ('found' in opfs) return true;
  if (recallHome(name) === 'opfs') throw unavailable(name, 'opfs', opfs);
  refusePassing(name, 'opfs', opfs);
  return false;
}

/** Lets go of a home's store, if it has one. */
export async function closeStore(home: Home | undefined): Promise<void> {
  if (home?.kind === 'indexeddb') await home.store.close();
}

/** While a database is being moved it is in IndexedDB that it counts: what a crash has left in OPFS goes. */
async function finishMove(lock: NameLock, opfs: StorageAnswer<OpfsPresence>): Promise<void> {
  if (!('found' in opfs) || opfs.found !== 'moving') return;
  await deleteFromOpfs(lock);
  await markMoving(lock, false);
}

/** Takes it for an answer, and not for storage that cannot be asked, that a newer Wheatear has the database in IndexedDB. */
function known<Found>(answer: Promise<Found>): Promise<Found> {
  return answer.catch((error) => {
    throw error instanceof DOMException && error.name === 'VersionError' ? storageError(error, 'IndexedDB') : error;
  });
}

export function elsewhere(name: string, kind: StorageKind, wanted: StorageKind): StorageError {
  const message =
    `The database ${JSON.stringify(name)} lives in ${storageNames[kind]} and was to be opened in ${storageNames[wanted]}; ` +
    "open it with storage: 'auto', or move it with moveDatabase.";
  return new StorageError({ code: 'storage_elsewhere', message });
}

function unavailable(name: string, kind: StorageKind, { unavailable, passing }: Unavailable): StorageError {
  const message =
    `The database ${JSON.stringify(name)} lives in ${storageNames[kind]}, which cannot be used now (${unavailable}). ` +
    'It was left as it is, and not created anew elsewhere. Try again, in the same kind of window.';
  return new StorageError({ code: passing ?? 'storage_unsupported', message });
}

function refusePassing(name: string, kind: StorageKind, answer: StorageAnswer<unknown>): void {
  if ('found' in answer || !answer.passing) return;
  const cure = answer.passing === 'storage_full' ? 'Free some space and try again' : 'Try again';
  const message = `Whether ${storageNames[kind]} has the database ${JSON.stringify(name)}, or can have it, is not known now (${answer.unavailable}); nothing was created. ${cure}.`;
  throw new StorageError({ code: answer.passing, message });
}
