use std::collections::HashSet;
use std::fmt;

use crate::{HistoryError, Migration, MigrationSet};

/// How far to migrate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Target {
    /// Everything the set holds.
    #[default]
    Latest,
    /// Up to and with the migration of this id, in the order of the set.
    UpTo(String),
}

/// What will run, decided without a database: print it to read it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Plan<'set> {
    /// Id of the newest migration applied before.
    pub from: Option<&'set str>,
    /// Id of the newest migration applied afterwards.
    pub to: Option<&'set str>,
    /// What will be applied, in order.
    pub steps: Vec<&'set Migration>,
    /// Whether everything in the set is applied afterwards.
    pub completes: bool,
}

impl Plan<'_> {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }
}

/// Decides what a database lacks: a pure function of the set, the ids that the database records as
/// applied (in the order they were applied), and the target.
///
/// A migration that sorts before applied ones and is not applied yet is applied like any other.
/// A database that is past the target needs nothing.
///
/// # Errors
/// [`HistoryError::DatabaseAhead`] or [`HistoryError::Missing`] if ids are applied that the set
/// lacks; [`HistoryError::UnknownTarget`].
pub fn plan<'set>(set: &'set MigrationSet, applied: &[&str], target: &Target) -> Result<Plan<'set>, HistoryError> {
    check_known(set, applied)?;
    let end = match target {
        Target::Latest => set.len(),
        Target::UpTo(id) => {
            1 + set.iter().position(|migration| migration.id() == id).ok_or_else(|| HistoryError::UnknownTarget {
                id: id.clone(),
                latest: set.latest().map(|migration| migration.id().to_owned()),
            })?
        }
    };

    let applied: HashSet<&str> = applied.iter().copied().collect();
    let is_applied = |migration: &&Migration| applied.contains(migration.id());
    let steps: Vec<&Migration> = set.iter().take(end).filter(|migration| !is_applied(migration)).collect();
    let from = set.iter().rfind(is_applied).map(Migration::id);
    let last_step = steps.last().map(|migration| migration.id());
    let to = set.iter().map(Migration::id).rfind(|id| Some(*id) == from || Some(*id) == last_step);
    let completes = applied.len() + steps.len() == set.len();
    Ok(Plan { from, to, steps, completes })
}

fn check_known(set: &MigrationSet, applied: &[&str]) -> Result<(), HistoryError> {
    let known: HashSet<&str> = set.iter().map(Migration::id).collect();
    let Some(first_unknown) = applied.iter().position(|id| !known.contains(id)) else { return Ok(()) };
    let (unknown, later_known): (Vec<&str>, Vec<&str>) =
        applied[first_unknown..].iter().partition(|id| !known.contains(*id));
    if later_known.is_empty() {
        Err(HistoryError::DatabaseAhead { unknown: unknown.into_iter().map(str::to_owned).collect() })
    } else {
        Err(HistoryError::Missing { id: applied[first_unknown].to_owned() })
    }
}

impl fmt::Display for Plan<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let version = |id: Option<&str>| id.unwrap_or("an empty database").to_owned();
        if self.is_empty() {
            return write!(f, "nothing to do at {}", version(self.to));
        }
        write!(f, "from {} to {}:", version(self.from), version(self.to))?;
        self.steps.iter().try_for_each(|migration| write!(f, "\n  apply {}", migration.id()))
    }
}
