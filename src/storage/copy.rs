use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, ffi};

/// Copies one database over another, in one transaction.
///
/// Source: <https://www.sqlite.org/backup.html>
pub(crate) fn copy(from: &Connection, to: &mut Connection) -> rusqlite::Result<()> {
    // Anything but done means that someone else holds one of them, and that nothing was copied.
    match Backup::new(from, to)?.step(-1)? {
        StepResult::Done => Ok(()),
        _ => Err(rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_BUSY), None)),
    }
}
