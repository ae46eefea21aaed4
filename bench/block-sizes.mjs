// How large should a block of a database in IndexedDB be? A small commit of three blocks, a commit of the whole
// file, and reading all of it back a mebibyte at a time, each with bare IndexedDB, as client/storage/block-store.ts uses it.

import { inEachEngine, median } from './browser.mjs';

const kibibytes = [4, 8, 16, 32, 64, 128];
const fileSize = 32 << 20;
const commits = 40;

console.log(`blocks in IndexedDB, a file of ${fileSize >> 20} MiB: medians of ${commits} commits`);
await inEachEngine(measure, [kibibytes, fileSize, commits], (engine, results) => {
  for (const { kibibyte, small, whole, read } of results) {
    const times = `commit of three ${median(small).toFixed(1)} ms, of all ${whole.toFixed(0)} ms, read ${read.toFixed(0)} ms`;
    console.log(`${engine.padEnd(9)} ${String(kibibyte).padStart(3)} KiB: ${times}`);
  }
});

/**
 * @param {number[]} kibibytes
 * @param {number} fileSize
 * @param {number} commits
 * @returns {Promise<{ kibibyte: number, small: number[], whole: number, read: number }[]>} milliseconds
 */
async function measure(kibibytes, fileSize, commits) {
  const results = [];
  for (const kibibyte of kibibytes) {
    const blockSize = kibibyte << 10;
    const count = fileSize / blockSize;
    const name = `bench ${kibibyte}`;
    const opening = indexedDB.open(name);
    opening.onupgradeneeded = () => opening.result.createObjectStore('blocks');
    const database = await result(opening);
    const commit = async (/** @type {number[]} */ indexes) => {
      const blocks = indexes.map(randomBlock);
      const start = performance.now();
      const transaction = database.transaction('blocks', 'readwrite', { durability: 'strict' });
      const store = transaction.objectStore('blocks');
      for (const [at, index] of indexes.entries()) store.put(blocks[at], index);
      await new Promise((resolve, reject) => {
        transaction.oncomplete = resolve;
        transaction.onabort = () => reject(transaction.error);
      });
      return performance.now() - start;
    };
    const randomBlock = () => {
      const block = new Uint8Array(blockSize);
      for (let at = 0; at < blockSize; at += 64) block[at] = Math.random() * 256;
      return block;
    };
    const whole = await commit(Array.from({ length: count }, (_, index) => index));
    const small = [];
    for (let round = 0; round < commits; round++) {
      small.push(await commit([0, Math.floor(Math.random() * count), Math.floor(Math.random() * count)]));
    }
    const start = performance.now();
    const atOnce = Math.max(1, (1 << 20) / blockSize);
    for (let first = 0; first < count; first += atOnce) {
      const range = IDBKeyRange.bound(first, first + atOnce - 1);
      await result(database.transaction('blocks').objectStore('blocks').getAll(range));
    }
    results.push({ kibibyte, small, whole, read: performance.now() - start });
    database.close();
    await result(indexedDB.deleteDatabase(name));
  }
  return results;

  /** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
  function result(request) {
    return new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  }
}
