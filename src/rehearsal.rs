use std::fmt;
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::config::DbConfig;
use web_time::Instant;
use wheatear_core::statements::{leaves_the_database, statements};
use wheatear_core::{Operation, Step};
use wheatear_sqlite::SqliteFailure;

use crate::error::{ApplyError, Error, RunAction, transaction_error};
use crate::report::Report;
use crate::run::{self, Settings};
#[cfg(feature = "serde")]
use crate::shapes::milliseconds;
use crate::storage;

/// How an operation went on a copy of a database.
#[derive(Debug)]
#[non_exhaustive]
pub struct Rehearsal {
    /// What the run would report, or the error it would end with.
    pub outcome: Result<Report, Error>,
    /// Time the run took; on the database itself, flushes to the disk come on top.
    pub duration: Duration,
}

impl fmt::Display for Rehearsal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let milliseconds = self.duration.as_secs_f64() * 1000.0;
        match &self.outcome {
            Ok(report) => write!(f, "would succeed in {milliseconds:.1} ms: {report}"),
            Err(error) => write!(f, "would fail after {milliseconds:.1} ms: {error}"),
        }
    }
}

/// As `Rehearsal` of the npm package: `durationMs`, and of `report` and `error` one, the other `null`.
#[cfg(feature = "serde")]
impl serde::Serialize for Rehearsal {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(serde::Serialize)]
        #[serde(rename_all = "camelCase")]
        struct RehearsalShape<'a> {
            duration_ms: f64,
            report: Option<&'a Report>,
            error: Option<&'a Error>,
        }
        let (report, error) = (self.outcome.as_ref().ok(), self.outcome.as_ref().err());
        RehearsalShape { duration_ms: milliseconds(self.duration), report, error }.serialize(serializer)
    }
}

/// Copies the database into memory and runs the operation there.
pub(crate) fn rehearse(
    connection: &Connection,
    settings: &Settings<'_>,
    operation: &Operation,
) -> Result<Rehearsal, Error> {
    refuse_other_files(connection, settings, operation)?;
    let mut copy = copy_of(connection, settings).map_err(|error| transaction_error(RunAction::Copy, error))?;
    let start = Instant::now();
    let outcome = run::run(&mut copy, settings, operation);
    Ok(Rehearsal { outcome, duration: start.elapsed() })
}

/// A copy is no help where other files would be written. A plan that cannot be made is for the run to tell.
fn refuse_other_files(connection: &Connection, settings: &Settings<'_>, operation: &Operation) -> Result<(), Error> {
    let Ok(plan) = run::read_plan(connection, settings, operation) else { return Ok(()) };
    let mut scripts = plan.steps.iter().filter_map(Step::script);
    match scripts.find(|script| statements(&script.sql).any(|(_, statement)| leaves_the_database(statement))) {
        None => Ok(()),
        Some(script) => {
            let sqlite = SqliteFailure::misuse(format!("{} reaches for other files", script.file));
            Err(ApplyError::TransactionFailed { action: RunAction::Rehearse, sqlite }.into())
        }
    }
}

fn copy_of(connection: &Connection, settings: &Settings<'_>) -> rusqlite::Result<Connection> {
    let mut copy = settings.set.memory()?;
    storage::copy(connection, &mut copy)?;
    let flag = DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY;
    copy.set_db_config(flag, connection.db_config(flag)?)?;
    Ok(copy)
}
