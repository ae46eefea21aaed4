// Browsers that fail, made of one that does not.

/**
 * Replaces a property of an object while some work goes on.
 *
 * @template Result
 * @param {object} object
 * @param {string} key
 * @param {unknown} value
 * @param {() => Promise<Result>} work
 */
export async function patched(object, key, value, work) {
  const original = Object.getOwnPropertyDescriptor(object, key);
  Object.defineProperty(object, key, { value, configurable: true, writable: true });
  try {
    return await work();
  } finally {
    if (original) Object.defineProperty(object, key, original);
    else Reflect.deleteProperty(object, key);
  }
}

/** What a private window of Firefox says of its file system. */
export const securityError = () => new DOMException('The operation is insecure.', 'SecurityError');

/**
 * While some work goes on, a transaction that puts something into one of these object stores is aborted by the browser,
 * once it has been asked for everything: as when the disk is full.
 *
 * @template Result
 * @param {string[]} stores
 * @param {() => Promise<Result>} work
 */
export function withoutRoom(stores, work) {
  const { put } = IDBObjectStore.prototype;
  /** @this {IDBObjectStore} @param {unknown} value @param {IDBValidKey} key */
  function putInVain(value, key) {
    const request = put.call(this, value, key);
    if (stores.includes(this.name)) abort(this.transaction);
    return request;
  }
  return patched(IDBObjectStore.prototype, 'put', putInVain, work);
}

/** Source: https://w3c.github.io/IndexedDB/#commit-a-transaction */
function abort(/** @type {IDBTransaction} */ transaction) {
  if (Object.hasOwn(transaction, 'error')) return;
  const error = new DOMException('There is no room.', 'QuotaExceededError');
  Object.defineProperty(transaction, 'error', { value: error });
  queueMicrotask(() => transaction.abort());
}
