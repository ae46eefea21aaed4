//! Which tables a statement reads, so that a live query is run again when one of them has changed.

use std::collections::BTreeSet;

use rusqlite::{Connection, params};
use wheatear_core::set_of;
use wheatear_sqlite::script;

use super::Session;
use super::changes::owner_of;
use super::fetch::require_reader;
use crate::error::{Error, QueryError, or_limit};

impl Session {
    /// Whether a statement only reads, so that running it twice does no harm. One that SQLite refuses does nothing.
    pub fn is_read_only(&mut self, sql: &str) -> bool {
        let sql = sql.trim();
        if self.begin_work(sql, self.in_transaction).is_err() {
            return true;
        }
        let is_read_only = self.connection.prepare_cached(sql).map_or(true, |statement| statement.readonly());
        let (tables, _) = self.watch.end();
        self.changes.note(&self.connection, tables, Some(sql), 0);
        is_read_only
    }

    /// Names of the tables that a statement reads, through views, subqueries and common table expressions too, as
    /// [`Session::take_changes`] would tell that they were changed; the names of views, and of table-valued functions, may
    /// be among them. It is not run.
    ///
    /// ```
    /// # use wheatear::{Session, rusqlite::Connection};
    /// let mut session = Session::new(Connection::open_in_memory()?);
    /// session.exec("CREATE TABLE a (b); CREATE TABLE c (d)")?;
    /// let tables = session.tables_read("SELECT count(*) FROM a")?;
    /// assert!(tables.contains("a") && !tables.contains("c"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`QueryError::Refused`] for what writes or gives no rows; else as [`Session::query`].
    pub fn tables_read(&mut self, sql: &str) -> Result<BTreeSet<String>, Error> {
        self.check_usable()?;
        let changed_before = self.begin_work(sql, self.in_transaction)?;
        self.watch.hear_reads();
        let start = sql.len() - sql.trim_start().len();
        // Not a cached one: of what is compiled already, SQLite tells nothing.
        let result = self.connection.prepare(sql.trim()).map_err(|error| {
            let offset = script::error_offset(&error).map(|within| start + within);
            or_limit(&self.connection, error, |sqlite| QueryError::of_query(sql, start, offset, sqlite))
        });
        let result = result.and_then(|statement| require_reader(sql, &statement));
        let tables = self.watch.take_reads();
        self.end_work(None, changed_before, result)?;
        Ok(set_of(tables.into_iter().map(|table| owner_of(&self.connection, as_created(&self.connection, table)))))
    }
}

/// A table's name as it was created: of one whose rows are only counted SQLite tells it as the statement has it.
fn as_created(connection: &Connection, table: String) -> String {
    const NAME: &str = "SELECT name FROM sqlite_schema WHERE name = ?1 COLLATE NOCASE AND type IN ('table', 'view')";
    let name =
        connection.prepare_cached(NAME).and_then(|mut statement| statement.query_row(params![table], |row| row.get(0)));
    name.unwrap_or(table)
}
