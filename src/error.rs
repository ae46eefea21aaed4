use std::fmt;

use wheatear_core::{DefinitionError, ErrorCode, HistoryError};

use crate::session::QueryError;
use crate::storage::{InvalidDatabaseName, StorageError};

/// Everything that can go wrong, by who must act. What failed has changed nothing in the database;
/// only a statement that asks for it (`INSERT OR FAIL`) keeps what it did before it failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A migration is written wrongly.
    #[error(transparent)]
    Definition(#[from] DefinitionError),
    /// A database cannot be called this.
    #[error(transparent)]
    Name(#[from] InvalidDatabaseName),
    /// The database's history and the set do not fit together.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// A migration failed.
    #[error(transparent)]
    Apply(#[from] ApplyError),
    /// A query or script of the application failed.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// The database cannot be read or written.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl Error {
    /// The stable code of this error, the same as in TypeScript.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Definition(error) => error.code(),
            Self::Name(_) => ErrorCode::InvalidName,
            Self::History(error) => error.code(),
            Self::Apply(error) => error.code(),
            Self::Query(error) => error.code(),
            Self::Storage(error) => error.code(),
        }
    }
}

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

/// What SQLite said.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SqliteFailure {
    /// Extended result code, such as 2067 for SQLITE_CONSTRAINT_UNIQUE.
    ///
    /// Source: <https://www.sqlite.org/rescode.html>
    pub code: i32,
    /// Its words, such as `UNIQUE constraint failed: weather_node.id`.
    pub message: String,
}

impl SqliteFailure {
    /// What was refused before SQLite was asked.
    pub(crate) fn misuse(message: impl Into<String>) -> Self {
        Self { code: rusqlite::ffi::SQLITE_MISUSE, message: message.into() }
    }

    /// The storage error that this is, or else what `otherwise` makes of a fault in the SQL.
    pub(crate) fn or_storage<E: Into<Error>>(self, otherwise: impl FnOnce(Self) -> E) -> Error {
        match StorageError::of(self) {
            Ok(storage) => storage.into(),
            Err(failure) => otherwise(failure).into(),
        }
    }

    /// The primary result code: what kind of failure, without the detail.
    pub(crate) fn primary_code(&self) -> i32 {
        self.code & 0xff
    }
}

impl From<rusqlite::Error> for SqliteFailure {
    fn from(error: rusqlite::Error) -> Self {
        match error {
            rusqlite::Error::SqliteFailure(failure, message) => {
                Self { code: failure.extended_code, message: message.unwrap_or_else(|| failure.to_string()) }
            }
            rusqlite::Error::SqlInputError { error, msg, .. } => Self { code: error.extended_code, message: msg },
            other => Self::misuse(other.to_string()),
        }
    }
}

impl fmt::Display for SqliteFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (SQLite code {})", self.message, self.code)
    }
}

/// The error of what a run does around its statements.
pub(crate) fn transaction_error(operation: &'static str, error: rusqlite::Error) -> Error {
    SqliteFailure::from(error).or_storage(|sqlite| ApplyError::TransactionFailed { operation, sqlite })
}
