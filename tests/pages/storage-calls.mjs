// The functions through which pages and workers change what is stored, each call of them counted.

/** In the order of the calls, from 1 on. Types for workers are not those for pages, so these are looked up by name. */
const functions = {
  FileSystemDirectoryHandle: ['getDirectoryHandle', 'getFileHandle', 'removeEntry'],
  FileSystemFileHandle: ['createSyncAccessHandle'],
  FileSystemSyncAccessHandle: ['write', 'truncate', 'flush'],
  IDBFactory: ['open', 'deleteDatabase'],
  IDBDatabase: ['transaction'],
  IDBObjectStore: ['put', 'delete', 'clear'],
  Storage: ['setItem', 'removeItem'],
};

/** The request that a worker names, in a note of progress that nobody waits for, when a call has failed. */
export const failedCall = -1;

/** Those whose functions promise. */
const asynchronous = ['FileSystemDirectoryHandle', 'FileSystemFileHandle'];

/**
 * Has one call fail: the `number`-th one.
 *
 * @param {number} number
 * @param {'before' | 'after' | 'once'} when `before`: neither that call nor any later one is carried out, as if the browser
 *   had been killed; `after`: that one still is; `once`: that one is not, and later ones are
 * @param {() => void} tell called at that moment
 */
export function failAtCall(number, when, tell) {
  let calls = 0;
  for (const [name, methods] of Object.entries(functions)) {
    const { prototype } = /** @type {any} */ (globalThis)[name] ?? { prototype: {} };
    for (const method of methods) {
      const original = prototype[method];
      if (!original) continue;
      /** @this {unknown} @param {unknown[]} args */
      prototype[method] = function (...args) {
        calls++;
        if (calls < number || (calls > number && when === 'once')) return original.apply(this, args);
        if (calls === number) {
          if (when === 'after') original.apply(this, args);
          tell();
        }
        const failure = new DOMException('Not any more.', 'UnknownError');
        if (asynchronous.includes(name)) return Promise.reject(failure);
        throw failure;
      };
    }
  }
}
