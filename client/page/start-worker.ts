/** Starts the package's own worker, which scripts/package.mjs puts beside the page's files. */
export function startWorker(): Worker {
  return new Worker(new URL('../database.worker.js', import.meta.url), { type: 'module' });
}
