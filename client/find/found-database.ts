/** A database that another library has stored in this origin. It is only read. */
export interface FoundDatabase {
  /**
   * Whose format it is. A `file` is that of several: sqlocal, the `opfs` of the SQLite project's own module, and those of
   * wa-sqlite which keep a database as it is (`OPFSCoopSyncVFS`, `OPFSAdaptiveVFS`, `OPFSAnyContextVFS`).
   *
   * | library | which |
   * | --- | --- |
   * | `file` | a file in the origin's private file system |
   * | `sqlite-wasm-pool` | `opfs-sahpool` of the SQLite project's own module |
   * | `wa-sqlite-pool` | `AccessHandlePoolVFS` of wa-sqlite |
   * | `wa-sqlite-idb-batch` | `IDBBatchAtomicVFS` of wa-sqlite |
   * | `wa-sqlite-idb-mirror` | `IDBMirrorVFS` of wa-sqlite |
   * | `absurd-sql` | absurd-sql; `name` has hyphens for slashes |
   */
  readonly library:
    | 'file'
    | 'sqlite-wasm-pool'
    | 'wa-sqlite-pool'
    | 'wa-sqlite-idb-batch'
    | 'wa-sqlite-idb-mirror'
    | 'absurd-sql';
  /** What it is called there, without a slash in front, such as `notes.sqlite3`. */
  readonly name: string;
  /** The folder of the private file system, empty for its root, or the database of IndexedDB. */
  readonly place: string;
  /** Bytes of its file. */
  readonly size: number;
  /**
   * Its file as it is now, such as for `importDatabase`.
   *
   * @throws {StorageError} `storage_busy` while it, or the pool that it is in, is open somewhere, or if a transaction was cut
   * short and its library has not been opened since; `wal_missing` if the newest rows lie in a format of the library's own;
   * `no_such_database` if it is gone; `storage_io`.
   */
  read(): Promise<File>;
  /**
   * What lies in the `-wal` beside it, or `null` if nothing does: the option `wal` of `importDatabase`, which asks for it only
   * if the file is in WAL mode.
   *
   * @throws {StorageError} as `read`
   */
  readWal(): Promise<Blob | null>;
}
