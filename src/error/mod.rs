//! Everything that can go wrong, as values: by who must act, each with a stable code.

mod apply;
mod query;
mod sqlite;
pub(crate) mod violation;

use wheatear_core::sql_text::below;
use wheatear_core::{DefinitionError, ErrorCode, HistoryError};
use wheatear_sqlite::{TrialError, TrialFault};

use crate::report::Report;
use crate::storage::{InvalidDatabaseName, StorageError};
use crate::table_prefix::InvalidTablePrefix;

pub use apply::{ApplyError, RunAction};
pub use query::QueryError;
pub(crate) use sqlite::{or_limit, or_storage, query_error, transaction_error, trial_error};
pub use violation::ForeignKeyViolation;

/// Everything that can go wrong, by who must act. What failed has changed nothing in the database, but
/// for [`Error::Partial`], and for a statement that asks for it (`INSERT OR FAIL`), which keeps what it
/// did before it failed.
#[cfg_attr(not(all(target_family = "wasm", target_os = "unknown")), derive(Debug))]
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A migration is written wrongly.
    #[error(transparent)]
    Definition(#[from] DefinitionError),
    /// A database cannot be called this.
    #[error(transparent)]
    Name(#[from] InvalidDatabaseName),
    /// The ledger's tables cannot be called this.
    #[error(transparent)]
    Prefix(#[from] InvalidTablePrefix),
    /// A migration was tried out and would fail in a database that is in use, or leaves what cannot be used.
    #[error(transparent)]
    Unsound(TrialError),
    /// The database's history and the set do not fit together.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// A migration failed.
    #[error("{error}; nothing was changed{}", excerpt(.0), error = .0)]
    Apply(#[from] ApplyError),
    /// A query or script of the application failed.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// The database cannot be read or written.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// A run failed after a part of it was committed: `-- transactional: false` splits it.
    #[error(transparent)]
    Partial(Box<PartialRun>),
}

/// In a page its words do: everything that an error can hold, as it looks in Rust, would be downloaded and never shown.
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
impl std::fmt::Debug for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

/// The SQL that failed, on lines of its own.
fn excerpt(error: &ApplyError) -> String {
    below(error.excerpt())
}

/// What a run did before it failed, where it could not all be undone.
#[derive(Debug)]
#[non_exhaustive]
pub struct PartialRun {
    /// What was committed before.
    pub report: Report,
    /// Id of the migration that failed outside of the run's transaction, so that what it did before that
    /// may remain; `None` if what failed was undone.
    pub unfinished: Option<String>,
    /// What failed.
    pub error: Error,
}

impl std::fmt::Display for PartialRun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.error {
            Error::Apply(error) => write!(f, "{error}")?,
            error => write!(f, "{error}")?,
        }
        if let Some(id) = &self.unfinished {
            write!(f, "; \"{id}\" was outside of the run's transaction, so what it did before that may remain")?;
        }
        let done: Vec<String> =
            self.report.steps.iter().map(|step| format!("{} {}", step.operation, step.id)).collect();
        if !done.is_empty() {
            write!(f, "; the run had committed before: {}", done.join(", "))?;
        }
        match &self.error {
            Error::Apply(error) => f.write_str(&excerpt(error)),
            _ => Ok(()),
        }
    }
}

impl std::error::Error for PartialRun {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}

impl Error {
    /// The stable code of this error, the same as in TypeScript.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Definition(error) => error.code(),
            Self::Name(_) | Self::Prefix(_) => ErrorCode::InvalidName,
            Self::Unsound(error) => match *error.fault {
                TrialFault::ForeignKey(_) => ErrorCode::ForeignKeyViolation,
                TrialFault::Sqlite(_) => ErrorCode::StatementFailed,
                _ => ErrorCode::UnsoundMigration,
            },
            Self::History(error) => error.code(),
            Self::Apply(error) => error.code(),
            Self::Query(error) => error.code(),
            Self::Storage(error) => error.code(),
            Self::Partial(partial) => partial.error.code(),
        }
    }
}
