//! One run: everything that an operation asks for, in one transaction with the rows that record it. A
//! migration that cannot run in a transaction splits the run in parts.
//!
//! Any migration may rebuild a table, so every run is SQLite's procedure for that. The lines that take its steps say so:
//!
//! | step | SQLite asks | taken in |
//! | --- | --- | --- |
//! | 1 | switch foreign keys off | `Run::carry_out` |
//! | 2 | begin a transaction | `Run::run_parts` |
//! | 3 to 9 | make the new table, copy, drop the old one, rename; make indexes, triggers and views again | the migration's own SQL, `Run::run_script` |
//! | 10 | check foreign keys | `Run::run_inside`, also where they were off before |
//! | 11 | commit | `Run::run_inside` |
//! | 12 | switch foreign keys on again, if they were | the end of `Run::carry_out` |
//!
//! Source: <https://www.sqlite.org/lang_altertable.html#otheralter>

mod context;
mod foreign_records;
mod part;
mod planning;
mod record;
mod schema_check;
mod settings;
mod step;
mod transaction;
mod transcript;
mod unmanaged;

use rusqlite::Connection;
use wheatear_core::Operation;
use wheatear_sqlite::switches;

use crate::error::{Error, PartialRun, RunAction, transaction_error};
use crate::foreign_keys::Enforcement;
use crate::progress::{Phase, Reporter};
use crate::report::Report;
use context::Run;
use part::Part;
use planning::{has_work, is_current};

pub(crate) use planning::{pending, read_plan};
pub(crate) use settings::Settings;
pub(crate) use transcript::transcript;

/// Carries an operation out.
pub(crate) fn run(
    connection: &mut Connection,
    settings: &Settings<'_>,
    operation: &Operation,
) -> Result<Report, Error> {
    if is_current(connection, settings, operation)? {
        return Ok(Report::nothing_done(settings.set.latest().map(|migration| migration.id().to_owned())));
    }
    let reporter = Reporter::new(settings.observer.clone());
    reporter.phase(Phase::Planning)?;
    let intended = read_plan(connection, settings, operation)?;
    if !has_work(connection, settings, &intended)? {
        seal_if_current(connection, settings)?;
        return Ok(Report { adopted: intended.adopted, ..Report::nothing_done(intended.to) });
    }
    let attach_error = |error| transaction_error(RunAction::WatchProgress, error);
    reporter.attach(connection).map_err(attach_error)?;
    let result = Run { connection, settings, reporter: &reporter, report: Report::default(), unfinished: None }
        .carry_out(operation);
    let detached = reporter.detach(connection).map_err(attach_error);
    result.and_then(|report| detached.map(|()| report))
}

/// Renews the ledger's digest if all is applied and it is another one, so that the next look is a short one: a
/// migration has a new text that accepts the applied one, or another program made the table anew, and its triggers are
/// gone. The rest of the ledger stays, because a build that knows only the old text may come back.
fn seal_if_current(connection: &Connection, settings: &Settings<'_>) -> Result<(), Error> {
    let Settings { ledger, set, .. } = settings;
    let set = set.definition();
    if ledger.is_sealed_otherwise(connection, set)? && ledger.applied_digest(connection, set)? == *set.digest() {
        // A connection that can only read cannot renew the digest, and its next look is no short one.
        let _ = transaction::begin(connection).and_then(|transaction| {
            ledger.seal(&transaction, set, None)?;
            transaction::commit(transaction)
        });
    }
    Ok(())
}

impl Run<'_, '_> {
    // A visit that finds nothing to do does not come here, and need not compile it.
    #[inline(never)]
    fn carry_out(mut self, operation: &Operation) -> Result<Report, Error> {
        // Step 1; step 12 is taken when this is dropped, whatever happens until then.
        let _enforcement = Enforcement::off(self.connection)
            .map_err(|error| transaction_error(RunAction::SwitchForeignKeys, error))?;
        // A transaction that is open already is the application's: this run is refused, and must not end that.
        let ends_transactions = self.connection.is_autocommit();
        let switch_error = |error| transaction_error(RunAction::RestoreSwitches, error);
        let attached = switches::databases(self.connection);
        let mut result = self.run_parts(operation);
        if ends_transactions {
            if result.is_err() {
                transaction::end_open(self.connection);
            }
            // A database that a migration has attached in the transaction could not be detached before its end.
            let detached = switches::detach_others(self.connection, &attached).map_err(switch_error);
            result = result.and(detached);
        }
        let Self { mut report, unfinished, .. } = self;
        match result {
            Ok(()) => Ok(report),
            Err(error) if report.steps.is_empty() && unfinished.is_none() => Err(error),
            Err(error) => {
                // The plan of a repair says where the database is now, whatever is wrong with its history.
                if let Ok(plan) = read_plan(self.connection, self.settings, &Operation::Repair) {
                    report.to = plan.from;
                }
                Err(Error::Partial(Box::new(PartialRun { report, unfinished, error })))
            }
        }
    }

    fn run_parts(&mut self, operation: &Operation) -> Result<(), Error> {
        let Self { connection, settings, .. } = *self;
        // Step 2. A part behind the first begins its own below.
        let transaction = transaction::begin(connection)?;
        // The plan is made again now that the transaction keeps others from writing: another process may have applied
        // migrations since the first plan.
        let plan = read_plan(&transaction, settings, operation)?;
        settings.ledger.prepare(&transaction, settings.set.definition())?;
        schema_check::check_adoption(settings.set, &transaction, &plan)?;
        self.report.adopted = plan.adopted;
        (self.report.from, self.report.to) = (plan.from.clone(), plan.from.clone());
        self.reporter.phase(Phase::Migrating)?;

        let mut open = Some(transaction);
        // The ledger's digest when the part before ended.
        let mut seal = None;
        for part in Part::of(&plan.steps) {
            let transaction = match open.take() {
                Some(transaction) => transaction,
                None => transaction::begin_again(connection, &settings.ledger, seal)?,
            };
            seal = Some(match part.steps {
                [step] if !step.is_transactional() => self.run_outside(transaction, step, &part)?,
                _ => self.run_inside(transaction, &part)?,
            });
        }
        // The plan has no steps, so no part has taken the transaction in which the ledger was brought up to date.
        if let Some(transaction) = open {
            self.commit(transaction)?;
        }
        self.report.to = plan.to;
        Ok(())
    }
}
