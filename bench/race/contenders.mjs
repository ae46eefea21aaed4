// Who races. How each is set up is in its folder in contenders/, and in one line each in README.md.

/**
 * @typedef {object} Contender
 * @property {string} name also of its folder in contenders/
 * @property {string} label for people
 * @property {'opfs' | 'indexeddb'} home where its database lives
 * @property {string} [from] the npm package; without one it is ours
 * @property {boolean} [isIsolated] whether its page needs COOP and COEP
 * @property {boolean} [isOnlyInChromium] whether it needs what other engines lack
 * @property {boolean} [isLessDurable] whether what it acknowledged may be lost when the system goes down, however it is set up
 * @property {boolean} [isWithoutWorker] whether it runs in the page itself
 * @property {boolean} [isSlow] whether it takes minutes where others take seconds
 * @property {boolean} [isWithoutSql] whether it has no SQL, and so no migrations in SQL
 */

/** @type {Contender[]} */
export const contenders = [
  { name: 'wheatear', label: 'Wheatear', home: 'opfs' },
  { name: 'wheatear-plugin', label: 'Wheatear with its plugin', home: 'opfs' },
  { name: 'wheatear-lean', label: 'Wheatear, lean', home: 'opfs' },
  { name: 'wheatear-indexeddb', label: 'Wheatear on IndexedDB', home: 'indexeddb' },
  { name: 'official-sahpool', label: 'sqlite-wasm, opfs-sahpool', home: 'opfs', from: '@sqlite.org/sqlite-wasm' },
  {
    name: 'official-opfs-wl',
    label: 'sqlite-wasm, opfs-wl',
    home: 'opfs',
    from: '@sqlite.org/sqlite-wasm',
    isIsolated: true,
  },
  { name: 'wa-pool', label: 'wa-sqlite, AccessHandlePool', home: 'opfs', from: '@journeyapps/wa-sqlite' },
  { name: 'wa-pool-wal', label: 'wa-sqlite, AccessHandlePool, WAL', home: 'opfs', from: '@journeyapps/wa-sqlite' },
  { name: 'wa-coop', label: 'wa-sqlite, OPFSCoopSync', home: 'opfs', from: '@journeyapps/wa-sqlite' },
  {
    name: 'wa-write-ahead',
    label: 'wa-sqlite, OPFSWriteAhead',
    home: 'opfs',
    from: '@journeyapps/wa-sqlite',
    isOnlyInChromium: true,
  },
  { name: 'wa-idb-batch', label: 'wa-sqlite, IDBBatchAtomic', home: 'indexeddb', from: '@journeyapps/wa-sqlite' },
  {
    name: 'wa-idb-mirror',
    label: 'wa-sqlite, IDBMirror',
    home: 'indexeddb',
    from: '@journeyapps/wa-sqlite',
    isLessDurable: true,
  },
  { name: 'sqlocal', label: 'sqlocal with Kysely', home: 'opfs', from: 'sqlocal', isIsolated: true },
  { name: 'pglite-opfs', label: 'PGlite, opfs-ahp', home: 'opfs', from: '@electric-sql/pglite' },
  {
    name: 'pglite-idb',
    label: 'PGlite, IndexedDB',
    home: 'indexeddb',
    from: '@electric-sql/pglite',
    isLessDurable: true,
    isSlow: true,
  },
  { name: 'sql-js', label: 'sql.js, saved to IndexedDB', home: 'indexeddb', from: 'sql.js' },
  {
    name: 'dexie',
    label: 'Dexie',
    home: 'indexeddb',
    from: 'dexie',
    isWithoutSql: true,
    isWithoutWorker: true,
  },
];

/** Pages without a database, beside whose visits those of the contenders are seen. */
export const floorLabels = {
  'floor-page': 'An empty page',
  'floor-worker': 'A worker that answers',
  'floor-module': 'A worker with our module, compiled',
};

/** What a racer is called, who may be a contender with something behind its name. */
export function labelOf(/** @type {string} */ name) {
  if (name === 'native') return 'sqlite3, natively';
  if (name in floorLabels) return floorLabels[/** @type {keyof typeof floorLabels} */ (name)];
  const [contenderName, count] = name.split(' ');
  const contender = contenders.find((each) => each.name === contenderName);
  if (!contender) throw new Error(`there is no contender '${name}'`);
  const { label, isLessDurable } = contender;
  if (count) return `${label}, ${Number(count).toLocaleString('en')} migrations`;
  return isLessDurable ? `${label} (less durable)` : label;
}

/** Whether a contender can run in an engine at all. */
export function canRunIn(
  /** @type {Contender} */ { home, isOnlyInChromium },
  /** @type {import('../../tests/lab/engines.mjs').Engine} */ engine,
) {
  return engine.storages.includes(home) && (!isOnlyInChromium || engine.name === 'Chromium');
}
