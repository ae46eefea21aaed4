/** @returns {import('../../../client/index.js').WorkerOptions} */
export function workerAt(/** @type {string} */ address) {
  return { worker: () => new Worker(address, { type: 'module' }) };
}

export const workerOptions = workerAt('/pages/worker.mjs');
