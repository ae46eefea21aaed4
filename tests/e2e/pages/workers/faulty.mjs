// A module that traps, as wasm does when its memory is broken.
import { serve } from '/package/worker.js';

const connection = {
  migrate: () => ({ from: null, to: null, applied: [], rolledBack: [], warnings: [] }),
  status: () => [],
  query: (/** @type {string} */ sql) => {
    if (sql === 'fault') throw new WebAssembly.RuntimeError('memory access out of bounds');
    return [];
  },
  exec() {},
  begin() {},
  commit() {},
  rollback() {},
  close() {},
};

serve({
  default: async () => {},
  migrations: () => ({}),
  Connection: { open: async () => connection },
  exportDatabase: async () => new Uint8Array(),
  deleteDatabase: async () => {},
});
