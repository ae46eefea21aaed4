//! Whole database files into a pool and out of it.

use rsqlite_vfs::VfsFilesManager;
use rsqlite_vfs::transfer::DbTransfer;
use rusqlite::backup::Backup;
use rusqlite::{Connection, OpenFlags};
use sqlite_wasm_vfs::sahpool::OpfsSAHPoolUtil;

use super::{
    FILE, POOL_FILES, connect, connection, delete, folder_of, is_fault_of_file, pool_error, release, take_pool,
};
use crate::apply_error::transaction_error;
use crate::error::Error;
use crate::storage::file_parts::{PART, read_database};
use crate::storage::{DatabaseName, StorageError, StorageErrorKind, check};

/// Name that a file to import has in the pool until it is checked.
const IMPORT: &str = "/import.sqlite3";

/// What SQLite may put beside a database.
const JOURNALS: [&str; 2] = ["-journal", "-wal"];

/// Hands out the stored database file, a mebibyte at a time, whatever it holds. If it is a database, a
/// transaction that a crash cut short is rolled back first. An error of `part` ends it.
///
/// # Errors
/// [`StorageErrorKind::Busy`] while it is open, [`StorageErrorKind::NoSuchDatabase`].
pub async fn export<E: From<Error>>(name: &DatabaseName, part: impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
    if !exists(name).await? {
        let reason = StorageError::new(StorageErrorKind::NoSuchDatabase, name.to_string());
        return Err(Error::from(reason).into());
    }
    let (pool, vfs) = take_pool(name).await.map_err(Error::from)?;
    // What is no database has nothing to recover, and is exported as it is.
    let _ = recover(&vfs);
    let exported = hand_out(&pool, part);
    let released = release(&pool).map_err(Error::from);
    exported?;
    Ok(released?)
}

/// Puts a file of `size` bytes in the place of a database, if it is a sound one; `read` gives the bytes at an
/// offset, as many as it is asked for. Where there is one already, the file lies beside it until it is checked,
/// and then takes its place in one transaction: a crash leaves the old one or the new one. An old one that is
/// damaged is deleted first. Where there is none, a crash leaves none or the whole file.
///
/// # Errors
/// [`StorageErrorKind::NotADatabase`] and its like, [`StorageErrorKind::Full`], [`StorageErrorKind::Busy`] while
/// the database is open; those of `read`. The database is as it was then.
pub async fn import<E: From<Error>>(
    name: &DatabaseName,
    size: u64,
    read: impl AsyncFnMut(u64, usize) -> Result<Vec<u8>, E>,
) -> Result<(), E> {
    let is_new = !exists(name).await?;
    let (pool, vfs) = take_pool(name).await.map_err(Error::from)?;
    let imported = import_into(&pool, &vfs, size, read).await;
    let cleared = clear_up(&pool).await;
    let released = release(&pool);
    if imported.is_err() && is_new {
        // What went wrong first is what the caller must hear.
        let _ = delete(name).await;
    }
    imported?;
    cleared.and(released).map_err(Error::from)?;
    Ok(())
}

/// Deletes what an import left behind when it failed or was cut short.
pub(super) async fn clear_up(pool: &OpfsSAHPoolUtil) -> Result<(), StorageError> {
    remove(pool, IMPORT)?;
    let files = pool.len().map_err(|error| pool_error(&error))?;
    let spare = pool.capacity().saturating_sub(POOL_FILES.max(files + 1));
    pool.reduce_capacity(spare).await.map(drop).map_err(|error| pool_error(&error))
}

async fn exists(name: &DatabaseName) -> Result<bool, Error> {
    Ok(folder_of(name).await?.is_some())
}

/// Rolls back what a crash cut short, and deletes what is left of its journal: one that was never flushed,
/// so that nothing needs to be rolled back, would stay until the next commit, and the pool exports no
/// database that has one. SQLite deletes it when it leaves the mode TRUNCATE, unless locking is exclusive.
fn recover(vfs: &str) -> rusqlite::Result<()> {
    connection(FILE, vfs, OpenFlags::empty())?
        .execute_batch("PRAGMA journal_mode = TRUNCATE; PRAGMA journal_mode = DELETE;")
}

fn hand_out<E: From<Error>>(pool: &OpfsSAHPoolUtil, mut part: impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
    let transfer_error = |error| Error::from(pool_error(&error));
    let mut export = pool.begin_export(FILE).map_err(transfer_error)?;
    let mut buffer = vec![0; PART];
    loop {
        match export.read(&mut buffer).map_err(transfer_error)? {
            0 => return Ok(()),
            length => part(&buffer[..length])?,
        }
    }
}

async fn import_into<E: From<Error>>(
    pool: &OpfsSAHPoolUtil,
    vfs: &str,
    size: u64,
    read: impl AsyncFnMut(u64, usize) -> Result<Vec<u8>, E>,
) -> Result<(), E> {
    let transfer_error = |error| pool_error(&error);
    remove(pool, IMPORT).map_err(Error::from)?;
    let is_new = !pool.contains(FILE).map_err(transfer_error).map_err(Error::from)?;
    // With nothing to keep, the file need not be written twice.
    let name = if is_new { FILE } else { IMPORT };
    // The file to import, the database, and a journal for each.
    let files = pool.len().map_err(transfer_error).map_err(Error::from)?;
    pool.ensure_capacity(files + 4).await.map_err(transfer_error).map_err(Error::from)?;
    let mut file = pool.begin_import_unchecked(name, size).map_err(transfer_error).map_err(Error::from)?;
    read_database(size, read, |_, bytes| file.write(bytes).map_err(transfer_error)).await?;
    file.finish().map_err(transfer_error).map_err(Error::from)?;
    let checked = checked(name, vfs);
    if is_new {
        return match checked {
            Ok(_) => Ok(()),
            Err(error) => Ok(remove(pool, FILE).map_err(Error::from).and(Err(error))?),
        };
    }
    Ok(replace(pool, vfs, &checked?)?)
}

/// A connection to an imported file that is sound.
fn checked(name: &str, vfs: &str) -> Result<Connection, Error> {
    let import = connection(name, vfs, OpenFlags::empty()).map_err(import_error)?;
    check(&import)?;
    Ok(import)
}

fn replace(pool: &OpfsSAHPoolUtil, vfs: &str, import: &Connection) -> Result<(), Error> {
    match connect(vfs).and_then(|mut database| copy(import, &mut database)) {
        Err(Error::Storage(error)) if is_fault_of_file(error.kind) => {
            remove(pool, FILE)?;
            copy(import, &mut connect(vfs)?)
        }
        copied => copied,
    }
}

/// One transaction, however large.
fn copy(from: &Connection, to: &mut Connection) -> Result<(), Error> {
    let copied = Backup::new(from, to).and_then(|backup| backup.step(-1));
    copied.map(drop).map_err(import_error)
}

fn import_error(error: rusqlite::Error) -> Error {
    transaction_error("import the file", error)
}

/// Removes a file and what SQLite put beside it; says whether there was one.
fn remove(pool: &OpfsSAHPoolUtil, file: &str) -> Result<bool, StorageError> {
    let remove = |file: &str| pool.remove(file).map_err(|error| pool_error(&error));
    for journal in JOURNALS {
        remove(&[file, journal].concat())?;
    }
    remove(file)
}
