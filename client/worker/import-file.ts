import type { ErrorData } from '../protocol/errors.js';
import type { ImportRequest } from '../protocol/messages.js';
import { locateInOpfs, throwOpfsError } from '../storage/opfs.js';
import { isFault } from './fault.js';
import type { ModuleConnection, ReadFile, WheatearModule } from './module.js';
import { StoreClient } from './store-client.js';

/** Instead of the size of a `-wal`; src/wasm/files.rs has the same. */
const backup = -1;

/** How many blocks are handed over at once: four mebibytes. */
const blocksAtOnce = 256;

/**
 * Puts a file in the place of a database that is not open: all of it, or nothing. Gives what is wrong with its rows.
 *
 * @throws ErrorData
 */
export async function importFile(module: WheatearModule, request: ImportRequest): Promise<string[]> {
  const { name, file, wal, isBackup, store, overwrite } = request;
  const read: ReadFile = (offset, length) => readPart(file, offset, length);
  const readWal: ReadFile | undefined = wal ? (offset, length) => readPart(wal, offset, length) : undefined;
  const walSize = isBackup ? backup : wal === null ? 0 : wal?.size;
  if (!store) {
    if (!overwrite && (await holdsSomething(module, name))) throw exists(name);
    return module.importOpfs(name, file.size, read, walSize, readWal);
  }
  if (!overwrite && store.size > 0) throw exists(name);
  const imported = await module.importMirror(file.size, read, walSize, readWal);
  const warnings = imported.warnings();
  const connection = imported.intoConnection();
  try {
    await storeFile(connection, module.blockSize(), new StoreClient(store.port));
  } catch (error) {
    if (!isFault(error)) connection.close();
    throw error;
  }
  connection.close();
  return warnings;
}

/** Puts the file of a connection in the place of one that is stored: a part at a time beside it first, then at once. */
async function storeFile(connection: ModuleConnection, blockSize: number, store: StoreClient): Promise<void> {
  const size = connection.fileSize();
  const count = Math.ceil(size / blockSize);
  try {
    for (let first = 0; first < count; first += blocksAtOnce) {
      const indexes = Array.from({ length: Math.min(blocksAtOnce, count - first) }, (_, at) => first + at);
      await store.stage(
        first,
        indexes.map((index) => wholeBlock(connection.readFile(index * blockSize, blockSize), blockSize)),
      );
    }
    await store.replaceByStaged(size, blockSize);
  } catch (error) {
    // Blocks that remain because this fails, too, `BlockStore.stage` forgets with the first of the next import.
    await store.unstage().catch(() => {});
    throw error;
  }
}

/** The last one of a file is zero behind its end. */
function wholeBlock(bytes: Uint8Array, blockSize: number): Uint8Array {
  if (bytes.length === blockSize) return bytes;
  const block = new Uint8Array(blockSize);
  block.set(bytes);
  return block;
}

/** Whether OPFS has a database of this name that is not empty, as an upgrade that failed may leave it. */
export async function holdsSomething(module: WheatearModule, name: string): Promise<boolean> {
  if ((await locateInOpfs(name).catch(throwOpfsError)) === 'absent') return false;
  try {
    const connection = await module.Connection.openOpfs(name);
    const size = connection.fileSize();
    connection.close();
    return size > 0;
  } catch (error) {
    if (isFault(error)) throw error;
    // A database that cannot be opened is there all the same.
    return true;
  }
}

async function readPart(file: Blob, offset: number, length: number): Promise<Uint8Array> {
  try {
    return new Uint8Array(await file.slice(offset, offset + length).arrayBuffer());
  } catch (error) {
    // A browser does not read a file that was changed or deleted after it was chosen.
    const message = `The file to import could not be read; choose it again (${error}).`;
    throw { class: 'StorageError', code: 'storage_io', message } satisfies ErrorData;
  }
}

function exists(name: string): ErrorData {
  const message = `There is a database ${JSON.stringify(name)} already; say overwrite: true to replace it.`;
  return { class: 'StorageError', code: 'database_exists', message };
}
