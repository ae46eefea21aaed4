// What happens before a database is open, and before its schema is brought up to date.

import type { ErrorData } from '../protocol/errors.js';
import type { OpenRequest, Operations } from '../protocol/messages.js';
import type { Plan } from '../protocol/migration-operation.js';
import type { Progress } from '../protocol/progress.js';
import { backupName } from '../storage/backup.js';
import { pruneBackupsInOpfs } from '../storage/opfs-backups.js';
import { storageError } from '../storage/storage-error.js';
import { errorDataOf } from './fault.js';
import type { OwnMigrations } from './migration-set.js';
import type { Migrations, WheatearModule } from './module.js';
import { saveBackup } from './save-backup.js';
import { StoreClient } from './store-client.js';
import { StoredConnection } from './stored-connection.js';

/** Connects to a database where the page says that it is. */
export async function connect(module: WheatearModule, request: OpenRequest): Promise<StoredConnection> {
  const { kind, name, store, isKnown } = request;
  const { Connection } = module;
  if (kind === 'opfs') return new StoredConnection(await Connection.openOpfs(name, isKnown));
  if (!store) return new StoredConnection(Connection.openMirror(0, undefined));
  return StoredConnection.open(module, { ...store, store: new StoreClient(store.port) });
}

/** Who hears what is to be done, and what is being done. */
export interface OpeningListeners {
  readonly onPlan: ((plan: Plan) => void) | undefined;
  readonly onProgress: ((progress: Progress) => void) | undefined;
}

/** Brings the schema up to date. `null`: what the page has announced is needed for that. */
export async function bringUpToDate(
  migrations: OwnMigrations,
  connection: StoredConnection,
  request: OpenRequest,
  { onPlan, onProgress }: OpeningListeners,
): Promise<Operations['open']['response']> {
  const { options } = request;
  const { announced } = migrations;
  if (announced !== undefined) {
    // Where a target is in the set, its digest does not tell.
    if (options.target !== undefined) return null;
    const file = migrations.hasCode ? undefined : request.image;
    const image = file && (await unpacked(file).catch(() => undefined));
    const report = await connection.run((opened) => opened.migrateAnnounced(announced, options, image));
    return report ? { report, backup: null } : null;
  }
  const { set } = migrations;
  const backup = await prepare(set, connection, request);
  if (onPlan) {
    const apply = { mode: 'plan', operation: 'apply', on: undefined, options } as const;
    const plan = (await connection.run((opened) => opened.operate(set, apply))) as Plan;
    if (plan.steps.length > 0) onPlan(plan);
  }
  const report = await connection.run((opened) => opened.migrate(set, options, onProgress));
  if (backup !== null) await prune(connection, request);
  return { report, backup };
}

/** What is in a file that `gzip` has made. One that it has not made is as the server has unpacked it, or of no use. */
async function unpacked(file: Blob): Promise<Uint8Array> {
  // Firefox tells its console of a stream that fails while a `Response` reads it.
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const collect = new WritableStream({ write: (part) => void parts.push(part) });
  const unpacking = file.stream().pipeThrough(new DecompressionStream('gzip')).pipeTo(collect);
  const whole = await unpacking.then(
    () => new Blob(parts),
    () => file,
  );
  return new Uint8Array(await whole.arrayBuffer());
}

/**
 * If there is something to upgrade, sees to it that the run can begin and need not begin again, and makes a copy of
 * the database if one is wanted. Gives the name of the copy.
 */
async function prepare(
  migrations: Migrations,
  connection: StoredConnection,
  { kind, name, options, backups }: OpenRequest,
): Promise<string | null> {
  const copies = backups > 0 && kind !== 'memory';
  if (!copies && !connection.store) return null;
  const pending = await connection.run((opened) => opened.pending(migrations, options));
  if (!pending) return null;
  await connection.loadAll();
  if (!copies || (await connection.run((opened) => opened.fileSize())) === 0) return null;
  const backup = backupName(name, pending.from);
  try {
    if (connection.store) await connection.store.backUp(backup);
    else await saveBackup(name, backup, connection.parts());
  } catch (error) {
    const reason = errorDataOf(error instanceof DOMException ? storageError(error, 'OPFS') : error);
    // A fault stays one.
    if (!reason) throw error;
    throw {
      ...reason,
      message: `The copy that was to be made before the upgrade could not be made, so the upgrade was not begun. ${reason.message}`,
    } satisfies ErrorData;
  }
  return backup;
}

/** Deletes what is too much of backups. If that fails, there are more than asked for, and nothing is lost. */
async function prune({ store }: StoredConnection, { name, backups }: OpenRequest): Promise<void> {
  const pruning = store ? store.prune(backups) : pruneBackupsInOpfs(name, backups);
  await pruning.catch(() => {});
}
