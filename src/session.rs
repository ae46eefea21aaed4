//! Queries and scripts of the application, on a connection that nothing can leave half-way.

use std::collections::BTreeSet;

use rusqlite::types::Value;
use rusqlite::{Connection, Row, Statement};
use wheatear_core::statements::is_transaction_control;
use wheatear_sqlite::SqliteFailure;
use wheatear_sqlite::script::{self, Cause, Control, ScriptError};

use crate::changes::Changes;
use crate::error::Error;
use crate::query_error::QueryError;
use crate::storage::{self, or_limit, or_storage};

/// A connection on which transactions are begun and ended by calls, never by SQL text. So a script
/// that stops half-way, or an application that forgets a COMMIT, leaves no transaction behind.
#[derive(Debug)]
pub struct Session {
    connection: Connection,
    in_transaction: bool,
    changes: Changes,
}

/// Values for a statement's parameters.
#[derive(Clone, Debug, PartialEq)]
pub enum Parameters {
    /// For `?` and `?NNN`, in order.
    Positional(Vec<Value>),
    /// For `:name`, `@name` and `$name`; the first character may be left out.
    Named(Vec<(String, Value)>),
}

const CONTROL: &str = "SQL text cannot begin or end a transaction; use transaction() instead";
const LEFT_OPEN: &str = "the SQL left a transaction open, which was rolled back; use transaction() instead";
const ROLLED_BACK: &str = "this transaction was rolled back already, because a statement in it failed";
const OUTER_SAVEPOINT: &str = "a script of several statements ended a savepoint that it had not begun, \
    so the whole transaction was rolled back; send that statement alone";
const NESTED: &str = "a transaction is open already; use savepoints inside of it";
const UNFINISHED: &str = "the database file cannot be read while a transaction is open";
const NONE_OPEN: &str = "no transaction is open";

impl Session {
    /// A session on a connection that is not in a transaction.
    pub fn new(connection: Connection) -> Self {
        Self { connection, in_transaction: false, changes: Changes::default() }
    }

    /// The connection, for migrations.
    pub fn connection_mut(&mut self) -> &mut Connection {
        &mut self.connection
    }

    /// The connection, to read with.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Gives the connection back; an open transaction is rolled back when that is dropped.
    pub fn into_connection(self) -> Connection {
        self.connection
    }

    /// From now on [`Session::take_changes`] tells what queries and scripts change.
    ///
    /// # Errors
    /// [`QueryError`], if SQLite refuses.
    pub fn watch_changes(&mut self) -> Result<(), Error> {
        self.changes.watch(&mut self.connection).map_err(query_error)
    }

    /// Names of the tables in which rows were changed and committed since the last call; none while a transaction is
    /// open. Tables that a foreign key or a trigger changes are among them, temporary and virtual ones are not.
    pub fn take_changes(&mut self) -> BTreeSet<String> {
        if self.in_transaction { BTreeSet::new() } else { self.changes.take() }
    }

    /// Whether a statement only reads, so that running it twice does no harm. One that SQLite refuses does nothing.
    pub fn is_read_only(&mut self, sql: &str) -> bool {
        let sql = sql.trim();
        self.changes.begin();
        let is_read_only = self.connection.prepare_cached(sql).map_or(true, |statement| statement.readonly());
        self.changes.note(&self.connection, Some(sql), 0);
        is_read_only
    }

    /// Runs one statement and gives what `read` makes of each row.
    ///
    /// # Errors
    /// [`QueryError`], or [`Error::Storage`] if SQLite's code speaks of storage.
    pub fn query<T>(
        &mut self,
        sql: &str,
        parameters: &Parameters,
        mut read: impl FnMut(&Row<'_>) -> T,
    ) -> Result<Vec<T>, Error> {
        self.check_usable()?;
        // rusqlite trims statements before it prepares them, by Unicode's idea of white space and not by
        // SQLite's: what it would run must be what is looked at here.
        let sql = sql.trim();
        if is_transaction_control(sql) {
            return Err(QueryError::TransactionMisuse(CONTROL).into());
        }
        if sql.contains('\0') {
            return Err(QueryError::failed(SqliteFailure::misuse("a query cannot contain a NUL character")).into());
        }
        let changed_before = self.begin_changes();
        let mut rows_of = || -> rusqlite::Result<Vec<T>> {
            let mut statement = self.connection.prepare_cached(sql)?;
            bind(&mut statement, parameters)?;
            let mut rows = statement.raw_query();
            let mut result = Vec::new();
            while let Some(row) = rows.next()? {
                result.push(read(row));
            }
            Ok(result)
        };
        let result = rows_of().map_err(|error| or_limit(&self.connection, error, QueryError::failed));
        self.note_changes(Some(sql), changed_before);
        self.check_closed(result)
    }

    /// Runs a script of any number of statements. More than one run as one transaction, or as one
    /// savepoint of the open transaction: all or nothing. A single one runs as it is, so that
    /// `VACUUM` works.
    ///
    /// # Errors
    /// [`QueryError`] with statement and line, or [`Error::Storage`].
    pub fn exec(&mut self, sql: &str) -> Result<(), Error> {
        self.check_usable()?;
        let changed_before = self.begin_changes();
        let result = if !script::has_several_statements(&self.connection, sql) {
            self.run_script(sql)
        } else if self.in_transaction {
            self.run_between(
                ["SAVEPOINT _wheatear", "RELEASE _wheatear", "ROLLBACK TO _wheatear; RELEASE _wheatear"],
                sql,
            )
        } else {
            self.run_between(["BEGIN IMMEDIATE", "COMMIT", "ROLLBACK"], sql)
        };
        self.note_changes(None, changed_before);
        self.check_closed(result)
    }

    /// Begins an IMMEDIATE transaction.
    ///
    /// # Errors
    /// [`QueryError::TransactionMisuse`] if one is open, or [`Error::Storage`].
    pub fn begin(&mut self) -> Result<(), Error> {
        if self.in_transaction {
            return Err(QueryError::TransactionMisuse(NESTED).into());
        }
        self.control("BEGIN IMMEDIATE")?;
        self.in_transaction = true;
        Ok(())
    }

    /// Commits the open transaction. If that fails, it is rolled back.
    ///
    /// # Errors
    /// [`QueryError`] if there is none, it was rolled back already, or SQLite refuses, such as for
    /// a deferred foreign key; [`Error::Storage`].
    pub fn commit(&mut self) -> Result<(), Error> {
        if !self.in_transaction {
            return Err(QueryError::TransactionMisuse(NONE_OPEN).into());
        }
        let result = self.check_usable().and_then(|()| self.control("COMMIT"));
        if result.is_err() {
            self.rollback()?;
        }
        self.in_transaction = false;
        result
    }

    /// Rolls the open transaction back. Does nothing if SQLite did so already.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn rollback(&mut self) -> Result<(), Error> {
        self.in_transaction = false;
        self.changes.undo();
        if self.connection.is_autocommit() { Ok(()) } else { self.control("ROLLBACK") }
    }

    /// Size of the database's file in bytes.
    ///
    /// # Errors
    /// [`QueryError::TransactionMisuse`] while a transaction is open; [`Error::Storage`].
    pub fn file_size(&self) -> Result<u64, Error> {
        self.check_idle()?;
        storage::file_size(&self.connection).map_err(query_error)
    }

    /// At most `length` bytes of the database's file from `offset` on, fewer where it ends: as committed, and
    /// whatever they are. What is in a WAL is not in that file.
    ///
    /// # Errors
    /// As [`Session::file_size`].
    pub fn read_file(&self, offset: u64, length: usize) -> Result<Vec<u8>, Error> {
        self.check_idle()?;
        storage::read_file(&self.connection, offset, length).map_err(query_error)
    }

    /// Looks at every page of the database, whether it is as it should be.
    ///
    /// # Errors
    /// [`Error::Storage`] with the fault: [`StorageErrorKind::Corrupt`](crate::StorageErrorKind::Corrupt) and
    /// its like.
    pub fn check(&self) -> Result<(), Error> {
        storage::check(&self.connection)
    }

    fn check_idle(&self) -> Result<(), Error> {
        if self.in_transaction { Err(QueryError::TransactionMisuse(UNFINISHED).into()) } else { Ok(()) }
    }

    /// Gives how many rows were changed on this connection so far.
    fn begin_changes(&self) -> u64 {
        self.changes.begin();
        self.connection.total_changes()
    }

    fn note_changes(&mut self, cached: Option<&str>, changed_before: u64) {
        let rows = self.connection.total_changes() - changed_before;
        self.changes.note(&self.connection, cached, rows);
    }

    fn control(&self, sql: &str) -> Result<(), Error> {
        self.connection.execute_batch(sql).map_err(query_error)
    }

    fn run_between(&self, [begin, commit, rollback]: [&str; 3], sql: &str) -> Result<(), Error> {
        self.control(begin)?;
        let result = self.run_script(sql).and_then(|()| self.control(commit));
        // Some failures roll back by themselves; there is then nothing left to roll back.
        if result.is_ok() || self.connection.is_autocommit() {
            return result;
        }
        if self.control(rollback).is_err() {
            // The script did away with the savepoint around it, so it cannot be undone by itself.
            self.control("ROLLBACK")?;
            return Err(QueryError::TransactionMisuse(OUTER_SAVEPOINT).into());
        }
        result
    }

    fn run_script(&self, sql: &str) -> Result<(), Error> {
        let error = |ScriptError { statement, line, cause }| match cause {
            Cause::TransactionControl | Cause::Stopped => QueryError::TransactionMisuse(CONTROL).into(),
            Cause::Sqlite(sqlite) => or_limit(&self.connection, sqlite, |sqlite| QueryError::Failed {
                statement: Some(statement),
                line: Some(line),
                sqlite,
            }),
        };
        script::run(&self.connection, sql, Control::Refused, |_, _| Ok(())).map_err(error)
    }

    /// Statements of a transaction that SQLite rolled back must not run outside of it.
    fn check_usable(&self) -> Result<(), Error> {
        if self.in_transaction && self.connection.is_autocommit() {
            return Err(QueryError::TransactionMisuse(ROLLED_BACK).into());
        }
        Ok(())
    }

    /// What runs outside a transaction must not leave one open, as a lone SAVEPOINT would.
    fn check_closed<T>(&self, result: Result<T, Error>) -> Result<T, Error> {
        if self.in_transaction || self.connection.is_autocommit() {
            return result;
        }
        self.control("ROLLBACK")?;
        result.and(Err(QueryError::TransactionMisuse(LEFT_OPEN).into()))
    }
}

fn bind(statement: &mut Statement<'_>, parameters: &Parameters) -> rusqlite::Result<()> {
    let expected = statement.parameter_count();
    let given = match parameters {
        Parameters::Positional(values) => {
            for (index, value) in values.iter().enumerate().take(expected) {
                statement.raw_bind_parameter(index + 1, value)?;
            }
            values.len()
        }
        Parameters::Named(values) => {
            // One given twice, as `a` and as `:a`, must not stand in for one that is missing.
            let mut bound = BTreeSet::new();
            for (name, value) in values {
                let index = parameter_index(statement, name)?;
                statement.raw_bind_parameter(index, value)?;
                bound.insert(index);
            }
            bound.len()
        }
    };
    if given == expected { Ok(()) } else { Err(rusqlite::Error::InvalidParameterCount(given, expected)) }
}

fn parameter_index(statement: &Statement<'_>, name: &str) -> rusqlite::Result<usize> {
    let candidates = match name.starts_with([':', '@', '$']) {
        true => vec![name.to_owned()],
        false => [':', '@', '$'].map(|prefix| format!("{prefix}{name}")).to_vec(),
    };
    for candidate in candidates {
        if let Some(index) = statement.parameter_index(&candidate)? {
            return Ok(index);
        }
    }
    Err(rusqlite::Error::InvalidParameterName(name.to_owned()))
}

fn query_error(error: rusqlite::Error) -> Error {
    or_storage(error, QueryError::failed)
}
