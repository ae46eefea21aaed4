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

/// A copy of a database.
///
/// Source: <https://www.sqlite.org/backup.html>
pub(crate) fn copy(from: &Connection, options: &CheckOptions) -> rusqlite::Result<Connection> {
    let mut to = empty(options)?;
    match Backup::new(from, &mut to)?.step(-1)? {
        StepResult::Done => {}
        _ => return Err(rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_BUSY), None)),
    }
    to.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, false)?;
    Ok(to)
}
