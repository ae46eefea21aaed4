use std::fmt;

use wheatear_core::ErrorCode;

use crate::error::Error;
use crate::sqlite_failure::SqliteFailure;

/// A migration failed while it ran; the database is as it was before.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ApplyError {
    /// SQLite refused a statement.
    #[error("{place} failed: {sqlite}; nothing was changed")]
    StatementFailed {
        /// Which statement.
        place: StatementPlace,
        /// What SQLite said.
        sqlite: SqliteFailure,
    },
    /// Rows would be left whose parent row does not exist.
    #[error("the migrations leave rows without their parent row: {}; nothing was changed", .0.join(", "))]
    ForeignKeyViolation(
        /// One entry per pair of tables, such as `3 of "reading" refer to no row of "node"`.
        Vec<String>,
    ),
    /// SQLite refused something around the statements.
    #[error("the run could not {operation}: {sqlite}; nothing was changed")]
    TransactionFailed {
        /// What the run was about to do, such as `begin` or `commit`.
        operation: &'static str,
        /// What SQLite said.
        sqlite: SqliteFailure,
    },
}

impl ApplyError {
    /// The stable code of this error.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::StatementFailed { .. } | Self::TransactionFailed { .. } => ErrorCode::StatementFailed,
            Self::ForeignKeyViolation(_) => ErrorCode::ForeignKeyViolation,
        }
    }
}

/// A statement of a migration.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StatementPlace {
    /// Id of the migration.
    pub migration: String,
    /// Path of its file.
    pub file: String,
    /// Which statement of the file, counted from 1.
    pub statement: usize,
    /// Line in the file, counted from 1.
    pub line: usize,
}

impl fmt::Display for StatementPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { migration, file, statement, line } = self;
        write!(f, "{file}:{line}: statement {statement} of migration \"{migration}\"")
    }
}

/// The error of what a run does around its statements.
pub(crate) fn transaction_error(operation: &'static str, error: rusqlite::Error) -> Error {
    SqliteFailure::from(error).or_storage(|sqlite| ApplyError::TransactionFailed { operation, sqlite })
}
