// A tab of an application that keeps its database with another library: the worker's address says with which, and under
// which name. It makes one, says so, and keeps it open until it is told to let go.

const contenders = '/contenders';
const wa = `${contenders}/@journeyapps/wa-sqlite`;

// Libraries tell here what this page is not made for.
console.warn = () => {};

/**
 * Opens a database, and gives what runs SQL in it, and what closes it and its pool.
 *
 * @typedef {{ exec: (sql: string) => unknown, close: () => unknown }} Opened
 * @type {Record<string, (place: string) => Promise<Opened>>}
 */
const libraries = {
  async 'sqlite-wasm-pool'(place) {
    const { default: init } = await import(`${contenders}/@sqlite.org/sqlite-wasm/dist/index.mjs`);
    const sqlite3 = await init();
    const pool = await sqlite3.installOpfsSAHPoolVfs({ name: place, directory: `/${place}` });
    const db = new pool.OpfsSAHPoolDb('/notes.sqlite3');
    const close = () => {
      db.close();
      pool.pauseVfs();
    };
    return { exec: (sql) => db.exec(sql), close };
  },
  'wa-sqlite-pool': (place) => openWa('wa-sqlite', 'AccessHandlePoolVFS', place),
  'wa-sqlite-idb-batch': (place) => openWa('wa-sqlite-async', 'IDBBatchAtomicVFS', place),
  'wa-sqlite-idb-mirror': (place) => openWa('wa-sqlite-async', 'IDBMirrorVFS', place),
  file: (place) => openWa('wa-sqlite', 'OPFSCoopSyncVFS', place),
};

/** @returns {Promise<Opened>} */
async function openWa(/** @type {string} */ build, /** @type {string} */ vfsName, /** @type {string} */ place) {
  const SQLite = await import(`${wa}/src/sqlite-api.js`);
  const { default: factory } = await import(`${wa}/dist/${build}.mjs`);
  const { [vfsName]: Vfs } = await import(`${wa}/src/examples/${vfsName}.js`);
  const module = await factory();
  const sqlite3 = SQLite.Factory(module);
  const vfs = await Vfs.create(place, module);
  sqlite3.vfs_register(vfs, true);
  const db = await sqlite3.open_v2(vfsName.startsWith('OPFS') ? `${place}/notes.sqlite3` : 'notes.sqlite3');
  const close = async () => {
    await sqlite3.close(db);
    await vfs.close();
  };
  return { exec: (sql) => sqlite3.exec(db, sql), close };
}

const { searchParams } = new URL(location.href);
const opened = libraries[searchParams.get('library') ?? '']?.(searchParams.get('place') ?? '');
addEventListener('message', async ({ data: sql }) => {
  try {
    const { exec, close } = /** @type {Opened} */ (await opened);
    await (sql === null ? close() : exec(sql));
    postMessage({});
  } catch (error) {
    postMessage({ failure: String(error) });
  }
});
