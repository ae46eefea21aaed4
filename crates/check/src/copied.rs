//! Copies of databases in memory: each thing that is tried has one of its own.

use rusqlite::backup::{Backup, StepResult};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ffi};

use crate::CheckOptions;

/// An empty database in memory, with what the application gives its own.
pub(crate) fn empty(options: &CheckOptions) -> rusqlite::Result<Connection> {
    let connection = Connection::open_in_memory()?;
    (options.prepare)(&connection)?;
    Ok(connection)
}

/// The most that a script may do on a copy, in thousands of SQLite's operations: less than a second. It bounds the work of a check,
/// whatever a migration does with rows.
const MOST_WORK: usize = 20_000;

/// A copy of a database, on which what does not end is interrupted.
///
/// Source: <https://www.sqlite.org/backup.html>
pub(crate) fn copy(from: &Connection, options: &CheckOptions) -> rusqlite::Result<Connection> {
    let mut to = empty(options)?;
    match Backup::new(from, &mut to)?.step(-1)? {
        StepResult::Done => {}
        _ => return Err(rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_BUSY), None)),
    }
    let mut work = 0;
    let goes_on = move || {
        work += 1;
        work > MOST_WORK
    };
    to.progress_handler(1000, Some(goes_on))?;
    to.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, false)?;
    Ok(to)
}
