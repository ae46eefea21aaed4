/** Starts the package's own worker, which scripts/package.mjs puts beside this file. */
export function startWorker(): Worker {
  return new Worker(new URL('./database.worker.js', import.meta.url), { type: 'module' });
}

/** Where that is looked for, and what to do if it is not there. */
export const ownWorker = `database.worker.js, beside ${import.meta.url}; for a bundler that does not see it there, copy it and wheatear_bg.wasm from the folder page of the package, or exclude wheatear from what is pre-bundled (Vite: optimizeDeps.exclude)`;
