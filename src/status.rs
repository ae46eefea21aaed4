use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

use wheatear_core::{LedgerEntry, Migration, SetDefinition, by_new_ids, partly_replaced};

/// A migration, as one database stands to it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MigrationStatus {
    /// Its id.
    pub id: String,
    /// Whether it is applied.
    pub state: MigrationState,
    /// When it was applied: UTC, ISO 8601 with milliseconds, such as `2024-05-01T12:00:00.000Z`.
    pub applied_at: Option<String>,
    /// Time its statements took.
    pub duration: Option<Duration>,
}

/// How a database stands to a migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MigrationState {
    /// Not applied yet.
    Pending,
    /// Not applied yet, although later ones are.
    Late,
    /// Not applied, though some of those that it replaces are, and not all: nothing can be applied before a build that has
    /// them brings the database up to date ([`HistoryError::PartlyReplaced`](crate::HistoryError)).
    PartlyReplaced,
    /// Applied.
    Applied,
    /// Applied, and edited since.
    Edited,
    /// Applied, and not in the set.
    Unknown,
}

impl MigrationState {
    /// The word for it, also on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Late => "late",
            Self::PartlyReplaced => "partly_replaced",
            Self::Applied => "applied",
            Self::Edited => "edited",
            Self::Unknown => "unknown",
        }
    }
}

impl MigrationStatus {
    fn new(id: &str, state: MigrationState, entry: Option<&LedgerEntry>) -> Self {
        Self {
            id: id.to_owned(),
            state,
            applied_at: entry.map(|entry| entry.applied_at.clone()),
            duration: entry.map(|entry| entry.duration),
        }
    }
}

impl fmt::Display for MigrationStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.state.as_str(), self.id)?;
        self.applied_at.iter().try_for_each(|at| write!(f, " ({at})"))
    }
}

/// Every migration of the set in its order, then those that only the database knows, in the order of
/// their application.
pub(crate) fn statuses(set: &SetDefinition, entries: &[LedgerEntry]) -> Vec<MigrationStatus> {
    let entries = by_new_ids(set, entries);
    let mut applied: HashMap<&str, &LedgerEntry> = entries.iter().map(|entry| (entry.id.as_str(), entry)).collect();
    let partly = partly_replaced(set, &entries);
    let last_applied = set.iter().rposition(|migration| applied.contains_key(migration.id()));
    let status = |(place, migration): (usize, &Migration)| {
        let entry = applied.remove(migration.id());
        let state = match entry {
            Some(entry) if migration.accepts(entry.checksum) => MigrationState::Applied,
            Some(_) => MigrationState::Edited,
            None if partly.contains(migration.id()) => MigrationState::PartlyReplaced,
            None if last_applied.is_some_and(|last| place < last) => MigrationState::Late,
            None => MigrationState::Pending,
        };
        MigrationStatus::new(migration.id(), state, entry)
    };
    let mut statuses: Vec<MigrationStatus> = set.iter().enumerate().map(status).collect();
    let unknown = entries.iter().filter(|entry| applied.contains_key(entry.id.as_str()));
    statuses.extend(unknown.map(|entry| MigrationStatus::new(&entry.id, MigrationState::Unknown, Some(entry))));
    statuses
}
