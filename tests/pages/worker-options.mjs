/** @typedef {import('../../client/index.js').OpenOptions} OpenOptions */
/** @typedef {{ worker: () => Worker }} WorkerOptions */

/** The package's own worker, for a test that must have it in its hands. */
export const { worker: packageWorker } = workerAt('/package/page/database.worker.js');

/** @returns {WorkerOptions} */
export function workerAt(/** @type {string} */ address) {
  return { worker: () => new Worker(address, { type: 'module' }) };
}

/**
 * What an application that has these migrations opens its database with: names of files, and what is in them.
 * @returns {OpenOptions}
 */
export function migrating(/** @type {Record<string, string>} */ migrations) {
  return { migrations: Object.keys(migrations).length > 0 ? migrations : [] };
}

/**
 * The worker of an application whose module carries migrations, which were tried out when it was built.
 * @returns {WorkerOptions}
 */
export function workerOfTried(/** @type {Record<string, string>} */ files) {
  return workerAt(`/pages/workers/release.mjs?${new URLSearchParams(files)}#tried-out`);
}

export const workerOptions = workerAt('/pages/worker.mjs');
