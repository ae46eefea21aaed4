//! Calls on a database of which not every block is in memory, so that one that lacked a block can be made again.

use std::collections::BTreeSet;

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

/// What is as it was before a call.
struct Attempt<'a> {
    mirror: &'a Mirror,
    rowid: i64,
    changed: BTreeSet<String>,
    was_in_transaction: bool,
    /// Whether the call is made within a savepoint of its own.
    within_savepoint: bool,
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
        self.attempt_on(Some(mirror), call, work)
    }

    /// The same; without a mirror, all blocks are there.
    pub(crate) fn attempt_on<T>(
        &mut self,
        mirror: Option<&Mirror>,
        call: Call<'_>,
        work: impl FnOnce(&mut Self) -> Result<T, Error>,
    ) -> Result<T, Error> {
        // What does not depend on `work` is in functions of its own: these lines are compiled anew for each work.
        let attempt = match mirror.filter(|mirror| !mirror.is_complete()) {
            Some(mirror) => Some(self.prepare_attempt(mirror, call)?),
            None => None,
        };
        let has_savepoint = attempt.as_ref().is_some_and(|attempt| attempt.within_savepoint);
        let begun = if has_savepoint { self.control(BEGIN) } else { Ok(()) };
        let has_begun = begun.is_ok();
        let result = begun.and_then(|()| work(self));
        match attempt {
            Some(attempt) => self.end_attempt(attempt, has_begun).and(result),
            None => result,
        }
    }

    fn prepare_attempt<'a>(&mut self, mirror: &'a Mirror, call: Call<'_>) -> Result<Attempt<'a>, Error> {
        if self.needs_everything(call)? {
            mirror.require_all()?;
        }
        Ok(Attempt {
            mirror,
            rowid: self.connection.last_insert_rowid(),
            changed: self.changes.changed().clone(),
            was_in_transaction: self.in_transaction,
            within_savepoint: self.needs_savepoint(call),
        })
    }

    fn end_attempt(&mut self, attempt: Attempt<'_>, has_begun: bool) -> Result<(), Error> {
        let Attempt { mirror, rowid, changed, was_in_transaction, within_savepoint } = attempt;
        let mut undone = Ok(());
        if within_savepoint && has_begun && !self.connection.is_autocommit() {
            if mirror.require_none_missing().is_err() {
                undone = self.control(UNDO);
            } else {
                // If the call ended a savepoint of the application, this one has ended with it.
                let _ = self.control(END);
            }
        }
        if was_in_transaction && self.connection.is_autocommit() {
            // SQLite has rolled back the whole transaction, so making the call again would not continue it.
            mirror.take_missing();
            return undone;
        }
        if let Err(lack) = mirror.require_none_missing() {
            self.changes.set_changed(changed);
            sqlite_api::set_last_insert_rowid(&self.connection, rowid);
            return Err(lack.into());
        }
        undone
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
