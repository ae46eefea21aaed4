//! Begins a new database as an image.

use std::time::Duration;

use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};
use wheatear_core::{Digest, StepOperation};
use wheatear_sqlite::first_row;

use crate::error::Error;
use crate::ledger::Ledger;
use crate::report::{DoneStep, Report};
use crate::storage::{BLOCK_SIZE, Mirror};

/// How a file is laid out, which a copy would change.
const LAYOUT: &str = "SELECT page_size || ' ' || encoding || ' ' || auto_vacuum
     FROM pragma_page_size, pragma_encoding, pragma_auto_vacuum";

/// Only of a new database: one that has no page, or, in WAL mode, a page with nothing in it.
const LAYOUT_IF_NEW: &str = "SELECT page_size || ' ' || encoding || ' ' || auto_vacuum
     FROM pragma_page_size, pragma_encoding, pragma_auto_vacuum,
          pragma_page_count, pragma_user_version, pragma_application_id
    WHERE page_count < 2 AND user_version = 0 AND application_id = 0
      AND NOT EXISTS (SELECT 1 FROM main.sqlite_schema)";

/// Copies an image of this set into a new database, in one transaction. `None`: the database is not new, or the image is
/// not what it should be, or could not be copied; nothing was changed, and the set is to be applied.
pub(crate) fn start(connection: &mut Connection, ledger: &Ledger, set: &Digest, image: &[u8]) -> Option<Report> {
    let layout = text(connection, LAYOUT_IF_NEW)?;
    let (image, report) = open(ledger, set, image).ok()??;
    let mode = text(connection, "PRAGMA main.locking_mode")?;
    // SQLite copies over whatever there is. So that nobody else makes something of the database after it was looked at,
    // the lock is kept until the mode is what it was, and the database is read again.
    let alone = "PRAGMA main.locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT";
    let is_copied = text(&image, LAYOUT)? == layout
        && connection.execute_batch(alone).is_ok()
        && text(connection, LAYOUT_IF_NEW).is_some()
        && copy(&image, connection);
    let again = ["PRAGMA main.locking_mode = ", &mode, "; SELECT 1 FROM main.sqlite_schema"].concat();
    let _ = connection.execute_batch(&again);
    is_copied.then_some(report)
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

/// Whether all of it was copied; otherwise nothing was.
///
/// Source: <https://www.sqlite.org/backup.html>
fn copy(image: &Connection, connection: &mut Connection) -> bool {
    Backup::new(image, connection).and_then(|backup| backup.step(-1)).is_ok_and(|result| result == StepResult::Done)
}
