use std::fmt;

use crate::adoption::Adopted;
use crate::history::History;
use crate::operation::{Operation, RollbackTarget, Target};
use crate::policy::Policy;
use crate::rename::{Rename, check_replaced, renamed, renames};
use crate::step::Step;
use crate::tokens::{TokenKind, tokens};
use crate::{HistoryError, LedgerEntry, SetDefinition};

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
    /// What it takes over from another tool's record; `None` if it does not look at any.
    pub adopted: Option<Adopted>,
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
            None => format!("-- {} (no SQL)\n", step.named()),
        };
        self.steps.iter().map(part).collect::<Vec<_>>().join("\n")
    }
}

impl fmt::Display for Plan<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let version = |id: &Option<String>| id.clone().unwrap_or_else(|| "an empty database".to_owned());
        match self.is_empty() {
            true => write!(f, "nothing to do at {}", version(&self.to))?,
            false => write!(f, "from {} to {}:", version(&self.from), version(&self.to))?,
        }
        if let Some(adopted) = &self.adopted {
            write!(f, "\n  {adopted}")?;
        }
        for step in &self.steps {
            write!(f, "\n  {}", step.named())?;
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
    set: &'set SetDefinition,
    ledger: &[LedgerEntry],
    operation: &Operation,
    policy: &Policy,
) -> Result<Plan<'set>, HistoryError> {
    let renames = renames(set, ledger);
    let recorded = ledger;
    let ledger = renamed(recorded, &renames);
    // Back it can go all the same: with what it has recorded of them.
    if !matches!(operation, Operation::Rollback(_) | Operation::Unmark(_) | Operation::UnmarkOnly(_)) {
        check_replaced(set, &ledger)?;
    }
    let history = History::new(set, &ledger);
    let decided: Vec<Step<'set>> = match operation {
        Operation::Apply(target) => history.apply(target, policy)?,
        Operation::Rollback(target) => history.roll_back(&history.taken_back(target)?)?,
        Operation::Reapply(target) => history.reapply(target)?,
        Operation::Mark(target) => history.pending(target)?.into_iter().map(Step::Mark).collect(),
        Operation::MarkOnly(ids) => history.pending_of(ids)?.into_iter().map(Step::Mark).collect(),
        Operation::Unmark(target) => unmark(history.applied_after(target)?),
        Operation::UnmarkOnly(ids) => unmark(history.taken_back(&RollbackTarget::Only(ids.clone()))?),
        Operation::Baseline(id) => history.baseline(id)?,
        // What another tool has recorded is not in the ledger: see `adopt`.
        Operation::Adopt => history.require_unmanaged().map(|()| Vec::new())?,
        Operation::Repair => history.repair()?,
    };
    let from = history.version(recorded.iter().map(|entry| entry.id.as_str()));
    let to = history.version(history.ids_after(&decided).into_iter());
    let rename = |Rename { from, migration }: Rename<'set>| Step::Rename { from, migration };
    let steps = renames.into_iter().map(rename).chain(decided).collect();
    Ok(Plan { from, to, steps, adopted: None })
}

fn unmark(entries: Vec<&LedgerEntry>) -> Vec<Step<'static>> {
    entries.into_iter().map(|entry| Step::Unmark(entry.clone())).collect()
}

/// What tells how far a database is that something else has made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AdoptBy<'a> {
    /// The id of the migration that it is at.
    Baseline(&'a str),
    /// What another tool has recorded.
    Record(Adopted),
}

/// The plan that adopts a database which something else has made: the migrations that it has are recorded, and with a
/// target those that are missing are applied.
///
/// # Errors
/// [`HistoryError::UnknownTarget`].
pub fn adopt<'set>(
    set: &'set SetDefinition,
    by: AdoptBy<'_>,
    target: Option<&Target>,
) -> Result<Plan<'set>, HistoryError> {
    let history = History::new(set, &[]);
    let (mut steps, adopted) = match by {
        AdoptBy::Baseline(id) => (history.baseline(id)?, None),
        AdoptBy::Record(adopted) => (set.iter().take(adopted.count).map(Step::Adopt).collect(), Some(adopted)),
    };
    let from = history.version(steps.iter().map(Step::id));
    if let Some(target) = target {
        steps = history.apply_behind(steps, target)?;
    }
    let to = history.version(history.ids_after(&steps).into_iter());
    Ok(Plan { from, to, steps, adopted })
}
