//! Migrations that have another id now than when they were applied.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use crate::migration::Body;
use crate::{LedgerEntry, Migration, SetDefinition};

/// An applied migration whose id was changed since.
pub(crate) struct Rename<'set> {
    /// The id that the database has recorded.
    pub from: String,
    /// The migration as the set names it.
    pub migration: &'set Migration,
}

/// What is recorded under an id that the set knows as the old one of a migration.
pub(crate) fn renames<'set>(set: &'set SetDefinition, ledger: &[LedgerEntry]) -> Vec<Rename<'set>> {
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

/// Applied SQL that the set does not have under its id, and SQL of the set that is not what was applied under its own,
/// and says the same: probably one migration.
pub(crate) fn same_texts<'set, 'ledger>(
    set: &'set SetDefinition,
    ledger: &'ledger [LedgerEntry],
) -> Vec<(&'ledger LedgerEntry, &'set Migration)> {
    let known: HashMap<&str, &Migration> = set.iter().map(|migration| (migration.id(), migration)).collect();
    let is_at_home =
        |entry: &LedgerEntry| known.get(entry.id.as_str()).is_some_and(|migration| migration.accepts(entry.checksum));
    // Versions of code say little: most are "1".
    let astray: Vec<_> = ledger.iter().filter(|entry| entry.up.is_some() && !is_at_home(entry)).collect();
    if astray.is_empty() {
        return Vec::new();
    }
    let at_home: HashSet<&str> = ledger.iter().filter(|entry| is_at_home(entry)).map(|entry| &*entry.id).collect();
    let is_other =
        |migration: &&Migration| matches!(migration.body(), Body::Sql { .. }) && !at_home.contains(migration.id());
    let others: Vec<_> = set.iter().filter(is_other).collect();
    let pairs = astray.into_iter().flat_map(|entry| {
        others.iter().filter(|migration| migration.accepts(entry.checksum)).map(move |migration| (entry, *migration))
    });
    pairs.collect()
}

/// What a database records as applied, under the ids that the set has for it: where a migration says `-- was:`, the
/// database may not have heard of its new id yet.
pub fn by_new_ids<'ledger>(set: &SetDefinition, ledger: &'ledger [LedgerEntry]) -> Cow<'ledger, [LedgerEntry]> {
    renamed(ledger, &renames(set, ledger))
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
