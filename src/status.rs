use std::time::Duration;

/// A migration of the set, as one database stands to it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MigrationStatus {
    /// Its id.
    pub id: String,
    /// Whether it is applied.
    pub state: MigrationState,
}

/// Whether a migration is applied.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MigrationState {
    /// Not yet.
    Pending,
    /// Yes.
    Applied {
        /// When: UTC, ISO 8601 with milliseconds, such as `2024-05-01T12:00:00.000Z`.
        at: String,
        /// Time its statements took.
        duration: Duration,
    },
}
