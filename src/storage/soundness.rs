//! Whether all of a database is sound: its pages, and what its rows promise.

use std::collections::BTreeMap;

use rusqlite::{Connection, ffi};
use wheatear_sqlite::{SqliteFailure, lossy_text, one_row, quoted};

use super::{IsUsable, StorageError, StorageErrorKind, file_check};

/// How many faults SQLite may tell. Each row that breaks a rule is one, and so many must not hide damage behind them.
const FAULTS: u32 = 1_000_000;

/// Checks all of an open database. Gives what is wrong with its rows, and what could not be looked at: one sentence
/// each, for developers.
///
/// # Errors
/// [`StorageErrorKind::Corrupt`] if the file is damaged, [`StorageErrorKind::NotADatabase`] and its like.
pub(crate) fn check(connection: &Connection) -> Result<Vec<String>, StorageError> {
    check_with(connection, || false, || Ok(()))
}

/// [`check`], and whether SQLite can write to the file: one that passes can be upgraded, as far as the file is
/// concerned. What the check writes is rolled back. Damage is a warning only if `is_usable` says so and SQLite can
/// write to the schema.
pub(crate) fn check_import(connection: &Connection, is_usable: Option<IsUsable>) -> Result<Vec<String>, StorageError> {
    connection.execute_batch("BEGIN IMMEDIATE").map_err(StorageError::of_file)?;
    let is_borne = || is_usable.is_some_and(|is_usable| is_usable(connection) && put_a_table_first(connection).is_ok());
    // Nothing is added to a backup before it is checked, because a damaged one may have no room for it; `is_borne`
    // tries that only where there is damage.
    let prepare = || if is_usable.is_some() { Ok(()) } else { put_a_table_first(connection) };
    let checked = check_with(connection, is_borne, prepare);
    if !connection.is_autocommit() {
        connection.execute_batch("ROLLBACK").map_err(StorageError::of_file)?;
    }
    checked
}

fn check_with(
    connection: &Connection,
    is_borne: impl FnOnce() -> bool,
    prepare: impl FnOnce() -> rusqlite::Result<()>,
) -> Result<Vec<String>, StorageError> {
    file_check::examine_open(connection)?;
    let mut faults = Faults::default();
    // The schema is checked before `prepare` takes a page from the free list, which may be damaged.
    faults.collect(connection, "PRAGMA main.integrity_check(sqlite_schema)").map_err(StorageError::of_file)?;
    if faults.damage.is_none() {
        prepare().map_err(StorageError::of_file)?;
        match faults.collect(connection, &format!("PRAGMA main.integrity_check({FAULTS})")) {
            Err(error) if lacks_something(&error) => {
                faults.collect_by_table(connection)?;
                faults.collect_structure(connection).map_err(StorageError::of_file)?;
            }
            outcome => outcome.map_err(StorageError::of_file)?,
        }
    }
    faults.verdict(is_borne)
}

/// Of a schema whose first object, in SQLite's memory, is a view or a virtual table, `integrity_check` looks at a part
/// only. A table that is added comes first, unless its name falls together with another.
fn put_a_table_first(connection: &Connection) -> rusqlite::Result<()> {
    for number in 0..100 {
        connection.execute_batch(&format!("CREATE TABLE IF NOT EXISTS main._wheatear_probe_{number} (a)"))?;
        let first = "SELECT type = 'table' FROM pragma_table_list WHERE schema = 'main' LIMIT 1";
        if one_row(connection, first, &[], |row| row.get(0))? {
            break;
        }
    }
    Ok(())
}

/// Whether SQLite lacks a collation, function or module, which the program that made the file had.
fn lacks_something(error: &rusqlite::Error) -> bool {
    use rusqlite::Error::{SqlInputError, SqliteFailure};
    matches!(error, SqliteFailure(error, _) | SqlInputError { error, .. } if error.extended_code & 0xff == ffi::SQLITE_ERROR)
}

/// The first fault of an integrity check that does not depend on the order of text.
fn damage_in_any_order(connection: &Connection) -> rusqlite::Result<Option<String>> {
    let mut statement = connection.prepare(&format!("PRAGMA main.integrity_check({FAULTS})"))?;
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next()? {
        let fault = lossy_text(row, 0)?;
        if fault.starts_with("*** in database ") || fault.starts_with("wrong # of entries in index ") {
            return Ok(Some(fault));
        }
    }
    Ok(None)
}

/// [`damage_in_any_order`], with the constraints of rows switched off, which its caller puts back: a CHECK that calls a
/// function which this connection lacks would end the whole check. Where a collation is lacking, another stands in
/// for it; their names are added to `stand_ins`.
fn damage_without_rules(connection: &Connection, stand_ins: &mut Vec<String>) -> rusqlite::Result<Option<String>> {
    connection.execute_batch("PRAGMA ignore_check_constraints = ON")?;
    loop {
        let fault = damage_in_any_order(connection);
        match fault.as_ref().err().and_then(lacking_collation) {
            Some(name) if !stand_ins.contains(&name) => {
                connection.create_collation(name.as_str(), str::cmp)?;
                stand_ins.push(name);
            }
            _ => return fault,
        }
    }
}

fn lacking_collation(error: &rusqlite::Error) -> Option<String> {
    let (rusqlite::Error::SqliteFailure(_, Some(message)) | rusqlite::Error::SqlInputError { msg: message, .. }) =
        error
    else {
        return None;
    };
    message.strip_prefix("no such collation sequence: ").map(str::to_owned)
}

#[derive(Default)]
struct Faults {
    /// What rows break, and how many do.
    of_rows: BTreeMap<String, i64>,
    unseen: Vec<String>,
    damage: Option<String>,
}

impl Faults {
    fn collect(&mut self, connection: &Connection, check: &str) -> rusqlite::Result<()> {
        let mut statement = connection.prepare(check)?;
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next()? {
            // SQLite's sentence has names of tables in it, and those may be any bytes.
            let fault = lossy_text(row, 0)?;
            if is_of_a_row(&fault) {
                *self.of_rows.entry(fault).or_default() += 1;
            } else if fault != "ok" {
                self.damage.get_or_insert(fault);
                break;
            }
        }
        Ok(())
    }

    /// Checks each table by itself, so that a table which cannot be checked does not keep the others from it.
    fn collect_by_table(&mut self, connection: &Connection) -> Result<(), StorageError> {
        let names = || -> rusqlite::Result<Vec<String>> {
            let mut statement = connection.prepare("SELECT name FROM main.sqlite_schema WHERE type = 'table'")?;
            let mut rows = statement.raw_query();
            let mut names = Vec::new();
            while let Some(row) = rows.next()? {
                // A table whose name is not UTF-8 cannot be named in SQL, and is passed over.
                names.extend(row.get_ref(0)?.as_str().map(str::to_owned));
            }
            Ok(names)
        };
        for name in names().map_err(StorageError::of_file)? {
            let check = format!("PRAGMA main.integrity_check({})", quoted(&name));
            match self.collect(connection, &check) {
                Err(error) if lacks_something(&error) => {
                    self.unseen
                        .push(format!("The table \"{name}\" could not be checked: {}", SqliteFailure::from(error)));
                }
                outcome => outcome.map_err(StorageError::of_file)?,
            }
        }
        Ok(())
    }

    /// Damage that takes no order of text to be seen.
    fn collect_structure(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        let mut stand_ins = Vec::new();
        let looked = damage_without_rules(connection, &mut stand_ins);
        // SQLite sets the switch before it runs the pragma, so an interrupted one has set it all the same.
        let switched = connection.execute_batch("PRAGMA ignore_check_constraints = OFF");
        for name in stand_ins {
            connection.remove_collation(name.as_str())?;
        }
        switched?;
        match looked {
            Ok(fault) => {
                self.damage = self.damage.take().or(fault);
                Ok(())
            }
            Err(error) if lacks_something(&error) => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn verdict(self, is_borne: impl FnOnce() -> bool) -> Result<Vec<String>, StorageError> {
        let damage = match self.damage {
            Some(fault) if !is_borne() => return Err(StorageError::new(StorageErrorKind::Corrupt, fault)),
            damage => damage.map(|fault| format!("The database is damaged: {fault}")),
        };
        let of_rows = self.of_rows.into_iter().map(|(fault, count)| match count {
            1 => format!("A row breaks a rule of its table: {fault}"),
            _ => format!("{count} rows break a rule of their table: {fault}"),
        });
        Ok(damage.into_iter().chain(of_rows).chain(self.unseen).collect())
    }
}

/// Whether it is what a row holds that is at fault, and not the file.
///
/// Source: `sqlite3Pragma` in SQLite's pragma.c, at `PragTyp_INTEGRITY_CHECK`
fn is_of_a_row(fault: &str) -> bool {
    const STARTS: [&str; 4] = ["NULL value in ", "NUMERIC value in ", "TEXT value in ", "CHECK constraint failed in "];
    // In "non-INTEGER value in", which is about a row, the type is in capitals; "non-unique entry in index" is about
    // the file.
    let of_type =
        fault.strip_prefix("non-").is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_uppercase()));
    let imprecise = fault.starts_with("index ") && fault.contains(" stores an imprecise floating-point value for row ");
    of_type || imprecise || STARTS.iter().any(|start| fault.starts_with(start))
}
