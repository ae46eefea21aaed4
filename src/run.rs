//! One run: everything that an operation asks for, in one transaction with the rows that record it. A
//! migration that cannot run in a transaction splits the run in parts.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use web_time::Instant;
use wheatear_core::{
    DefinitionError, DefinitionErrorKind, Digest, Down, HistoryError, Migration, Operation, Plan, Script, Step, Target,
    plan,
};
use wheatear_sqlite::script::{self, Cause, Control, ScriptError, Stop};
use wheatear_sqlite::{SqliteFailure, read_schema, schema_after};

use crate::apply_error::{ApplyError, StatementPlace, transaction_error, trial_error};
use crate::code_step::{CodeError, CodeFunction};
use crate::error::{Error, PartialRun};
use crate::foreign_keys::{self, Enforcement, Violations};
use crate::log::Outcome;
use crate::migrator::{Migrator, OnDrift};
use crate::progress::{Phase, Reporter};
use crate::report::{DoneStep, Report, Warning};
use crate::storage::{StorageError, StorageErrorKind};

/// Carries an operation out.
pub(crate) fn run(
    connection: &mut Connection,
    migrator: &Migrator<'_>,
    operation: &Operation,
) -> Result<Report, Error> {
    // The common case on every page load: one small read, no lock, no write.
    if *operation == Operation::Apply(Target::Latest)
        && migrator.ledger.digest(connection)?.as_ref() == Some(migrator.set.digest())
    {
        return Ok(Report::nothing_done(migrator.set.latest().map(|migration| migration.id().to_owned())));
    }
    let reporter = Reporter::new(migrator.observer.clone());
    reporter.phase(Phase::Planning)?;
    let intended = read_plan(connection, migrator, operation)?;
    if intended.is_empty() && !migrator.ledger.is_outdated(connection)? {
        seal_if_current(connection, migrator)?;
        return Ok(Report::nothing_done(intended.to));
    }
    let attach_error = |error| transaction_error("watch progress", error);
    reporter.attach(connection).map_err(attach_error)?;
    let result = Run { connection, migrator, reporter: &reporter, report: Report::default() }.carry_out(operation);
    let detached = reporter.detach(connection).map_err(attach_error);
    result.and_then(|report| detached.map(|()| report))
}

/// What an operation would do, as things stand.
pub(crate) fn read_plan<'set>(
    connection: &Connection,
    migrator: &Migrator<'set>,
    operation: &Operation,
) -> Result<Plan<'set>, Error> {
    let set: &'set wheatear_core::MigrationSet = migrator.set;
    Ok(plan(set, &migrator.ledger.entries(connection)?, operation, &migrator.policy)?)
}

/// All is applied and the ledger's digest is another one: a migration has a new text that accepts the
/// applied one. The digest is renewed, so that the next look is a short one. The rest of the ledger stays,
/// because a build that knows only the old text may come back.
fn seal_if_current(connection: &Connection, migrator: &Migrator<'_>) -> Result<(), Error> {
    let Migrator { ledger, set, .. } = migrator;
    let is_sealed_otherwise = ledger.digest(connection)?.is_some_and(|digest| digest != *set.digest());
    if is_sealed_otherwise && ledger.applied_digest(connection, set)? == *set.digest() {
        // A connection that only reads gets along without.
        let _ = begin(connection).and_then(|transaction| {
            ledger.seal(&transaction, set)?;
            transaction.commit().map_err(|error| transaction_error("commit", error))
        });
    }
    Ok(())
}

struct Run<'a, 'set> {
    connection: &'a Connection,
    migrator: &'a Migrator<'set>,
    reporter: &'a Reporter,
    /// What was committed so far.
    report: Report,
}

impl Run<'_, '_> {
    fn carry_out(mut self, operation: &Operation) -> Result<Report, Error> {
        let _enforcement =
            Enforcement::off(self.connection).map_err(|error| transaction_error("switch foreign keys", error))?;
        // One that is open already is the application's, and the run is refused.
        let ends_transactions = self.connection.is_autocommit();
        let result = self.run_parts(operation);
        if ends_transactions && result.is_err() {
            end_transaction(self.connection);
        }
        match result {
            Ok(()) => Ok(self.report),
            Err((error, unfinished)) if self.report.steps.is_empty() && unfinished.is_none() => Err(error),
            Err((error, unfinished)) => {
                // Planning to repair never fails for what is wrong with a history.
                if let Ok(plan) = read_plan(self.connection, self.migrator, &Operation::Repair) {
                    self.report.to = plan.from;
                }
                Err(Error::Partial(Box::new(PartialRun { report: self.report, unfinished, error })))
            }
        }
    }

    /// An error comes with the id of the migration that failed outside of a transaction, if one did.
    fn run_parts(&mut self, operation: &Operation) -> Result<(), (Error, Option<String>)> {
        let whole = |error: Error| (error, None);
        let connection = self.connection;
        let transaction = begin(connection).map_err(whole)?;
        // Planned again, now that nobody else can write: another process may have been faster.
        let plan = read_plan(&transaction, self.migrator, operation).map_err(whole)?;
        self.migrator.ledger.prepare(&transaction, self.migrator.set).map_err(whole)?;
        if let Operation::Baseline(_) = operation {
            self.compare_with_baseline(&transaction, plan.steps.len()).map_err(whole)?;
        }
        (self.report.from, self.report.to) = (plan.from.clone(), plan.from.clone());
        self.tell(Phase::Migrating).map_err(whole)?;

        let mut transaction = Some(transaction);
        let mut seal = self.migrator.ledger.digest(connection).map_err(whole)?;
        let mut number = 0;
        let parts = plan.steps.chunk_by(|one, other| one.is_transactional() && other.is_transactional());
        for part in parts {
            let open = match transaction.take() {
                Some(open) => open,
                None => begin_again(self.connection, self.migrator, seal).map_err(whole)?,
            };
            let is_last = number + part.len() == plan.steps.len();
            let numbers = Numbers { first: number + 1, count: plan.steps.len() };
            seal = Some(match part {
                [step] if !step.is_transactional() => self.run_outside(open, step, numbers, is_last)?,
                steps => self.run_inside(open, steps, numbers, is_last).map_err(whole)?,
            });
            number += part.len();
        }
        // Nothing to run, and yet a ledger to bring up to date.
        if let Some(open) = transaction {
            self.commit(open).map_err(whole)?;
        }
        self.report.to = plan.to;
        Ok(())
    }

    /// Runs steps in one transaction, all or nothing.
    fn run_inside(
        &mut self,
        transaction: Transaction<'_>,
        steps: &[Step<'_>],
        numbers: Numbers,
        is_last: bool,
    ) -> Result<Digest, Error> {
        let violations_before = Violations::of(&transaction).map_err(check_error)?;
        let mut done = Vec::with_capacity(steps.len());
        for (number, step) in (numbers.first..).zip(steps) {
            self.reporter.step(step.operation(), step.id(), number, numbers.count)?;
            let start = Instant::now();
            self.run_step(&transaction, step)?;
            done.push(DoneStep {
                operation: step.operation(),
                id: step.id().to_owned(),
                duration: start.elapsed(),
                late: is_late(step),
            });
        }
        // Only now: a step that changes the schema would make SQLite compile the statements that record anew.
        let now = self.migrator.ledger.now(&transaction)?;
        for (step, done) in steps.iter().zip(&done) {
            self.record(&transaction, &now, step, done.duration)?;
        }
        self.tell(Phase::Checking)?;
        let mut warnings = Vec::new();
        let (rows, count) = Violations::introduced_since(&transaction, violations_before).map_err(check_error)??;
        if count > 0 && is_last {
            warnings.push(Warning::OrphanedRows { rows, count });
        }
        let digest = self.migrator.ledger.seal(&transaction, self.migrator.set)?;
        if is_last {
            warnings.extend(self.check_drift(&transaction, digest)?);
        }
        self.commit(transaction)?;
        self.report.steps.extend(done);
        self.report.warnings.extend(warnings);
        Ok(digest)
    }

    /// Runs one script outside of a transaction: the log says before that it begins, and afterwards how
    /// it ended.
    fn run_outside(
        &mut self,
        transaction: Transaction<'_>,
        step: &Step<'_>,
        numbers: Numbers,
        is_last: bool,
    ) -> Result<Digest, (Error, Option<String>)> {
        let whole = |error: Error| (error, None);
        let unfinished = |error: Error| (error, Some(step.id().to_owned()));
        let ledger = &self.migrator.ledger;
        self.tell_step(step, numbers).map_err(whole)?;
        self.log(&transaction, step, Outcome::Started).map_err(whole)?;
        self.commit(transaction).map_err(whole)?;
        let seal = ledger.digest(self.connection).map_err(unfinished)?;

        let violations_before = Violations::of(self.connection).map_err(|error| unfinished(check_error(error)))?;
        let start = Instant::now();
        let result = step.script().map_or(Ok(()), |script| self.run_script(self.connection, step.id(), script));
        if let Err(error) = result {
            end_transaction(self.connection);
            // The failure is what matters, also if it cannot be written down.
            let _ = self.log(self.connection, step, Outcome::Failed);
            return Err(unfinished(error));
        }
        let duration = start.elapsed();

        // Unrecorded it would run once more the next time.
        self.reporter.set_final(true);
        let transaction = begin_again(self.connection, self.migrator, seal).map_err(unfinished)?;
        let now = ledger.now(&transaction).map_err(unfinished)?;
        self.record(&transaction, &now, step, duration).map_err(unfinished)?;
        let digest = ledger.seal(&transaction, self.migrator.set).map_err(unfinished)?;
        // It has happened: neither orphans nor drift are a reason not to record it.
        let orphans = Violations::introduced_since(&transaction, violations_before)
            .map_err(|error| unfinished(check_error(error)))?;
        let drift = if is_last { self.check_drift(&transaction, digest) } else { Ok(None) };
        self.commit(transaction).map_err(unfinished)?;
        self.reporter.set_final(false);
        self.report.steps.push(DoneStep {
            operation: step.operation(),
            id: step.id().to_owned(),
            duration,
            late: is_late(step),
        });
        let (rows, count) = orphans.map_err(|error| whole(error.into()))?;
        if count > 0 && is_last {
            self.report.warnings.push(Warning::OrphanedRows { rows, count });
        }
        self.report.warnings.extend(drift.map_err(whole)?);
        Ok(digest)
    }

    /// Does what a step does to the application's data, inside of a transaction.
    fn run_step(&self, transaction: &Transaction<'_>, step: &Step<'_>) -> Result<(), Error> {
        if let Some(script) = step.script() {
            return self.run_script(transaction, step.id(), script);
        }
        let (migration, up) = match step {
            Step::Apply { migration, .. } => (migration, true),
            Step::Rollback { down: Down::Code(migration), .. } => (migration, false),
            _ => return Ok(()),
        };
        let code = self.migrator.set.code_step(migration.id());
        self.run_code(transaction, migration, code.and_then(|code| if up { Some(code.up) } else { code.down }))
    }

    fn run_script(&self, connection: &Connection, id: &str, script: &Script) -> Result<(), Error> {
        let control = if script.transactional { Control::Refused } else { Control::Allowed };
        let on_statement = |statement, line| self.reporter.statement(id, statement, line).map_err(|_| Stop);
        let work = || script::run(connection, &script.sql, control, on_statement);
        foreign_keys::enforced(connection, script.foreign_keys, work)
            .map_err(|error| transaction_error("switch foreign keys", error))?
            .map_err(|error| statement_error(id, script, error))
    }

    fn run_code(
        &self,
        transaction: &Transaction<'_>,
        migration: &Migration,
        function: Option<CodeFunction>,
    ) -> Result<(), Error> {
        let failed = |source: CodeError| -> Error {
            ApplyError::CodeFailed { migration: migration.id().to_owned(), source }.into()
        };
        let Some(function) = function else { return Err(failed("this build has no function for it".into())) };
        self.reporter.statement(migration.id(), 1, 1)?;
        // A panic must not leave the transaction open; what unwinds is not looked at again.
        match catch_unwind(AssertUnwindSafe(|| function(transaction))) {
            Ok(Ok(())) if transaction.is_autocommit() => Err(failed("it ended the run's transaction".into())),
            Ok(Ok(())) => Ok(()),
            Ok(Err(source)) => Err(code_error(source, failed)),
            Err(panic) => Err(failed(format!("it panicked: {}", panic_message(&*panic)).into())),
        }
    }

    /// Records a step in the ledger and its log.
    fn record(&self, connection: &Connection, now: &str, step: &Step<'_>, duration: Duration) -> Result<(), Error> {
        let ledger = &self.migrator.ledger;
        let operation = step.operation();
        match step {
            Step::Apply { migration, .. } => ledger.record(connection, now, operation, migration, duration),
            Step::Mark(migration) | Step::Baseline(migration) => {
                ledger.record(connection, now, operation, migration, Duration::ZERO)
            }
            Step::Rollback { entry, .. } | Step::Unmark(entry) => ledger.forget(connection, now, operation, &entry.id),
            Step::Repair(migration) => ledger.correct(connection, now, operation, migration),
            Step::Hook(_) => Ok(()),
        }
    }

    /// Hooks are no migrations, and the log is about those.
    fn log(&self, connection: &Connection, step: &Step<'_>, outcome: Outcome) -> Result<(), Error> {
        match step {
            Step::Hook(_) => Ok(()),
            step => {
                let ledger = &self.migrator.ledger;
                ledger.log_entry(connection, &ledger.now(connection)?, step.operation(), step.id(), outcome)
            }
        }
    }

    /// Compares the schema with what the set makes, if all of the set is applied and nothing else.
    fn check_drift(&self, connection: &Connection, digest: Digest) -> Result<Option<Warning>, Error> {
        let set = self.migrator.set;
        let Some(expected) = set.schema().filter(|_| digest == *set.digest()) else { return Ok(None) };
        let found = read_schema(connection).map_err(|error| transaction_error("read the schema", error))?;
        let differences = expected.differences(&found);
        match self.migrator.on_drift {
            _ if differences.is_empty() => Ok(None),
            OnDrift::Warn => Ok(Some(Warning::SchemaDrift(differences))),
            OnDrift::Error => Err(HistoryError::SchemaDrift { differences }.into()),
        }
    }

    /// A database can be adopted as of a migration if it has what these make, and nothing of what later
    /// ones make.
    fn compare_with_baseline(&self, connection: &Connection, count: usize) -> Result<(), Error> {
        let set = self.migrator.set;
        let Some(expected) = schema_after(set, count).map_err(trial_error)? else { return Ok(()) };
        let whole = schema_after(set, set.len()).map_err(trial_error)?;
        let found = read_schema(connection).map_err(|error| transaction_error("read the schema", error))?;
        let is_of_the_set = |kind: &str, name: &str| {
            whole.iter().flat_map(|schema| schema.objects()).any(|object| object.kind == kind && object.name == name)
        };
        // Another tool's own tables are nobody's business.
        let differences: Vec<_> = expected
            .differences(&found)
            .into_iter()
            .filter(|difference| is_of_the_set(&difference.kind, &difference.name))
            .collect();
        if differences.is_empty() { Ok(()) } else { Err(HistoryError::SchemaDrift { differences }.into()) }
    }

    fn commit(&self, transaction: Transaction<'_>) -> Result<(), Error> {
        self.tell(Phase::Committing)?;
        match transaction.execute_batch("COMMIT").map_err(SqliteFailure::from) {
            // An interrupt that came when all was done: had it come before, the transaction would be open.
            Err(failure) if failure.is_interrupt() && transaction.is_autocommit() => Ok(()),
            result => result.map_err(|failure| transaction_error("commit", failure)),
        }
    }

    fn tell(&self, phase: Phase) -> Result<(), Error> {
        Ok(self.reporter.phase(phase)?)
    }

    fn tell_step(&self, step: &Step<'_>, numbers: Numbers) -> Result<(), Error> {
        Ok(self.reporter.step(step.operation(), step.id(), numbers.first, numbers.count)?)
    }
}

/// Which steps of how many a part of the run is.
#[derive(Clone, Copy)]
struct Numbers {
    first: usize,
    count: usize,
}

fn check_error(error: rusqlite::Error) -> Error {
    transaction_error("check foreign keys", error)
}

fn begin(connection: &Connection) -> Result<Transaction<'_>, Error> {
    Transaction::new_unchecked(connection, TransactionBehavior::Immediate)
        .map_err(|error| transaction_error("begin", error))
}

/// Ends what a failure left open: a `BEGIN` can be interrupted when it has begun, a `ROLLBACK` before it ends.
fn end_transaction(connection: &Connection) {
    const ATTEMPTS: usize = 10;
    for _ in (0..ATTEMPTS).take_while(|_| !connection.is_autocommit()) {
        // What it says is what is asked next.
        let _ = connection.execute_batch("ROLLBACK");
    }
}

/// Begins the next part of a run, if nobody else changed the ledger between the parts.
fn begin_again<'a>(
    connection: &'a Connection,
    migrator: &Migrator<'_>,
    seal: Option<Digest>,
) -> Result<Transaction<'a>, Error> {
    let transaction = begin(connection)?;
    if migrator.ledger.digest(&transaction)? == seal {
        return Ok(transaction);
    }
    let why = "someone else migrated this database between two parts of this run; run it again";
    Err(StorageError::new(StorageErrorKind::Busy, why).into())
}

fn is_late(step: &Step<'_>) -> bool {
    matches!(step, Step::Apply { late: true, .. })
}

fn statement_error(id: &str, script: &Script, ScriptError { statement, line, cause }: ScriptError) -> Error {
    let (migration, file) = (id.to_owned(), script.file.to_string());
    match cause {
        Cause::Stopped => ApplyError::Cancelled.into(),
        Cause::TransactionControl => {
            let kind = DefinitionErrorKind::TransactionControl { migration, statement };
            DefinitionError { file, line, kind }.into()
        }
        Cause::Sqlite(sqlite) if sqlite.is_interrupt() => ApplyError::Cancelled.into(),
        Cause::Sqlite(sqlite) => {
            let place = StatementPlace { migration, file, statement, line };
            match StorageError::of(sqlite) {
                Ok(storage) => storage.at(place).into(),
                Err(sqlite) => ApplyError::StatementFailed { place, sqlite }.into(),
            }
        }
    }
}

/// A full disk is one in code too, and so is an interrupt.
fn code_error(source: CodeError, failed: impl FnOnce(CodeError) -> Error) -> Error {
    match source.downcast::<rusqlite::Error>() {
        Err(other) => failed(other),
        Ok(error) => match StorageError::of((*error).into()) {
            Ok(storage) => storage.into(),
            Err(sqlite) if sqlite.is_interrupt() => ApplyError::Cancelled.into(),
            Err(sqlite) => failed(sqlite.to_string().into()),
        },
    }
}

fn panic_message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("without a message")
}
