//! Finds the rows that make a script fail, by running it without others.

use rusqlite::Connection;
use wheatear_core::Script;
use wheatear_sqlite::attempt;
use wheatear_sqlite::script::{Cause, ScriptError};

use crate::CheckOptions;
use crate::catalog::Catalog;
use crate::copied::copy;
use crate::rows::{RowName, clear, describe, remove, rows_of, tables_with_rows};

/// The fewest rows with which a script fails as it did.
#[derive(Default)]
pub(crate) struct Culprits {
    pub rows: Vec<RowName>,
    /// Each with its values.
    pub told: Vec<String>,
}

/// The most that is tried to find them; then some of them may be innocent.
const MOST_RUNS: usize = 80;

impl Culprits {
    pub fn of(
        before: &Connection,
        script: &Script,
        error: &ScriptError,
        options: &CheckOptions,
    ) -> rusqlite::Result<Self> {
        let mut search = Search { script, error, options, kept: copy(before, options)?, runs: 0 };
        let tables = tables_with_rows(before, &Catalog::read(before)?, &script.sql)?;
        let tables = search.needed(tables, &|database, table| clear(database, table))?;
        let rows = tables.iter().map(|table| rows_of(before, table)).collect::<rusqlite::Result<Vec<_>>>()?.concat();
        let rows = search.needed(rows, &remove)?;
        let told = rows.iter().map(|row| describe(before, row, message(error))).collect::<rusqlite::Result<_>>()?;
        Ok(Self { rows, told })
    }

    /// A copy of a database that lacks these rows.
    pub fn without(&self, database: &Connection, options: &CheckOptions) -> rusqlite::Result<Connection> {
        let copy = copy(database, options)?;
        without_triggers(&copy, || self.rows.iter().try_for_each(|row| remove(&copy, row)))?;
        Ok(copy)
    }
}

struct Search<'a> {
    script: &'a Script,
    error: &'a ScriptError,
    options: &'a CheckOptions,
    /// What is left of the rows.
    kept: Connection,
    runs: usize,
}

/// Takes one of several things out of a database.
type Take<'a, T> = &'a dyn Fn(&Connection, &T) -> rusqlite::Result<()>;

impl Search<'_> {
    /// Which of these the script needs to fail in the same way; the others are taken away. Halves are tried before parts
    /// of them, because most are not needed.
    fn needed<T>(&mut self, mut things: Vec<T>, take: Take<'_, T>) -> rusqlite::Result<Vec<T>> {
        if things.is_empty() || self.fails_without(&things, take)? {
            return Ok(Vec::new());
        }
        if things.len() == 1 || self.runs >= MOST_RUNS {
            return Ok(things);
        }
        // What a script does not mention comes first.
        let rest = things.split_off(things.len() / 2);
        let mut needed = self.needed(things, take)?;
        needed.extend(self.needed(rest, take)?);
        Ok(needed)
    }

    fn is_same(&self, error: &ScriptError) -> bool {
        error.statement == self.error.statement && message(error) == message(self.error)
    }

    fn fails_without<T>(&mut self, things: &[T], take: Take<'_, T>) -> rusqlite::Result<bool> {
        self.runs += 1;
        let take_all = |database: &Connection| {
            without_triggers(database, || things.iter().try_for_each(|thing| take(database, thing)))
        };
        let tried = copy(&self.kept, self.options)?;
        let is_taken = take_all(&tried).is_ok();
        let fails = is_taken && attempt(&tried, self.script, &mut |_, _| {}).is_err_and(|error| self.is_same(&error));
        if fails {
            take_all(&self.kept)?;
        }
        Ok(fails)
    }
}

/// What SQLite said.
fn message(error: &ScriptError) -> &str {
    match &error.cause {
        Cause::Sqlite(sqlite) => &sqlite.message,
        Cause::TransactionControl | Cause::Stopped => "",
    }
}

fn without_triggers(database: &Connection, work: impl FnOnce() -> rusqlite::Result<()>) -> rusqlite::Result<()> {
    use rusqlite::config::DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER;
    database.set_db_config(SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    let done = work();
    database.set_db_config(SQLITE_DBCONFIG_ENABLE_TRIGGER, true)?;
    done
}
