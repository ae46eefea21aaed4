//! Migrations that have another id now than when they were applied, also those that replace several.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use crate::migration::Body;
use crate::sorted::sort_by;
use crate::{HistoryError, LedgerEntry, Migration, SetDefinition};

/// An applied migration whose id was changed since, or several that one replaces.
pub(crate) struct Rename<'set> {
    /// The ids that the database has recorded; the first of them gives the migration its place.
    pub from: Vec<String>,
    /// The migration as the set names it.
    pub migration: &'set Migration,
}

/// What is recorded under ids that the set knows as old ones of a migration.
pub(crate) fn renames<'set>(set: &'set SetDefinition, ledger: &[LedgerEntry]) -> Vec<Rename<'set>> {
    // Most sets have none, and then there is nothing to look up.
    if set.iter().all(|migration| migration.was.is_empty()) {
        return Vec::new();
    }
    let applied = places(ledger);
    let rename = |migration: &'set Migration| {
        let is_applied = |ids: &&str| ids.split(',').all(|id| applied.contains_key(id));
        let mut places: Vec<usize> =
            migration.recorded_as().find(is_applied)?.split(',').map(|id| applied[id]).collect();
        sort_by(&mut places, Ord::cmp);
        places.dedup();
        // What it depends on may have been applied between them: then it comes behind that, and else before what may
        // depend on the first of them.
        if migration.depends().any(|id| applied.get(id).is_some_and(|place| *place > places[0])) {
            places.reverse();
        }
        Some(Rename { from: places.into_iter().map(|place| ledger[place].id.clone()).collect(), migration })
    };
    set.iter().filter(|migration| !applied.contains_key(migration.id())).filter_map(rename).collect()
}

/// Where the entry of each id is.
fn places(ledger: &[LedgerEntry]) -> HashMap<&str, usize> {
    ledger.iter().enumerate().map(|(place, entry)| (entry.id.as_str(), place)).collect()
}

/// Refuses a database that has applied some of the migrations that one replaces, and not all: it could be neither run nor
/// left out.
pub(crate) fn check_replaced(set: &SetDefinition, ledger: &[LedgerEntry]) -> Result<(), HistoryError> {
    let applied = places(ledger);
    let replaced = set.iter().find_map(|migration| Some((migration, applied_parts(migration, &applied)?)));
    match replaced {
        None => Ok(()),
        Some((migration, (applied, missing))) => {
            Err(HistoryError::PartlyReplaced { id: migration.id().to_owned(), applied, missing })
        }
    }
}

/// The ids of the migrations of which a database has applied some of those that they replace, and not all.
pub fn partly_replaced<'set>(set: &'set SetDefinition, ledger: &[LedgerEntry]) -> HashSet<&'set str> {
    let applied = places(ledger);
    let found = set.iter().filter(|migration| applied_parts(migration, &applied).is_some());
    found.map(Migration::id).collect()
}

/// Which of the migrations that one replaces are applied, and which are not; `None` if it is applied itself, or none of them.
fn applied_parts(migration: &Migration, applied: &HashMap<&str, usize>) -> Option<(Vec<String>, Vec<String>)> {
    if applied.contains_key(migration.id()) {
        return None;
    }
    let groups = migration.recorded_as().filter(|ids| ids.contains(','));
    let halves = groups.map(|ids| ids.split(',').map(str::to_owned).partition(|id| applied.contains_key(&**id)));
    let begun = halves.filter(|(applied, _): &(Vec<String>, Vec<String>)| !applied.is_empty());
    begun.min_by_key(|(_, missing)| missing.len())
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
    let mut new: HashMap<&str, &str> = HashMap::new();
    for Rename { from, migration } in renames {
        new.extend(from.iter().map(|from| (from.as_str(), migration.id())));
    }
    let mut ledger = ledger.to_vec();
    for Rename { from, migration } in renames.iter().filter(|rename| rename.from.len() > 1) {
        ledger.retain(|entry| !from[1..].contains(&entry.id));
        for entry in ledger.iter_mut().filter(|entry| entry.id == from[0]) {
            let (applied_at, duration) = (std::mem::take(&mut entry.applied_at), entry.duration);
            *entry = LedgerEntry { applied_at, duration, ..LedgerEntry::of(migration) };
        }
    }
    for entry in &mut ledger {
        for id in std::iter::once(&mut entry.id).chain(&mut entry.depends) {
            if let Some(new) = new.get(id.as_str()) {
                (*new).clone_into(id);
            }
        }
    }
    ledger.into()
}
