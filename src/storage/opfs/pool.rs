//! The pool that holds the files of a database, and connections to what is in it.

use rsqlite_vfs::{VfsErrorCode, VfsFilesManager};
use rusqlite::{Connection, OpenFlags};
use sqlite_wasm_rs::WasmOsCallback;
use sqlite_wasm_vfs::sahpool::{self, OpfsSAHError, OpfsSAHPoolCfgBuilder, OpfsSAHPoolUtil};

use super::browser::{check_support, js_error, patiently};
use super::folder::ROOT;
use crate::storage::{DatabaseName, StorageError, StorageErrorKind, file_check, stack};

/// Name of the database within its pool.
pub(super) const FILE: &str = "/database.sqlite3";

/// Name that a file to import has in the pool until it is checked.
pub(super) const IMPORT: &str = "/import.sqlite3";

/// What SQLite may put beside a database: ends of names.
pub(super) const JOURNALS: [&str; 2] = ["-journal", "-wal"];

/// Files a new pool starts with: database and journal. Each costs time on the first visit.
const POOL_FILES: usize = 2;

/// Installs the pool of a database; gives the name of its VFS, too.
pub(super) async fn take(name: &DatabaseName) -> Result<(OpfsSAHPoolUtil, String), StorageError> {
    check_support()?;
    let folder = name.folder();
    let vfs = format!("opfs-{folder}");
    let config = OpfsSAHPoolCfgBuilder::new()
        .vfs_name(&vfs)
        .directory(&format!("{ROOT}/{folder}"))
        .initial_capacity(POOL_FILES)
        .build();
    let install = async || sahpool::install::<WasmOsCallback>(&config, false).await;
    let pool = patiently(async || install().await.map_err(|error| pool_error(&error))).await?;
    Ok((pool, vfs))
}

/// Unregisters the pool and closes its handles. Not merely paused: a paused pool would keep the handle
/// of a folder that may be deleted and created anew before it wakes.
pub(super) fn release(pool: &OpfsSAHPoolUtil) -> Result<(), StorageError> {
    // SAFETY: connections to this VFS are made by `connection` alone and always open a file of the pool,
    // so none is left when no file is open, which `uninstall` checks first. The VFS is never the
    // default one, and its pointer is given to nobody.
    #[allow(unsafe_code)]
    unsafe { pool.uninstall() }.map_err(|error| pool_error(&error))
}

/// A connection to a file of the pool, as it is.
pub(super) fn connection(file: &str, vfs: &str, flags: OpenFlags) -> rusqlite::Result<Connection> {
    let flags = flags | OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags_and_vfs(file, flags, vfs)?;
    stack::bound(&connection);
    Ok(connection)
}

/// The connection to the database, which is created if it is not there.
pub(super) fn connect(vfs: &str) -> Result<Connection, StorageError> {
    let connection = connection(FILE, vfs, OpenFlags::SQLITE_OPEN_CREATE).map_err(StorageError::of_file)?;
    // TRUNCATE: a crash leaves at most a journal that opening rolls back, and no commit leaves one that
    // would keep the file from being exported as it is; what that costs is measured in bench/README.md.
    // EXCLUSIVE: the pool's handles are exclusive anyway, so no locks are asked for. It also opens a database in
    // WAL mode, which leaves that mode here, with all that its log has.
    let settings = connection.execute_batch(
        "PRAGMA locking_mode = EXCLUSIVE;
         PRAGMA journal_mode = TRUNCATE;
         PRAGMA synchronous = FULL;
         PRAGMA foreign_keys = ON;",
    );
    // The file is looked at only now, when SQLite has rolled back what a crash cut short: until then its size need not
    // be the one in its header.
    match settings {
        Ok(()) => file_check::examine_open(&connection).map(|()| connection),
        Err(error) => Err(opening_error(&connection, error)),
    }
}

/// If SQLite calls the file no database, or damaged, the file tells more.
fn opening_error(connection: &Connection, error: rusqlite::Error) -> StorageError {
    let error = StorageError::of_file(error);
    if !error.kind.is_fault_of_file() {
        return error;
    }
    match file_check::examine_open(connection) {
        Err(found) if found.kind.is_fault_of_file() => StorageError { sqlite: error.sqlite, ..found },
        _ => error,
    }
}

/// Deletes what an import left behind when it failed or was cut short.
pub(super) async fn clear_up(pool: &OpfsSAHPoolUtil) -> Result<(), StorageError> {
    remove(pool, IMPORT)?;
    let files = pool.len().map_err(|error| pool_error(&error))?;
    let spare = pool.capacity().saturating_sub(POOL_FILES.max(files + 1));
    pool.reduce_capacity(spare).await.map(drop).map_err(|error| pool_error(&error))
}

/// Removes a file and what SQLite put beside it; says whether there was one.
pub(super) fn remove(pool: &OpfsSAHPoolUtil, file: &str) -> Result<bool, StorageError> {
    let remove = |file: &str| pool.remove(file).map_err(|error| pool_error(&error));
    for journal in JOURNALS {
        remove(&[file, journal].concat())?;
    }
    remove(file)
}

/// Whether something is left beside the database that has to do with it.
pub(super) fn has_journal(pool: &OpfsSAHPoolUtil) -> Result<bool, StorageError> {
    for journal in JOURNALS {
        if pool.contains(&[FILE, journal].concat()).map_err(|error| pool_error(&error))? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What the pool's library says.
pub(super) fn pool_error(error: &OpfsSAHError) -> StorageError {
    let kind = match error {
        OpfsSAHError::Opfs { value, .. } => return js_error(value),
        OpfsSAHError::NotSupported => StorageErrorKind::Unsupported,
        OpfsSAHError::FilesInUse | OpfsSAHError::FileInUse(_) | OpfsSAHError::Busy => StorageErrorKind::Busy,
        OpfsSAHError::Backend(backend) if backend.code() == VfsErrorCode::Full => StorageErrorKind::Full,
        OpfsSAHError::FileNotFound(_) => StorageErrorKind::NoSuchDatabase,
        // The header that the pool writes at the beginning of each of its files is damaged.
        OpfsSAHError::InvalidHeader { .. }
        | OpfsSAHError::DuplicateFilename(_)
        | OpfsSAHError::InvalidDirectoryEntry => StorageErrorKind::Corrupt,
        OpfsSAHError::Cleanup { error, .. } => return pool_error(error),
        _ => StorageErrorKind::Io,
    };
    StorageError::new(kind, error.to_string())
}
