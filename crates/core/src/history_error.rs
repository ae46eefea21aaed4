use crate::ErrorCode;

/// The history that a database records and the set of migrations do not fit together. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HistoryError {
    /// The database is newer than this build: it ends with migrations the set lacks.
    #[error(
        "the database is ahead of this build: it has applied {}, which this build does not know; use the newer build that made it",
        .unknown.join(", ")
    )]
    DatabaseAhead {
        /// Applied ids that the set lacks, in the order they were applied.
        unknown: Vec<String>,
    },
    /// The database has applied a migration that the set lacks, and after it some that the set has.
    #[error("the database has applied \"{id}\", which this build lacks although it has later ones; put the file back")]
    Missing {
        /// The id that is missing from the set.
        id: String,
    },
    /// The migration to stop at is not in the set.
    #[error("there is no migration \"{id}\" to stop at{}", .latest.as_ref().map(|id| format!("; the latest is \"{id}\"")).unwrap_or_default())]
    UnknownTarget {
        /// The id that was asked for.
        id: String,
        /// The last id of the set.
        latest: Option<String>,
    },
    /// The tables that record what was applied do not hold what they must.
    #[error("the tables that record applied migrations are damaged: {reason}; restore the database from a copy")]
    LedgerCorrupt {
        /// What was found.
        reason: String,
    },
    /// The tables that record what was applied were written by a newer version of this library.
    #[error(
        "the record of applied migrations has format {found}, and this version of wheatear reads formats up to {known}; update wheatear"
    )]
    LedgerTooNew {
        /// The format in the database.
        found: i64,
        /// The newest format this version reads.
        known: i64,
    },
}

impl HistoryError {
    /// The stable code of this error.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::DatabaseAhead { .. } => ErrorCode::DatabaseAhead,
            Self::Missing { .. } => ErrorCode::Missing,
            Self::UnknownTarget { .. } => ErrorCode::UnknownTarget,
            Self::LedgerCorrupt { .. } => ErrorCode::LedgerCorrupt,
            Self::LedgerTooNew { .. } => ErrorCode::LedgerTooNew,
        }
    }
}
