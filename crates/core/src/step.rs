use std::fmt;

use crate::migration::{Body, Hook, Script};
use crate::{LedgerEntry, Migration};

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
    /// Record a migration that another tool has recorded as applied.
    Adopt(&'set Migration),
    /// Record a migration, applied before it was edited, as it is now.
    Repair(&'set Migration),
    /// Record an applied migration under the id that it has now, or one in the place of those that it replaces.
    Rename {
        /// The id that is recorded; of several that are replaced the first gives its place.
        from: Vec<String>,
        /// The migration.
        migration: &'set Migration,
    },
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
            Self::Adopt(migration) | Self::Repair(migration) | Self::Rename { migration, .. } => migration.id(),
            Self::Rollback { entry, .. } | Self::Unmark(entry) => &entry.id,
            Self::Hook(hook) => &hook.id,
        }
    }

    /// What it does, without to what.
    pub fn operation(&self) -> StepOperation {
        match self {
            Self::Apply { .. } => StepOperation::Apply,
            Self::Rollback { .. } => StepOperation::Rollback,
            Self::Mark(_) => StepOperation::Mark,
            Self::Unmark(_) => StepOperation::Unmark,
            Self::Baseline(_) => StepOperation::Baseline,
            Self::Adopt(_) => StepOperation::Adopt,
            Self::Repair(_) => StepOperation::Repair,
            Self::Rename { .. } => StepOperation::Rename,
            Self::Hook(_) => StepOperation::Hook,
        }
    }

    /// Whether its migration counts as applied from then on.
    pub(crate) fn is_addition(&self) -> bool {
        matches!(self, Self::Apply { .. } | Self::Mark(_)) || self.is_adoption()
    }

    /// Whether it records what something else has done.
    pub fn is_adoption(&self) -> bool {
        matches!(self, Self::Baseline(_) | Self::Adopt(_))
    }

    /// What it does to which migration, such as `apply 0002.users`.
    pub fn named(&self) -> String {
        let subject = match self {
            Self::Rename { from, migration } => format!("{} -> {}", from.join(", "), migration.id()),
            _ => self.id().to_owned(),
        };
        format!("{} {subject}", self.operation())
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

/// What a step of a run does, in the words of reports, progress and the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StepOperation {
    /// A migration is run and recorded.
    Apply,
    /// A migration is taken back and forgotten.
    Rollback,
    /// A migration is recorded without running it.
    Mark,
    /// A migration is forgotten without taking it back.
    Unmark,
    /// A migration is recorded that the database has from elsewhere.
    Baseline,
    /// A migration is recorded as it is now.
    Repair,
    /// A migration is recorded under the id that it has now.
    Rename,
    /// A hook is run.
    Hook,
    /// A migration is recorded that the database has from an image.
    Image,
    /// A migration is recorded that another tool has recorded as applied.
    Adopt,
}

impl StepOperation {
    const ALL: [Self; 10] = [
        Self::Apply,
        Self::Rollback,
        Self::Mark,
        Self::Unmark,
        Self::Baseline,
        Self::Repair,
        Self::Rename,
        Self::Hook,
        Self::Image,
        Self::Adopt,
    ];

    /// The word for it, also in databases and on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Apply => "apply",
            Self::Rollback => "rollback",
            Self::Mark => "mark",
            Self::Unmark => "unmark",
            Self::Baseline => "baseline",
            Self::Repair => "repair",
            Self::Rename => "rename",
            Self::Hook => "hook",
            Self::Image => "image",
            Self::Adopt => "adopt",
        }
    }

    /// The operation that this is the word for.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|operation| operation.as_str() == word)
    }
}

impl fmt::Display for StepOperation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// They are in the logs of databases.
    #[test]
    fn words_never_change() {
        let words = ["apply", "rollback", "mark", "unmark", "baseline", "repair", "rename", "hook", "image", "adopt"];
        assert_eq!(StepOperation::ALL.map(StepOperation::as_str), words);
        assert_eq!(words.map(StepOperation::of_word), StepOperation::ALL.map(Some));
        assert_eq!(StepOperation::of_word("Apply"), None);
    }
}
