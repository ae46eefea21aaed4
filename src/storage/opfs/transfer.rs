//! Whole database files into a pool and out of it.

use rsqlite_vfs::VfsFilesManager;
use rsqlite_vfs::transfer::DbTransfer;
use rusqlite::backup::Backup;
use rusqlite::{Connection, OpenFlags};
use sqlite_wasm_vfs::sahpool::OpfsSAHPoolUtil;

use super::browser::patiently;
use super::folder::delete;
use super::pool::{self, FILE, IMPORT, connect, connection, has_journal, pool_error, release, remove};
use super::slots;
use crate::storage::incoming::{Incoming, PART};
use crate::storage::{DatabaseFile, DatabaseName, IsUsable, Mirror, StorageError, StorageErrorKind, soundness};

/// Hands out the stored database file, a mebibyte at a time, whatever it holds. If it is a database, a
/// transaction that a crash cut short is rolled back first, and what is in a log is moved into the file. An error of
/// `part` ends it.
///
/// # Errors
/// [`StorageErrorKind::Busy`] while it is open, [`StorageErrorKind::NoSuchDatabase`].
pub async fn export<E: From<StorageError>>(
    name: &DatabaseName,
    part: impl FnMut(&[u8]) -> Result<(), E>,
) -> Result<(), E> {
    let Some(found) = patiently(async || slots::look(name).await).await? else {
        return Err(StorageError::new(StorageErrorKind::NoSuchDatabase, name.to_string()).into());
    };
    if found.has_only_nameless() {
        return found.hand_out(part).await;
    }
    let (pool, vfs) = match pool::take(name).await {
        Ok(taken) => taken,
        Err(error) if error.kind.is_fault_of_file() => return found.hand_out(part).await,
        Err(error) => return Err(error.into()),
    };
    // A file that is no database has nothing to recover, and is exported as it is.
    let is_settled = recover(&vfs).is_ok() || !has_journal(&pool)?;
    if is_settled {
        let exported = hand_out(&pool, part);
        let released = release(&pool);
        exported?;
        return Ok(released?);
    }
    release(&pool)?;
    found.hand_out(part).await
}

/// Puts a file in the place of a database, if it is a sound one. Where there is one already, the file lies beside it
/// until it is checked, and then takes its place in one transaction: a crash leaves the old one or the new one. An old
/// one that is damaged is deleted first. Where there is none, a crash leaves none or the whole file. Says what is wrong
/// with its rows, and is no damage.
///
/// # Errors
/// [`StorageErrorKind::NotADatabase`] and its like, [`StorageErrorKind::WalMissing`], [`StorageErrorKind::Full`],
/// [`StorageErrorKind::Busy`] while the database is open; those of reading the file. The database is as it was then.
pub async fn import<E: From<StorageError>>(
    name: &DatabaseName,
    mut file: DatabaseFile<impl AsyncFnMut(u64, usize) -> Result<Vec<u8>, E>>,
) -> Result<Vec<String>, E> {
    let found = patiently(async || slots::look(name).await).await?;
    let is_new = found.is_none();
    let is_nameless = found.is_some_and(|slots| slots.has_only_nameless());
    let taken = if is_nameless { None } else { Some(pool::take(name).await) };
    let (pool, vfs) = match taken {
        Some(Ok(taken)) => taken,
        Some(Err(error)) if !error.kind.is_fault_of_file() => return Err(error.into()),
        // The pool cannot be taken with the damaged old database in it, so the new one is checked in memory before the
        // old one is deleted.
        _ => {
            Mirror::import(file.by_ref()).await?;
            delete(name).await?;
            pool::take(name).await?
        }
    };
    // By reference, as above: what reads a file is compiled anew for each way in which it is given.
    let imported = import_into(&pool, &vfs, file.by_ref()).await;
    let cleared = pool::clear_up(&pool).await;
    let released = release(&pool);
    if imported.is_err() && is_new {
        // The caller must hear why the import failed, and not of an error in tidying up.
        let _ = delete(name).await;
    }
    let warnings = imported?;
    cleared.and(released)?;
    Ok(warnings)
}

/// Rolls back what a crash cut short, moves what is in a log into the file, and deletes what is left of a journal: one
/// that was never flushed, so that nothing needs to be rolled back, would stay until the next commit, and the pool
/// exports no database that has one. SQLite deletes it when it leaves the mode TRUNCATE, unless locking is exclusive;
/// and it opens no log unless it is.
fn recover(vfs: &str) -> rusqlite::Result<()> {
    connection(FILE, vfs, OpenFlags::empty())?
        .execute_batch("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = TRUNCATE;")?;
    connection(FILE, vfs, OpenFlags::empty())?
        .execute_batch("PRAGMA journal_mode = TRUNCATE; PRAGMA journal_mode = DELETE;")
}

fn hand_out<E: From<StorageError>>(
    pool: &OpfsSAHPoolUtil,
    mut part: impl FnMut(&[u8]) -> Result<(), E>,
) -> Result<(), E> {
    let transfer_error = |error| pool_error(&error);
    let mut export = pool.begin_export(FILE).map_err(transfer_error)?;
    let mut buffer = vec![0; PART];
    loop {
        match export.read(&mut buffer).map_err(transfer_error)? {
            0 => return Ok(()),
            length => part(&buffer[..length])?,
        }
    }
}

async fn import_into<E: From<StorageError>>(
    pool: &OpfsSAHPoolUtil,
    vfs: &str,
    file: DatabaseFile<impl AsyncFnMut(u64, usize) -> Result<Vec<u8>, E>>,
) -> Result<Vec<String>, E> {
    let incoming = Incoming::examine(file).await?;
    let is_usable = incoming.is_usable();
    let of_log = incoming.warning_of_log();
    let transfer_error = |error| pool_error(&error);
    remove(pool, IMPORT)?;
    let is_new = !pool.contains(FILE).map_err(transfer_error)?;
    // With nothing to keep, the file need not be written twice.
    let name = if is_new { FILE } else { IMPORT };
    // A journal of a database that is gone must not be taken for one of the new database.
    if is_new {
        remove(pool, FILE)?;
    }
    // There must be room for four files: the one to import, the database, and a journal for each.
    let files = pool.len().map_err(transfer_error)?;
    pool.ensure_capacity(files + 4).await.map_err(transfer_error)?;
    let mut file = pool.begin_import_unchecked(name, incoming.size()).map_err(transfer_error)?;
    incoming.copy(|_, bytes| file.write(bytes).map_err(transfer_error)).await?;
    file.finish().map_err(transfer_error)?;
    let checked = checked(name, vfs, is_usable);
    if is_new && checked.is_err() {
        remove(pool, FILE)?;
    }
    let (import, of_file) = checked?;
    if !is_new {
        replace(pool, vfs, &import)?;
    }
    Ok(of_log.into_iter().chain(of_file).collect())
}

/// A connection to an imported file that is sound, and what is wrong with its rows.
fn checked(name: &str, vfs: &str, is_usable: Option<IsUsable>) -> Result<(Connection, Vec<String>), StorageError> {
    let import = connection(name, vfs, OpenFlags::empty()).map_err(StorageError::of_file)?;
    let warnings = soundness::check_import(&import, is_usable)?;
    Ok((import, warnings))
}

fn replace(pool: &OpfsSAHPoolUtil, vfs: &str, import: &Connection) -> Result<(), StorageError> {
    match connect(vfs).and_then(|mut database| copy(import, &mut database)) {
        // SQLite cannot copy into an old database that is damaged, so that is removed first.
        Err(error) if error.kind.is_fault_of_file() => {
            remove(pool, FILE)?;
            copy(import, &mut connect(vfs)?)
        }
        copied => copied,
    }
}

/// One transaction, however large.
fn copy(from: &Connection, to: &mut Connection) -> Result<(), StorageError> {
    let copied = Backup::new(from, to).and_then(|backup| backup.step(-1));
    copied.map(drop).map_err(StorageError::of_file)
}
