use wheatear_core::ErrorCode;

use crate::error::SqliteFailure;

/// The place where the database lives cannot be used, is full, or holds something else.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StorageError {
    /// The browser offers no storage that a database could use here.
    #[error(
        "this browser offers no file system for databases here (OPFS): {0}; private windows and old browsers lack it"
    )]
    Unsupported(String),
    /// Someone else holds the database.
    #[error("the database is in use elsewhere, such as in another tab; close it there and try again ({0})")]
    Busy(String),
    /// No room is left.
    #[error("there is no room left for the database; free some space and try again ({0})")]
    Full(String),
    /// Reading or writing failed.
    #[error("reading or writing the stored database failed ({0})")]
    Io(String),
    /// The stored bytes are not a SQLite database, or are damaged.
    #[error("what is stored is not a SQLite database, or is damaged ({0})")]
    NotADatabase(String),
}

impl StorageError {
    /// The stable code of this error.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Unsupported(_) => ErrorCode::StorageUnsupported,
            Self::Busy(_) => ErrorCode::StorageBusy,
            Self::Full(_) => ErrorCode::StorageFull,
            Self::Io(_) => ErrorCode::StorageIo,
            Self::NotADatabase(_) => ErrorCode::NotADatabase,
        }
    }

    /// The storage error behind a failure of SQLite, if its code speaks of storage and not of SQL.
    ///
    /// Source: <https://www.sqlite.org/rescode.html>
    pub(crate) fn of(failure: &SqliteFailure) -> Option<Self> {
        use rusqlite::ffi;
        let kind = match failure.primary_code() {
            ffi::SQLITE_FULL => Self::Full,
            ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED => Self::Busy,
            ffi::SQLITE_IOERR | ffi::SQLITE_CANTOPEN | ffi::SQLITE_READONLY => Self::Io,
            ffi::SQLITE_NOTADB | ffi::SQLITE_CORRUPT => Self::NotADatabase,
            _ => return None,
        };
        Some(kind(failure.to_string()))
    }
}
