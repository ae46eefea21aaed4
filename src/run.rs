//! One run: everything that is pending, in one transaction with the rows that record it.

use rusqlite::{Connection, Transaction, TransactionBehavior};
use web_time::Instant;
use wheatear_core::{DefinitionError, DefinitionErrorKind, Migration, MigrationSet, Plan, Target, plan};

use crate::apply_error::{ApplyError, StatementPlace, transaction_error};
use crate::error::Error;
use crate::foreign_keys::{self, Violations};
use crate::ledger;
use crate::report::{AppliedMigration, Report};
use crate::script::{self, Cause, ScriptError};
use crate::storage::StorageError;

/// Applies what the database lacks of the set, up to the target.
pub(crate) fn apply(connection: &mut Connection, set: &MigrationSet, target: &Target) -> Result<Report, Error> {
    // The common case on every page load: one small read, no lock, no write.
    if *target == Target::Latest && ledger::is_current(connection, set.digest())? {
        return Ok(Report::nothing_done(set.latest().map(Migration::id)));
    }
    let pending = read_plan(connection, set, target)?;
    if pending.is_empty() {
        return Ok(Report::nothing_done(pending.to));
    }
    foreign_keys::with_enforcement_off(connection, |connection| {
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(|error| transaction_error("begin", error))?;
        // Planned again, now that nobody else can write: another process may have been faster.
        let plan = read_plan(&transaction, set, target)?;
        if plan.is_empty() {
            return Ok(Report::nothing_done(plan.to));
        }
        let report = carry_out(&transaction, set, &plan)?;
        transaction.commit().map_err(|error| transaction_error("commit", error))?;
        Ok(report)
    })
}

fn read_plan<'set>(connection: &Connection, set: &'set MigrationSet, target: &Target) -> Result<Plan<'set>, Error> {
    let entries = ledger::entries(connection)?;
    let applied: Vec<&str> = entries.iter().map(|entry| entry.id.as_str()).collect();
    Ok(plan(set, &applied, target)?)
}

/// Everything between BEGIN and COMMIT. An error makes the caller drop the transaction, which rolls it back.
fn carry_out(transaction: &Transaction<'_>, set: &MigrationSet, plan: &Plan<'_>) -> Result<Report, Error> {
    // Keys that cannot be checked before (a parent without a unique index) are not this run's to answer for.
    let violations_before = Violations::of(transaction).ok();
    ledger::create(transaction)?;
    let mut applied = Vec::with_capacity(plan.steps.len());
    for migration in &plan.steps {
        let start = Instant::now();
        script::run(transaction, migration.up()).map_err(|error| statement_error(migration, error))?;
        let duration = start.elapsed();
        ledger::record(transaction, migration, duration)?;
        applied.push(AppliedMigration { id: migration.id().to_owned(), duration });
    }
    if let Some(before) = violations_before {
        let after = Violations::of(transaction).map_err(|error| transaction_error("check foreign keys", error))?;
        after.introduced_since(&before)?;
    }
    ledger::seal(transaction, plan.completes.then(|| set.digest()))?;
    let version = |id: Option<&str>| id.map(str::to_owned);
    Ok(Report { from: version(plan.from), to: version(plan.to), applied })
}

fn statement_error(migration: &Migration, ScriptError { statement, line, cause }: ScriptError) -> Error {
    let (id, file) = (migration.id().to_owned(), migration.file().to_owned());
    match cause {
        Cause::TransactionControl => {
            let kind = DefinitionErrorKind::TransactionControl { migration: id, statement };
            DefinitionError { file, line, kind }.into()
        }
        Cause::Sqlite(sqlite) => {
            let place = StatementPlace { migration: id, file, statement, line };
            match StorageError::of(sqlite) {
                Ok(storage) => storage.at(place).into(),
                Err(sqlite) => ApplyError::StatementFailed { place, sqlite }.into(),
            }
        }
    }
}
