//! Queries and scripts of the application, on a connection that nothing can leave half-way.

mod attempt;
mod batch;
mod changes;
mod cursor;
mod fetch;
// Only pages have code in JavaScript.
#[cfg(target_family = "wasm")]
mod inside;
mod keys;
mod parameters;
mod reads;
mod row_size;
mod run;
mod schema;
mod watch;

use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

use rusqlite::{Connection, Row};
use wheatear_core::statements::{is_transaction_control, is_vacuum, may_change_rows, statements};
use wheatear_sqlite::script::{self, Cause, Control, ScriptError};
use wheatear_sqlite::{SqliteFailure, sqlite_api};

use crate::error::{Error, QueryError, or_limit, query_error};
use crate::storage::{self, StorageError};
use crate::table_prefix::TablePrefix;
use changes::Changes;
use cursor::Cursors;
use row_size::bytes_of;
use watch::{Refusal, Watch};

pub use attempt::Call;
pub use fetch::Part;
#[cfg(target_family = "wasm")]
pub(crate) use inside::Inside;
pub use parameters::Parameters;
pub use run::RunResult;

/// A connection on which transactions are begun and ended by calls, never by SQL text. So a script
/// that stops half-way, or an application that forgets a COMMIT, leaves no transaction behind.
///
/// All tabs share the connection, so SQL text of one cannot change what the other tabs rely on either: pragmas that do
/// ([`pragma`](wheatear_core::pragma) lists them), temporary tables, and attached databases are refused.
#[derive(Debug)]
pub struct Session {
    /// Only cursors share it.
    connection: Rc<Connection>,
    cursors: Cursors,
    in_transaction: bool,
    watch: Arc<Watch>,
    changes: Changes,
    /// How much the rows of a query may take, in bytes.
    result_limit: u64,
    /// Whether the connection's statements are told to `watch`, and all that are kept compiled were.
    is_watched: bool,
    /// Prefix of the table in which `keys` records what was done once.
    prefix: TablePrefix,
}

/// The rows of a query, and what their columns are called; equal names may be among them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rows<T> {
    /// The names, in order.
    pub columns: Vec<String>,
    /// What was made of each row.
    pub rows: Vec<T>,
}

/// Around work that is all or nothing inside of a transaction: how it is begun, kept and undone.
const WITHIN: [&str; 3] = ["SAVEPOINT _wheatear", "RELEASE _wheatear", "ROLLBACK TO _wheatear; RELEASE _wheatear"];

const CONTROL: &str = "SQL text cannot begin or end a transaction; use transaction() instead";
const LEFT_OPEN: &str = "the SQL left a transaction open, which was rolled back; use transaction() instead";
const ROLLED_BACK: &str = "this transaction was rolled back already, because a statement in it failed";
const OUTER_SAVEPOINT: &str = "a script or batch of several statements ended a savepoint that it had not begun, \
    so the whole transaction was rolled back; send that statement alone";
const NESTED: &str = "a transaction is open already; use savepoints inside of it";
const UNFINISHED: &str = "the database file cannot be read while a transaction is open";
const NONE_OPEN: &str = "no transaction is open";
const SHARED: &str = "only cursors share the connection, and they are closed";

impl Session {
    /// A session on a connection that is not in a transaction.
    pub fn new(connection: Connection) -> Self {
        let (watch, changes) = (Arc::new(Watch::default()), Changes::default());
        let prefix = TablePrefix::default();
        Self {
            connection: Rc::new(connection),
            cursors: Cursors::default(),
            in_transaction: false,
            watch,
            changes,
            result_limit: u64::MAX,
            is_watched: false,
            prefix,
        }
    }

    /// From now on a query whose rows take more than so many bytes is stopped, and changes nothing: a row counts as
    /// 100 bytes, each of its values as 50 and as its text or bytes, which is about what they take in JavaScript.
    pub fn limit_results(&mut self, bytes: u64) {
        self.result_limit = bytes;
    }

    /// The connection, for migrations. Cursors are closed.
    pub fn connection_mut(&mut self) -> &mut Connection {
        // The caller may compile statements that `watch` does not hear of, or put another connection in its place.
        self.is_watched = false;
        self.cursors.clear();
        Rc::get_mut(&mut self.connection).unwrap_or_else(|| unreachable!("{SHARED}"))
    }

    /// The connection, to read with.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Gives the connection back; an open transaction is rolled back when that is dropped.
    pub fn into_connection(self) -> Connection {
        drop(self.cursors);
        Rc::into_inner(self.connection).unwrap_or_else(|| unreachable!("{SHARED}"))
    }

    /// From now on [`Session::take_changes`] tells what queries and scripts change.
    ///
    /// # Errors
    /// [`Error::Storage`], if there is no memory for it.
    pub fn watch_changes(&mut self) -> Result<(), Error> {
        self.changes.watch();
        self.ensure_watched()
    }

    /// Whether a transaction is open.
    pub fn is_in_transaction(&self) -> bool {
        self.in_transaction
    }

    /// Names of the tables in which rows were changed and committed since the last call; none while a transaction is
    /// open. Tables that a foreign key or a trigger changes are among them; a virtual table stands for those that it
    /// keeps its rows in.
    pub fn take_changes(&mut self) -> BTreeSet<String> {
        if self.in_transaction { BTreeSet::new() } else { self.changes.take() }
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
        let mut rows = Vec::new();
        let mut left = self.result_limit;
        self.each_row(sql, parameters, false, &mut left, &mut |_, row| rows.push(read(row)))?;
        Ok(rows)
    }

    /// The same, with the names of the columns, which `read` is given too. Of what is not UTF-8 in them there are
    /// replacement characters; rusqlite's own functions panic.
    ///
    /// # Errors
    /// As [`Session::query`].
    pub fn query_named<T>(
        &mut self,
        sql: &str,
        parameters: &Parameters,
        mut read: impl FnMut(&[String], &Row<'_>) -> T,
    ) -> Result<Rows<T>, Error> {
        let mut rows = Vec::new();
        let mut left = self.result_limit;
        let columns = self.each_row(sql, parameters, true, &mut left, &mut |names, row| rows.push(read(names, row)))?;
        Ok(Rows { columns, rows })
    }

    /// Runs one statement, lets `read` look at each row, and gives the names of the columns if they are wanted. The
    /// rows may take the bytes that are `left`.
    fn each_row(
        &mut self,
        sql: &str,
        parameters: &Parameters,
        is_named: bool,
        left: &mut u64,
        read: &mut dyn FnMut(&[String], &Row<'_>),
    ) -> Result<Vec<String>, Error> {
        self.check_usable()?;
        // rusqlite trims statements before it prepares them, by Unicode's idea of white space and not by
        // SQLite's: what it would run must be what is looked at here.
        let (whole, sql) = (sql, sql.trim());
        if is_transaction_control(sql) {
            return Err(QueryError::TransactionMisuse(CONTROL).into());
        }
        if sql.contains('\0') {
            return Err(QueryError::failed(SqliteFailure::misuse("a query cannot contain a NUL character")).into());
        }
        let changed_before = self.begin_work(sql, self.in_transaction)?;
        let mut names = Vec::new();
        let is_limited = *left < u64::MAX;
        let mut is_over = false;
        let mut run = || -> rusqlite::Result<()> {
            let mut statement = self.connection.prepare_cached(sql)?;
            parameters::bind(&mut statement, parameters)?;
            // All changes are made before the first of the rows that tell of them, which may be too many.
            let returns_changes = !statement.readonly() && statement.column_count() > 0 && may_change_rows(sql);
            let is_guarded = is_limited && returns_changes;
            if is_guarded {
                self.connection.execute_batch("SAVEPOINT _wheatear_rows")?;
            }
            let mut read_rows = || -> rusqlite::Result<()> {
                let mut rows = statement.raw_query();
                let mut row = rows.next()?;
                // The names are read after the first step, because SQLite compiles the statement again there if the
                // schema has changed, which may change them.
                if is_named {
                    names = sqlite_api::column_names(&self.connection, sql);
                }
                while let Some(found) = row {
                    let Some(rest) = left.checked_sub(bytes_of(found)) else {
                        is_over = true;
                        break;
                    };
                    *left = rest;
                    read(&names, found);
                    row = rows.next()?;
                }
                Ok(())
            };
            let result = read_rows();
            if is_guarded { self.end_guard(result, !is_over) } else { result }
        };
        let result = run().map_err(|error| {
            let start = whole.len() - whole.trim_start().len();
            let offset = script::error_offset(&error).map(|within| start + within);
            or_limit(&self.connection, error, |sqlite| QueryError::of_query(whole, start, offset, sqlite))
        });
        // Changes that were undone are not told by `take_changes`.
        let changed_before = if is_over { self.connection.total_changes() } else { changed_before };
        let result = self.end_work(Some(sql), changed_before, result);
        let too_large = QueryError::ResultTooLarge { limit: self.result_limit };
        let result = if is_over { result.and(Err(too_large.into())) } else { result };
        self.check_closed(result.map(|()| names))
    }

    /// Ends the savepoint around a statement, which without a transaction is one itself.
    fn end_guard(&self, result: rusqlite::Result<()>, is_kept: bool) -> rusqlite::Result<()> {
        if self.connection.is_autocommit() {
            return result;
        }
        let undo = if self.in_transaction { "ROLLBACK TO _wheatear_rows; RELEASE _wheatear_rows" } else { "ROLLBACK" };
        let kept = if is_kept {
            result.and_then(|()| self.connection.execute_batch("RELEASE _wheatear_rows"))
        } else {
            result
        };
        if kept.is_err() || !is_kept {
            self.connection.execute_batch(undo)?;
        }
        kept
    }

    /// Runs a script of any number of statements. More than one run as one transaction, or as one
    /// savepoint of the open transaction: all or nothing. A single one runs as it is, so that
    /// `VACUUM` works.
    ///
    /// # Errors
    /// [`QueryError`] with statement and line, or [`Error::Storage`].
    pub fn exec(&mut self, sql: &str) -> Result<(), Error> {
        self.check_usable()?;
        let changed_before = self.begin_work(sql, self.in_transaction || statements(sql).nth(1).is_some())?;
        let result = if !script::has_several_statements(&self.connection, sql) {
            self.run_script(sql)
        } else if self.in_transaction {
            self.run_between(WITHIN, |session| session.run_script(sql))
        } else {
            self.run_between(["BEGIN IMMEDIATE", "COMMIT", "ROLLBACK"], |session| session.run_script(sql))
        };
        let result = self.end_work(None, changed_before, result);
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
        self.cursors.clear();
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
        self.cursors.clear();
        self.changes.undo();
        if self.connection.is_autocommit() { Ok(()) } else { self.control("ROLLBACK") }
    }

    /// Size of the database's file in bytes.
    ///
    /// # Errors
    /// [`QueryError::TransactionMisuse`] while a transaction is open; [`Error::Storage`].
    pub fn file_size(&self) -> Result<u64, Error> {
        self.settle_log()?;
        Ok(storage::file_size(&self.connection)?)
    }

    /// At most `length` bytes of the database's file from `offset` on, fewer where it ends: as committed, and
    /// whatever they are, but for the mode in its header: read from its beginning, it is a file without a log.
    ///
    /// # Errors
    /// As [`Session::file_size`].
    pub fn read_file(&self, offset: u64, length: usize) -> Result<Vec<u8>, Error> {
        self.settle_log()?;
        let mut bytes = storage::read_file(&self.connection, offset, length)?;
        if offset == 0 {
            storage::leave_wal_mode(&mut bytes);
        }
        Ok(bytes)
    }

    /// Looks at every page of the database, whether it is as it should be. Gives what is no damage: rows that
    /// break a rule of their table, tables that need a collation or function which this connection lacks.
    ///
    /// # Errors
    /// [`Error::Storage`] with the fault: [`StorageErrorKind::Corrupt`](crate::StorageErrorKind::Corrupt) and
    /// its like; [`QueryError::Cancelled`] if it was interrupted.
    pub fn check(&self) -> Result<Vec<String>, Error> {
        // Only whoever checks knows that an interrupt is none of the file's faults.
        let is_interrupt = |error: &StorageError| error.sqlite.as_ref().is_some_and(SqliteFailure::is_interrupt);
        storage::check(&self.connection).map_err(|error| match is_interrupt(&error) {
            true => QueryError::Cancelled.into(),
            false => error.into(),
        })
    }

    /// Moves what was committed to a write-ahead log into the file, if there is one.
    fn settle_log(&self) -> Result<(), Error> {
        if self.in_transaction {
            return Err(QueryError::TransactionMisuse(UNFINISHED).into());
        }
        Ok(storage::settle_log(&self.connection)?)
    }

    fn ensure_watched(&mut self) -> Result<(), Error> {
        if !self.is_watched {
            self.connection.flush_prepared_statement_cache();
            sqlite_api::authorize(&self.connection, Arc::clone(&self.watch)).map_err(query_error)?;
            self.is_watched = true;
        }
        Ok(())
    }

    /// Gives how many rows were changed on this connection so far. `is_within`: the work is done in a transaction.
    fn begin_work(&mut self, sql: &str, is_within: bool) -> Result<u64, Error> {
        self.ensure_watched()?;
        self.watch.begin(is_vacuum(sql), is_within);
        Ok(self.connection.total_changes())
    }

    /// `result`, or what was refused.
    fn end_work<T>(&mut self, cached: Option<&str>, changed_before: u64, result: Result<T, Error>) -> Result<T, Error> {
        let rows = self.connection.total_changes() - changed_before;
        let (tables, refusal) = self.watch.end();
        self.changes.note(&self.connection, tables, cached, rows);
        result.map_err(|error| match (error, refusal) {
            (Error::Query(error), Some(Refusal { what, why })) => error.or_refused(what, why).into(),
            (error, _) => error,
        })
    }

    fn control(&self, sql: &str) -> Result<(), Error> {
        self.connection.execute_batch(sql).map_err(query_error)
    }

    fn run_between<T>(
        &mut self,
        [begin, commit, rollback]: [&str; 3],
        work: impl FnOnce(&mut Self) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.control(begin)?;
        let result = work(self).and_then(|done| self.control(commit).map(|()| done));
        // SQLite rolls back by itself after some failures; there is then nothing left to roll back.
        if result.is_ok() || self.connection.is_autocommit() {
            return result;
        }
        if self.control(rollback).is_err() {
            // The work did away with the savepoint around it, so it cannot be undone by itself.
            self.control("ROLLBACK")?;
            return Err(QueryError::TransactionMisuse(OUTER_SAVEPOINT).into());
        }
        result
    }

    fn run_script(&self, sql: &str) -> Result<(), Error> {
        let error = |ScriptError { statement, line, offset, cause }| match cause {
            Cause::TransactionControl | Cause::Stopped => QueryError::TransactionMisuse(CONTROL).into(),
            Cause::Sqlite(sqlite) => or_limit(&self.connection, sqlite, |sqlite| {
                QueryError::of_statement(sql, (statement, line), offset, sqlite)
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
