//! Foreign keys during a run, as SQLite's procedure for changing a table demands: enforcement is
//! off, because dropping the old table of a rebuild would delete every child row by `ON DELETE
//! CASCADE`; it is switched outside the transaction, because inside the pragma does nothing; and
//! the keys are checked before the commit.
//!
//! Source: <https://www.sqlite.org/lang_altertable.html#otheralter>, steps 1, 10, 11 and 12.

use std::collections::BTreeMap;

use rusqlite::Connection;

use crate::error::{ApplyError, Error, transaction_error};

/// Runs `work` with enforcement off and brings the old setting back, whatever `work` gives.
pub(crate) fn with_enforcement_off<T>(
    connection: &mut Connection,
    work: impl FnOnce(&mut Connection) -> Result<T, Error>,
) -> Result<T, Error> {
    if !is_enforced(connection).map_err(|error| transaction_error("switch foreign keys", &error))? {
        return work(connection);
    }
    enforce(connection, false).map_err(|error| transaction_error("switch foreign keys", &error))?;
    let result = work(connection);
    let restored = enforce(connection, true).map_err(|error| transaction_error("switch foreign keys", &error));
    result.and_then(|value| restored.map(|()| value))
}

/// How many rows lack their parent, by child table and parent table.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Violations(BTreeMap<(String, String), usize>);

impl Violations {
    /// Source: <https://www.sqlite.org/pragma.html#pragma_foreign_key_check>
    pub(crate) fn of(connection: &Connection) -> rusqlite::Result<Self> {
        let mut violations = BTreeMap::new();
        let mut check = connection.prepare("PRAGMA foreign_key_check")?;
        let mut rows = check.query([])?;
        while let Some(row) = rows.next()? {
            *violations.entry((row.get(0)?, row.get(2)?)).or_default() += 1;
        }
        Ok(Self(violations))
    }

    /// What is worse now than it was `before`: a run answers only for what it did itself.
    pub(crate) fn introduced_since(&self, before: &Self) -> Result<(), ApplyError> {
        let worse: Vec<String> = self
            .0
            .iter()
            .filter_map(|(tables @ (child, parent), count)| {
                let rows = count.saturating_sub(before.0.get(tables).copied().unwrap_or(0));
                (rows > 0).then(|| format!("{rows} of \"{child}\" refer to no row of \"{parent}\""))
            })
            .collect();
        if worse.is_empty() { Ok(()) } else { Err(ApplyError::ForeignKeyViolation(worse)) }
    }
}

fn is_enforced(connection: &Connection) -> rusqlite::Result<bool> {
    connection.pragma_query_value(None, "foreign_keys", |row| row.get(0))
}

fn enforce(connection: &Connection, on: bool) -> rusqlite::Result<()> {
    connection.pragma_update(None, "foreign_keys", on)
}
