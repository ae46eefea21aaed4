use std::fmt;

use wheatear_core::{ErrorCode, StatementPlace};
use wheatear_sqlite::SqliteFailure;

/// The place where the database lives cannot be used, is full, or holds something else.
#[derive(Debug)]
#[non_exhaustive]
pub struct StorageError {
    /// What kind of trouble.
    pub kind: StorageErrorKind,
    /// The words of the browser or of SQLite.
    pub reason: String,
    /// What SQLite said, if it was SQLite that noticed.
    pub sqlite: Option<SqliteFailure>,
    /// The statement of a migration that met it, if one did.
    pub place: Option<Box<StatementPlace>>,
}

/// What kind of trouble with storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StorageErrorKind {
    /// The browser offers no storage that a database could use here.
    Unsupported,
    /// Someone else holds the database.
    Busy,
    /// No room is left where the database is stored.
    Full,
    /// No memory is left.
    OutOfMemory,
    /// Reading or writing failed.
    Io,
    /// The file is not a SQLite database.
    NotADatabase,
    /// The database is damaged.
    Corrupt,
    /// The end of the file is missing.
    Truncated,
    /// The file looks like an encrypted database.
    Encrypted,
    /// The file's header has a page size that SQLite does not have.
    InvalidPageSize,
    /// The file is in WAL mode, and nobody said whether there is a `-wal` beside it.
    WalMissing,
    /// No database has this name.
    NoSuchDatabase,
}

impl StorageErrorKind {
    /// Whether it is what the file holds that is wrong.
    pub(crate) fn is_fault_of_file(self) -> bool {
        use StorageErrorKind::{Corrupt, Encrypted, InvalidPageSize, NotADatabase, Truncated};
        matches!(self, NotADatabase | Corrupt | Truncated | Encrypted | InvalidPageSize)
    }
}

impl StorageError {
    /// An error that the browser, or this library, noticed.
    pub(crate) fn new(kind: StorageErrorKind, reason: impl Into<String>) -> Self {
        Self { kind, reason: reason.into(), sqlite: None, place: None }
    }

    /// The storage error behind a failure of SQLite; `None` if its code does not speak of storage.
    ///
    /// Source: <https://www.sqlite.org/rescode.html>
    pub(crate) fn of(failure: &SqliteFailure) -> Option<Self> {
        use rusqlite::ffi;
        let kind = match failure.primary_code() {
            ffi::SQLITE_FULL => StorageErrorKind::Full,
            ffi::SQLITE_NOMEM => StorageErrorKind::OutOfMemory,
            ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED => StorageErrorKind::Busy,
            // Permission is what a mirror says of a block that is not there.
            ffi::SQLITE_IOERR | ffi::SQLITE_CANTOPEN | ffi::SQLITE_READONLY | ffi::SQLITE_PERM => StorageErrorKind::Io,
            ffi::SQLITE_NOTADB => StorageErrorKind::NotADatabase,
            ffi::SQLITE_CORRUPT => StorageErrorKind::Corrupt,
            // A file of another kind whose beginning is that of a database, such as an encrypted one.
            ffi::SQLITE_ERROR if failure.message == "unsupported file format" => StorageErrorKind::NotADatabase,
            _ => return None,
        };
        Some(Self::by_sqlite(kind, failure))
    }

    /// The same, where nobody's SQL can be at fault: of the kind `otherwise` if SQLite's code does not speak of storage.
    pub(crate) fn of_any(failure: impl Into<SqliteFailure>, otherwise: StorageErrorKind) -> Self {
        let failure = failure.into();
        Self::of(&failure).unwrap_or_else(|| Self::by_sqlite(otherwise, &failure))
    }

    fn by_sqlite(kind: StorageErrorKind, failure: &SqliteFailure) -> Self {
        Self { sqlite: Some(failure.clone()), ..Self::new(kind, failure.to_string()) }
    }

    /// The storage error of a file that SQLite was only to open, look at or copy, so that it is the file that is at fault.
    pub(crate) fn of_file(failure: impl Into<SqliteFailure>) -> Self {
        Self::of_any(failure, StorageErrorKind::Corrupt)
    }

    /// The same, met by a statement of a migration.
    pub(crate) fn at(self, place: StatementPlace) -> Self {
        Self { place: Some(Box::new(place)), ..self }
    }

    /// The stable code of this error.
    pub fn code(&self) -> ErrorCode {
        match self.kind {
            StorageErrorKind::Unsupported => ErrorCode::StorageUnsupported,
            StorageErrorKind::Busy => ErrorCode::StorageBusy,
            StorageErrorKind::Full | StorageErrorKind::OutOfMemory => ErrorCode::StorageFull,
            StorageErrorKind::Io => ErrorCode::StorageIo,
            StorageErrorKind::NotADatabase => ErrorCode::NotADatabase,
            StorageErrorKind::Corrupt => ErrorCode::DatabaseCorrupt,
            StorageErrorKind::Truncated => ErrorCode::DatabaseTruncated,
            StorageErrorKind::Encrypted => ErrorCode::DatabaseEncrypted,
            StorageErrorKind::InvalidPageSize => ErrorCode::InvalidPageSize,
            StorageErrorKind::WalMissing => ErrorCode::WalMissing,
            StorageErrorKind::NoSuchDatabase => ErrorCode::NoSuchDatabase,
        }
    }
}

impl fmt::Display for StorageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{place} failed: ")?;
        }
        let trouble = match self.kind {
            StorageErrorKind::Unsupported => {
                "this browser offers no private file system (OPFS) for databases here; private windows and old browsers lack it"
            }
            StorageErrorKind::Busy if cfg!(target_family = "wasm") => {
                "the database is in use elsewhere, such as in another tab; close it there and try again"
            }
            StorageErrorKind::Busy => "another connection or process is using the database; try again once it is done",
            StorageErrorKind::OutOfMemory => {
                "there is no memory left for the database; ask for less at once, or close other tabs, and try again"
            }
            StorageErrorKind::Full => "there is no room left for the database; free some space and try again",
            StorageErrorKind::Io => "reading or writing the stored database failed",
            StorageErrorKind::NotADatabase => "the file is not a SQLite database; give one that is",
            StorageErrorKind::Corrupt => {
                "the database is damaged; save what is there by an export, and go on with a backup or another copy"
            }
            StorageErrorKind::Truncated => {
                "the end of the database file is missing, as of a download cut short; go on with a whole copy"
            }
            StorageErrorKind::Encrypted => "the file looks encrypted; decrypt it with the program that it comes from",
            StorageErrorKind::InvalidPageSize => {
                "the file has a page size that SQLite does not have (a power of two from 512 to 65536), \
                 so it is damaged; go on with another copy"
            }
            StorageErrorKind::WalMissing => {
                "the file is in WAL mode, so its newest rows may lie in a file beside it whose name ends in \"-wal\"; \
                 import both (option wal), or close the database in the program that it comes from and say that there \
                 is none (wal: null)"
            }
            StorageErrorKind::NoSuchDatabase => "there is no database of this name",
        };
        write!(f, "{trouble} ({})", self.reason)
    }
}

impl std::error::Error for StorageError {}
