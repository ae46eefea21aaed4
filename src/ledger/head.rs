//! The single row that one small read looks at.

use rusqlite::{Connection, OptionalExtension, Row, params};
use wheatear_core::{Digest, HistoryError};
use wheatear_sqlite::one_row;

use super::fault::{corrupt, unreadable};
use super::tables::{FORMAT, FORMAT_WITHOUT_CHECKSUMS, has_triggers};
use crate::error::Error;
use crate::table_prefix::TablePrefix;

/// The single row.
pub(super) struct Head {
    pub format: i64,
    /// `None` in older formats.
    pub digest: Option<[u8; 32]>,
    /// Whether a run that applied something did not come to its hooks.
    pub owes_hooks: bool,
    /// Whether the triggers are there, so that the digest is to be believed.
    pub is_watched: bool,
}

impl Head {
    /// Whether it says, and is to be believed, that all of the set with this digest is applied and nothing else.
    pub fn is_sealed_as(&self, set: &Digest) -> bool {
        self.format == FORMAT && self.is_watched && self.digest.as_ref() == Some(set.as_bytes())
    }

    /// The single row, its format checked; `None` if there is no ledger yet.
    pub fn read(connection: &Connection, prefix: &TablePrefix) -> Result<Option<Self>, Error> {
        let read = |row: &Row<'_>| {
            Ok(match row.get("format")? {
                FORMAT => Self {
                    format: FORMAT,
                    digest: Some(row.get("digest")?),
                    owes_hooks: row.get("owes_hooks")?,
                    is_watched: row.get("is_watched")?,
                },
                format => Self { format, digest: None, owes_hooks: false, is_watched: false },
            })
        };
        let sql = format!("SELECT *, {} AS is_watched FROM {}", has_triggers(prefix), prefix.table("ledger"));
        let select =
            || connection.prepare_cached(&sql).and_then(|mut select| select.query_row(params![], read).optional());
        let head = match select() {
            // Most likely there is no such table. That is asked only after the read has failed, so that where there is
            // a table, one read is enough.
            Err(error) if is_mistake(&error) => match exists(connection, prefix)? {
                false => return Ok(None),
                // Another connection may have created the table since the read failed.
                true => select(),
            },
            head => head,
        };
        let head = head.map_err(|error| unreadable(connection, error))?;
        let name = prefix.bare_table("ledger");
        match head {
            Some(head) if (FORMAT_WITHOUT_CHECKSUMS..=FORMAT).contains(&head.format) => Ok(Some(head)),
            Some(Self { format, .. }) if format > FORMAT => {
                Err(HistoryError::LedgerTooNew { found: format, known: FORMAT }.into())
            }
            Some(Self { format, .. }) => Err(corrupt(format!("{name} has the unknown format {format}")).into()),
            None => Err(corrupt(format!("{name} is empty")).into()),
        }
    }
}

/// Whether there is a ledger. Read from the file: what the connection remembers of the schema (`table_exists`, the
/// answers of pragmas) may be older than what another connection has committed.
fn exists(connection: &Connection, prefix: &TablePrefix) -> Result<bool, Error> {
    let sql = "SELECT EXISTS (SELECT 1 FROM main.sqlite_schema WHERE type = 'table' AND name = ?1)";
    let name = prefix.bare_table("ledger");
    one_row(connection, sql, &[&name], |row| row.get(0)).map_err(|error| unreadable(connection, error))
}

/// Whether SQLite refused the SQL, and not the file.
fn is_mistake(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(rusqlite::ErrorCode::Unknown)
}
