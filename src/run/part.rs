//! The parts of a run: each one transaction, or one script outside of any.

use std::time::Duration;

use rusqlite::{Connection, Transaction};
use web_time::Instant;
use wheatear_core::{Digest, Step};

use super::context::Run;
use super::planning::runs_hooks;
use super::record::{log, record};
use super::schema_check::check_drift;
use super::step::keep_journal;
use super::transaction;
use crate::error::Error;
use crate::foreign_keys::{OrphanedRows, Violations, check_error};
use crate::log::Outcome;
use crate::progress::Phase;
use crate::report::{DoneStep, Warning};

/// Steps that run together: adjacent transactional ones, or a single one that is not.
pub(super) struct Part<'a, 'set> {
    pub steps: &'a [Step<'set>],
    /// Number of the first step in the plan, counted from 1.
    first: usize,
    /// How many steps the plan has.
    count: usize,
    /// Whether hooks are left to run after this part; `None` if the plan has none.
    pub(super) owes_hooks: Option<bool>,
}

impl<'a, 'set> Part<'a, 'set> {
    /// The parts of a plan, in order.
    pub fn of(steps: &'a [Step<'set>]) -> impl Iterator<Item = Self> {
        let count = steps.len();
        let has_hooks = runs_hooks(steps);
        let mut done = 0;
        steps.chunk_by(|one, other| one.is_transactional() && other.is_transactional()).map(move |part| {
            let first = done + 1;
            done += part.len();
            Self { steps: part, first, count, owes_hooks: has_hooks.then(|| runs_hooks(&steps[done..])) }
        })
    }

    fn is_last(&self) -> bool {
        self.first + self.steps.len() > self.count
    }
}

impl Run<'_, '_> {
    /// Runs steps in one transaction, all or nothing.
    pub(super) fn run_inside(&mut self, transaction: Transaction<'_>, part: &Part<'_, '_>) -> Result<Digest, Error> {
        let ledger = &self.settings.ledger;
        keep_journal(&transaction)?;
        let violations_before = Violations::of(&transaction).map_err(check_error)?;
        let mut done = Vec::with_capacity(part.steps.len());
        for (number, step) in (part.first..).zip(part.steps) {
            self.reporter.step(step.operation(), step.id(), number, part.count)?;
            let start = Instant::now();
            // Steps 3 to 9, if it rebuilds a table.
            self.run_step(&transaction, step)?;
            done.push(done_step(step, start.elapsed()));
        }
        // The steps are recorded only now, because SQLite would compile the statements that record anew after each step
        // that changes the schema.
        let now = ledger.now(&transaction)?;
        for (step, done) in part.steps.iter().zip(&done) {
            record(ledger, &transaction, &now, step, done.duration)?;
        }
        self.reporter.phase(Phase::Checking)?;
        // Step 10.
        let orphans = violations_before.compare(&transaction).map_err(check_error)?.verdict()?;
        let digest = ledger.seal(&transaction, self.settings.set.definition(), part.owes_hooks)?;
        let drift = if part.is_last() { check_drift(self.settings, &transaction, digest)? } else { None };
        // Step 11.
        self.commit(transaction)?;
        self.report.steps.extend(done);
        self.warn(part, orphans, drift);
        Ok(digest)
    }

    /// Runs one script outside of a transaction: the log says before that it begins, and afterwards how
    /// it ended.
    pub(super) fn run_outside(
        &mut self,
        transaction: Transaction<'_>,
        step: &Step<'_>,
        part: &Part<'_, '_>,
    ) -> Result<Digest, Error> {
        let ledger = &self.settings.ledger;
        self.reporter.step(step.operation(), step.id(), part.first, part.count)?;
        if self.was_cut_short(&transaction, step)? {
            self.report.warnings.push(Warning::RanAgain { id: step.id().to_owned() });
        }
        let violations_before = Violations::of(&transaction).map_err(check_error)?;
        log(ledger, &transaction, &ledger.now(&transaction)?, step, Outcome::Started)?;
        self.commit(transaction)?;
        let seal = ledger.digest(self.connection)?;

        self.unfinished = Some(step.id().to_owned());
        let start = Instant::now();
        // Steps 3 to 9, if it rebuilds a table; steps 2 and 11 are its own then.
        let result = step.script().map_or(Ok(()), |script| self.run_script(self.connection, step.id(), script));
        if let Err(error) = result {
            transaction::end_open(self.connection);
            // The caller must hear of the failure of the script, also if it cannot be logged.
            let _ =
                ledger.now(self.connection).and_then(|now| log(ledger, self.connection, &now, step, Outcome::Failed));
            return Err(error);
        }
        let done = done_step(step, start.elapsed());

        // From here on nothing can cancel the run: a script that has run and is not recorded would run again.
        self.reporter.set_final(true);
        let transaction = transaction::begin_again(self.connection, ledger, seal)?;
        record(ledger, &transaction, &ledger.now(&transaction)?, step, done.duration)?;
        let digest = ledger.seal(&transaction, self.settings.set.definition(), part.owes_hooks)?;
        // Step 10, too late to undo anything: neither orphans nor drift are a reason not to record what has happened.
        let orphans = violations_before.compare(&transaction).map_err(check_error)?;
        let drift = if part.is_last() { check_drift(self.settings, &transaction, digest) } else { Ok(None) };
        self.commit(transaction)?;
        self.reporter.set_final(false);
        self.unfinished = None;
        self.report.steps.push(done);
        self.warn(part, orphans.verdict()?, drift?);
        Ok(digest)
    }

    /// Whether it began in an earlier run, under whatever id, and did not come to its end.
    fn was_cut_short(&self, connection: &Connection, step: &Step<'_>) -> Result<bool, Error> {
        let old_ids: Vec<&str> = match step {
            Step::Apply { migration, .. } => migration.was().collect(),
            _ => Vec::new(),
        };
        let mut ids = std::iter::once(step.id()).chain(old_ids);
        ids.try_fold(false, |found, id| Ok(found || self.settings.ledger.was_cut_short(connection, id)?))
    }

    fn warn(&mut self, part: &Part<'_, '_>, orphans: OrphanedRows, drift: Option<Warning>) {
        let OrphanedRows { rows, count } = orphans;
        if count > 0 && part.is_last() {
            self.report.warnings.push(Warning::OrphanedRows { rows, count });
        }
        self.report.warnings.extend(drift);
    }

    pub(super) fn commit(&self, transaction: Transaction<'_>) -> Result<(), Error> {
        self.reporter.phase(Phase::Committing)?;
        transaction::commit(transaction)
    }
}

fn done_step(step: &Step<'_>, duration: Duration) -> DoneStep {
    let late = matches!(step, Step::Apply { late: true, .. });
    DoneStep { operation: step.operation(), id: step.id().to_owned(), duration, late }
}
