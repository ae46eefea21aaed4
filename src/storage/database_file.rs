//! The bytes of an open database's file, read past SQLite's page cache: of any content, also what is no
//! database.

use std::ffi::c_int;
use std::ptr;

use rusqlite::{Connection, ffi};
use wheatear_sqlite::one_row;

use super::{StorageError, StorageErrorKind};

/// Size of the main database's file, in bytes.
pub(crate) fn size(connection: &Connection) -> Result<u64, StorageError> {
    with_file(connection, |file, methods| {
        let mut size = 0;
        let size_of = methods.xFileSize.ok_or_else(misuse)?;
        // SAFETY: the file is open, and these are its own methods.
        #[allow(unsafe_code)]
        let code = unsafe { size_of(file, &raw mut size) };
        outcome(code)?;
        Ok(u64::try_from(size).unwrap_or_default())
    })
}

/// At most `length` bytes from `offset` on; fewer where the file ends.
pub(crate) fn read(connection: &Connection, offset: u64, length: usize) -> Result<Vec<u8>, StorageError> {
    let length = size(connection)?.saturating_sub(offset).min(length as u64) as usize;
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(length).map_err(|_| failure(ffi::SQLITE_NOMEM))?;
    bytes.resize(length, 0);
    let (Ok(amount), Ok(start)) = (c_int::try_from(length), i64::try_from(offset)) else { return Err(misuse()) };
    with_file(connection, |file, methods| {
        let read = methods.xRead.ok_or_else(misuse)?;
        // SAFETY: the file is open, these are its own methods, and the buffer has room for that many bytes.
        #[allow(unsafe_code)]
        let code = unsafe { read(file, bytes.as_mut_ptr().cast(), amount, start) };
        outcome(code)
    })?;
    Ok(bytes)
}

/// Moves what was committed to a write-ahead log into the file, if there is one.
///
/// # Errors
/// [`StorageErrorKind::Busy`] while somebody reads who must not see it, [`StorageErrorKind::Full`].
pub(crate) fn settle_log(connection: &Connection) -> Result<(), StorageError> {
    match one_row(connection, "PRAGMA main.wal_checkpoint(FULL)", &[], |row| row.get(0)) {
        Ok(false) => Ok(()),
        Ok(true) => Err(StorageError::new(StorageErrorKind::Busy, "its log cannot be moved into its file")),
        // A file that is no database, or damaged, has no log that SQLite could apply, and can be read all the same.
        Err(error) => match StorageError::of(&error.into()) {
            Some(error) if !error.kind.is_fault_of_file() => Err(error),
            _ => Ok(()),
        },
    }
}

/// Source: <https://www.sqlite.org/c3ref/c_fcntl_begin_atomic_write.html>, `SQLITE_FCNTL_FILE_POINTER`
fn with_file<T>(
    connection: &Connection,
    work: impl FnOnce(*mut ffi::sqlite3_file, &ffi::sqlite3_io_methods) -> Result<T, StorageError>,
) -> Result<T, StorageError> {
    let mut file: *mut ffi::sqlite3_file = ptr::null_mut();
    // SAFETY: the connection is open and borrowed, so that nobody closes it meanwhile. SQLite stores a pointer
    // to the file, which lives as long as the connection; one that is not open has no methods.
    #[allow(unsafe_code)]
    let methods = unsafe {
        let operation = ffi::SQLITE_FCNTL_FILE_POINTER;
        outcome(ffi::sqlite3_file_control(connection.handle(), c"main".as_ptr(), operation, (&raw mut file).cast()))?;
        file.as_ref().and_then(|file| file.pMethods.as_ref())
    };
    work(file, methods.ok_or_else(misuse)?)
}

fn outcome(code: c_int) -> Result<(), StorageError> {
    if code == ffi::SQLITE_OK { Ok(()) } else { Err(failure(code)) }
}

fn failure(code: c_int) -> StorageError {
    StorageError::of_any(rusqlite::Error::SqliteFailure(ffi::Error::new(code), None), StorageErrorKind::Io)
}

fn misuse() -> StorageError {
    failure(ffi::SQLITE_MISUSE)
}
