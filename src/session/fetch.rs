//! Reading a statement part by part.

use std::rc::Rc;

use rusqlite::{Row, Statement};
use wheatear_core::statements::is_transaction_control;
use wheatear_sqlite::{SqliteFailure, script};

use super::cursor::{Compiled, Cursor};
use super::row_size::bytes_of;
use super::{CONTROL, NONE_OPEN, Parameters, Session, parameters};
use crate::error::{Error, QueryError, or_limit};

const ENDED: &str = "this cursor has ended; open another one";
const NO_READER: &str = "only what reads and gives rows can be read part by part; use query, run or exec";

/// Some rows of a cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Part<T> {
    /// What was made of each row.
    pub rows: Vec<T>,
    /// Whether there are no more; the cursor has ended then.
    pub is_last: bool,
}

impl Session {
    /// Reads the next rows of a statement that only reads, `count` at most; fewer if they take `bytes` already, counted as
    /// by [`Session::limit_results`]. The first call with a number opens the cursor of that number. It stays open until the
    /// last part, [`Session::close_cursor`], or the end of the transaction, which must be open. What the transaction changes
    /// meanwhile in the rows that are still to come, the cursor may or may not see.
    ///
    /// ```
    /// # use wheatear::{Parameters, Session, rusqlite::Connection};
    /// let mut session = Session::new(Connection::open_in_memory()?);
    /// session.exec("CREATE TABLE a (b); INSERT INTO a VALUES (1), (2), (3)")?;
    /// session.begin()?;
    /// let mut next = || {
    ///     let none = Parameters::Positional(vec![]);
    ///     session.fetch(1, "SELECT b FROM a", &none, (2, u64::MAX), |_, row| row.get::<_, i64>(0).unwrap_or(0))
    /// };
    /// assert_eq!(next()?.rows, [1, 2]);
    /// let last = next()?;
    /// assert_eq!((last.rows, last.is_last), (vec![3], true));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`Session::query`]; [`QueryError::Refused`] for what writes or gives no rows, and
    /// [`QueryError::TransactionMisuse`] without a transaction. After an error the cursor has ended.
    pub fn fetch<T>(
        &mut self,
        cursor: u32,
        sql: &str,
        parameters: &Parameters,
        (count, bytes): (usize, u64),
        mut read: impl FnMut(&[String], &Row<'_>) -> T,
    ) -> Result<Part<T>, Error> {
        self.check_usable()?;
        if !self.in_transaction {
            return Err(QueryError::TransactionMisuse(NONE_OPEN).into());
        }
        let limit = self.result_limit;
        let mut rows = Vec::new();
        let mut taken = 0;
        let result = self.with_cursor(cursor, sql, parameters, &mut |names, row| {
            taken += bytes_of(row);
            if taken <= limit {
                rows.push(read(names, row));
            }
            rows.len() < count && taken < bytes
        });
        let is_last = result?;
        if taken > limit {
            self.cursors.insert(cursor, None);
            return Err(QueryError::ResultTooLarge { limit }.into());
        }
        Ok(Part { rows, is_last })
    }

    /// Closes a cursor of [`Session::fetch`], if it is open.
    pub fn close_cursor(&mut self, cursor: u32) {
        self.cursors.insert(cursor, None);
    }

    /// Lets `read` look at the next rows until it gives false; gives whether there are no more.
    fn with_cursor(
        &mut self,
        number: u32,
        sql: &str,
        parameters: &Parameters,
        read: &mut dyn FnMut(&[String], &Row<'_>) -> bool,
    ) -> Result<bool, Error> {
        let changed_before = self.begin_work(sql, true)?;
        // What fails leaves an ended one.
        let result = match self.cursors.insert(number, None) {
            None => self.open_cursor(sql.trim(), parameters),
            Some(None) => Err(QueryError::TransactionMisuse(ENDED).into()),
            Some(Some(cursor)) => Ok(cursor),
        };
        let result = result.and_then(|mut cursor| {
            let is_last =
                cursor.read(&self.connection, sql.trim(), read).map_err(|error| self.cursor_error(sql, error))?;
            if !is_last {
                self.cursors.insert(number, Some(cursor));
            }
            Ok(is_last)
        });
        self.end_work(None, changed_before, result)
    }

    fn open_cursor(&self, sql: &str, parameters: &Parameters) -> Result<Cursor, Error> {
        if is_transaction_control(sql) {
            return Err(QueryError::TransactionMisuse(CONTROL).into());
        }
        if sql.contains('\0') {
            return Err(QueryError::failed(SqliteFailure::misuse("a query cannot contain a NUL character")).into());
        }
        let mut compiled = Compiled::try_new(Rc::clone(&self.connection), |connection| connection.prepare(sql))
            .map_err(|error| self.cursor_error(sql, error))?;
        require_reader(sql, compiled.borrow_dependent())?;
        compiled
            .with_dependent_mut(|_, statement| parameters::bind(statement, parameters))
            .map_err(|error| self.cursor_error(sql, error))?;
        Ok(Cursor::new(compiled))
    }

    fn cursor_error(&self, sql: &str, error: rusqlite::Error) -> Error {
        let start = sql.len() - sql.trim_start().len();
        let offset = script::error_offset(&error).map(|within| start + within);
        or_limit(&self.connection, error, |sqlite| QueryError::of_query(sql, start, offset, sqlite))
    }
}

/// What has no rows, such as a savepoint, SQLite takes for a reader, too.
pub(super) fn require_reader(sql: &str, statement: &Statement<'_>) -> Result<(), Error> {
    if statement.readonly() && statement.column_count() > 0 {
        return Ok(());
    }
    let what = sql.split_whitespace().next().unwrap_or_default().to_owned();
    Err(QueryError::Refused { statement: None, line: None, what, why: NO_READER }.into())
}
