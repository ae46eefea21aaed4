use std::time::Duration;

use crate::{Digest, Migration};

/// A migration that a database records as applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerEntry {
    /// Its id.
    pub id: String,
    /// Its checksum when it was applied.
    pub checksum: Digest,
    /// The SQL that applied it; `None` if code did.
    pub up: Option<String>,
    /// The SQL that takes it back, as the build had it that applied it.
    pub down: Option<String>,
    /// What it depended on.
    pub depends: Vec<String>,
    /// Whether code that does not know it may go on using the database.
    pub compatible: bool,
    /// When it was applied: UTC, ISO 8601 with milliseconds, such as `2024-05-01T12:00:00.000Z`.
    pub applied_at: String,
    /// Time it took.
    pub duration: Duration,
}

impl LedgerEntry {
    /// The entry of a migration that is applied as it is in the set, at a moment not yet known.
    pub fn of(migration: &Migration) -> Self {
        Self {
            id: migration.id().to_owned(),
            checksum: migration.checksum(),
            up: migration.up().map(str::to_owned),
            down: migration.down().map(str::to_owned),
            depends: migration.depends().map(str::to_owned).collect(),
            compatible: migration.is_compatible(),
            applied_at: String::new(),
            duration: Duration::ZERO,
        }
    }
}
