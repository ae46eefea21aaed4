use std::collections::{HashMap, HashSet};

use crate::header::Header;
use crate::line_ends::with_line_feeds;
use crate::migration::{Body, Script};
use crate::natural_order::natural_order;
use crate::operation::{RollbackTarget, Target};
use crate::policy::{OnAhead, OnEdited, OnLate, Policy};
use crate::rename::same_texts;
use crate::text_difference::text_difference;
use crate::{
    Down, EditedMigration, HistoryError, LedgerEntry, Migration, RenamedMigration, SetDefinition, Step, normal_form,
};

/// The set and the ledger, looked at together.
pub(crate) struct History<'set, 'ledger> {
    set: &'set SetDefinition,
    ledger: &'ledger [LedgerEntry],
    /// Place of every id in the set.
    places: HashMap<&'set str, (usize, &'set Migration)>,
    applied: HashSet<&'ledger str>,
}

impl<'set, 'ledger> History<'set, 'ledger> {
    pub fn new(set: &'set SetDefinition, ledger: &'ledger [LedgerEntry]) -> Self {
        let places = set.iter().enumerate().map(|(place, migration)| (migration.id(), (place, migration))).collect();
        let applied = ledger.iter().map(|entry| entry.id.as_str()).collect();
        Self { set, ledger, places, applied }
    }

    fn known(&self, id: &str) -> Option<&'set Migration> {
        self.places.get(id).map(|(_, migration)| *migration)
    }

    pub fn apply(&self, target: &Target, policy: &Policy) -> Result<Vec<Step<'set>>, HistoryError> {
        // While they are being written, files change places and names as they like.
        if policy.edited == OnEdited::Error {
            self.check_renamed()?;
            self.check_edited()?;
        }
        let unknown = self.unknown_to_take_back(policy.ahead)?;
        // Only where edits are no error there are some here.
        let first_edited = self.edited().next().map(|(entry, _)| self.position(&entry.id));
        let is_behind_edited = |entry: &LedgerEntry| {
            self.known(&entry.id).is_some() && first_edited.is_some_and(|first| self.position(&entry.id) >= first)
        };
        let goes = |entry: &&LedgerEntry| is_behind_edited(entry) || unknown.contains(&entry.id.as_str());
        let back: Vec<&LedgerEntry> = self.ledger.iter().rev().filter(goes).collect();
        let mut steps = self.roll_back(&back)?;
        let goes: HashSet<&str> = back.iter().map(|entry| entry.id.as_str()).collect();
        let pending = self.pending(target)?;
        let is_late = self.is_late(|id| !goes.contains(id));
        let late: Vec<String> =
            pending.iter().filter(|migration| is_late(migration)).map(|migration| migration.id().to_owned()).collect();
        if policy.late == OnLate::Error && !late.is_empty() {
            return Err(HistoryError::Late { ids: late });
        }
        let pending = pending.iter().map(|migration| migration.id());
        steps.extend(self.apply_anew(goes.iter().copied().chain(pending).collect(), is_late));
        Ok(steps)
    }

    /// Place of an applied migration in the order of application.
    fn position(&self, id: &str) -> usize {
        self.ledger.iter().position(|entry| entry.id == id).unwrap_or(self.ledger.len())
    }

    /// Applies those of these that the set has, and what they have come to depend on, and then runs the hooks.
    fn apply_anew<'id>(&self, mut ids: HashSet<&'id str>, is_late: impl Fn(&Migration) -> bool) -> Vec<Step<'set>>
    where
        'set: 'id,
    {
        for migration in self.set.iter().rev() {
            if ids.contains(migration.id()) {
                ids.extend(migration.depends().filter(|id| !self.applied.contains(id)));
            }
        }
        let migrations = self.set.iter().filter(|migration| ids.contains(migration.id()));
        let mut steps: Vec<_> =
            migrations.map(|migration| Step::Apply { migration, late: is_late(migration) }).collect();
        if !steps.is_empty() {
            steps.extend(self.set.hooks().iter().map(Step::Hook));
        }
        steps
    }

    /// Tells what comes, in the order of the set, before something that is applied and stays so.
    fn is_late(&self, stays: impl Fn(&str) -> bool) -> impl Fn(&Migration) -> bool {
        let is_applied = |migration: &Migration| self.applied.contains(migration.id()) && stays(migration.id());
        let last = self.set.iter().rposition(is_applied);
        move |migration| last.is_some_and(|last| self.places[migration.id()].0 < last)
    }

    /// What is not applied yet, up to the target, in order.
    pub fn pending(&self, target: &Target) -> Result<Vec<&'set Migration>, HistoryError> {
        let (end, most) = match target {
            Target::Latest => (self.set.len(), usize::MAX),
            Target::UpTo(id) => (1 + self.place(id)?, usize::MAX),
            Target::Next(count) => (self.set.len(), *count),
        };
        let pending = self.set.iter().take(end).filter(|migration| !self.applied.contains(migration.id()));
        Ok(pending.take(most).collect())
    }

    /// Those of these migrations that are not applied yet, in order.
    pub fn pending_of(&self, ids: &[String]) -> Result<Vec<&'set Migration>, HistoryError> {
        ids.iter().try_for_each(|id| self.place(id).map(drop))?;
        let pending = self.pending(&Target::Latest)?.into_iter();
        Ok(pending.filter(|migration| ids.iter().any(|id| id == migration.id())).collect())
    }

    /// Those of these migrations that are applied, the last applied first. Of one that the set lacks nothing else is known.
    pub fn applied_of(&self, ids: &[String]) -> Result<Vec<&'ledger LedgerEntry>, HistoryError> {
        let is_known = |id: &str| if self.applied.contains(id) { Ok(()) } else { self.place(id).map(drop) };
        ids.iter().try_for_each(|id| is_known(id))?;
        Ok(self.ledger.iter().rev().filter(|entry| ids.contains(&entry.id)).collect())
    }

    fn place(&self, id: &str) -> Result<usize, HistoryError> {
        self.places.get(id).map(|(place, _)| *place).ok_or_else(|| HistoryError::UnknownTarget {
            id: id.to_owned(),
            latest: self.set.latest().map(|migration| migration.id().to_owned()),
        })
    }

    /// Applied migrations whose text is not the one that was applied, nor accepts it.
    fn edited(&self) -> impl Iterator<Item = (&'ledger LedgerEntry, &'set Migration)> {
        self.ledger
            .iter()
            .filter_map(|entry| Some((entry, self.known(&entry.id)?)))
            .filter(|(entry, migration)| !migration.accepts(entry.checksum))
    }

    /// What `repair` records anew: edited migrations, and those whose down is another one, because the recorded
    /// one is what a rollback uses. Not where files changed their ids: what was applied would be recorded as something
    /// else, and run again.
    pub fn repair(&self) -> Result<Vec<Step<'set>>, HistoryError> {
        self.check_renamed()?;
        let is_other = |entry: &LedgerEntry, migration: &Migration| {
            let form = |down: Option<&str>| down.map(|sql| with_line_feeds(&normal_form(sql)).into_owned());
            !migration.accepts(entry.checksum) || form(entry.down.as_deref()) != form(migration.down())
        };
        let known = self.ledger.iter().filter_map(|entry| Some((entry, self.known(&entry.id)?)));
        let to_repair = known.filter(|(entry, migration)| is_other(entry, migration));
        Ok(to_repair.map(|(_, migration)| Step::Repair(migration)).collect())
    }

    fn check_edited(&self) -> Result<(), HistoryError> {
        let edited: Vec<EditedMigration> = self
            .edited()
            .map(|(entry, migration)| EditedMigration {
                id: entry.id.clone(),
                checksum: entry.checksum,
                file: migration.file().to_owned(),
                difference: match (&entry.up, migration.body()) {
                    (Some(old), Body::Sql { up, .. }) => text_difference(old, &up.sql),
                    (None, Body::Code { version, .. }) => format!("its code has version {version} now\n"),
                    (Some(_), Body::Code { .. }) => "it was SQL and is code now\n".to_owned(),
                    (None, Body::Sql { .. }) => "it was code and is SQL now\n".to_owned(),
                },
            })
            .collect();
        if edited.is_empty() { Ok(()) } else { Err(HistoryError::Edited { migrations: edited }) }
    }

    /// Refuses to go on where something seems to be applied under another id.
    fn check_renamed(&self) -> Result<(), HistoryError> {
        let renamed = |(entry, migration): (&LedgerEntry, &Migration)| RenamedMigration {
            recorded: entry.id.clone(),
            id: migration.id().to_owned(),
            file: migration.file().to_owned(),
            renumbered: self.known(&entry.id).is_some() || self.applied.contains(migration.id()),
        };
        let migrations: Vec<_> = same_texts(self.set, self.ledger).into_iter().map(renamed).collect();
        if migrations.is_empty() { Ok(()) } else { Err(HistoryError::Renamed { migrations }) }
    }

    /// The applied migrations that the set lacks and that are to be taken back: none if all of them are marked
    /// compatible; else it is an error or, by policy, all of them.
    fn unknown_to_take_back(&self, policy: OnAhead) -> Result<Vec<&'ledger str>, HistoryError> {
        let is_unknown = |entry: &LedgerEntry| self.known(&entry.id).is_none();
        let Some(first) = self.ledger.iter().position(|entry| is_unknown(entry) && !entry.compatible) else {
            return Ok(Vec::new());
        };
        match policy {
            // What this set has was built without the unknown ones, so nothing of it can need them; what the
            // database says to depend on them is looked at where they are taken back.
            OnAhead::Rollback => {
                let unknown = self.ledger[first..].iter().filter(|entry| is_unknown(entry));
                Ok(unknown.map(|entry| entry.id.as_str()).collect())
            }
            OnAhead::Error => {
                // With later ones above it, a file was lost, or a newer build inserted one.
                let is_hole = |(index, entry): &(usize, &LedgerEntry)| {
                    let comes_later = |later: &LedgerEntry| natural_order(&later.id, &entry.id).is_gt();
                    let is_above = |later: &LedgerEntry| !is_unknown(later) && comes_later(later);
                    is_unknown(entry) && !entry.compatible && self.ledger[*index..].iter().any(is_above)
                };
                Err(match self.ledger.iter().enumerate().skip(first).find(is_hole) {
                    Some((_, entry)) => HistoryError::Missing { id: entry.id.clone() },
                    None => {
                        let unknown = self.ledger.iter().filter(|entry| is_unknown(entry));
                        HistoryError::DatabaseAhead { unknown: unknown.map(|entry| entry.id.clone()).collect() }
                    }
                })
            }
        }
    }

    /// What is taken back on the way to the target, unless what stays depends on it.
    pub fn taken_back(&self, target: &RollbackTarget) -> Result<Vec<&'ledger LedgerEntry>, HistoryError> {
        let entries = self.applied_after(target)?;
        if matches!(target, RollbackTarget::Only(_)) {
            self.check_dependants(&entries)?;
        }
        Ok(entries)
    }

    /// What a way back takes back: the last applied first, so dependants before what they depend on.
    pub fn applied_after(&self, target: &RollbackTarget) -> Result<Vec<&'ledger LedgerEntry>, HistoryError> {
        let last_first = self.ledger.iter().rev();
        match target {
            RollbackTarget::All => Ok(last_first.collect()),
            RollbackTarget::Last(count) => Ok(last_first.take(*count).collect()),
            RollbackTarget::Only(ids) => self.applied_of(ids),
            RollbackTarget::DownTo(id) => {
                let position = self.ledger.iter().position(|entry| entry.id == *id);
                let position = position.ok_or_else(|| HistoryError::NotApplied { id: id.clone() })?;
                let place = |id: &str| self.places.get(id).map(|(place, _)| *place);
                let target_place = place(id);
                let mut goes: HashSet<&str> = HashSet::new();
                for (index, entry) in self.ledger.iter().enumerate() {
                    let comes_after = match (place(&entry.id), target_place) {
                        (Some(place), Some(target)) => place > target,
                        // What the set lacks has no place in its order: it goes by the order of application,
                        // and with what it depends on.
                        _ => index > position || entry.depends.iter().any(|id| goes.contains(id.as_str())),
                    };
                    if comes_after {
                        goes.insert(&entry.id);
                    }
                }
                Ok(last_first.filter(|entry| goes.contains(entry.id.as_str())).collect())
            }
        }
    }

    /// Refuses to take these back alone where what stays depends on one of them.
    fn check_dependants(&self, entries: &[&LedgerEntry]) -> Result<(), HistoryError> {
        let goes: HashSet<&str> = entries.iter().map(|entry| entry.id.as_str()).collect();
        let mut left: HashSet<&str> = goes.clone();
        let mut dependants = Vec::new();
        // What a migration depends on was applied before it.
        for entry in self.ledger.iter().filter(|entry| !goes.contains(entry.id.as_str())) {
            if entry.depends.iter().any(|id| left.contains(id.as_str())) {
                left.insert(&entry.id);
                dependants.push(entry.id.clone());
            }
        }
        if dependants.is_empty() { Ok(()) } else { Err(HistoryError::HasDependants { ids: dependants }) }
    }

    /// Takes these back, in this order, or refuses if one of them cannot be.
    pub fn roll_back(&self, entries: &[&LedgerEntry]) -> Result<Vec<Step<'set>>, HistoryError> {
        // What stays must not depend on what goes. Among the known ones the order of the set sees to that.
        let goes: HashSet<&str> = entries.iter().map(|entry| entry.id.as_str()).collect();
        let needed =
            self.ledger.iter().filter(|entry| !goes.contains(entry.id.as_str())).flat_map(|entry| &entry.depends);
        if let Some(id) = needed.into_iter().find(|id| goes.contains(id.as_str()) && self.known(id).is_none()) {
            return Err(HistoryError::Missing { id: id.clone() });
        }
        let mut irreversible = Vec::new();
        let mut steps = Vec::with_capacity(entries.len());
        for entry in entries {
            match self.down(entry) {
                Some(down) => steps.push(Step::Rollback { entry: (*entry).clone(), down }),
                None => irreversible.push(entry.id.clone()),
            }
        }
        if irreversible.is_empty() { Ok(steps) } else { Err(HistoryError::Irreversible { ids: irreversible }) }
    }

    /// The down that the database recorded, else the set's.
    fn down(&self, entry: &LedgerEntry) -> Option<Down<'set>> {
        let migration = self.known(&entry.id);
        let ours = migration.and_then(|migration| match migration.body() {
            Body::Sql { down, .. } => down.clone().map(Down::Sql),
            Body::Code { has_down, .. } => has_down.then_some(Down::Code(migration)),
        });
        let Some(recorded) = &entry.down else { return ours };
        match ours {
            // The same statements have a file, whose name helps when they fail.
            Some(Down::Sql(script)) if normal_form(&script.sql) == normal_form(recorded) => Some(Down::Sql(script)),
            _ => {
                // It runs as its up did; that was validated before it was recorded.
                let header = entry.up.as_deref().map(Header::parse).and_then(Result::ok).unwrap_or_default();
                Some(Down::Sql(Script {
                    file: format!("recorded rollback of {}", entry.id).into(),
                    sql: recorded.clone().into(),
                    transactional: header.transactional,
                    foreign_keys: header.foreign_keys,
                }))
            }
        }
    }

    pub fn reapply(&self, target: &RollbackTarget) -> Result<Vec<Step<'set>>, HistoryError> {
        let entries = self.taken_back(target)?;
        let unknown: Vec<String> =
            entries.iter().filter(|entry| self.known(&entry.id).is_none()).map(|entry| entry.id.clone()).collect();
        if !unknown.is_empty() {
            self.check_renamed()?;
            return Err(HistoryError::DatabaseAhead { unknown });
        }
        let mut steps = self.roll_back(&entries)?;
        let goes: HashSet<&str> = entries.iter().map(|entry| entry.id.as_str()).collect();
        let is_late = self.is_late(|id| !goes.contains(id));
        // Edited ones may have come to depend on something that is pending.
        steps.extend(self.apply_anew(goes.clone(), is_late));
        Ok(steps)
    }

    /// Refuses to adopt what is ours already.
    pub fn require_unmanaged(&self) -> Result<(), HistoryError> {
        match self.ledger.last() {
            Some(last) => Err(HistoryError::AlreadyManaged { latest: last.id.clone() }),
            None => Ok(()),
        }
    }

    pub fn baseline(&self, id: &str) -> Result<Vec<Step<'set>>, HistoryError> {
        self.require_unmanaged()?;
        Ok(self.pending(&Target::UpTo(id.to_owned()))?.into_iter().map(Step::Baseline).collect())
    }

    /// Behind the steps that record what is there, those that apply what comes after it, up to the target.
    pub fn apply_behind(&self, mut steps: Vec<Step<'set>>, target: &Target) -> Result<Vec<Step<'set>>, HistoryError> {
        let adopted = steps.len();
        let pending = match target {
            Target::Next(count) => self.pending(&Target::Next(count.saturating_add(adopted)))?,
            target => self.pending(target)?,
        };
        steps.extend(pending.into_iter().skip(adopted).map(|migration| Step::Apply { migration, late: false }));
        if steps.len() > adopted {
            steps.extend(self.set.hooks().iter().map(Step::Hook));
        }
        Ok(steps)
    }

    /// The applied ids once the steps are done, in the order of application.
    pub fn ids_after<'a>(&'a self, steps: &'a [Step<'_>]) -> Vec<&'a str> {
        let is_removal = |step: &&Step<'_>| matches!(step, Step::Rollback { .. } | Step::Unmark(_));
        let is_addition = |step: &&Step<'_>| step.is_addition();
        let removed: HashSet<&str> = steps.iter().filter(is_removal).map(Step::id).collect();
        let kept = self.ledger.iter().map(|entry| entry.id.as_str()).filter(|id| !removed.contains(id));
        kept.chain(steps.iter().filter(is_addition).map(Step::id)).collect()
    }

    /// The newest of these ids, given in the order of application: an unknown one at the end, else the
    /// last in the order of the set.
    pub fn version<'a>(&self, ids: impl DoubleEndedIterator<Item = &'a str> + Clone) -> Option<String> {
        let last = ids.clone().next_back()?;
        let is_known = self.places.contains_key(last);
        let newest = ids.max_by_key(|id| self.places.get(id).map(|(place, _)| *place)).filter(|_| is_known);
        Some(newest.unwrap_or(last).to_owned())
    }
}
