//! Which error a failure of SQLite is, by what was being done.

use wheatear_sqlite::{SqliteFailure, TrialError, TrialFault};

use super::{ApplyError, Error, QueryError, StatementPlace};
use crate::storage::or_storage;

/// The error of what a run does around its statements.
pub(crate) fn transaction_error(operation: &'static str, error: impl Into<SqliteFailure>) -> Error {
    or_storage(error, |sqlite| match sqlite.is_interrupt() {
        true => ApplyError::Cancelled,
        false => ApplyError::TransactionFailed { operation, sqlite },
    })
}

/// The error of what the application asks for, and no statement of its own is to blame for.
pub(crate) fn query_error(error: rusqlite::Error) -> Error {
    or_storage(error, QueryError::failed)
}

/// The error of a set that was tried out in memory.
pub(crate) fn trial_error(error: TrialError) -> Error {
    match (error.statement, &*error.fault) {
        (Some(statement), TrialFault::Sqlite(sqlite)) => {
            let sqlite = sqlite.clone();
            let TrialError { migration, file, line, .. } = error;
            ApplyError::StatementFailed { place: StatementPlace { migration, file, statement, line }, sqlite }.into()
        }
        _ => Error::Unsound(error),
    }
}
