//! The origin private file system, through synchronous access handles: each database has a folder of its own with the
//! files that SQLite has anywhere. Only a dedicated worker may use it, and only one at a time.
//!
//! Source: <https://fs.spec.whatwg.org/#api-filesystemsyncaccesshandle>

mod browser;
mod files;
mod folder;
mod handle;
mod journal;
mod log;
mod transfer;
mod vfs;

use rusqlite::Connection;

use crate::storage::{DatabaseName, StorageError, StorageErrorKind, file_check, settle_log};
use files::{Files, Taken};
use vfs::Offer;

pub use folder::delete;
pub use transfer::{export, import};

/// An open database, whose files it alone holds.
pub struct OpfsDatabase {
    files: Offer,
}

impl OpfsDatabase {
    /// Takes the database's files, waiting up to five seconds for another holder, and connects. `is_known`: the
    /// caller knows that there is a database of this name, which is not empty. Then no new one is created.
    ///
    /// # Errors
    /// `storage_unsupported` where there is no such file system, `storage_busy` if the files stay in use, `storage_full`,
    /// `not_a_database` and its like, with the file as it was.
    pub async fn open(name: &DatabaseName, is_known: bool) -> Result<(Self, Connection), StorageError> {
        let Taken { path, offer, .. } = Files::find_or_create(name).await?.take(name, is_known).await?;
        let connection = connect(&path)?;
        Ok((Self { files: offer }, connection))
    }

    /// To be called after what the application has done: sees to the journal that the next commits are to have.
    pub fn settle(&self, connection: &Connection) {
        journal::settle(connection, &self.files);
    }

    /// What was written until now tells nothing of what comes.
    pub fn forget(&self) {
        for handle in self.files.handles() {
            handle.take_written();
        }
    }

    /// Whether [`OpfsDatabase::expect_much`] has nothing to do.
    pub fn is_ready_for_much(&self, connection: &Connection) -> bool {
        !journal::has_log(connection)
    }

    /// To be called before much is written: it runs in a rollback journal, which a `VACUUM` for another page size needs.
    ///
    /// # Errors
    /// `storage_full`; the database is as it was.
    pub fn expect_much(&self, connection: &Connection) -> Result<(), StorageError> {
        journal::leave_log(connection)
    }

    /// Closes the connection and lets go of the files, for the next tab.
    ///
    /// # Errors
    /// `storage_busy` if a file is still in use.
    pub fn close(self, connection: Connection) -> Result<(), StorageError> {
        drop(connection);
        match self.files.is_in_use() {
            false => Ok(()),
            true => Err(StorageError::new(StorageErrorKind::Busy, "SQLite still has a file of it open")),
        }
    }
}

/// The connection to a database, as it is used from then on.
fn connect(path: &str) -> Result<Connection, StorageError> {
    let connection = vfs::connect(path)?;
    // EXCLUSIVE: the handles are exclusive anyway, so nothing is asked for again; and before anything is read, because
    // only so there can be a log, whose index is in memory then. FILE: of what it sorts in a file, SQLite has no more in
    // memory than its cache may have.
    let settings = connection.execute_batch(
        "PRAGMA locking_mode = EXCLUSIVE;
         PRAGMA synchronous = FULL;
         PRAGMA temp_store = FILE;
         PRAGMA foreign_keys = ON;
         PRAGMA schema_version;",
    );
    // The file is looked at only now, when SQLite has rolled back what a crash cut short: until then its size need not
    // be the one in its header.
    match settings.and_then(|()| journal::begin(&connection)) {
        Ok(()) => examine(&connection).map(|()| connection),
        Err(error) => Err(opening_error(&connection, error)),
    }
}

fn examine(connection: &Connection) -> Result<(), StorageError> {
    // Where a crash has cut short what moves a log into the file, the rest of it may make the file whole.
    file_check::examine_open(connection).or_else(|_| match settle_log(connection) {
        Ok(()) => file_check::examine_open(connection),
        // The file cannot be made whole now, and with its log it can be read.
        Err(error) if error.kind == StorageErrorKind::Full => Ok(()),
        Err(error) => Err(error),
    })
}

/// If SQLite calls the file no database, or damaged, the file tells more.
fn opening_error(connection: &Connection, error: rusqlite::Error) -> StorageError {
    let error = StorageError::of_file(error);
    if !error.kind.is_fault_of_file() {
        return error;
    }
    match examine(connection) {
        Err(found) if found.kind.is_fault_of_file() => StorageError { sqlite: error.sqlite, ..found },
        _ => error,
    }
}
