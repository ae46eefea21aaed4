//! Which error a failure of SQLite is, by what was being done.

use rusqlite::Connection;
use wheatear_core::StatementPlace;
use wheatear_sqlite::{SqliteFailure, TrialError, TrialFault};

use super::{ApplyError, Error, QueryError, RunAction};
use crate::storage::{StorageError, limit_met};

/// The storage error that SQLite's failure is, or else what `otherwise` makes of a fault in the SQL.
pub(crate) fn or_storage<E: Into<Error>>(
    failure: impl Into<SqliteFailure>,
    otherwise: impl FnOnce(SqliteFailure) -> E,
) -> Error {
    let failure = failure.into();
    match StorageError::of(&failure) {
        Some(storage) => storage.into(),
        None => otherwise(failure).into(),
    }
}

/// [`or_storage`], for what a statement met: a limit that the database itself sets is no fault of the storage.
pub(crate) fn or_limit<E: Into<Error>>(
    connection: &Connection,
    failure: impl Into<SqliteFailure>,
    otherwise: impl FnOnce(SqliteFailure) -> E,
) -> Error {
    let failure = failure.into();
    match limit_met(connection, &failure) {
        Some(failure) => otherwise(failure).into(),
        None => or_storage(failure, otherwise),
    }
}

/// The error of what a run does around its statements.
pub(crate) fn transaction_error(action: RunAction, error: impl Into<SqliteFailure>) -> Error {
    or_storage(error, |sqlite| match sqlite.is_interrupt() {
        true => ApplyError::Cancelled,
        false => ApplyError::TransactionFailed { action, sqlite },
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
            let place = StatementPlace::new(error.migration, error.file, statement, error.line);
            ApplyError::StatementFailed { place, excerpt: error.excerpt.map(String::into_boxed_str), sqlite }.into()
        }
        _ => Error::Unsound(error),
    }
}
