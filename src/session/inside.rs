//! Statements of code that runs inside of a transaction which is not its own.

use rusqlite::{Connection, Row};
use wheatear_core::statements::{is_insert, is_transaction_control};
use wheatear_sqlite::script::{self, Cause, Control, ScriptError};
use wheatear_sqlite::{SqliteFailure, sqlite_api};

use super::{Parameters, RunResult, parameters};
use crate::error::{Error, QueryError, or_limit};

const CONTROL: &str = "a code step cannot begin or end a transaction, because it is a part of its migration's; \
    to undo some of what it does, use a savepoint";
const ENDED: &str = "the migration's transaction was rolled back already, because a statement in it failed";

/// The connection of a migration, for its code.
pub(crate) struct Inside<'a>(pub &'a Connection);

impl Inside<'_> {
    /// Runs one statement, and gives what `read` makes of each row.
    pub fn query<T>(
        &self,
        sql: &str,
        parameters: &Parameters,
        mut read: impl FnMut(&[String], &Row<'_>) -> T,
    ) -> Result<Vec<T>, Error> {
        let mut rows = Vec::new();
        self.each_row(sql, parameters, &mut |names, row| rows.push(read(names, row)))?;
        Ok(rows)
    }

    /// Runs one statement, and gives what it did.
    pub fn run(&self, sql: &str, parameters: &Parameters) -> Result<RunResult, Error> {
        let before = self.0.total_changes();
        self.each_row(sql, parameters, &mut |_, _| ())?;
        // SQLite leaves the count of the statement before where a statement changed nothing.
        let changes = if self.0.total_changes() == before { 0 } else { self.0.changes() };
        let last_insert_rowid = (is_insert(sql) && changes > 0).then(|| self.0.last_insert_rowid());
        Ok(RunResult { changes, last_insert_rowid })
    }

    /// Runs a script, and throws its rows away.
    pub fn exec(&self, sql: &str) -> Result<(), Error> {
        self.check_usable()?;
        let error = |ScriptError { statement, line, offset, cause }| match cause {
            Cause::TransactionControl | Cause::Stopped => QueryError::TransactionMisuse(CONTROL).into(),
            Cause::Sqlite(sqlite) => {
                or_limit(self.0, sqlite, |sqlite| QueryError::of_statement(sql, (statement, line), offset, sqlite))
            }
        };
        script::run(self.0, sql, Control::Refused, |_, _| Ok(())).map_err(error)
    }

    fn each_row(
        &self,
        whole: &str,
        parameters: &Parameters,
        read: &mut dyn FnMut(&[String], &Row<'_>),
    ) -> Result<(), Error> {
        self.check_usable()?;
        // As `Session` does it, and for the same reason.
        let sql = whole.trim();
        if is_transaction_control(sql) {
            return Err(QueryError::TransactionMisuse(CONTROL).into());
        }
        if sql.contains('\0') {
            return Err(QueryError::failed(SqliteFailure::misuse("a query cannot contain a NUL character")).into());
        }
        let mut run = || -> rusqlite::Result<()> {
            let mut statement = self.0.prepare_cached(sql)?;
            parameters::bind(&mut statement, parameters)?;
            let mut rows = statement.raw_query();
            let mut row = rows.next()?;
            let names = sqlite_api::column_names(self.0, sql);
            while let Some(found) = row {
                read(&names, found);
                row = rows.next()?;
            }
            Ok(())
        };
        run().map_err(|error| {
            let start = whole.len() - whole.trim_start().len();
            let offset = script::error_offset(&error).map(|within| start + within);
            or_limit(self.0, error, |sqlite| QueryError::of_query(whole, start, offset, sqlite))
        })
    }

    /// What would be done after the transaction nobody could undo.
    fn check_usable(&self) -> Result<(), Error> {
        match self.0.is_autocommit() {
            true => Err(QueryError::TransactionMisuse(ENDED).into()),
            false => Ok(()),
        }
    }
}
