//! Which journal an open database has. A small commit costs one flush in a write-ahead log and four with a rollback
//! journal; a large one, as an upgrade is, would be written twice in a log. So whoever commits little finds itself with a
//! log, and what is large runs in a rollback journal if that is known before. What either costs is measured in
//! bench/README.md.
//!
//! SQLite keeps which of them it is in the file. A database that was left with a log is opened with it, whatever of it a
//! crash has left.
//!
//! Source: <https://www.sqlite.org/wal.html#use_of_wal_without_shared_memory>

use rusqlite::Connection;

use super::vfs::Offer;
use crate::storage::{StorageError, StorageErrorKind, file_check, read_file};

/// What a call may write and is small, in bytes; a log that has more is moved into the file, because whoever opens the
/// database after a crash reads all of it.
const SMALL: u64 = 1 << 19;

/// After each call: a database to which a little was written has a log from then on, and no log becomes long.
pub(super) fn settle(connection: &Connection, files: &Offer) {
    let mut handles = files.handles();
    // The journal is between them.
    let (Some(main), Some(log), true) = (handles.next(), handles.nth(1), connection.is_autocommit()) else { return };
    let sql = match (log.take_written(), main.take_written()) {
        (1.., _) if log.size().is_ok_and(|size| size > SMALL) => "PRAGMA main.wal_checkpoint(TRUNCATE)",
        (0, 1..=SMALL) => "PRAGMA main.journal_mode = WAL",
        _ => return,
    };
    // What was committed is stored in any case, and the next call tries again.
    let _ = connection.execute_batch(sql);
}

/// Once it is opened, SQLite having looked at whatever a crash has left: a database without a log has a rollback journal
/// whose handle stays open, and which a crash leaves at most as one that opening rolls back.
pub(super) fn begin(connection: &Connection) -> rusqlite::Result<()> {
    if has_log(connection) { Ok(()) } else { connection.execute_batch("PRAGMA main.journal_mode = TRUNCATE") }
}

/// Gives a database that has a log a rollback journal, with all that was committed to its log.
///
/// # Errors
/// [`StorageErrorKind::Full`]; the database is as it was.
pub(super) fn leave_log(connection: &Connection) -> Result<(), StorageError> {
    // What may fail for want of room fails with the first, where nothing has changed yet.
    let left = connection.execute_batch("PRAGMA main.wal_checkpoint; PRAGMA main.journal_mode = TRUNCATE");
    left.map_err(|error| StorageError::of_any(error, StorageErrorKind::Io))
}

/// Whether a database whose file SQLite has looked at has a log.
pub(super) fn has_log(connection: &Connection) -> bool {
    read_file(connection, 0, 20).is_ok_and(|head| file_check::is_in_wal_mode(&head))
}
