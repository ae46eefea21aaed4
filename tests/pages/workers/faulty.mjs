// A module that traps, as wasm does when its memory is broken.
import { serve } from '/package/worker.js';

const fault = () => {
  throw new WebAssembly.RuntimeError('memory access out of bounds');
};
/** Whether it has something to upgrade, and traps when it is read to be copied. */
const isUnreadable = location.hash === '#unreadable';

const connection = {
  migrate: () => ({ from: null, to: null, applied: [], rolledBack: [], warnings: [] }),
  migrateAnnounced: () => undefined,
  applied: () => [],
  status: () => [],
  operate: () => ({ from: null, to: null, steps: [] }),
  log: () => [],
  isReadOnly: () => true,
  defineFunction() {},
  onWorking() {},
  takeChanges: () => [],
  query: (/** @type {string} */ sql) => {
    if (sql === 'fault') fault();
    return [];
  },
  queryArrays: () => ({ columns: [], rows: [] }),
  run: () => ({ changes: 0, lastInsertRowid: null }),
  recorded: () => ({ changes: 0, lastInsertRowid: null }),
  exec() {},
  batch: () => [],
  begin: () => true,
  fetch: () => ({ rows: [], isLast: true }),
  closeCursor() {},
  tablesRead: () => [],
  commit() {},
  rollback() {},
  close() {},
  pending: () => (isUnreadable ? { from: null } : undefined),
  fileSize: () => (isUnreadable ? 1 : 0),
  readFile: () => (isUnreadable ? fault() : new Uint8Array()),
  fill() {},
  nextAbsent: () => undefined,
  takeMissing: () => undefined,
  unfinished: () => undefined,
  takeCommit: () => undefined,
};

serve({
  default: async () => {},
  migrations: () => ({ describe: () => ({ digest: '', migrations: [] }) }),
  blockSize: () => 16384,
  Connection: { openOpfs: async () => connection, openMirror: () => connection },
  importMirror: async () => ({ warnings: () => [], intoConnection: () => connection }),
  importOpfs: async () => [],
  exportOpfs: async () => {},
  defineFunctions() {},
});
