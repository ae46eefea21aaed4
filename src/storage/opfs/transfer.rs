//! Whole database files into a pool and out of it.

use rsqlite_vfs::VfsFilesManager;
use rsqlite_vfs::transfer::DbTransfer;
use rusqlite::backup::Backup;
use rusqlite::{Connection, OpenFlags};
use sqlite_wasm_vfs::sahpool::OpfsSAHPoolUtil;

use super::{
    FILE, IMPORT, JOURNALS, POOL_FILES, connect, connection, delete, patiently, pool_error, release, slots, take_pool,
};
use crate::error::{Error, transaction_error};
use crate::storage::incoming::{Incoming, PART};
use crate::storage::{DatabaseFile, DatabaseName, Mirror, StorageError, StorageErrorKind, soundness};

/// Hands out the stored database file, a mebibyte at a time, whatever it holds. If it is a database, a
/// transaction that a crash cut short is rolled back first, and what is in a log is moved into the file. An error of
/// `part` ends it.
///
/// # Errors
/// [`StorageErrorKind::Busy`] while it is open, [`StorageErrorKind::NoSuchDatabase`].
pub async fn export<E: From<Error>>(name: &DatabaseName, part: impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
    let Some(found) = patiently(async || slots::look(name).await).await.map_err(Error::from)? else {
        let reason = StorageError::new(StorageErrorKind::NoSuchDatabase, name.to_string());
        return Err(Error::from(reason).into());
    };
    if found.has_only_nameless() {
        return found.hand_out(part).await;
    }
    let (pool, vfs) = match take_pool(name).await {
        Ok(taken) => taken,
        Err(error) if error.kind.is_fault_of_file() => return found.hand_out(part).await,
        Err(error) => return Err(Error::from(error).into()),
    };
    // What is no database has nothing to recover, and is exported as it is.
    let is_settled = recover(&vfs).is_ok() || !has_journal(&pool).map_err(Error::from)?;
    if is_settled {
        let exported = hand_out(&pool, part);
        let released = release(&pool).map_err(Error::from);
        exported?;
        return Ok(released?);
    }
    release(&pool).map_err(Error::from)?;
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
pub async fn import<E: From<Error>>(
    name: &DatabaseName,
    mut file: DatabaseFile<impl AsyncFnMut(u64, usize) -> Result<Vec<u8>, E>>,
) -> Result<Vec<String>, E> {
    let found = patiently(async || slots::look(name).await).await.map_err(Error::from)?;
    let is_new = found.is_none();
    let is_nameless = found.is_some_and(|slots| slots.has_only_nameless());
    let taken = if is_nameless { None } else { Some(take_pool(name).await) };
    let (pool, vfs) = match taken {
        Some(Ok(taken)) => taken,
        Some(Err(error)) if !error.kind.is_fault_of_file() => return Err(Error::from(error).into()),
        // The old one cannot lie beside it, so it must not go before the new one is known to be sound.
        _ => {
            Mirror::import(file.by_ref()).await?;
            delete(name).await?;
            take_pool(name).await.map_err(Error::from)?
        }
    };
    let imported = import_into(&pool, &vfs, file).await;
    let cleared = clear_up(&pool).await;
    let released = release(&pool);
    if imported.is_err() && is_new {
        // What went wrong first is what the caller must hear.
        let _ = delete(name).await;
    }
    let warnings = imported?;
    cleared.and(released).map_err(Error::from)?;
    Ok(warnings)
}

/// Deletes what an import left behind when it failed or was cut short.
pub(super) async fn clear_up(pool: &OpfsSAHPoolUtil) -> Result<(), StorageError> {
    remove(pool, IMPORT)?;
    let files = pool.len().map_err(|error| pool_error(&error))?;
    let spare = pool.capacity().saturating_sub(POOL_FILES.max(files + 1));
    pool.reduce_capacity(spare).await.map(drop).map_err(|error| pool_error(&error))
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

/// Whether something is left beside the database that has to do with it.
fn has_journal(pool: &OpfsSAHPoolUtil) -> Result<bool, StorageError> {
    for journal in JOURNALS {
        if pool.contains(&[FILE, journal].concat()).map_err(|error| pool_error(&error))? {
            return Ok(true);
        }
    }
    Ok(false)
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
    file: DatabaseFile<impl AsyncFnMut(u64, usize) -> Result<Vec<u8>, E>>,
) -> Result<Vec<String>, E> {
    let incoming = Incoming::examine(file).await?;
    let is_backup = incoming.is_backup();
    let of_log = incoming.warning_of_log();
    let transfer_error = |error| pool_error(&error);
    remove(pool, IMPORT).map_err(Error::from)?;
    let is_new = !pool.contains(FILE).map_err(transfer_error).map_err(Error::from)?;
    // With nothing to keep, the file need not be written twice.
    let name = if is_new { FILE } else { IMPORT };
    // What lies beside a database that is gone belongs to no other.
    if is_new {
        remove(pool, FILE).map_err(Error::from)?;
    }
    // The file to import, the database, and a journal for each.
    let files = pool.len().map_err(transfer_error).map_err(Error::from)?;
    pool.ensure_capacity(files + 4).await.map_err(transfer_error).map_err(Error::from)?;
    let mut file = pool.begin_import_unchecked(name, incoming.size()).map_err(transfer_error).map_err(Error::from)?;
    incoming.copy(|_, bytes| file.write(bytes).map_err(transfer_error)).await?;
    file.finish().map_err(transfer_error).map_err(Error::from)?;
    let checked = checked(name, vfs, is_backup);
    if is_new && checked.is_err() {
        remove(pool, FILE).map_err(Error::from)?;
    }
    let (import, of_file) = checked?;
    if !is_new {
        replace(pool, vfs, &import)?;
    }
    Ok(of_log.into_iter().chain(of_file).collect())
}

/// A connection to an imported file that is sound, and what is wrong with its rows.
fn checked(name: &str, vfs: &str, is_backup: bool) -> Result<(Connection, Vec<String>), Error> {
    let import = connection(name, vfs, OpenFlags::empty()).map_err(import_error)?;
    let warnings = soundness::check_import(&import, is_backup)?;
    Ok((import, warnings))
}

fn replace(pool: &OpfsSAHPoolUtil, vfs: &str, import: &Connection) -> Result<(), Error> {
    match connect(vfs).and_then(|mut database| copy(import, &mut database)) {
        // What SQLite cannot read or write to as it is.
        Err(error) if !matches!(&error, Error::Storage(error) if !error.kind.is_fault_of_file()) => {
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
