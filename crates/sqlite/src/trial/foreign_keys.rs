//! Foreign keys that lead nowhere in a set that is tried out.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::dangling::mentions;
use crate::{SqliteFailure, first_row, lossy_text};

/// A foreign key that leads nowhere: to a table that does not exist (a rename can leave one behind), to
/// columns without a unique index, or from a row to none.
pub(super) fn broken(database: &Connection) -> rusqlite::Result<Option<String>> {
    let dangling = without_parent(database, None)?;
    if dangling.is_some() {
        return Ok(dangling);
    }
    let orphan = |row: &Row<'_>| {
        Ok(format!("a row of \"{}\" refers to no row of \"{}\"", lossy_text(row, 0)?, lossy_text(row, 2)?))
    };
    match first_row(database, "PRAGMA foreign_key_check", &[], orphan) {
        Err(error) => Ok(Some(SqliteFailure::from(error).message)),
        found => found,
    }
}

/// A foreign key to a table that does not exist; only of tables that mention one of these names, if given.
pub(super) fn without_parent(
    database: &Connection,
    changed: Option<&BTreeSet<String>>,
) -> rusqlite::Result<Option<String>> {
    const PARENTS: &str = "
        SELECT key.\"table\" FROM pragma_foreign_key_list(?1) AS key WHERE NOT EXISTS (
          SELECT 1 FROM sqlite_schema AS parent WHERE parent.type = 'table' AND lower(parent.name) = lower(key.\"table\"))";
    let children = format!(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%references%' AND ({})",
        mentions(changed)
    );
    let mut children = database.prepare(&children)?;
    let mut parents = database.prepare(PARENTS)?;
    let mut rows = children.query(params![])?;
    while let Some(row) = rows.next()? {
        let child: String = row.get(0)?;
        let parent: Option<String> = parents.query_row(params![child], |row| row.get(0)).optional()?;
        if let Some(parent) = parent {
            return Ok(Some(format!("table \"{child}\" refers to \"{parent}\", which does not exist")));
        }
    }
    Ok(None)
}
