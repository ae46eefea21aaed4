//! Reads what other tools have recorded of their migrations.

use rusqlite::{Connection, Row};
use wheatear_core::{Adopted, ForeignRecord, ForeignRow, Unadoptable};
use wheatear_sqlite::{all_rows, lossy_text, one_row};

use crate::error::{Error, RunAction, transaction_error};
use crate::migration_set::MigrationSet;

/// Finds the record of the one tool that has migrated a database, and in the set what it says.
pub(super) fn read_adopted(connection: &Connection, set: &MigrationSet) -> Result<Adopted, Error> {
    let set = set.definition();
    let schema_error = |error| transaction_error(RunAction::ReadSchema, error);
    let sql = "SELECT name FROM main.sqlite_schema WHERE type = 'table' ORDER BY name";
    let tables = all_rows(connection, sql, &[], |row| lossy_text(row, 0)).map_err(schema_error)?;
    let mut found: Option<(&ForeignRecord, Vec<ForeignRow>)> = None;
    // One that is there and cannot be read says nothing of a database that another one speaks of.
    let mut unreadable = None;
    for table in &tables {
        let rows = match rows_of(connection, table) {
            Ok(rows) => rows,
            Err(why) => {
                unreadable = Some(why);
                continue;
            }
        };
        match (rows, &found) {
            (Some((record, rows)), Some((other, others))) if !rows.is_empty() && !others.is_empty() => {
                return Err(refused(Unadoptable::Several { tools: vec![other.tool(), record.tool()] }));
            }
            // A tool that was tried once may have left its empty table.
            (Some((record, rows)), other) if other.is_none() || !rows.is_empty() => found = Some((record, rows)),
            _ => {}
        }
    }
    if let Some((record, rows)) = found {
        return Adopted::of_record(set, record, &rows).map_err(refused);
    }
    if let Some(why) = unreadable {
        return Err(refused(why));
    }
    match one_row(connection, "PRAGMA main.user_version", &[], |row| row.get(0)).map_err(schema_error)? {
        version @ 1.. => Adopted::of_user_version(set, version).map_err(refused),
        _ => Err(refused(Unadoptable::NoRecord)),
    }
}

/// Which tool's record a table is, by its name and columns.
pub(super) fn found_record(connection: &Connection, table: &str) -> Option<&'static ForeignRecord> {
    let can_be_read = |record: &&ForeignRecord| record.sql().is_some_and(|sql| connection.prepare(&sql).is_ok());
    ForeignRecord::of_table(&table.to_ascii_lowercase()).find(can_be_read)
}

/// The rows of a table that is some tool's record; `None` if it is none.
fn rows_of(
    connection: &Connection,
    table: &str,
) -> Result<Option<(&'static ForeignRecord, Vec<ForeignRow>)>, Unadoptable> {
    let Some(first) = ForeignRecord::of_table(&table.to_ascii_lowercase()).next() else { return Ok(None) };
    let tool = first.tool();
    let unreadable = |reason: &str| Unadoptable::Unreadable { tool, reason: reason.to_owned() };
    let Some(record) = found_record(connection, table) else {
        // So many tables have this name that it says nothing by itself.
        return match first.sql() {
            _ if table.eq_ignore_ascii_case("migrations") => Ok(None),
            Some(_) => Err(unreadable("its table has not the columns that it makes")),
            None => Err(unreadable("it does not tell which of these migrations are applied")),
        };
    };
    let read = |row: &Row<'_>| {
        let text = |column| lossy_text(row, column).map(|text| Some(text).filter(|text| !text.is_empty()));
        Ok(ForeignRow { name: text(0)?, checksum: text(1)?, state: row.get(2)? })
    };
    let rows = all_rows(connection, &record.sql().unwrap_or_default(), &[], read);
    rows.map(|rows| Some((record, rows))).map_err(|error| unreadable(&error.to_string()))
}

fn refused(why: Unadoptable) -> Error {
    Error::History(why.into())
}
