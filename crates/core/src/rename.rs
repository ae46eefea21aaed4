//! Migrations that have another id now than when they were applied.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use crate::migration::Body;
use crate::{LedgerEntry, Migration, MigrationSet};

/// An applied migration whose id was changed since.
pub(crate) struct Rename<'set> {
    /// The id that the database has recorded.
    pub from: String,
    /// The migration as the set names it.
    pub migration: &'set Migration,
}

/// What is recorded under an id that the set knows as the old one of a migration.
pub(crate) fn renames<'set>(set: &'set MigrationSet, ledger: &[LedgerEntry]) -> Vec<Rename<'set>> {
    // Most sets have none, and then there is nothing to look up.
    if set.iter().all(|migration| migration.was.is_empty()) {
        return Vec::new();
    }
    let applied: HashSet<&str> = ledger.iter().map(|entry| entry.id.as_str()).collect();
    let pending = set.iter().filter(|migration| !applied.contains(migration.id()));
    let rename = |migration: &'set Migration| {
        let entry = ledger.iter().find(|entry| migration.was().any(|old| old == entry.id))?;
        Some(Rename { from: entry.id.clone(), migration })
    };
    pending.filter_map(rename).collect()
}

/// Applied SQL that the set lacks, and SQL of the set that is pending and says the same: probably one migration.
pub(crate) fn same_texts<'set, 'ledger>(
    set: &'set MigrationSet,
    ledger: &'ledger [LedgerEntry],
) -> Vec<(&'ledger LedgerEntry, &'set Migration)> {
    let known: HashSet<&str> = set.iter().map(Migration::id).collect();
    // Versions of code say little: most are "1".
    let unknown: Vec<_> =
        ledger.iter().filter(|entry| entry.up.is_some() && !known.contains(entry.id.as_str())).collect();
    if unknown.is_empty() {
        return Vec::new();
    }
    let applied: HashSet<&str> = ledger.iter().map(|entry| entry.id.as_str()).collect();
    let is_pending =
        |migration: &&Migration| matches!(migration.body(), Body::Sql { .. }) && !applied.contains(migration.id());
    let pending: Vec<_> = set.iter().filter(is_pending).collect();
    let pairs = unknown.into_iter().flat_map(|entry| {
        pending.iter().filter(|migration| migration.accepts(entry.checksum)).map(move |migration| (entry, *migration))
    });
    pairs.collect()
}

/// The ledger as it is once these are renamed.
pub(crate) fn renamed<'ledger>(ledger: &'ledger [LedgerEntry], renames: &[Rename<'_>]) -> Cow<'ledger, [LedgerEntry]> {
    if renames.is_empty() {
        return ledger.into();
    }
    let new: HashMap<&str, &str> = renames.iter().map(|rename| (rename.from.as_str(), rename.migration.id())).collect();
    let mut ledger = ledger.to_vec();
    for entry in &mut ledger {
        for id in std::iter::once(&mut entry.id).chain(&mut entry.depends) {
            if let Some(new) = new.get(id.as_str()) {
                (*new).clone_into(id);
            }
        }
    }
    ledger.into()
}
