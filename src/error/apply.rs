use wheatear_core::{ErrorCode, StatementPlace};
use wheatear_sqlite::SqliteFailure;

use super::violation::ForeignKeyViolation;
use crate::code_step::CodeError;

/// A migration failed while it ran.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ApplyError {
    /// SQLite refused a statement.
    #[error("{place} failed: {sqlite}")]
    StatementFailed {
        /// Which statement.
        place: StatementPlace,
        /// What SQLite said.
        sqlite: SqliteFailure,
    },
    /// A code step returned an error or panicked.
    #[error("the code of migration \"{migration}\" failed: {source}")]
    CodeFailed {
        /// Id of the migration.
        migration: String,
        /// What it returned, or the words of its panic.
        source: CodeError,
    },
    /// Rows would be left whose parent row does not exist.
    #[error(
        "the migrations leave rows without their parent row: {}{}",
        ForeignKeyViolation::list(.rows, *.count),
        ForeignKeyViolation::hint(.rows)
    )]
    ForeignKeyViolation {
        /// The first of them, at most a thousand.
        rows: Vec<ForeignKeyViolation>,
        /// How many there are.
        count: usize,
    },
    /// The function that hears of progress ended the run, or the connection was interrupted.
    #[error("the run was cancelled")]
    Cancelled,
    /// SQLite refused something around the statements.
    #[error("the run could not {operation}: {sqlite}")]
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
            Self::CodeFailed { .. } => ErrorCode::CodeFailed,
            Self::ForeignKeyViolation { .. } => ErrorCode::ForeignKeyViolation,
            Self::Cancelled => ErrorCode::Cancelled,
        }
    }
}
