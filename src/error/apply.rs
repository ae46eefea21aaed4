use std::fmt;

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
        /// The line, with a mark where SQLite points; `None` if it was not the SQL that failed.
        excerpt: Option<Box<str>>,
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
    /// What would be done cannot be written as SQL: [`Migrator::transcript`](crate::Migrator::transcript).
    #[error("what migration \"{migration}\" does cannot be written as SQL: {reason}")]
    NotSql {
        /// Id of the migration.
        migration: String,
        /// Why, and what to do.
        reason: &'static str,
    },
    /// The function that hears of progress ended the run, or the connection was interrupted.
    #[error("the run was cancelled")]
    Cancelled,
    /// SQLite refused something around the statements.
    #[error("the run could not {action}: {sqlite}")]
    TransactionFailed {
        /// What the run was about to do.
        action: RunAction,
        /// What SQLite said.
        sqlite: SqliteFailure,
    },
}

/// What a run does around the statements of its migrations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RunAction {
    /// It copies the database, to rehearse on the copy.
    Copy,
    /// It rehearses what would reach for other files.
    Rehearse,
    /// It lets SQLite tell how far a statement is.
    WatchProgress,
    /// It reads which tables, indexes, triggers and views there are.
    ReadSchema,
    /// It switches the enforcement of foreign keys.
    SwitchForeignKeys,
    /// It begins a transaction.
    Begin,
    /// It calls a code step.
    RunCode,
    /// It puts back what a migration has switched on the connection.
    RestoreSwitches,
    /// It looks for rows without their parent row.
    CheckForeignKeys,
    /// It commits a transaction.
    Commit,
}

impl fmt::Display for RunAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Copy => "copy the database",
            Self::Rehearse => "be rehearsed",
            Self::WatchProgress => "watch progress",
            Self::ReadSchema => "read the schema",
            Self::SwitchForeignKeys => "switch foreign keys",
            Self::Begin => "begin",
            Self::RunCode => "run code",
            Self::RestoreSwitches => "put the connection's switches back",
            Self::CheckForeignKeys => "check foreign keys",
            Self::Commit => "commit",
        })
    }
}

impl ApplyError {
    /// The line of the SQL that failed, with a mark where SQLite points, for below the message.
    pub fn excerpt(&self) -> Option<&str> {
        match self {
            Self::StatementFailed { excerpt, .. } => excerpt.as_deref(),
            _ => None,
        }
    }

    /// The stable code of this error.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::StatementFailed { .. } | Self::TransactionFailed { .. } => ErrorCode::StatementFailed,
            Self::CodeFailed { .. } => ErrorCode::CodeFailed,
            Self::ForeignKeyViolation { .. } => ErrorCode::ForeignKeyViolation,
            Self::NotSql { .. } => ErrorCode::NotSql,
            Self::Cancelled => ErrorCode::Cancelled,
        }
    }
}
