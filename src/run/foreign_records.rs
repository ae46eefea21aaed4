//! Reads what other tools have recorded of their migrations.

use rusqlite::{Connection, Row};
use wheatear_core::{Adopted, ForeignRecord, ForeignRow, Mismatch, Unadoptable};
use wheatear_sqlite::{all_rows, lossy_text, one_row};

use crate::error::{Error, RunAction, transaction_error};
use crate::migration_set::MigrationSet;

/// Finds the record of the one tool that has migrated a database, and in the set what it says.
pub(super) fn read_adopted(connection: &Connection, set: &MigrationSet) -> Result<Adopted, Error> {
    let set = set.definition();
    let refuse = |mismatch, tool, here| Error::History(Unadoptable::new(mismatch, tool, Vec::new(), here).into());
    let schema_error = |error| transaction_error(RunAction::ReadSchema, error);
    let sql = "SELECT name FROM main.sqlite_schema WHERE type = 'table' ORDER BY name";
    let mut found: Option<(&ForeignRecord, Vec<ForeignRow>)> = None;
    // One that is there and cannot be read says nothing of a database that another one speaks of.
    let mut unreadable = None;
    for table in all_rows(connection, sql, &[], |row| lossy_text(row, 0)).map_err(schema_error)? {
        let Some(record) = found_record(connection, &table) else {
            unreadable = unreadable.or_else(|| ForeignRecord::of_table(&table.to_ascii_lowercase()).next());
            continue;
        };
        let rows = rows_of(connection, record).map_err(schema_error)?;
        match &found {
            // A tool that was tried once may have left its empty table.
            Some((_, others)) if rows.is_empty() && !others.is_empty() => {}
            Some((other, others)) if !others.is_empty() => {
                return Err(refuse(Mismatch::Several, other.tool(), vec![record.tool().to_owned()]));
            }
            _ => found = Some((record, rows)),
        }
    }
    let adopted = match (found, unreadable.filter(|record| record.is_certain())) {
        (Some((record, rows)), _) => Adopted::of_record(set, record, &rows),
        (None, Some(record)) => return Err(refuse(Mismatch::Unreadable, record.tool(), Vec::new())),
        (None, None) => {
            match one_row(connection, "PRAGMA main.user_version", &[], |row| row.get(0)).map_err(schema_error)? {
                version @ 1.. => Adopted::of_user_version(set, version),
                _ => return Err(refuse(Mismatch::NoRecord, "no other tool", Vec::new())),
            }
        }
    };
    adopted.map_err(|why| Error::History(why.into()))
}

/// Which tool's record a table is, by its name and columns.
pub(super) fn found_record(connection: &Connection, table: &str) -> Option<&'static ForeignRecord> {
    let can_be_read = |record: &&ForeignRecord| record.sql().is_some_and(|sql| connection.prepare(&sql).is_ok());
    ForeignRecord::of_table(&table.to_ascii_lowercase()).find(can_be_read)
}

fn rows_of(connection: &Connection, record: &ForeignRecord) -> rusqlite::Result<Vec<ForeignRow>> {
    all_rows(connection, &record.sql().unwrap_or_default(), &[], |row: &Row<'_>| {
        let text = |column| lossy_text(row, column).map(|text| Some(text).filter(|text| !text.is_empty()));
        Ok(ForeignRow { name: text(0)?, checksum: text(1)?, state: row.get(2)? })
    })
}
