//! Does what one step does to the application's data.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use rusqlite::{Connection, Transaction, ffi};
use wheatear_core::sql_text::excerpt_of_line;
use wheatear_core::{DefinitionError, DefinitionErrorKind, Down, Migration, Script, StatementPlace, Step};
use wheatear_sqlite::script::{self, Cause, Control, ScriptError, Stop};
use wheatear_sqlite::switches;
use wheatear_sqlite::{SqliteFailure, one_row};

use super::context::Run;
use crate::code_step::{CodeError, CodeWork};
use crate::error::{ApplyError, Error, QueryError, RunAction, or_limit, or_storage, transaction_error};
use crate::foreign_keys::{self, Violations, check_error};

impl Run<'_, '_> {
    /// Runs a script or code inside of the run's transaction.
    pub(super) fn run_step(&mut self, transaction: &Transaction<'_>, step: &Step<'_>) -> Result<(), Error> {
        if let Some(script) = step.script() {
            return match script.foreign_keys {
                true => self.run_enforced(transaction, step.id(), script),
                false => self.run_script(transaction, step.id(), script),
            };
        }
        let (migration, up) = match step {
            Step::Apply { migration, .. } => (migration, true),
            Step::Rollback { down: Down::Code(migration), .. } => (migration, false),
            _ => return Ok(()),
        };
        let code = self.settings.set.code_step(migration.id());
        self.run_code(
            transaction,
            migration,
            code.and_then(|code| if up { Some(&code.up) } else { code.down.as_ref() }),
        )
    }

    /// A script that asks for enforcement must leave nothing open: deferred keys that the next one, without
    /// enforcement, sets right would still fail the commit, because SQLite does not count them down then.
    fn run_enforced(&self, transaction: &Transaction<'_>, id: &str, script: &Script) -> Result<(), Error> {
        let before = Violations::of(transaction).map_err(check_error)?;
        self.run_script(transaction, id, script)?;
        before.compare(transaction).map_err(check_error)?.verdict()?;
        Ok(())
    }

    pub(super) fn run_script(&self, connection: &Connection, id: &str, script: &Script) -> Result<(), Error> {
        let control = if script.transactional { Control::Refused } else { Control::Allowed };
        let on_statement = |statement, line| self.reporter.statement(id, statement, line).map_err(|_| Stop);
        // Steps 3 to 9 of a rebuild are among the statements: only whoever wrote them knows how.
        let work = || script::run(connection, &script.sql, control, on_statement);
        let restored = || switches::restored(connection, Some(&script.sql), work);
        foreign_keys::enforced(connection, script.foreign_keys, restored)
            .map_err(|error| transaction_error(RunAction::SwitchForeignKeys, error))?
            .map_err(put_back_error)?
            .map_err(|error| statement_error(connection, id, script, error))
    }

    fn run_code(
        &mut self,
        transaction: &Transaction<'_>,
        migration: &Migration,
        code: Option<&CodeWork>,
    ) -> Result<(), Error> {
        const BEGIN: &str = "SAVEPOINT _wheatear_code";
        const END: &str = "RELEASE _wheatear_code";
        let failed = |source: CodeError| -> Error {
            ApplyError::CodeFailed { migration: migration.id().to_owned(), source }.into()
        };
        let Some(code) = code else { return Err(failed("this build has no function for it".into())) };
        self.reporter.statement(migration.id(), 1, 1)?;
        let begin = transaction.execute_batch(BEGIN);
        begin.map_err(|error| transaction_error(RunAction::RunCode, error))?;
        // A panic must not leave the transaction open, so it is caught; the function that panicked is not called again.
        let work = || match catch_unwind(AssertUnwindSafe(|| code.run(transaction))) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(source)) => Err(code_error(source, failed)),
            Err(panic) => Err(failed(format!("it panicked: {}", panic_message(&*panic)).into())),
        };
        switches::restored(transaction, None, work).map_err(put_back_error)??;
        // If the code ended the transaction, the savepoint has gone with it, also if the code began another
        // transaction.
        match transaction.execute_batch(END).map_err(SqliteFailure::from) {
            Err(failure) if failure.code == ffi::SQLITE_ERROR && !failure.is_interrupt() => {
                self.unfinished = Some(migration.id().to_owned());
                Err(failed("it ended the run's transaction".into()))
            }
            result => result.map_err(|failure| transaction_error(RunAction::RunCode, failure)),
        }
    }
}

/// Once something is written, the journal that would undo it cannot be switched off.
///
/// Source: <https://www.sqlite.org/pragma.html#pragma_journal_mode>
pub(super) fn keep_journal(transaction: &Transaction<'_>) -> Result<(), Error> {
    let version = one_row(transaction, "PRAGMA main.user_version", &[], |row| row.get::<_, i32>(0));
    version
        .and_then(|version| transaction.execute_batch(&format!("PRAGMA main.user_version = {version}")))
        .map_err(|error| transaction_error(RunAction::Begin, error))
}

fn put_back_error(error: rusqlite::Error) -> Error {
    transaction_error(RunAction::RestoreSwitches, error)
}

fn statement_error(connection: &Connection, id: &str, script: &Script, error: ScriptError) -> Error {
    let ScriptError { statement, line, offset, cause } = error;
    match cause {
        Cause::Stopped => ApplyError::Cancelled.into(),
        Cause::TransactionControl => {
            let kind = DefinitionErrorKind::TransactionControl { migration: id.to_owned(), statement };
            DefinitionError { file: script.file.to_string(), line, kind }.into()
        }
        Cause::Sqlite(sqlite) if sqlite.is_interrupt() => ApplyError::Cancelled.into(),
        Cause::Sqlite(sqlite) => {
            let place = StatementPlace::new(id, &*script.file, statement, line);
            // What failed around the statements stands in none.
            let excerpt = (statement > 0).then(|| excerpt_of_line(&script.sql, line, offset).into_boxed_str());
            let failed = |sqlite| ApplyError::StatementFailed { place: place.clone(), excerpt, sqlite };
            match or_limit(connection, sqlite, failed) {
                Error::Storage(storage) => storage.at(place).into(),
                error => error,
            }
        }
    }
}

/// The error of a code step. A full disk, and an interrupt, that its function reports is told as such.
fn code_error(source: CodeError, failed: impl FnOnce(CodeError) -> Error) -> Error {
    let source = match source.downcast::<Error>() {
        Ok(error) => match *error {
            Error::Storage(error) => return error.into(),
            Error::Query(QueryError::Cancelled) => return ApplyError::Cancelled.into(),
            other => other.into(),
        },
        Err(other) => other,
    };
    match source.downcast::<rusqlite::Error>() {
        Err(other) => failed(other),
        Ok(error) => or_storage(*error, |sqlite| match sqlite.is_interrupt() {
            true => ApplyError::Cancelled.into(),
            false => failed(sqlite.to_string().into()),
        }),
    }
}

fn panic_message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("without a message")
}
