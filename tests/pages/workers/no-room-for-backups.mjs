// Files whose names begin with a moment in time are backups: these cannot be written, or only in half.
const address = new URL(location.href);
// Where the browser has no files, backups are in IndexedDB, and the page sees to that.
const { prototype } = /** @type {any} */ (globalThis).FileSystemFileHandle ?? { prototype: {} };
const { createSyncAccessHandle } = prototype;

Object.assign(prototype, {
  /** @this {FileSystemFileHandle} */
  async createSyncAccessHandle() {
    const handle = await createSyncAccessHandle.call(this);
    if (!/^\d+\./.test(this.name)) return handle;
    const write = handle.write.bind(handle);
    handle.write = (/** @type {Uint8Array} */ bytes, /** @type {object} */ options) => {
      if (address.hash === '#half') return write(bytes.subarray(0, bytes.length / 2), options);
      throw new DOMException('There is no room.', 'QuotaExceededError');
    };
    return handle;
  },
});
