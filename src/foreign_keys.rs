//! Foreign keys during a run, as SQLite's procedure for changing a table demands: enforcement is
//! off, because dropping the old table of a rebuild would delete every child row by `ON DELETE
//! CASCADE`, and the keys are checked before the commit.
//!
//! Source: <https://www.sqlite.org/lang_altertable.html#otheralter>, steps 1, 10, 11 and 12.

use std::collections::BTreeMap;
use std::fmt;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OptionalExtension, Row, Statement, ffi, params};
use wheatear_sqlite::{SqliteFailure, lossy_text};

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
    /// What its key does when the parent goes or changes, such as `ON DELETE CASCADE`; `None` if nothing.
    pub action: Option<String>,
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

    /// What to do if a key was expected to act.
    pub(crate) fn hint(rows: &[Self]) -> String {
        let Some(action) = rows.iter().find_map(|row| row.action.as_ref()) else { return String::new() };
        format!("; if {action} was to see to it: keys act only in a migration with the header `-- foreign_keys: on`")
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

/// The parent table, in lower case, and the values of the key: the type of each, and its bytes in hexadecimal,
/// because text need not be UTF-8.
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
    /// What it does when a parent goes or changes.
    action: Option<String>,
}

/// Every foreign key, by its child table and number in there. A table whose name is not UTF-8 cannot be asked about.
///
/// Source: <https://www.sqlite.org/pragma.html#pragma_foreign_key_list>
fn foreign_keys(connection: &Connection) -> rusqlite::Result<Vec<Key>> {
    let mut list = connection.prepare(
        "SELECT child.name, key.id, lower(key.\"table\"), key.\"from\", CASE
             WHEN key.on_delete <> 'NO ACTION' THEN 'ON DELETE ' || key.on_delete
             WHEN key.on_update <> 'NO ACTION' THEN 'ON UPDATE ' || key.on_update END
           FROM main.sqlite_schema AS child, pragma_foreign_key_list(child.name, 'main') AS key
          WHERE child.type = 'table' ORDER BY child.name, key.id, key.seq",
    )?;
    let mut keys: Vec<Key> = Vec::new();
    let mut rows = list.query([])?;
    while let Some(row) = rows.next()? {
        let Ok(child) = row.get::<_, String>(0) else { continue };
        let (number, column) = (row.get(1)?, lossy_text(row, 3)?);
        match keys.last_mut().filter(|key| key.child == child && key.number == number) {
            Some(key) => key.columns.push(column),
            None => {
                let (parent, columns) = (lossy_text(row, 2)?, vec![column]);
                keys.push(Key { child, number, parent, columns, action: row.get(4)? });
            }
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
        // Of the key whose rows are being given.
        let mut values: Option<(i64, Values<'_>)> = None;
        let mut rows = check.query([])?;
        while let Some(row) = rows.next()? {
            let (rowid, parent, number): (Option<i64>, String, i64) = (row.get(1)?, lossy_text(row, 2)?, row.get(3)?);
            let key = keys.iter().find(|key| key.number == number);
            if values.as_ref().is_none_or(|(of, _)| *of != number) {
                values = key.map(|key| Ok::<_, rusqlite::Error>((number, Values::of(connection, key)?))).transpose()?;
            }
            let values = values.as_mut().map(|(_, values)| values.next(rowid)).transpose()?.unwrap_or_default();
            let action = key.and_then(|key| key.action.clone());
            let violation = ForeignKeyViolation { table: child.clone(), rowid, parent, action };
            found((violation.parent.to_ascii_lowercase(), values), violation);
        }
    }
    Ok(uncheckable)
}

/// The values of a key in the rows that lack their parent row, in the order in which SQLite finds these.
enum Values<'connection> {
    /// One row after the other by its rowid.
    ByRowid(Statement<'connection>),
    /// All at once, where rows have no rowid, or columns hide it under each of its names.
    AtOnce(std::vec::IntoIter<Vec<String>>),
}

impl<'connection> Values<'connection> {
    fn of(connection: &'connection Connection, key: &Key) -> rusqlite::Result<Self> {
        let child = quoted(&key.child);
        let literal = |column: &String| format!("typeof(c.{0}) || hex(c.{0})", quoted(column));
        let literals = key.columns.iter().map(literal).collect::<Vec<_>>().join(", ");
        // A column of that name hides the rowid, and only then is among the columns.
        const HIDDEN: &str = "SELECT count(*) FROM pragma_table_xinfo(?1, 'main') WHERE lower(name) = ?2";
        const WITHOUT: &str = "SELECT wr FROM pragma_table_list(?1) WHERE schema = 'main'";
        let without: bool = connection.query_row(WITHOUT, [&key.child], |row| row.get(0)).optional()?.unwrap_or(true);
        for name in ["rowid", "oid", "_rowid_"].into_iter().filter(|_| !without) {
            if connection.query_row(HIDDEN, [key.child.as_str(), name], |row| row.get::<_, i64>(0))? == 0 {
                let sql = format!("SELECT {literals} FROM main.{child} AS c WHERE c.{name} = ?1");
                return Ok(connection.prepare(&sql).map_or_else(|_| Self::unknown(), Self::ByRowid));
            }
        }
        let sql =
            format!("SELECT {literals} FROM main.{child} AS c NOT INDEXED WHERE {}", key.lacks_parent(connection)?);
        let Ok(mut select) = connection.prepare(&sql) else { return Ok(Self::unknown()) };
        let all = select.query_map([], all_columns)?.collect::<rusqlite::Result<Vec<_>>>()?;
        Ok(Self::AtOnce(all.into_iter()))
    }

    /// Where a name is in the way that is not UTF-8, orphans are told apart by their parent's table alone.
    fn unknown() -> Self {
        Self::AtOnce(Vec::new().into_iter())
    }

    fn next(&mut self, rowid: Option<i64>) -> rusqlite::Result<Vec<String>> {
        match self {
            Self::ByRowid(select) => Ok(select.query_row([rowid], all_columns).optional()?.unwrap_or_default()),
            Self::AtOnce(values) => Ok(values.next().unwrap_or_default()),
        }
    }
}

impl Key {
    /// The condition of SQLite's own check: the parent's column says how values are compared.
    ///
    /// Source: <https://www.sqlite.org/foreignkeys.html>, section 1
    fn lacks_parent(&self, connection: &Connection) -> rusqlite::Result<String> {
        const PARENT: &str = "SELECT key.\"table\", coalesce(key.\"to\", (
               SELECT name FROM pragma_table_info(key.\"table\", 'main') WHERE pk = key.seq + 1))
             FROM pragma_foreign_key_list(?1, 'main') AS key WHERE key.id = ?2 ORDER BY key.seq";
        let mut select = connection.prepare(PARENT)?;
        let mut rows = select.query(params![self.child, self.number])?;
        let (mut table, mut present, mut equal) = (String::new(), Vec::new(), Vec::new());
        for column in &self.columns {
            let Some(row) = rows.next()? else { break };
            table = lossy_text(row, 0)?;
            present.push(format!("c.{} IS NOT NULL", quoted(column)));
            // A plus takes the child's type out of the comparison.
            equal.push(format!("p.{} = +c.{}", quoted(&lossy_text(row, 1)?), quoted(column)));
        }
        let present = present.join(" AND ");
        Ok(match connection.table_exists(Some("main"), table.as_str())? {
            true => {
                let (table, equal) = (quoted(&table), equal.join(" AND "));
                format!("{present} AND NOT EXISTS (SELECT 1 FROM main.{table} AS p WHERE {equal})")
            }
            false => present,
        })
    }
}

fn all_columns(row: &Row<'_>) -> rusqlite::Result<Vec<String>> {
    (0..row.as_ref().column_count()).map(|index| row.get(index)).collect()
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
