//! Foreign keys during a run, as SQLite's procedure for changing a table demands: enforcement is
//! off, because dropping the old table of a rebuild would delete every child row by `ON DELETE
//! CASCADE`, and the keys are checked before the commit.
//!
//! Source: <https://www.sqlite.org/lang_altertable.html#otheralter>, steps 1, 10, 11 and 12.

use std::collections::BTreeMap;
use std::fmt;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OptionalExtension};

use crate::apply_error::ApplyError;

/// Brings the connection's own setting back when dropped, whatever happened meanwhile.
pub(crate) struct Enforcement<'connection> {
    connection: &'connection Connection,
    /// As the connection had it.
    was_on: bool,
}

impl<'connection> Enforcement<'connection> {
    /// Switches enforcement off until the guard is dropped.
    pub fn off(connection: &'connection Connection) -> rusqlite::Result<Self> {
        let was_on = connection.db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY)?;
        set(connection, false)?;
        Ok(Self { connection, was_on })
    }
}

impl Drop for Enforcement<'_> {
    fn drop(&mut self) {
        // Setting a flag of the connection cannot fail.
        let _ = set(self.connection, self.was_on);
    }
}

/// Runs one migration that asks for enforcement.
pub(crate) fn enforced<T>(connection: &Connection, on: bool, work: impl FnOnce() -> T) -> rusqlite::Result<T> {
    set(connection, on)?;
    let result = work();
    set(connection, false)?;
    Ok(result)
}

/// Unlike the pragma, this works inside of a transaction too.
///
/// Source: <https://www.sqlite.org/c3ref/c_dbconfig_defensive.html#sqlitedbconfigenablefkey>
fn set(connection: &Connection, on: bool) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, on).map(drop)
}

/// A row whose parent row does not exist.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ForeignKeyViolation {
    /// The table it is in.
    pub table: String,
    /// Its rowid; `None` in a table without rowids.
    pub rowid: Option<i64>,
    /// The table in which its parent is missing.
    pub parent: String,
}

impl fmt::Display for ForeignKeyViolation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.rowid {
            Some(rowid) => write!(f, "row {rowid} of \"{}\" refers to no row of \"{}\"", self.table, self.parent),
            None => write!(f, "a row of \"{}\" refers to no row of \"{}\"", self.table, self.parent),
        }
    }
}

impl ForeignKeyViolation {
    /// The first few of `count`, for people.
    pub(crate) fn list(rows: &[Self], count: usize) -> String {
        const SHOWN: usize = 5;
        let shown: Vec<String> = rows.iter().take(SHOWN).map(ToString::to_string).collect();
        match count.saturating_sub(shown.len()) {
            0 => shown.join(", "),
            more => format!("{} and {more} more", shown.join(", ")),
        }
    }
}

/// Rows that lack their parent row, by the key that leads nowhere.
///
/// Not by table and rowid: a migration that renames or rebuilds a table changes these, and would be
/// blamed for orphans that are older than it.
#[derive(Debug, Default)]
pub(crate) struct Violations {
    by_key: BTreeMap<Vec<String>, Orphans>,
    /// How many rows are kept with their place; of all others only the number is.
    kept: usize,
}

#[derive(Debug, Default)]
struct Orphans {
    rows: Vec<ForeignKeyViolation>,
    count: usize,
}

/// Of more, only the number is kept.
const MOST_KEPT: usize = 1000;

impl Violations {
    /// Source: <https://www.sqlite.org/pragma.html#pragma_foreign_key_check>
    pub fn of(connection: &Connection) -> rusqlite::Result<Self> {
        let mut violations = Self::default();
        let mut check = connection.prepare("PRAGMA main.foreign_key_check")?;
        let mut rows = check.query([])?;
        while let Some(row) = rows.next()? {
            let (table, rowid, parent): (String, Option<i64>, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let key = key_values(connection, &table, rowid, row.get(3)?)?;
            violations.add(key, ForeignKeyViolation { table, rowid, parent });
        }
        Ok(violations)
    }

    fn add(&mut self, key: Vec<String>, violation: ForeignKeyViolation) {
        let orphans = self.by_key.entry(key).or_default();
        orphans.count += 1;
        if self.kept < MOST_KEPT {
            self.kept += 1;
            orphans.rows.push(violation);
        }
    }

    /// What is worse now than it was `before` is an error: a run answers only for what it did itself.
    /// Returns the others, and how many they are.
    pub fn introduced_since(mut self, before: &Self) -> Result<(Vec<ForeignKeyViolation>, usize), ApplyError> {
        let (mut new, mut new_count, mut old, mut old_count) = (Vec::new(), 0, Vec::new(), 0);
        for (key, orphans) in &mut self.by_key {
            let old_of_key = orphans.count.min(before.by_key.get(key).map_or(0, |orphans| orphans.count));
            old_count += old_of_key;
            new_count += orphans.count - old_of_key;
            // Which of the rows with one key are the new ones cannot be told: those that come last.
            new.extend(orphans.rows.drain(old_of_key.min(orphans.rows.len())..));
            old.append(&mut orphans.rows);
        }
        if new_count == 0 {
            Ok((old, old_count))
        } else {
            Err(ApplyError::ForeignKeyViolation { rows: new, count: new_count })
        }
    }
}

/// The values of one row's foreign key, as SQL literals; none for a table without rowids.
fn key_values(connection: &Connection, child: &str, rowid: Option<i64>, key: i64) -> rusqlite::Result<Vec<String>> {
    let sql = "SELECT \"from\" FROM pragma_foreign_key_list(?1) WHERE id = ?2 ORDER BY seq";
    let mut columns = connection.prepare_cached(sql)?;
    let columns: Vec<String> = columns.query_map((child, key), |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
    let literals: Vec<String> = columns.iter().map(|column| format!("quote({})", quoted(column))).collect();
    let sql = format!("SELECT {} FROM {} WHERE rowid = ?1", literals.join(", "), quoted(child));
    let Some(rowid) = rowid else { return Ok(Vec::new()) };
    let values = connection
        .prepare_cached(&sql)?
        .query_row([rowid], |row| (0..literals.len()).map(|index| row.get(index)).collect())
        .optional()?;
    Ok(values.unwrap_or_default())
}
