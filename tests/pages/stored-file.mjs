// The file of a database as its storage has it, read and written behind the package's back.

/** @typedef {import('../../client/index.js').DurableKind} DurableKind */

/**
 * What is stored of a database that is not open.
 *
 * @param {string} name
 * @param {DurableKind} storage
 */
export async function readStored(name, storage) {
  if (storage === 'opfs') {
    const file = await (await databaseFile(name)).getFile();
    return new Uint8Array(await file.arrayBuffer());
  }
  return withStore(name, async (database) => {
    const transaction = database.transaction(['file', 'blocks']);
    const { size, blockSize } = await answer(transaction.objectStore('file').get('main'));
    const bytes = new Uint8Array(Math.ceil(size / blockSize) * blockSize);
    const keys = await answer(transaction.objectStore('blocks').getAllKeys());
    const blocks = await answer(transaction.objectStore('blocks').getAll());
    keys.forEach((index, at) => {
      bytes.set(blocks[at], Number(index) * blockSize);
    });
    return bytes.slice(0, size);
  });
}

/**
 * Puts something else in the place of a database that is not open.
 *
 * @param {string} name
 * @param {DurableKind} storage
 * @param {Uint8Array<ArrayBuffer>} bytes
 */
export async function writeStored(name, storage, bytes) {
  if (storage === 'opfs') {
    const stream = await (await databaseFile(name)).createWritable();
    await stream.write(bytes);
    return stream.close();
  }
  await withStore(name, async (database) => {
    const transaction = database.transaction(['file', 'blocks'], 'readwrite');
    const done = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
    const { blockSize, sequence } = await answer(transaction.objectStore('file').get('main'));
    transaction.objectStore('file').put({ size: bytes.length, blockSize, sequence: sequence + 1 }, 'main');
    transaction.objectStore('blocks').clear();
    for (let index = 0; index * blockSize < bytes.length; index++) {
      const block = new Uint8Array(blockSize);
      block.set(bytes.subarray(index * blockSize, (index + 1) * blockSize));
      transaction.objectStore('blocks').put(block, index);
    }
    await done;
  });
}

/**
 * Damages the file of a database in OPFS that is not open.
 *
 * @param {string} name
 * @param {'cut' | 'gone'} how nothing is left of its content; it is no more
 */
export async function damageFile(name, how) {
  const file = await databaseFile(name);
  if (how === 'gone') return /** @type {any} */ (file).remove();
  return (await file.createWritable()).close();
}

/**
 * Damages the backups of a database: what the ledger has becomes zeros, or a part is lost.
 *
 * @param {string} name
 * @param {DurableKind} storage
 */
export async function damageBackup(name, storage) {
  if (storage === 'opfs') {
    const origin = await navigator.storage.getDirectory();
    const folder = await (await origin.getDirectoryHandle('wheatear')).getDirectoryHandle(`${name}.backups`);
    for await (const file of filesWithin(folder)) {
      const stream = await file.createWritable({ keepExistingData: true });
      await stream.write({ type: 'write', position: 8192, data: new Uint8Array(1 << 15) });
      await stream.close();
    }
    return;
  }
  await withStore(name, async (database) => {
    const blocks = database.transaction('backupBlocks', 'readwrite').objectStore('backupBlocks');
    await answer(blocks.delete((await answer(blocks.getAllKeys()))[1] ?? ''));
  });
}

/** Puts something that is no block into a database in IndexedDB that is not open. */
export function replaceBlock(/** @type {string} */ name, /** @type {number} */ index, /** @type {unknown} */ by) {
  return withStore(name, (database) =>
    answer(database.transaction('blocks', 'readwrite').objectStore('blocks').put(by, index)),
  );
}

/** Takes a block away from a database in IndexedDB that is not open. */
export function removeBlock(/** @type {string} */ name, /** @type {number} */ index) {
  return withStore(name, (database) =>
    answer(database.transaction('blocks', 'readwrite').objectStore('blocks').delete(index)),
  );
}

/**
 * Puts something in the place of the record that is beside the blocks of a database in IndexedDB; `undefined`: nothing.
 *
 * @param {string} name
 * @param {unknown} record
 */
export function replaceRecord(name, record) {
  return withStore(name, (database) => {
    const store = database.transaction('file', 'readwrite').objectStore('file');
    return answer(/** @type {IDBRequest} */ (record === undefined ? store.delete('main') : store.put(record, 'main')));
  });
}

/**
 * Opens what is stored of a database, as a page does that the browser has put aside; gives what lets go of it.
 *
 * @param {string} name
 * @param {DurableKind} storage
 * @returns {Promise<() => unknown>}
 */
export async function keepOpen(name, storage) {
  if (storage === 'opfs') {
    const stream = await (await databaseFile(name)).createWritable();
    return () => stream.abort();
  }
  const database = await answer(indexedDB.open(`wheatear/${name}`));
  return () => database.close();
}

/** Names of what the package has put into the origin's private file system. */
export async function opfsEntries() {
  const origin = await navigator.storage.getDirectory();
  const names = [];
  for await (const name of (await origin.getDirectoryHandle('wheatear', { create: true })).keys()) names.push(name);
  return names;
}

/** The database itself, among what SQLite has beside it. */
async function databaseFile(/** @type {string} */ name) {
  const origin = await navigator.storage.getDirectory();
  const folder = await (await origin.getDirectoryHandle('wheatear')).getDirectoryHandle(name);
  for await (const file of filesWithin(folder)) {
    if (/^database\..*\.sqlite3$/.test(file.name)) return file;
  }
  throw new Error('the database has no file');
}

/** @returns {AsyncGenerator<FileSystemFileHandle>} */
async function* filesWithin(/** @type {any} */ folder) {
  for await (const entry of folder.values()) {
    if (entry.kind === 'file') yield entry;
    else yield* filesWithin(entry);
  }
}

/**
 * @template Result
 * @param {string} name
 * @param {(database: IDBDatabase) => Promise<Result>} work
 */
async function withStore(name, work) {
  const database = await answer(indexedDB.open(`wheatear/${name}`));
  try {
    return await work(database);
  } finally {
    database.close();
  }
}

/**
 * @template Result
 * @param {IDBRequest<Result>} request
 * @returns {Promise<Result>}
 */
function answer(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
