//! Calls on a database of which not every block is in memory, so that one that lacked a block can be made again.

use wheatear_core::statements::is_savepoint_control;
use wheatear_sqlite::{one_row, script, sqlite_api};

use super::Session;
use crate::error::{Error, query_error};
use crate::storage::Mirror;

const BEGIN: &str = "SAVEPOINT _wheatear_attempt";
const END: &str = "RELEASE _wheatear_attempt";
const UNDO: &str = "ROLLBACK TO _wheatear_attempt; RELEASE _wheatear_attempt";

/// Whether the schema has something whose state a savepoint does not give back: virtual tables hold rows in memory,
/// which they write when a transaction is committed, and a failed statement sets what `changes()` gives.
const HOLDERS: &str = "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE (type = 'table' AND rootpage = 0)
    OR (type IN ('trigger', 'view') AND sql LIKE '%changes%'))";

/// What an application calls.
#[derive(Clone, Copy, Debug)]
pub enum Call<'a> {
    /// [`Session::query`] or [`Session::run`] with this SQL text.
    Query(&'a str),
    /// [`Session::exec`] with this script.
    Exec(&'a str),
    /// Several of these statements, by [`Session::atomically`].
    Batch(&'a [&'a str]),
    /// [`Session::begin`] or [`Session::begin_once`].
    Begin,
}

impl Session {
    /// Does `work`, which is one call, on a mirror that is this session's and may lack blocks. If it lacked one, all
    /// that it did is undone, an open transaction is as it was before, and so is what `last_insert_rowid()` gives:
    /// fill what [`Mirror::take_missing`] tells, and make the call again.
    ///
    /// Few statements cannot be undone so. Before those, and before a transaction that may have them, all blocks are
    /// asked for.
    ///
    /// # Errors
    /// [`StorageErrorKind::Io`](crate::StorageErrorKind::Io) if something was missing; else those of `work`.
    pub fn attempt<T>(
        &mut self,
        mirror: &Mirror,
        call: Call<'_>,
        work: impl FnOnce(&mut Self) -> Result<T, Error>,
    ) -> Result<T, Error> {
        if mirror.is_complete() {
            return work(self);
        }
        if self.needs_everything(call)? {
            mirror.require_all()?;
        }
        let rowid = self.connection.last_insert_rowid();
        let changed = self.changes.changed().clone();
        let was_in_transaction = self.in_transaction;
        let result = if self.needs_savepoint(call) { self.within_savepoint(mirror, work) } else { work(self) };
        if was_in_transaction && self.connection.is_autocommit() {
            // SQLite has rolled back the whole transaction, so making the call again would not continue it.
            mirror.take_missing();
            return result;
        }
        if let Err(lack) = mirror.require_none_missing() {
            self.changes.set_changed(changed);
            sqlite_api::set_last_insert_rowid(&self.connection, rowid);
            return Err(lack.into());
        }
        result
    }

    fn within_savepoint<T>(
        &mut self,
        mirror: &Mirror,
        work: impl FnOnce(&mut Self) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.control(BEGIN)?;
        let result = work(self);
        if self.connection.is_autocommit() {
            return result;
        }
        if mirror.require_none_missing().is_err() {
            self.control(UNDO)?;
        } else {
            // If the call ended a savepoint of the application, this one has ended with it.
            let _ = self.control(END);
        }
        result
    }

    /// In a transaction that SQLite has not rolled back, unless the call is about savepoints itself.
    fn needs_savepoint(&self, call: Call<'_>) -> bool {
        self.in_transaction
            && !self.connection.is_autocommit()
            && match call {
                Call::Query(sql) => !is_savepoint_control(sql),
                Call::Exec(sql) => !is_savepoint_control(sql) || script::has_several_statements(&self.connection, sql),
                Call::Batch(_) => true,
                Call::Begin => false,
            }
    }

    fn needs_everything(&mut self, call: Call<'_>) -> Result<bool, Error> {
        let sql = match call {
            Call::Query(sql) if self.is_read_only(sql) => return Ok(false),
            Call::Batch(texts) if texts.iter().all(|sql| self.is_read_only(sql)) => return Ok(false),
            Call::Query(sql) | Call::Exec(sql) => sql.to_ascii_lowercase(),
            Call::Batch(texts) => texts.join(";").to_ascii_lowercase(),
            Call::Begin => String::new(),
        };
        if sql.contains("changes") || sql.contains("virtual") {
            return Ok(true);
        }
        // A commit reads pages where `auto_vacuum` gives room back. If it lacked a block there, it would roll back a
        // transaction that cannot be done again.
        let gives_room_back = "SELECT auto_vacuum <> 0 FROM pragma_auto_vacuum";
        let is_true = |sql| one_row(&self.connection, sql, &[], |row| row.get::<_, bool>(0)).map_err(query_error);
        Ok(is_true(HOLDERS)? || (matches!(call, Call::Begin) && is_true(gives_room_back)?))
    }
}
