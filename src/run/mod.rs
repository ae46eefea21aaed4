//! One run: everything that an operation asks for, in one transaction with the rows that record it. A
//! migration that cannot run in a transaction splits the run in parts.

mod part;
mod schema_check;
mod step;
mod transaction;
mod unmanaged;

use rusqlite::Connection;
use wheatear_core::{Down, Operation, Plan, Step, Target, check_recorded, plan};
use wheatear_sqlite::switches;

use crate::error::{Error, PartialRun, transaction_error};
use crate::foreign_keys::Enforcement;
use crate::migrator::Migrator;
use crate::progress::{Phase, Reporter};
use crate::report::Report;
use part::Part;

/// Carries an operation out.
pub(crate) fn run(
    connection: &mut Connection,
    migrator: &Migrator<'_>,
    operation: &Operation,
) -> Result<Report, Error> {
    if is_current(connection, migrator, operation)? {
        return Ok(Report::nothing_done(migrator.set.latest().map(|migration| migration.id().to_owned())));
    }
    let reporter = Reporter::new(migrator.observer.clone());
    reporter.phase(Phase::Planning)?;
    let intended = read_plan(connection, migrator, operation)?;
    if !has_work(connection, migrator, &intended)? {
        seal_if_current(connection, migrator)?;
        return Ok(Report::nothing_done(intended.to));
    }
    let attach_error = |error| transaction_error("watch progress", error);
    reporter.attach(connection).map_err(attach_error)?;
    let result = Run { connection, migrator, reporter: &reporter, report: Report::default(), unfinished: None }
        .carry_out(operation);
    let detached = reporter.detach(connection).map_err(attach_error);
    result.and_then(|report| detached.map(|()| report))
}

/// What an operation would do, if it would change anything.
pub(crate) fn pending<'set>(
    connection: &Connection,
    migrator: &Migrator<'set>,
    operation: &Operation,
) -> Result<Option<Plan<'set>>, Error> {
    if is_current(connection, migrator, operation)? {
        return Ok(None);
    }
    let plan = read_plan(connection, migrator, operation)?;
    Ok(has_work(connection, migrator, &plan)?.then_some(plan))
}

/// The common case on every page load: one small read, no lock, no write.
fn is_current(connection: &Connection, migrator: &Migrator<'_>, operation: &Operation) -> Result<bool, Error> {
    Ok(*operation == Operation::Apply(Target::Latest) && migrator.ledger.is_current(connection, migrator.set)?)
}

/// Whether a plan changes anything. Bringing the ledger up to date does.
fn has_work(connection: &Connection, migrator: &Migrator<'_>, plan: &Plan<'_>) -> Result<bool, Error> {
    Ok(!plan.is_empty() || migrator.ledger.is_outdated(connection)?)
}

/// What an operation would do, as things stand; with the hooks that a run did not come to.
pub(crate) fn read_plan<'set>(
    connection: &Connection,
    migrator: &Migrator<'set>,
    operation: &Operation,
) -> Result<Plan<'set>, Error> {
    let set: &'set wheatear_core::MigrationSet = migrator.set;
    let entries = migrator.ledger.entries(connection)?;
    let mut plan = plan(set, &entries, operation, &migrator.policy)?;
    if entries.is_empty() {
        plan = unmanaged::plan_unmanaged(connection, migrator, operation, plan)?;
    }
    for step in &plan.steps {
        if let Step::Rollback { entry, down: Down::Sql(script) } = step {
            check_recorded(script, &entry.id)?;
        }
    }
    let may_owe_hooks = matches!(operation, Operation::Apply(_)) && !set.hooks().is_empty();
    if may_owe_hooks && !runs_hooks(&plan.steps) && migrator.ledger.owes_hooks(connection)? {
        plan.steps.extend(set.hooks().iter().map(Step::Hook));
    }
    Ok(plan)
}

/// All is applied and the ledger's digest is another one: a migration has a new text that accepts the
/// applied one, or somebody made the table anew, and its triggers are gone. The digest is renewed, so that the
/// next look is a short one. The rest of the ledger stays, because a build that knows only the old text may
/// come back.
fn seal_if_current(connection: &Connection, migrator: &Migrator<'_>) -> Result<(), Error> {
    let Migrator { ledger, set, .. } = migrator;
    if ledger.is_sealed_otherwise(connection, set)? && ledger.applied_digest(connection, set)? == *set.digest() {
        // A connection that only reads gets along without.
        let _ = transaction::begin(connection).and_then(|transaction| {
            ledger.seal(&transaction, set, None)?;
            transaction::commit(transaction)
        });
    }
    Ok(())
}

fn runs_hooks(steps: &[Step<'_>]) -> bool {
    steps.iter().any(|step| matches!(step, Step::Hook(_)))
}

struct Run<'a, 'set> {
    connection: &'a Connection,
    migrator: &'a Migrator<'set>,
    reporter: &'a Reporter,
    /// What was committed so far.
    report: Report,
    /// Id of what runs outside of the run's transaction now, so that a failure would leave half of it.
    unfinished: Option<String>,
}

impl Run<'_, '_> {
    fn carry_out(mut self, operation: &Operation) -> Result<Report, Error> {
        let _enforcement =
            Enforcement::off(self.connection).map_err(|error| transaction_error("switch foreign keys", error))?;
        // One that is open already is the application's, and the run is refused.
        let ends_transactions = self.connection.is_autocommit();
        let switch_error = |error| transaction_error("put the connection's switches back", error);
        let attached = switches::databases(self.connection);
        let mut result = self.run_parts(operation);
        if ends_transactions {
            if result.is_err() {
                transaction::end_open(self.connection);
            }
            // What was attached in the transaction could not be detached before its end.
            let detached = switches::detach_others(self.connection, &attached).map_err(switch_error);
            result = result.and(detached);
        }
        let Self { mut report, unfinished, .. } = self;
        match result {
            Ok(()) => Ok(report),
            Err(error) if report.steps.is_empty() && unfinished.is_none() => Err(error),
            Err(error) => {
                // Planning to repair never fails for what is wrong with a history.
                if let Ok(plan) = read_plan(self.connection, self.migrator, &Operation::Repair) {
                    report.to = plan.from;
                }
                Err(Error::Partial(Box::new(PartialRun { report, unfinished, error })))
            }
        }
    }

    fn run_parts(&mut self, operation: &Operation) -> Result<(), Error> {
        let Self { connection, migrator, .. } = *self;
        let transaction = transaction::begin(connection)?;
        // Planned again, now that nobody else can write: another process may have been faster.
        let plan = read_plan(&transaction, migrator, operation)?;
        migrator.ledger.prepare(&transaction, migrator.set)?;
        match plan.steps.iter().filter(|step| matches!(step, Step::Baseline(_))).count() {
            0 => {}
            adopted => self.compare_with_baseline(&transaction, adopted)?,
        }
        (self.report.from, self.report.to) = (plan.from.clone(), plan.from.clone());
        self.reporter.phase(Phase::Migrating)?;

        let mut open = Some(transaction);
        // Of what the part before left.
        let mut seal = None;
        for part in Part::of(&plan.steps) {
            let transaction = match open.take() {
                Some(transaction) => transaction,
                None => transaction::begin_again(connection, migrator, seal)?,
            };
            seal = Some(match part.steps {
                [step] if !step.is_transactional() => self.run_outside(transaction, step, &part)?,
                _ => self.run_inside(transaction, &part)?,
            });
        }
        // Nothing to run, and yet a ledger to bring up to date.
        if let Some(transaction) = open {
            self.commit(transaction)?;
        }
        self.report.to = plan.to;
        Ok(())
    }
}
