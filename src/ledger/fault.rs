//! Which error it is that the tables cannot be read or written.

use rusqlite::Connection;
use wheatear_core::{ErrorCode, HistoryError};

use crate::error::{ApplyError, Error, or_storage};
use crate::storage::examine_open;

/// A failure of storage is one, and an interrupt is; any other means that the tables are not what they must be.
pub(super) fn ledger_error(error: rusqlite::Error) -> Error {
    or_storage(error, |failure| match failure.is_interrupt() {
        true => Error::from(ApplyError::Cancelled),
        false => corrupt(failure.to_string()).into(),
    })
}

/// The same, where a file is read for the first time: what it is if it is no database, its bytes may tell.
pub(super) fn unreadable(connection: &Connection, error: rusqlite::Error) -> Error {
    let error = ledger_error(error);
    let is_none = error.code() == ErrorCode::NotADatabase;
    let verdict = if is_none { examine_open(connection) } else { Ok(()) };
    verdict.err().filter(|verdict| verdict.kind.is_fault_of_file()).map_or(error, Error::from)
}

/// The error of tables that are not what they must be.
pub(super) fn corrupt(reason: String) -> HistoryError {
    HistoryError::LedgerCorrupt { reason }
}
