//! Foreign keys during a run, as SQLite's procedure for changing a table demands: enforcement is
//! off, because dropping the old table of a rebuild would delete every child row by `ON DELETE
//! CASCADE`; it is switched outside the transaction, because inside the pragma does nothing; and
//! the keys are checked before the commit.
//!
//! Source: <https://www.sqlite.org/lang_altertable.html#otheralter>, steps 1, 10, 11 and 12.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension};

use crate::apply_error::{ApplyError, transaction_error};
use crate::error::Error;

/// Runs `work` with enforcement off and brings the old setting back, whatever `work` gives.
pub(crate) fn with_enforcement_off<T>(
    connection: &mut Connection,
    work: impl FnOnce(&mut Connection) -> Result<T, Error>,
) -> Result<T, Error> {
    let switch_error = |error| transaction_error("switch foreign keys", error);
    if !is_enforced(connection).map_err(switch_error)? {
        return work(connection);
    }
    enforce(connection, false).map_err(switch_error)?;
    let result = work(connection);
    let restored = enforce(connection, true).map_err(switch_error);
    result.and_then(|value| restored.map(|()| value))
}

/// Rows that lack their parent row: how many of them, by the key that leads nowhere.
///
/// Not by table and rowid: a migration that renames or rebuilds a table changes these, and would be
/// blamed for orphans that are older than it.
#[derive(Debug)]
pub(crate) struct Violations(BTreeMap<Vec<String>, Orphans>);

#[derive(Debug)]
struct Orphans {
    child: String,
    parent: String,
    count: usize,
}

impl Violations {
    /// Source: <https://www.sqlite.org/pragma.html#pragma_foreign_key_check>
    pub(crate) fn of(connection: &Connection) -> rusqlite::Result<Self> {
        let mut violations = BTreeMap::new();
        let mut check = connection.prepare("PRAGMA foreign_key_check")?;
        let mut rows = check.query([])?;
        while let Some(row) = rows.next()? {
            let (child, rowid, parent): (String, Option<i64>, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let key = key_values(connection, &child, rowid, row.get(3)?)?;
            violations.entry(key).or_insert(Orphans { child, parent, count: 0 }).count += 1;
        }
        Ok(Self(violations))
    }

    /// What is worse now than it was `before`: a run answers only for what it did itself.
    pub(crate) fn introduced_since(&self, before: &Self) -> Result<(), ApplyError> {
        let mut worse: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for (key, Orphans { child, parent, count }) in &self.0 {
            let rows = count.saturating_sub(before.0.get(key).map_or(0, |orphans| orphans.count));
            if rows > 0 {
                *worse.entry((child, parent)).or_default() += rows;
            }
        }
        if worse.is_empty() {
            return Ok(());
        }
        let describe = |((child, parent), rows)| format!("{rows} of \"{child}\" refer to no row of \"{parent}\"");
        Err(ApplyError::ForeignKeyViolation(worse.into_iter().map(describe).collect()))
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

fn is_enforced(connection: &Connection) -> rusqlite::Result<bool> {
    connection.pragma_query_value(None, "foreign_keys", |row| row.get(0))
}

fn enforce(connection: &Connection, on: bool) -> rusqlite::Result<()> {
    connection.pragma_update(None, "foreign_keys", on)
}
