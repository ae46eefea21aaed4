use std::collections::{HashMap, HashSet};
use std::fmt;

use crate::header::Header;
use crate::migration::{Body, Hook, Script};
use crate::operation::{OnAhead, OnLate, Operation, Policy, RollbackTarget, Target};
use crate::text_difference::text_difference;
use crate::tokens::{TokenKind, tokens};
use crate::{EditedMigration, HistoryError, LedgerEntry, Migration, MigrationSet};

/// What will happen to a database, decided without one: print it to read it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Plan<'set> {
    /// Id of the newest migration applied before; `None` if there is none.
    pub from: Option<String>,
    /// Id of the newest migration applied afterwards; `None` if there is none.
    pub to: Option<String>,
    /// What will be done, in order.
    pub steps: Vec<Step<'set>>,
}

/// One step of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step<'set> {
    /// Run a migration and record it.
    Apply {
        /// Which one.
        migration: &'set Migration,
        /// Whether later ones were applied before it.
        late: bool,
    },
    /// Take a migration back and forget it.
    Rollback {
        /// What the database recorded of it.
        entry: LedgerEntry,
        /// How.
        down: Down<'set>,
    },
    /// Record a migration without running it.
    Mark(&'set Migration),
    /// Forget a migration without taking it back.
    Unmark(LedgerEntry),
    /// Record a migration that the database has from elsewhere.
    Baseline(&'set Migration),
    /// Record a migration, applied before it was edited, as it is now.
    Repair(&'set Migration),
    /// Run a `post-apply` hook.
    Hook(&'set Hook),
}

/// What takes a migration back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Down<'set> {
    /// SQL: what the database recorded, else what the set has.
    Sql(Script),
    /// A function of the program that carries the set.
    Code(&'set Migration),
}

impl Step<'_> {
    /// Id of the migration or hook.
    pub fn id(&self) -> &str {
        match self {
            Self::Apply { migration, .. } | Self::Mark(migration) | Self::Baseline(migration) => migration.id(),
            Self::Repair(migration) => migration.id(),
            Self::Rollback { entry, .. } | Self::Unmark(entry) => &entry.id,
            Self::Hook(hook) => &hook.id,
        }
    }

    /// The word for it in the log and on the wire.
    pub fn operation(&self) -> &'static str {
        match self {
            Self::Apply { .. } => "apply",
            Self::Rollback { .. } => "rollback",
            Self::Mark(_) => "mark",
            Self::Unmark(_) => "unmark",
            Self::Baseline(_) => "baseline",
            Self::Repair(_) => "repair",
            Self::Hook(_) => "hook",
        }
    }

    /// The SQL it runs; `None` if it runs code, or only changes the record.
    pub fn script(&self) -> Option<&Script> {
        match self {
            Self::Apply { migration, .. } => match migration.body() {
                Body::Sql { up, .. } => Some(up),
                Body::Code { .. } => None,
            },
            Self::Rollback { down: Down::Sql(script), .. } => Some(script),
            Self::Hook(hook) => Some(&hook.script),
            _ => None,
        }
    }

    /// Whether it is part of the run's transaction.
    pub fn is_transactional(&self) -> bool {
        self.script().is_none_or(|script| script.transactional)
    }
}

impl Plan<'_> {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// The SQL that will run, each part behind a comment that says what it is.
    pub fn sql(&self) -> String {
        // A file may leave out its last semicolon; in front of the next file it is needed. It gets a line
        // of its own, because the last line may be a comment.
        let is_ended = |sql: &str| tokens(sql).last().is_none_or(|token| token.kind == TokenKind::Semicolon);
        let part = |step: &Step<'_>| match step.script() {
            Some(script) => {
                let end = if is_ended(&script.sql) { "" } else { ";\n" };
                format!("-- {} {} ({})\n{}\n{end}", step.operation(), step.id(), script.file, script.sql.trim())
            }
            None => format!("-- {} {} (no SQL)\n", step.operation(), step.id()),
        };
        self.steps.iter().map(part).collect::<Vec<_>>().join("\n")
    }
}

impl fmt::Display for Plan<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let version = |id: &Option<String>| id.clone().unwrap_or_else(|| "an empty database".to_owned());
        if self.is_empty() {
            return write!(f, "nothing to do at {}", version(&self.to));
        }
        write!(f, "from {} to {}:", version(&self.from), version(&self.to))?;
        for step in &self.steps {
            write!(f, "\n  {} {}", step.operation(), step.id())?;
            if matches!(step, Step::Apply { late: true, .. }) {
                f.write_str(" (late)")?;
            }
            if !step.is_transactional() {
                f.write_str(" (outside of the transaction)")?;
            }
        }
        Ok(())
    }
}

/// Decides what an operation does to a database: a pure function of the set, what the database records as
/// applied (in the order it was applied), the operation and the policy.
///
/// # Errors
/// [`HistoryError`] if set and database do not fit together, or the operation cannot be done in full.
pub fn plan<'set>(
    set: &'set MigrationSet,
    ledger: &[LedgerEntry],
    operation: &Operation,
    policy: &Policy,
) -> Result<Plan<'set>, HistoryError> {
    let history = History::new(set, ledger);
    let steps = match operation {
        Operation::Apply(target) => history.apply(target, policy)?,
        Operation::Rollback(target) => history.roll_back(&history.applied_after(target)?)?,
        Operation::Reapply(target) => history.reapply(target)?,
        Operation::Mark(target) => history.pending(target)?.into_iter().map(Step::Mark).collect(),
        Operation::Unmark(target) => {
            history.applied_after(target)?.into_iter().map(|entry| Step::Unmark(entry.clone())).collect()
        }
        Operation::Baseline(id) => history.baseline(id)?,
        Operation::Repair => history.edited().map(|(_, migration)| Step::Repair(migration)).collect(),
    };
    let from = history.version(ledger.iter().map(|entry| entry.id.as_str()));
    let to = history.version(history.ids_after(&steps).into_iter());
    Ok(Plan { from, to, steps })
}

/// The set and the ledger, looked at together.
struct History<'set, 'ledger> {
    set: &'set MigrationSet,
    ledger: &'ledger [LedgerEntry],
    /// Place of every id in the set.
    places: HashMap<&'set str, (usize, &'set Migration)>,
    applied: HashSet<&'ledger str>,
}

impl<'set, 'ledger> History<'set, 'ledger> {
    fn new(set: &'set MigrationSet, ledger: &'ledger [LedgerEntry]) -> Self {
        let places = set.iter().enumerate().map(|(place, migration)| (migration.id(), (place, migration))).collect();
        let applied = ledger.iter().map(|entry| entry.id.as_str()).collect();
        Self { set, ledger, places, applied }
    }

    fn known(&self, id: &str) -> Option<&'set Migration> {
        self.places.get(id).map(|(_, migration)| *migration)
    }

    fn apply(&self, target: &Target, policy: &Policy) -> Result<Vec<Step<'set>>, HistoryError> {
        self.check_edited()?;
        let mut steps = self.back_to_known(policy.ahead)?;
        steps.extend(self.accepted().map(Step::Repair));

        let pending = self.pending(target)?;
        let is_late = self.is_late(|_| true);
        let late: Vec<String> =
            pending.iter().filter(|migration| is_late(migration)).map(|migration| migration.id().to_owned()).collect();
        if policy.late == OnLate::Error && !late.is_empty() {
            return Err(HistoryError::Late { ids: late });
        }
        let applies_something = !pending.is_empty();
        steps.extend(pending.into_iter().map(|migration| Step::Apply { migration, late: is_late(migration) }));
        if applies_something {
            steps.extend(self.set.hooks().iter().map(Step::Hook));
        }
        Ok(steps)
    }

    /// Tells what comes, in the order of the set, before something that is applied and stays so.
    fn is_late(&self, stays: impl Fn(&str) -> bool) -> impl Fn(&Migration) -> bool {
        let is_applied = |migration: &Migration| self.applied.contains(migration.id()) && stays(migration.id());
        let last = self.set.iter().rposition(is_applied);
        move |migration| last.is_some_and(|last| self.places[migration.id()].0 < last)
    }

    /// What is not applied yet, up to the target, in order.
    fn pending(&self, target: &Target) -> Result<Vec<&'set Migration>, HistoryError> {
        let (end, most) = match target {
            Target::Latest => (self.set.len(), usize::MAX),
            Target::UpTo(id) => (1 + self.place(id)?, usize::MAX),
            Target::Next(count) => (self.set.len(), *count),
        };
        let pending = self.set.iter().take(end).filter(|migration| !self.applied.contains(migration.id()));
        Ok(pending.take(most).collect())
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
            .filter(|(entry, migration)| migration.checksum() != entry.checksum)
    }

    fn check_edited(&self) -> Result<(), HistoryError> {
        let edited: Vec<EditedMigration> = self
            .edited()
            .filter(|(entry, migration)| !migration.accepts(entry.checksum))
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

    /// Applied with a checksum that the set accepts: recorded anew, so that the next look is a short one.
    fn accepted(&self) -> impl Iterator<Item = &'set Migration> {
        self.edited().filter(|(entry, migration)| migration.accepts(entry.checksum)).map(|(_, migration)| migration)
    }

    /// What to do about applied migrations that the set lacks: nothing if all of them are marked
    /// compatible, else an error or, by policy, the way back.
    fn back_to_known(&self, policy: OnAhead) -> Result<Vec<Step<'set>>, HistoryError> {
        let is_unknown = |entry: &LedgerEntry| self.known(&entry.id).is_none();
        let Some(first) = self.ledger.iter().position(|entry| is_unknown(entry) && !entry.compatible) else {
            return Ok(Vec::new());
        };
        let (unknown, later): (Vec<_>, Vec<_>) = self.ledger[first..].iter().partition(|entry| is_unknown(entry));
        match policy {
            OnAhead::Rollback => self.roll_back(&unknown.into_iter().rev().collect::<Vec<_>>()),
            OnAhead::Error if later.is_empty() => {
                let unknown = self.ledger.iter().filter(|entry| is_unknown(entry));
                Err(HistoryError::DatabaseAhead { unknown: unknown.map(|entry| entry.id.clone()).collect() })
            }
            OnAhead::Error => Err(HistoryError::Missing { id: self.ledger[first].id.clone() }),
        }
    }

    /// What a way back takes back: the last applied first, so dependants before what they depend on.
    fn applied_after(&self, target: &RollbackTarget) -> Result<Vec<&'ledger LedgerEntry>, HistoryError> {
        let last_first = self.ledger.iter().rev();
        match target {
            RollbackTarget::All => Ok(last_first.collect()),
            RollbackTarget::Last(count) => Ok(last_first.take(*count).collect()),
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

    /// Takes these back, in this order, or refuses if one of them cannot be.
    fn roll_back(&self, entries: &[&LedgerEntry]) -> Result<Vec<Step<'set>>, HistoryError> {
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
            // The same text has a file, whose name helps when it fails.
            Some(Down::Sql(script)) if script.sql == recorded.as_str() => Some(Down::Sql(script)),
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

    fn reapply(&self, target: &RollbackTarget) -> Result<Vec<Step<'set>>, HistoryError> {
        let entries = self.applied_after(target)?;
        let unknown: Vec<String> =
            entries.iter().filter(|entry| self.known(&entry.id).is_none()).map(|entry| entry.id.clone()).collect();
        if !unknown.is_empty() {
            return Err(HistoryError::DatabaseAhead { unknown });
        }
        let mut steps = self.roll_back(&entries)?;
        let goes: HashSet<&str> = entries.iter().map(|entry| entry.id.as_str()).collect();
        let is_late = self.is_late(|id| !goes.contains(id));
        // Edited ones may have come to depend on something that is pending.
        let mut again = goes.clone();
        for migration in self.set.iter().rev() {
            if again.contains(migration.id()) {
                again.extend(migration.depends().filter(|id| !self.applied.contains(id)));
            }
        }
        let again = self.set.iter().filter(|migration| again.contains(migration.id()));
        steps.extend(again.map(|migration| Step::Apply { migration, late: is_late(migration) }));
        if !goes.is_empty() {
            steps.extend(self.set.hooks().iter().map(Step::Hook));
        }
        Ok(steps)
    }

    fn baseline(&self, id: &str) -> Result<Vec<Step<'set>>, HistoryError> {
        if let Some(last) = self.ledger.last() {
            return Err(HistoryError::AlreadyManaged { latest: last.id.clone() });
        }
        Ok(self.pending(&Target::UpTo(id.to_owned()))?.into_iter().map(Step::Baseline).collect())
    }

    /// The applied ids once the steps are done, in the order of application.
    fn ids_after<'a>(&'a self, steps: &'a [Step<'_>]) -> Vec<&'a str> {
        let is_removal = |step: &&Step<'_>| matches!(step, Step::Rollback { .. } | Step::Unmark(_));
        let is_addition = |step: &&Step<'_>| matches!(step, Step::Apply { .. } | Step::Mark(_) | Step::Baseline(_));
        let removed: HashSet<&str> = steps.iter().filter(is_removal).map(Step::id).collect();
        let kept = self.ledger.iter().map(|entry| entry.id.as_str()).filter(|id| !removed.contains(id));
        kept.chain(steps.iter().filter(is_addition).map(Step::id)).collect()
    }

    /// The newest of these ids, given in the order of application: an unknown one at the end, else the
    /// last in the order of the set.
    fn version<'a>(&self, ids: impl DoubleEndedIterator<Item = &'a str> + Clone) -> Option<String> {
        let last = ids.clone().next_back()?;
        let is_known = self.places.contains_key(last);
        let newest = ids.max_by_key(|id| self.places.get(id).map(|(place, _)| *place)).filter(|_| is_known);
        Some(newest.unwrap_or(last).to_owned())
    }
}
