//! Work that a key names is done once, however often it is asked for: the key is recorded in the transaction that does the
//! work, so that one is there exactly when the other is.
//!
//! | table | holds |
//! | --- | --- |
//! | `_wheatear_request` | one row per key of the last seven days: the format of the row, when it was recorded, and what [`Session::run_once`] did |
//!
//! Its name may have the prefix that the ledger's tables have.

use rusqlite::{Connection, params};
use wheatear_core::HistoryError;
use wheatear_sqlite::{all_rows, first_row};

use super::{Parameters, RunResult, Session};
use crate::error::{Error, query_error};
use crate::table_prefix::TablePrefix;

/// Format of a row. Raise it when a row says more, in columns that may be NULL: what an older version of this library has
/// recorded is still understood then, and what a newer one has recorded is not misunderstood.
const FORMAT: i64 = 1;

/// How long a key is remembered: longer than anybody waits for an answer.
const REMEMBERED: &str = "-7 days";

/// When something is recorded, in UTC: text whose order is that of time.
const AT: &str = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now'";

impl Session {
    /// From now on keys are recorded in a table with this prefix, the one of the migrator's ledger.
    pub fn table_prefix(&mut self, prefix: TablePrefix) {
        self.prefix = prefix;
    }

    /// As [`Session::begin`], once: records `key` in the transaction. Gives false, and begins none, if a transaction that
    /// was committed has recorded it.
    ///
    /// # Errors
    /// As [`Session::begin`], and [`HistoryError::LedgerTooNew`] if a newer version of this library has recorded it.
    pub fn begin_once(&mut self, key: &str) -> Result<bool, Error> {
        self.begin()?;
        let is_new = record(&self.connection, &self.prefix, key);
        // What a newer version has recorded must not be taken for something else.
        let understood = is_new.and_then(|is_new| if is_new { Ok(true) } else { self.recorded(key).map(|_| false) });
        match understood {
            Ok(true) => Ok(true),
            // The commit keeps the table's new columns, and that old keys are deleted.
            Ok(false) => self.commit().map(|()| false),
            Err(error) => {
                self.rollback()?;
                Err(error)
            }
        }
    }

    /// Does `work` in a transaction of its own that records `key`. Gives `None`, and does nothing, if a transaction that
    /// was committed has recorded it.
    ///
    /// ```
    /// use wheatear::rusqlite::Connection;
    /// use wheatear::{Parameters, Session};
    ///
    /// let mut session = Session::new(Connection::open_in_memory()?);
    /// session.exec("CREATE TABLE note (text)")?;
    /// let add = |session: &mut Session| session.exec("INSERT INTO note VALUES ('one')");
    /// assert!(session.once("d1a5", add)?.is_some());
    /// assert!(session.once("d1a5", add)?.is_none());
    /// let count = session.query("SELECT count(*) FROM note", &Parameters::Positional(vec![]), |row| row.get(0))?;
    /// assert_eq!(count, [Ok(1)]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Those of `work`, which is undone then, and as [`Session::begin_once`].
    pub fn once<T>(&mut self, key: &str, work: impl FnOnce(&mut Self) -> Result<T, Error>) -> Result<Option<T>, Error> {
        if !self.begin_once(key)? {
            return Ok(None);
        }
        match work(self) {
            Ok(done) => self.commit().map(|()| Some(done)),
            Err(error) => {
                self.rollback()?;
                Err(error)
            }
        }
    }

    /// As [`Session::run`], once: what was done is recorded beside the key, and given again. Within a transaction, which
    /// [`Session::begin_once`] has begun with the same key, it is done, and recorded.
    ///
    /// # Errors
    /// As [`Session::run`] and [`Session::once`].
    pub fn run_once(&mut self, key: &str, sql: &str, parameters: &Parameters) -> Result<RunResult, Error> {
        if self.in_transaction {
            return self.run_recorded(key, sql, parameters);
        }
        match self.once(key, |session| session.run_recorded(key, sql, parameters))? {
            Some(done) => Ok(done),
            None => self.recorded(key),
        }
    }

    /// As [`Session::run`], within a transaction that [`Session::begin_once`] has begun with this key: what was done is
    /// recorded beside it.
    ///
    /// # Errors
    /// As [`Session::run`].
    pub fn run_recorded(&mut self, key: &str, sql: &str, parameters: &Parameters) -> Result<RunResult, Error> {
        let done = self.run(sql, parameters)?;
        record_result(&self.connection, &self.prefix, key, done)?;
        Ok(done)
    }

    /// What [`Session::run_recorded`] has recorded beside a key that is recorded; if it was used for other work, that
    /// nothing was done.
    ///
    /// # Errors
    /// [`HistoryError::LedgerTooNew`] if a newer version of this library has recorded it, [`Error::Storage`].
    pub fn recorded(&self, key: &str) -> Result<RunResult, Error> {
        recorded_result(&self.connection, &self.prefix, key)
    }
}

/// In the open transaction: records a key. Gives false if it was recorded before.
fn record(connection: &Connection, prefix: &TablePrefix, key: &str) -> Result<bool, Error> {
    let table = prefix.table("request");
    prepare(connection, prefix)?;
    let work = || -> rusqlite::Result<_> {
        connection.execute(&format!("DELETE FROM {table} WHERE at < {AT}, ?1)"), params![REMEMBERED])?;
        let insert = format!("INSERT INTO {table} (key, format, at) VALUES (?1, ?2, {AT})) ON CONFLICT DO NOTHING");
        Ok(connection.execute(&insert, params![key, FORMAT])? > 0)
    };
    work().map_err(query_error)
}

/// Creates the table if there is none, and brings one from before rows had a format to what it is now.
fn prepare(connection: &Connection, prefix: &TablePrefix) -> Result<(), Error> {
    let table = prefix.table("request");
    let columns = "SELECT name FROM pragma_table_info(?1, 'main')";
    let names = all_rows(connection, columns, &[&prefix.bare_table("request")], |row| row.get(0));
    let names: Vec<String> = names.map_err(query_error)?;
    let lacks = |column: &str| !names.iter().any(|name| name == column);
    let script = if names.is_empty() {
        format!(
            "CREATE TABLE {table} (
               key TEXT PRIMARY KEY,
               format INTEGER NOT NULL,
               at TEXT NOT NULL,
               changes INTEGER,
               last_insert_rowid INTEGER
             ) STRICT, WITHOUT ROWID;"
        )
    } else {
        let added = [("format", "NOT NULL DEFAULT 1"), ("changes", ""), ("last_insert_rowid", "")];
        let add = |(column, rest)| format!("ALTER TABLE {table} ADD COLUMN {column} INTEGER {rest};");
        added.into_iter().filter(|(column, _)| lacks(column)).map(add).collect()
    };
    connection.execute_batch(&script).map_err(query_error)
}

/// In the transaction that has recorded the key: records beside it what was done.
fn record_result(connection: &Connection, prefix: &TablePrefix, key: &str, done: RunResult) -> Result<(), Error> {
    let sql = format!("UPDATE {} SET changes = ?1, last_insert_rowid = ?2 WHERE key = ?3", prefix.table("request"));
    let values = params![done.changes as i64, done.last_insert_rowid, key];
    connection.execute(&sql, values).map(drop).map_err(query_error)
}

/// See [`Session::recorded`].
fn recorded_result(connection: &Connection, prefix: &TablePrefix, key: &str) -> Result<RunResult, Error> {
    let sql = format!("SELECT format, changes, last_insert_rowid FROM {} WHERE key = ?1", prefix.table("request"));
    let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get::<_, Option<i64>>(1)?, row.get(2)?));
    let recorded = first_row(connection, &sql, &[&key], row).map_err(query_error)?;
    let (format, changes, last_insert_rowid) = recorded.unwrap_or((FORMAT, None, None));
    if format > FORMAT {
        return Err(HistoryError::LedgerTooNew { found: format, known: FORMAT }.into());
    }
    Ok(RunResult { changes: changes.unwrap_or(0) as u64, last_insert_rowid })
}
