/** @typedef {import('../../client/index.js').WorkerOptions} WorkerOptions */

/** @returns {WorkerOptions} */
export function workerAt(/** @type {string} */ address) {
  return { worker: () => new Worker(address, { type: 'module' }) };
}

/**
 * The worker of an application that carries these migrations: names of files, and what is in them.
 * @returns {WorkerOptions}
 */
export function workerOf(/** @type {Record<string, string>} */ files) {
  return workerAt(`/pages/workers/release.mjs?${new URLSearchParams(files)}`);
}

/**
 * The same, of migrations that were tried out when the application was built.
 * @returns {WorkerOptions}
 */
export function workerOfTried(/** @type {Record<string, string>} */ files) {
  return workerAt(`/pages/workers/release.mjs?${new URLSearchParams(files)}#tried-out`);
}

export const workerOptions = workerAt('/pages/worker.mjs');
