//! What a step leaves in the ledger.

use std::time::Duration;

use rusqlite::Connection;
use wheatear_core::Step;

use crate::error::Error;
use crate::ledger::Ledger;
use crate::log::Outcome;

/// Records a step in the ledger and its log.
pub(super) fn record(
    ledger: &Ledger,
    connection: &Connection,
    now: &str,
    step: &Step<'_>,
    duration: Duration,
) -> Result<(), Error> {
    let operation = step.operation();
    match step {
        Step::Apply { migration, .. } => ledger.record(connection, now, operation, migration, duration),
        Step::Mark(migration) | Step::Baseline(migration) | Step::Adopt(migration) => {
            ledger.record(connection, now, operation, migration, Duration::ZERO)
        }
        Step::Rollback { entry, .. } | Step::Unmark(entry) => ledger.forget(connection, now, operation, &entry.id),
        Step::Repair(migration) => ledger.correct(connection, now, operation, migration),
        Step::Rename { from, migration } => ledger.rename(connection, now, operation, from, migration),
        Step::Hook(_) => Ok(()),
    }
}

/// Adds a line to the log about a step that runs outside of a transaction. Hooks are no migrations, and the log is about
/// those.
pub(super) fn log(
    ledger: &Ledger,
    connection: &Connection,
    now: &str,
    step: &Step<'_>,
    outcome: Outcome,
) -> Result<(), Error> {
    match step {
        Step::Hook(_) => Ok(()),
        step => ledger.log_entry(connection, now, step.operation(), step.id(), outcome),
    }
}
