//! Whole database files in and out.

use super::files::{Files, Taken};
use super::folder::delete;
use super::vfs;
use crate::storage::incoming::{Incoming, PART};
use crate::storage::{DatabaseFile, DatabaseName, StorageError, StorageErrorKind, file_check, settle_log, soundness};

/// Hands out the stored database file, a mebibyte at a time, whatever it holds. If it is a database, a
/// transaction that a crash cut short is rolled back first, and what is in a log is moved into the file, which then tells
/// of no log. An error of `part` ends it.
///
/// # Errors
/// [`StorageErrorKind::Busy`] while it is open, [`StorageErrorKind::NoSuchDatabase`].
pub async fn export<E: From<StorageError>>(
    name: &DatabaseName,
    mut part: impl FnMut(&[u8]) -> Result<(), E>,
) -> Result<(), E> {
    let files = Files::find(name).await?.filter(|files| files.database().is_some());
    let Some(files) = files else {
        return Err(StorageError::new(StorageErrorKind::NoSuchDatabase, name.to_string()).into());
    };
    let taken = files.take(name, false).await?;
    let is_settled = match super::connect(&taken.path) {
        Ok(connection) => settle_log(&connection).map(|()| true)?,
        // What is in its log would be missing.
        Err(error) if error.kind == StorageErrorKind::Full => return Err(error.into()),
        // A file that is no database has nothing to recover, and is exported as it is.
        Err(_) => false,
    };
    let mut buffer = vec![0; PART];
    let mut offset = 0;
    loop {
        let length = taken.main.read(&mut buffer, offset).map_err(StorageError::from)?;
        if length == 0 {
            return Ok(());
        }
        if offset == 0 && is_settled {
            file_check::leave_wal_mode(&mut buffer[..length]);
        }
        part(&buffer[..length])?;
        offset += length as u64;
    }
}

/// Puts a file in the place of a database, if it is a sound one. It lies beside the old one until it is checked, and
/// then takes its place by its name: a crash leaves the old one or the new one. Says what is wrong with its rows, and is
/// no damage.
///
/// # Errors
/// [`StorageErrorKind::NotADatabase`] and its like, [`StorageErrorKind::WalMissing`], [`StorageErrorKind::Full`],
/// [`StorageErrorKind::Busy`] while the database is open; those of reading the file. The database is as it was then.
pub async fn import<E: From<StorageError>>(
    name: &DatabaseName,
    file: DatabaseFile<impl AsyncFnMut(u64, usize) -> Result<Vec<u8>, E>>,
) -> Result<Vec<String>, E> {
    let found = Files::find(name).await?;
    let is_new = found.is_none();
    let files = match found {
        Some(files) => files,
        None => Files::find_or_create(name).await?,
    };
    let imported = replace(name, &files, file).await;
    if imported.is_err() && is_new {
        // The caller must hear why the import failed, and not of an error in tidying up.
        let _ = delete(name).await;
    }
    imported
}

async fn replace<E: From<StorageError>>(
    name: &DatabaseName,
    files: &Files,
    file: DatabaseFile<impl AsyncFnMut(u64, usize) -> Result<Vec<u8>, E>>,
) -> Result<Vec<String>, E> {
    let old = files.database().map(|(old, _)| old);
    // Held until the new one is in its place, so that nobody opens it meanwhile.
    let held = match &old {
        Some(old) => Some(files.open(std::slice::from_ref(old)).await?),
        None => None,
    };
    let (import, taken) = files.take_import(name).await?;
    let copied = copy(file, taken).await;
    let published = match copied {
        Ok(warnings) => files.rename(&import, &files.next_database()).await.map(|()| warnings).map_err(E::from),
        Err(error) => Err(error),
    };
    drop(held);
    // What cannot be removed now goes when the database is opened next.
    let _ = files.remove_whole(&import).await;
    if let (Ok(_), Some(old)) = (&published, old) {
        let _ = files.remove_whole(&old).await;
    }
    published
}

/// Writes a file to its place beside the database, and checks it there.
async fn copy<E: From<StorageError>>(
    file: DatabaseFile<impl AsyncFnMut(u64, usize) -> Result<Vec<u8>, E>>,
    taken: Taken,
) -> Result<Vec<String>, E> {
    let incoming = Incoming::examine(file).await?;
    let is_usable = incoming.is_usable();
    let of_log = incoming.warning_of_log();
    incoming.copy(|offset, bytes| Ok(taken.main.write(bytes, offset)?)).await?;
    let import = vfs::connect(&taken.path)?;
    let of_file = soundness::check_import(&import, is_usable)?;
    drop(import);
    taken.main.flush().map_err(StorageError::from)?;
    Ok(of_log.into_iter().chain(of_file).collect())
}
