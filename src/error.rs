use wheatear_core::{DefinitionError, ErrorCode, HistoryError};

use crate::apply_error::ApplyError;
use crate::query_error::QueryError;
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
