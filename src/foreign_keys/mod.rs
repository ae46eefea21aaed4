//! Foreign keys during a run, as SQLite's procedure for changing a table demands: enforcement is
//! off, because dropping the old table of a rebuild would delete every child row by `ON DELETE
//! CASCADE`, and the keys are checked before the commit.
//!
//! Source: <https://www.sqlite.org/lang_altertable.html#otheralter>; all of its steps are listed in [`crate::run`].

mod orphans;

use std::collections::BTreeMap;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OptionalExtension, Row, Statement, ffi, params};
use wheatear_core::sort_by;
use wheatear_sqlite::{SqliteFailure, all_rows, first_row, lossy_text, one_row, quoted};

use self::orphans::{Orphan, Orphans};
use crate::error::{ApplyError, Error, ForeignKeyViolation, RunAction, transaction_error};

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
        // Step 1.
        set(connection, false)?;
        Ok(Self { connection, was_on })
    }
}

impl Drop for Enforcement<'_> {
    fn drop(&mut self) {
        // Step 12. Setting a flag of the connection cannot fail.
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

/// Rows that lack their parent row, and what says after a migration which of them it merely carried along.
#[derive(Debug, Default)]
pub(crate) struct Violations {
    /// Every key, and the rows that violate it.
    keys: Vec<(Key, Orphans)>,
    tables: Tables,
    /// Tables whose keys cannot be checked, such as for a parent without a unique index, and why.
    uncheckable: Vec<(String, SqliteFailure)>,
}

/// The root page of every table by its name in lower case: a table keeps it when it is renamed.
type Tables = BTreeMap<String, i64>;

/// How many rows are kept; of those beyond, only the number is.
const MOST_KEPT: usize = 1000;

/// Rows for people that lack their parent row.
#[derive(Debug, Default)]
pub(crate) struct OrphanedRows {
    /// The first of them.
    pub rows: Vec<ForeignKeyViolation>,
    /// How many there are.
    pub count: usize,
}

impl OrphanedRows {
    fn add(&mut self, violation: ForeignKeyViolation) {
        self.count += 1;
        if self.rows.len() < MOST_KEPT {
            self.rows.push(violation);
        }
    }
}

/// What is found after a migration by a check that knows what was so before it.
#[derive(Debug)]
pub(crate) struct Comparison {
    old: OrphanedRows,
    new: OrphanedRows,
    /// Why a table cannot be checked any more.
    uncheckable: Option<SqliteFailure>,
}

impl Comparison {
    /// What is worse now than it was before is an error: a run answers only for what it did itself. Gives the rows that
    /// are as they were.
    pub fn verdict(self) -> Result<OrphanedRows, ApplyError> {
        let Self { old, new, uncheckable } = self;
        match uncheckable {
            Some(sqlite) => Err(ApplyError::TransactionFailed { action: RunAction::CheckForeignKeys, sqlite }),
            None if new.count > 0 => Err(ApplyError::ForeignKeyViolation { rows: new.rows, count: new.count }),
            None => Ok(old),
        }
    }
}

impl Violations {
    /// The rows that lack their parent row now.
    pub fn of(connection: &Connection) -> rusqlite::Result<Self> {
        let keys = foreign_keys(connection)?;
        let mut orphans: Vec<Orphans> = keys.iter().map(|_| Orphans::default()).collect();
        let uncheckable = each_violation(connection, &keys, |key, primary_key, orphan, _| {
            orphans[key].add(primary_key, orphan);
        })?;
        Ok(Self { keys: keys.into_iter().zip(orphans).collect(), tables: tables(connection)?, uncheckable })
    }

    /// Looks again, and tells what was so before from what is new.
    pub fn compare(mut self, connection: &Connection) -> rusqlite::Result<Comparison> {
        let keys = foreign_keys(connection)?;
        let tables = tables(connection)?;
        let (mut old, mut new) = (OrphanedRows::default(), OrphanedRows::default());
        // The key whose rows `each_violation` is giving, and those of `self.keys` that it may have been.
        let mut origins: Option<(usize, Vec<usize>)> = None;
        // Among rows that cannot be told apart, those count as new that SQLite gives last, because nothing else is
        // known.
        let uncheckable = each_violation(connection, &keys, |key, primary_key, orphan, violation| {
            if origins.as_ref().is_none_or(|(of, _)| *of != key) {
                origins = Some((key, self.origins(&keys[key], &keys, &tables)));
            }
            let mut origins = origins.iter().flat_map(|(_, origins)| origins);
            let is_old = origins.any(|origin| self.keys[*origin].1.take(primary_key, &orphan));
            if is_old { old.add(violation) } else { new.add(violation) }
        })?;
        let uncheckable_before = self.uncheckable;
        // The run does not answer for tables that could not be checked before it, also if it has renamed them.
        let more = uncheckable.len() > uncheckable_before.len();
        let was_uncheckable = |table: &String| uncheckable_before.iter().any(|(before, _)| before == table);
        let uncheckable = uncheckable.into_iter().find(|(table, _)| more && !was_uncheckable(table));
        Ok(Comparison { old, new, uncheckable: uncheckable.map(|(_, sqlite)| sqlite) })
    }

    /// The places in `self.keys` of those that `key` may have been before the run, also if it had another name; first
    /// the one of the same name.
    fn origins(&self, key: &Key, keys: &[Key], tables: &Tables) -> Vec<usize> {
        let is_origin = |old: &Key| {
            let (was, is) = (old.table(), key.table());
            // A name that is gone and one that is new may be those of one table: renamed, or copied and dropped.
            let is_same_table = was == is
                || self.tables.get(&was).is_some_and(|root| tables.get(&is) == Some(root))
                || (!tables.contains_key(&was) && !self.tables.contains_key(&is));
            // Likewise the columns of the key, and its parent, may have been renamed.
            let is_gone = || !keys.iter().any(|now| now.table() == is && now.reference == old.reference);
            let is_new = || !self.keys.iter().any(|(old, _)| old.table() == was && old.reference == key.reference);
            is_same_table && (old.reference == key.reference || (is_gone() && is_new()))
        };
        let old = self.keys.iter().enumerate();
        let with_orphans = old.filter(|(_, (old, orphans))| !orphans.is_empty() && is_origin(old));
        let mut origins: Vec<usize> = with_orphans.map(|(number, _)| number).collect();
        let is_another = |number: &usize| {
            let old = &self.keys[*number].0;
            old.table() != key.table() || old.reference != key.reference
        };
        sort_by(&mut origins, |one, other| is_another(one).cmp(&is_another(other)));
        origins
    }
}

/// Every table.
fn tables(connection: &Connection) -> rusqlite::Result<Tables> {
    const ROOTS: &str = "SELECT lower(name), rootpage FROM main.sqlite_schema WHERE type = 'table'";
    let mut tables = Tables::new();
    tables.extend(all_rows(connection, ROOTS, &[], |row| Ok((lossy_text(row, 0)?, row.get(1)?)))?);
    Ok(tables)
}

/// A foreign key.
#[derive(Debug)]
struct Key {
    child: String,
    /// Its number among the keys of the child.
    number: i64,
    reference: Reference,
    /// What it does when a parent goes or changes.
    action: Option<String>,
}

/// What a foreign key says, in lower case.
#[derive(Debug, PartialEq, Eq)]
struct Reference {
    parent: String,
    /// Of the child, and of the parent; `None` if it is the parent's primary key, unsaid.
    columns: Vec<(String, Option<String>)>,
}

/// Every foreign key, by its child table and number in there. A table whose name is not UTF-8 cannot be asked about.
///
/// Source: <https://www.sqlite.org/pragma.html#pragma_foreign_key_list>
fn foreign_keys(connection: &Connection) -> rusqlite::Result<Vec<Key>> {
    let mut list = connection.prepare(
        "SELECT child.name, key.id, lower(key.\"table\"), lower(key.\"from\"), key.\"to\" IS NULL, lower(key.\"to\"), CASE
             WHEN key.on_delete <> 'NO ACTION' THEN 'ON DELETE ' || key.on_delete
             WHEN key.on_update <> 'NO ACTION' THEN 'ON UPDATE ' || key.on_update END
           FROM main.sqlite_schema AS child, pragma_foreign_key_list(child.name, 'main') AS key
          WHERE child.type = 'table' ORDER BY child.name, key.id, key.seq",
    )?;
    let mut keys: Vec<Key> = Vec::new();
    let mut rows = list.query(params![])?;
    while let Some(row) = rows.next()? {
        let Ok(child) = row.get::<_, String>(0) else { continue };
        let to = if row.get(4)? { None } else { Some(lossy_text(row, 5)?) };
        let (number, column) = (row.get(1)?, (lossy_text(row, 3)?, to));
        match keys.last_mut().filter(|key| key.child == child && key.number == number) {
            Some(key) => key.reference.columns.push(column),
            None => {
                let reference = Reference { parent: lossy_text(row, 2)?, columns: vec![column] };
                keys.push(Key { child, number, reference, action: row.get(6)? });
            }
        }
    }
    Ok(keys)
}

/// Gives every row that lacks its parent row, with the index of its key and the primary key of its table; returns the
/// tables that cannot be checked, and why. One table at a time, because a single bad key would hide the rows of all.
///
/// Source: <https://www.sqlite.org/pragma.html#pragma_foreign_key_check>
fn each_violation(
    connection: &Connection,
    keys: &[Key],
    mut found: impl FnMut(usize, &str, Orphan, ForeignKeyViolation),
) -> rusqlite::Result<Vec<(String, SqliteFailure)>> {
    let mut uncheckable = Vec::new();
    let mut next = 0;
    for keys in keys.chunk_by(|one, other| one.child == other.child) {
        let first = next;
        next += keys.len();
        let child = &keys[0].child;
        // Step 10.
        let mut check = match connection.prepare(&format!("PRAGMA main.foreign_key_check({})", quoted(child))) {
            Ok(check) => check,
            Err(error) => {
                uncheckable.push((child.clone(), mismatch(error)?));
                continue;
            }
        };
        // The number of the key whose rows SQLite is giving, and the values of these rows.
        let mut values: Option<(i64, Values<'_>)> = None;
        let mut rows = check.query(params![])?;
        while let Some(row) = rows.next()? {
            let (rowid, parent, number): (Option<i64>, String, i64) = (row.get(1)?, lossy_text(row, 2)?, row.get(3)?);
            let index = keys.iter().position(|key| key.number == number).ok_or(rusqlite::Error::QueryReturnedNoRows)?;
            let key = &keys[index];
            let of_key = match values.take() {
                Some((of, of_key)) if of == number => of_key,
                _ => Values::of(connection, key)?,
            };
            let (_, values) = values.insert((number, of_key));
            let orphan = values.next(rowid)?;
            let violation = ForeignKeyViolation { table: child.clone(), rowid, parent, action: key.action.clone() };
            found(first + index, &values.primary_key, orphan, violation);
        }
    }
    Ok(uncheckable)
}

/// The rows that violate a key, in the order in which SQLite finds them.
struct Values<'connection> {
    /// The columns of the table's primary key with their types.
    primary_key: String,
    source: Source<'connection>,
}

enum Source<'connection> {
    /// One row after the other by its rowid.
    ByRowid(Statement<'connection>),
    /// All at once, where rows have no rowid, or columns hide it under each of its names.
    AtOnce(std::vec::IntoIter<Orphan>),
}

impl<'connection> Values<'connection> {
    fn of(connection: &'connection Connection, key: &Key) -> rusqlite::Result<Self> {
        const PRIMARY: &str = "SELECT lower(name), lower(type) FROM pragma_table_info(?1, 'main') WHERE pk ORDER BY pk";
        let primary =
            all_rows(connection, PRIMARY, &[&key.child], |row| Ok((lossy_text(row, 0)?, lossy_text(row, 1)?)))?;
        let described = primary.iter().map(|(name, of_type)| format!("{} {of_type}", quoted(name)));
        let primary_key = described.collect::<Vec<_>>().join(",");
        let row = bytes(primary.iter().map(|(name, _)| name));
        let values = bytes(key.reference.columns.iter().map(|(column, _)| column));
        Ok(Self { primary_key, source: Source::of(connection, key, &format!("SELECT {values}, {row}"))? })
    }

    fn next(&mut self, rowid: Option<i64>) -> rusqlite::Result<Orphan> {
        match &mut self.source {
            Source::ByRowid(select) => Ok(select.query_row(params![rowid], orphan).optional()?.unwrap_or_default()),
            Source::AtOnce(orphans) => Ok(orphans.next().unwrap_or_default()),
        }
    }
}

impl<'connection> Source<'connection> {
    fn of(connection: &'connection Connection, key: &Key, select: &str) -> rusqlite::Result<Self> {
        let child = quoted(&key.child);
        // The table lists a column of one of these names only if its author has made one, which then hides the rowid.
        const HIDDEN: &str = "SELECT count(*) FROM pragma_table_xinfo(?1, 'main') WHERE lower(name) = ?2";
        const WITHOUT: &str = "SELECT wr FROM pragma_table_list(?1) WHERE schema = 'main'";
        let without: bool = first_row(connection, WITHOUT, &[&key.child], |row| row.get(0))?.unwrap_or(true);
        for name in ["rowid", "oid", "_rowid_"].into_iter().filter(|_| !without) {
            if one_row(connection, HIDDEN, &[&key.child, &name], |row| row.get::<_, i64>(0))? == 0 {
                let sql = format!("{select} FROM main.{child} AS c WHERE c.{name} = ?1");
                return Ok(connection.prepare(&sql).map_or_else(|_| Self::unknown(), Self::ByRowid));
            }
        }
        let sql = format!("{select} FROM main.{child} AS c NOT INDEXED WHERE {}", key.lacks_parent(connection)?);
        if connection.prepare(&sql).is_err() {
            return Ok(Self::unknown());
        }
        Ok(Self::AtOnce(all_rows(connection, &sql, &[], orphan)?.into_iter()))
    }

    /// Where a name is in the way that is not UTF-8, orphans are told apart by their key alone.
    fn unknown() -> Self {
        Self::AtOnce(Vec::new().into_iter())
    }
}

/// What gives the bytes of these columns of the child.
fn bytes<'a>(columns: impl Iterator<Item = &'a String>) -> String {
    let bytes: Vec<String> = columns.map(|column| format!("hex(CAST(c.{} AS TEXT))", quoted(column))).collect();
    if bytes.is_empty() { "''".to_owned() } else { bytes.join(" || ',' || ") }
}

fn orphan(row: &Row<'_>) -> rusqlite::Result<Orphan> {
    Ok(Orphan { values: row.get(0)?, row: row.get(1)? })
}

impl Key {
    /// The child's name as it is compared.
    fn table(&self) -> String {
        self.child.to_ascii_lowercase()
    }

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
        for (column, _) in &self.reference.columns {
            let Some(row) = rows.next()? else { break };
            table = lossy_text(row, 0)?;
            present.push(format!("c.{} IS NOT NULL", quoted(column)));
            // SQLite compares as the parent's column says: the plus takes the child's own type and collation out of it.
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
    transaction_error(RunAction::CheckForeignKeys, error)
}
