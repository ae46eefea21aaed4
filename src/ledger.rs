//! The tables in the user's database that remember what was applied.
//!
//! `_wheatear_migration` has one row per applied migration, `_wheatear_ledger` a single row: the
//! format of these tables, and the digest of the set when all of it is applied, so that one small
//! read tells 'nothing to do' however long the history is.

use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, params};
use wheatear_core::{Digest, HistoryError, Migration};

use crate::error::Error;
use crate::sqlite_failure::SqliteFailure;

/// Format of the tables. Raise it with every change to them, and upgrade older ones in the same run.
const FORMAT: i64 = 1;

const CREATE: &str = "
CREATE TABLE _wheatear_ledger (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  format INTEGER NOT NULL,
  digest BLOB
) STRICT;
CREATE TABLE _wheatear_migration (
  position INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  up TEXT NOT NULL,
  down TEXT,
  applied_at TEXT NOT NULL,
  duration_us INTEGER NOT NULL
) STRICT;";

/// A migration that the database records as applied.
pub(crate) struct Entry {
    pub id: String,
    /// UTC, ISO 8601 with milliseconds: `2024-05-01T12:00:00.000Z`.
    pub applied_at: String,
    pub duration: Duration,
}

/// Whether the database records exactly this digest, and so lacks nothing.
pub(crate) fn is_current(connection: &Connection, digest: &Digest) -> Result<bool, Error> {
    Ok(header(connection)?.flatten().is_some_and(|recorded| recorded == *digest.as_bytes()))
}

/// Every applied migration, in the order in which they were applied.
pub(crate) fn entries(connection: &Connection) -> Result<Vec<Entry>, Error> {
    if header(connection)?.is_none() {
        return Ok(Vec::new());
    }
    let sql = "SELECT id, applied_at, duration_us FROM _wheatear_migration ORDER BY position";
    let mut statement = connection.prepare(sql).map_err(ledger_error)?;
    let entry = |row: &rusqlite::Row<'_>| {
        let duration = Duration::from_micros(row.get::<_, i64>(2)?.unsigned_abs());
        Ok(Entry { id: row.get(0)?, applied_at: row.get(1)?, duration })
    };
    let entries = statement.query_map([], entry).map_err(ledger_error)?;
    entries.collect::<rusqlite::Result<_>>().map_err(ledger_error)
}

/// Creates the tables if this database has none yet.
pub(crate) fn create(connection: &Connection) -> Result<(), Error> {
    if header(connection)?.is_none() {
        connection.execute_batch(CREATE).map_err(ledger_error)?;
        let sql = "INSERT INTO _wheatear_ledger (id, format) VALUES (1, ?1)";
        connection.execute(sql, [FORMAT]).map_err(ledger_error)?;
    }
    Ok(())
}

/// Records one migration as applied, now.
pub(crate) fn record(connection: &Connection, migration: &Migration, duration: Duration) -> Result<(), Error> {
    let sql = "INSERT INTO _wheatear_migration (id, up, down, applied_at, duration_us)
        VALUES (?1, ?2, ?3, strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), ?4)";
    let micros = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
    let values = params![migration.id(), migration.up(), migration.down(), micros];
    connection.prepare_cached(sql).and_then(|mut insert| insert.execute(values)).map_err(ledger_error)?;
    Ok(())
}

/// Records what set the database is current with; `None` while it lacks some of it.
pub(crate) fn seal(connection: &Connection, digest: Option<&Digest>) -> Result<(), Error> {
    let digest = digest.map(|digest| digest.as_bytes().as_slice());
    connection.execute("UPDATE _wheatear_ledger SET digest = ?1", [digest]).map_err(ledger_error)?;
    Ok(())
}

/// The digest of the single row, behind a check of its format; the outer `None`: no ledger yet.
fn header(connection: &Connection) -> Result<Option<Option<[u8; 32]>>, Error> {
    if !connection.table_exists(Some(c"main"), c"_wheatear_ledger").map_err(ledger_error)? {
        return Ok(None);
    }
    let row = connection
        .query_row("SELECT format, digest FROM main._wheatear_ledger", [], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, Option<[u8; 32]>>(1)?))
        })
        .optional()
        .map_err(ledger_error)?;
    match row {
        Some((FORMAT, digest)) => Ok(Some(digest)),
        Some((found, _)) if found > FORMAT => Err(HistoryError::LedgerTooNew { found, known: FORMAT }.into()),
        Some((found, _)) => Err(corrupt(format!("_wheatear_ledger has the unknown format {found}")).into()),
        None => Err(corrupt("_wheatear_ledger is empty".to_owned()).into()),
    }
}

/// A failure of storage is one; any other means that the tables are not what they must be.
fn ledger_error(error: rusqlite::Error) -> Error {
    SqliteFailure::from(error).or_storage(|failure| corrupt(failure.to_string()))
}

fn corrupt(reason: String) -> HistoryError {
    HistoryError::LedgerCorrupt { reason }
}
