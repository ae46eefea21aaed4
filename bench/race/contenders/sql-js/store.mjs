// One value in IndexedDB: the whole file.

/** @returns {Promise<IDBDatabase>} */
function openStore() {
  const request = indexedDB.open('race', 1);
  request.onupgradeneeded = () => request.result.createObjectStore('file');
  return resultOf(request);
}

const opening = openStore();

/** @returns {Promise<Uint8Array | undefined>} */
export async function load() {
  return resultOf((await opening).transaction('file').objectStore('file').get('file'));
}

export async function save(/** @type {Uint8Array} */ file) {
  const transaction = (await opening).transaction('file', 'readwrite', { durability: 'strict' });
  transaction.objectStore('file').put(file, 'file');
  await new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error);
  });
}

function resultOf(/** @type {IDBRequest} */ request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
