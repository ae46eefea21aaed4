//! Finds the rows that make a script fail, by running it without others.

use rusqlite::Connection;
use wheatear_core::Script;
use wheatear_sqlite::attempt;
use wheatear_sqlite::script::ScriptError;

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
        let catalog = Catalog::read(before)?;
        let mut search = Search { script, error, options, kept: copy(before, options)?, runs: 0 };
        let mut suspects = Vec::new();
        for table in tables_with_rows(before, &catalog, &script.sql)? {
            if !search.fails_without(&|database| clear(database, &table))? {
                suspects.push(table);
            }
        }
        let mut rows = Vec::new();
        for row in suspects.iter().map(|table| rows_of(before, table)).collect::<rusqlite::Result<Vec<_>>>()?.concat() {
            if !search.fails_without(&|database| remove(database, &row))? {
                rows.push(row);
            }
        }
        let told = rows.iter().map(|row| describe(before, row)).collect::<rusqlite::Result<_>>()?;
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

impl Search<'_> {
    /// Whether the script fails in the same way without some rows; then they stay away.
    fn fails_without(&mut self, take: &dyn Fn(&Connection) -> rusqlite::Result<()>) -> rusqlite::Result<bool> {
        self.runs += 1;
        if self.runs > MOST_RUNS {
            return Ok(false);
        }
        let fewer = copy(&self.kept, self.options)?;
        if without_triggers(&fewer, || take(&fewer)).is_err() {
            return Ok(false);
        }
        let tried = copy(&fewer, self.options)?;
        let fails =
            attempt(&tried, self.script, &mut |_, _| {}).is_err_and(|error| error.statement == self.error.statement);
        if fails {
            self.kept = fewer;
        }
        Ok(fails)
    }
}

fn without_triggers(database: &Connection, work: impl FnOnce() -> rusqlite::Result<()>) -> rusqlite::Result<()> {
    use rusqlite::config::DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER;
    database.set_db_config(SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    let done = work();
    database.set_db_config(SQLITE_DBCONFIG_ENABLE_TRIGGER, true)?;
    done
}
