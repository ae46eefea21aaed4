/** A database that another library keeps, in a worker of its own. */
export class OtherLibrary {
  #worker;

  /**
   * @param {string} library as `FoundDatabase` calls it
   * @param {string} place that no other test uses
   */
  constructor(library, place) {
    const address = `/pages/workers/other-library.mjs?${new URLSearchParams({ library, place })}`;
    this.#worker = new Worker(address, { type: 'module' });
  }

  exec(/** @type {string} */ sql) {
    return this.#ask(sql);
  }

  /**
   * Closes database and pool, as when the tab is closed. The worker stays until the page goes: after one that is ended when it
   * has just closed a database of IndexedDB, nobody can delete that (WebKitGTK 2.50, one time of eight on a busy machine).
   */
  async close() {
    await this.#ask(null);
  }

  /** @returns {Promise<void>} */
  #ask(/** @type {string | null} */ sql) {
    return new Promise((resolve, reject) => {
      this.#worker.onmessage = ({ data: { failure } }) => (failure ? reject(new Error(failure)) : resolve());
      this.#worker.onerror = ({ message }) => reject(new Error(message));
      this.#worker.postMessage(sql);
    });
  }
}

/** What there is in the origin's private file system: each file with its bytes. */
export async function filesOfOrigin() {
  const folder = await originFolder();
  /** @type {Record<string, string>} */
  const files = {};
  if (!folder) return files;
  for await (const [path, handle] of filesIn(folder, '')) {
    const bytes = await (await handle.getFile()).arrayBuffer();
    files[path] = String(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
  }
  return files;
}

/** The private file system, where the browser has one. */
async function originFolder() {
  /** @type {StorageManager | undefined} */
  const storage = navigator.storage;
  return storage?.getDirectory?.();
}

/** @returns {AsyncGenerator<[string, FileSystemFileHandle]>} */
async function* filesIn(/** @type {any} */ folder, /** @type {string} */ path) {
  for await (const entry of folder.values()) {
    if (entry.kind === 'file') yield [`${path}/${entry.name}`, entry];
    else yield* filesIn(entry, `${path}/${entry.name}`);
  }
}

/** Removes what a library has left, as far as it is there. */
export async function forget(/** @type {string} */ place) {
  await (await originFolder())?.removeEntry(place, { recursive: true }).catch(() => {});
  await new Promise((resolve) => {
    const request = indexedDB.deleteDatabase(place);
    request.onsuccess = resolve;
    request.onerror = resolve;
  });
}
