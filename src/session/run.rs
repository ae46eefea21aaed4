//! Statements of which it is told what they did.

use rusqlite::Row;
use wheatear_core::statements::is_insert;
use wheatear_sqlite::sqlite_api;

use super::{Parameters, Rows, Session};
use crate::error::Error;

/// What a statement did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RunResult {
    /// How many rows it inserted, updated or deleted; those that triggers and foreign keys changed are not counted.
    pub changes: u64,
    /// The rowid of the last row that it inserted, if it is an `INSERT` or `REPLACE` and inserted one in a table with
    /// rowids. Rows that triggers of a view insert instead are neither here nor in `changes`.
    pub last_insert_rowid: Option<i64>,
}

impl Session {
    /// Runs one statement, throws its rows away, and gives what it did.
    ///
    /// # Errors
    /// As [`Session::query`].
    pub fn run(&mut self, sql: &str, parameters: &Parameters) -> Result<RunResult, Error> {
        let mut left = u64::MAX;
        let (_, done) = self.run_reading(sql, parameters, false, &mut left, &mut |_, _| ())?;
        Ok(done)
    }

    /// As `each_row`, and gives what the statement did, too.
    fn run_reading(
        &mut self,
        sql: &str,
        parameters: &Parameters,
        is_named: bool,
        left: &mut u64,
        read: &mut dyn FnMut(&[String], &Row<'_>),
    ) -> Result<(Vec<String>, RunResult), Error> {
        // A rowid that SQLite never chooses by itself, and that no application has a reason to give.
        const NONE: i64 = -0x5eed_ba5e_c0de_f00d;
        let is_insert = is_insert(sql);
        let (last, changed_before) = (self.connection.last_insert_rowid(), self.connection.total_changes());
        // A statement that calls `last_insert_rowid()` must be given the rowid of the statement before, so the marker
        // cannot stand there, and its own is told only if it changed something.
        let asks = sql.to_ascii_lowercase().contains("last_insert_rowid");
        if !asks {
            sqlite_api::set_last_insert_rowid(&self.connection, NONE);
        }
        let result = self.each_row(sql, parameters, is_named, left, read);
        // SQLite leaves the count of the statement before where a statement changed nothing.
        let has_changed = self.connection.total_changes() != changed_before;
        let changes = if has_changed { self.connection.changes() } else { 0 };
        let rowid = self.connection.last_insert_rowid();
        let last_insert_rowid = (is_insert && rowid != NONE && (!asks || changes > 0)).then_some(rowid);
        if last_insert_rowid.is_none() {
            sqlite_api::set_last_insert_rowid(&self.connection, last);
        }
        Ok((result?, RunResult { changes, last_insert_rowid }))
    }

    /// Runs one statement, and gives its rows and what it did. The rows may take the bytes that are `left`.
    #[cfg_attr(not(target_family = "wasm"), expect(dead_code, reason = "only pages run batches"))]
    pub(crate) fn run_named<T>(
        &mut self,
        sql: &str,
        parameters: &Parameters,
        left: &mut u64,
        mut read: impl FnMut(&[String], &Row<'_>) -> T,
    ) -> Result<(Rows<T>, RunResult), Error> {
        let mut rows = Vec::new();
        let mut push = |names: &[String], row: &Row<'_>| rows.push(read(names, row));
        let (columns, done) = self.run_reading(sql, parameters, true, left, &mut push)?;
        Ok((Rows { columns, rows }, done))
    }
}
