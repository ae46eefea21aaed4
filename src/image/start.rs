//! Begins a new database as an image.

use std::time::Duration;

use rusqlite::Connection;
use wheatear_core::{Digest, StepOperation};
use wheatear_sqlite::first_row;

use crate::error::{Error, RunAction, transaction_error};
use crate::ledger::Ledger;
use crate::report::{DoneStep, Report};
use crate::storage::{BLOCK_SIZE, Mirror, copy};

/// How the file of an image is laid out, which a copy would change. Fails if it has virtual tables that this build of SQLite
/// does not know.
const LAYOUT: &str = "SELECT page_size || ' ' || encoding || ' ' || auto_vacuum
     FROM pragma_page_size, pragma_encoding, pragma_auto_vacuum
    WHERE (SELECT count(*) FROM main.sqlite_schema AS object, pragma_table_xinfo(object.name)
            WHERE object.sql LIKE 'CREATE VIRTUAL%') >= 0";

/// Only of a new database: one that has no page, or, in WAL mode, a page with nothing in it.
const LAYOUT_IF_NEW: &str = "SELECT page_size || ' ' || encoding || ' ' || auto_vacuum
     FROM pragma_page_size, pragma_encoding, pragma_auto_vacuum,
          pragma_page_count, pragma_user_version, pragma_application_id
    WHERE page_count < 2 AND user_version = 0 AND application_id = 0
      AND NOT EXISTS (SELECT 1 FROM main.sqlite_schema)";

/// Copies an image of this set into a new database, in one transaction. `None`: the database is not new, or the image is
/// not what it should be; nothing was changed, and the set is to be applied.
pub(crate) fn start(
    connection: &mut Connection,
    ledger: &Ledger,
    set: &Digest,
    image: &[u8],
) -> Result<Option<Report>, Error> {
    let Some(layout) = text(connection, LAYOUT_IF_NEW) else { return Ok(None) };
    let Ok(Some((image, report))) = open(ledger, set, image) else { return Ok(None) };
    if text(&image, LAYOUT) != Some(layout) {
        return Ok(None);
    }
    let mode = text(connection, "PRAGMA main.locking_mode").unwrap_or_default();
    // SQLite copies over whatever there is. So that nobody else makes something of the database after it was looked at,
    // the lock is kept until the mode is what it was, and the database is read again.
    let alone = "PRAGMA main.locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT";
    let copied = connection.execute_batch(alone).and_then(|()| match text(connection, LAYOUT_IF_NEW) {
        Some(_) => copy(&image, connection).map(|()| Some(report)),
        None => Ok(None),
    });
    let again = ["PRAGMA main.locking_mode = ", &mode, "; SELECT 1 FROM main.sqlite_schema"].concat();
    let _ = connection.execute_batch(&again);
    copied.map_err(|error| transaction_error(RunAction::Copy, error))
}

/// What the first row of a query has, if there is one.
fn text(connection: &Connection, sql: &str) -> Option<String> {
    first_row(connection, sql, &[], |row| row.get(0)).ok()?
}

/// Opens an image in memory, dated now, and says what a database has applied that begins as it. `None`: it is of another
/// set.
fn open(ledger: &Ledger, set: &Digest, bytes: &[u8]) -> Result<Option<(Connection, Report)>, Error> {
    let mirror = Mirror::new(bytes.len() as u64)?;
    bytes.chunks(BLOCK_SIZE).enumerate().try_for_each(|(index, block)| mirror.fill(index, block))?;
    let image = mirror.connect()?;
    if !ledger.has_applied(&image, set)? {
        return Ok(None);
    }
    let step = |id| DoneStep { operation: StepOperation::Image, id, duration: Duration::ZERO, late: false };
    let steps: Vec<DoneStep> = ledger.redate(&image)?.into_iter().map(step).collect();
    let to = steps.last().map(|step| step.id.clone());
    Ok(Some((image, Report { to, steps, ..Report::default() })))
}
