//! Foreign keys during a run, as SQLite's procedure for changing a table demands: enforcement is
//! off, because dropping the old table of a rebuild would delete every child row by `ON DELETE
//! CASCADE`, and the keys are checked before the commit.
//!
//! Source: <https://www.sqlite.org/lang_altertable.html#otheralter>, steps 1, 10, 11 and 12.

use std::collections::BTreeMap;
use std::fmt;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OptionalExtension, Row, ffi};
use wheatear_sqlite::SqliteFailure;

use crate::apply_error::{ApplyError, transaction_error};
use crate::error::Error;

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

/// Rows that lack their parent row, counted by the parent that each of them misses.
///
/// Not by table and rowid: a migration that renames or rebuilds a table changes these, and would be
/// blamed for orphans that are older than it.
#[derive(Debug, Default)]
pub(crate) struct Violations {
    by_key: BTreeMap<MissingParent, usize>,
    /// Tables whose keys cannot be checked, such as for a parent without a unique index, and why.
    uncheckable: Vec<(String, SqliteFailure)>,
}

/// The parent table, in lower case, and the values of the key, as SQL literals; there are none of a
/// table without rowids.
type MissingParent = (String, Vec<String>);

/// Of more, only the number is kept.
const MOST_KEPT: usize = 1000;

/// Rows for people: the first of them, and how many there are.
#[derive(Debug, Default)]
struct Found {
    rows: Vec<ForeignKeyViolation>,
    count: usize,
}

impl Found {
    fn add(&mut self, violation: ForeignKeyViolation) {
        self.count += 1;
        if self.rows.len() < MOST_KEPT {
            self.rows.push(violation);
        }
    }
}

impl Violations {
    /// The rows that lack their parent row now.
    pub fn of(connection: &Connection) -> rusqlite::Result<Self> {
        let mut by_key = BTreeMap::new();
        let keys = foreign_keys(connection)?;
        let uncheckable = each_violation(connection, &keys, |key, _| *by_key.entry(key).or_default() += 1)?;
        Ok(Self { by_key, uncheckable })
    }

    /// What is worse now than it was before is an error: a run answers only for what it did itself.
    /// Returns the others, and how many they are.
    pub fn introduced_since(
        connection: &Connection,
        before: Self,
    ) -> rusqlite::Result<Result<(Vec<ForeignKeyViolation>, usize), ApplyError>> {
        let Self { mut by_key, uncheckable: uncheckable_before } = before;
        let keys = foreign_keys(connection)?;
        // A parent that no key names any more may have been renamed.
        let mut renamed: BTreeMap<MissingParent, usize> = BTreeMap::new();
        let nameless = |values: &Vec<String>| (String::new(), values.clone());
        for ((parent, values), count) in &by_key {
            if !keys.iter().any(|key| key.parent == *parent) {
                *renamed.entry(nameless(values)).or_default() += count;
            }
        }
        let take = |count: Option<&mut usize>| match count {
            Some(count) if *count > 0 => {
                *count -= 1;
                true
            }
            _ => false,
        };
        let (mut old, mut new) = (Found::default(), Found::default());
        // Which of the rows with one key are the new ones cannot be told: those that come last.
        let uncheckable = each_violation(connection, &keys, |key, violation| {
            let is_old = take(by_key.get_mut(&key)) || take(renamed.get_mut(&nameless(&key.1)));
            if is_old { old.add(violation) } else { new.add(violation) }
        })?;
        // Keys that could not be checked before are not this run's to answer for, under whatever name.
        let more = uncheckable.len() > uncheckable_before.len();
        let was_uncheckable = |table: &String| uncheckable_before.iter().any(|(before, _)| before == table);
        let unchecked = uncheckable.into_iter().find(|(table, _)| more && !was_uncheckable(table));
        if let Some((_, sqlite)) = unchecked {
            return Ok(Err(ApplyError::TransactionFailed { operation: "check foreign keys", sqlite }));
        }
        Ok(if new.count == 0 {
            Ok((old.rows, old.count))
        } else {
            Err(ApplyError::ForeignKeyViolation { rows: new.rows, count: new.count })
        })
    }
}

/// A foreign key.
struct Key {
    child: String,
    /// Its number among the keys of the child.
    number: i64,
    /// In lower case.
    parent: String,
    /// Of the child.
    columns: Vec<String>,
}

/// Every foreign key, by its child table and number in there.
///
/// Source: <https://www.sqlite.org/pragma.html#pragma_foreign_key_list>
fn foreign_keys(connection: &Connection) -> rusqlite::Result<Vec<Key>> {
    let mut list = connection.prepare(
        "SELECT child.name, key.id, lower(key.\"table\"), key.\"from\"
           FROM main.sqlite_schema AS child, pragma_foreign_key_list(child.name, 'main') AS key
          WHERE child.type = 'table' ORDER BY child.name, key.id, key.seq",
    )?;
    let mut keys: Vec<Key> = Vec::new();
    let mut rows = list.query([])?;
    while let Some(row) = rows.next()? {
        let (child, number, column): (String, i64, String) = (row.get(0)?, row.get(1)?, row.get(3)?);
        match keys.last_mut().filter(|key| key.child == child && key.number == number) {
            Some(key) => key.columns.push(column),
            None => keys.push(Key { child, number, parent: row.get(2)?, columns: vec![column] }),
        }
    }
    Ok(keys)
}

/// Gives every row that lacks its parent row; returns the tables that cannot be checked, and why. One
/// table at a time, because a single bad key would hide the rows of all tables.
///
/// Source: <https://www.sqlite.org/pragma.html#pragma_foreign_key_check>
fn each_violation(
    connection: &Connection,
    keys: &[Key],
    mut found: impl FnMut(MissingParent, ForeignKeyViolation),
) -> rusqlite::Result<Vec<(String, SqliteFailure)>> {
    let mut uncheckable = Vec::new();
    for keys in keys.chunk_by(|one, other| one.child == other.child) {
        let child = &keys[0].child;
        let mut check = match connection.prepare(&format!("PRAGMA main.foreign_key_check({})", quoted(child))) {
            Ok(check) => check,
            Err(error) => {
                uncheckable.push((child.clone(), mismatch(error)?));
                continue;
            }
        };
        let mut rows = check.query([])?;
        while let Some(row) = rows.next()? {
            let (rowid, parent, number): (Option<i64>, String, i64) = (row.get(1)?, row.get(2)?, row.get(3)?);
            let key = keys.iter().find(|key| key.number == number);
            let values = match (rowid, key) {
                (Some(rowid), Some(key)) => key.values(connection, rowid)?,
                _ => Vec::new(),
            };
            let violation = ForeignKeyViolation { table: child.clone(), rowid, parent };
            found((violation.parent.to_ascii_lowercase(), values), violation);
        }
    }
    Ok(uncheckable)
}

impl Key {
    /// The values of the key in one row of the child, as SQL literals.
    fn values(&self, connection: &Connection, rowid: i64) -> rusqlite::Result<Vec<String>> {
        let literals: Vec<String> = self.columns.iter().map(|column| format!("quote({})", quoted(column))).collect();
        let sql = format!("SELECT {} FROM main.{} WHERE rowid = ?1", literals.join(", "), quoted(&self.child));
        let read = |row: &Row<'_>| (0..literals.len()).map(|index| row.get(index)).collect();
        let values = connection.prepare_cached(&sql)?.query_row([rowid], read).optional()?;
        Ok(values.unwrap_or_default())
    }
}

/// A parent without a unique index on what the key refers to, or text that is compared in a way which this SQLite lacks
/// (`COLLATE`); anything else is a failure of the check.
fn mismatch(error: rusqlite::Error) -> rusqlite::Result<SqliteFailure> {
    let is_collation = |error: &ffi::Error| error.extended_code == ffi::SQLITE_ERROR_MISSING_COLLSEQ;
    match error.sqlite_error().is_some_and(is_collation) || error.to_string().contains("foreign key mismatch") {
        true => Ok(error.into()),
        false => Err(error),
    }
}

/// The error of a check that could not be made.
pub(crate) fn check_error(error: rusqlite::Error) -> Error {
    transaction_error("check foreign keys", error)
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
