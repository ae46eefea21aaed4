//! What an operation would do to a database as it is now.

use rusqlite::Connection;
use wheatear_core::{Down, Operation, Plan, Step, Target, check_recorded, plan};

use super::settings::Settings;
use super::unmanaged::plan_unmanaged;
use crate::error::Error;

/// The common case on every page load: one small read, no lock, no write.
pub(super) fn is_current(
    connection: &Connection,
    settings: &Settings<'_>,
    operation: &Operation,
) -> Result<bool, Error> {
    Ok(*operation == Operation::Apply(Target::Latest)
        && settings.ledger.is_current(connection, settings.set.definition())?)
}

/// Whether a plan changes anything. Bringing the ledger up to date does.
pub(super) fn has_work(connection: &Connection, settings: &Settings<'_>, plan: &Plan<'_>) -> Result<bool, Error> {
    Ok(!plan.is_empty() || settings.ledger.is_outdated(connection)?)
}

/// What an operation would do, if it would change anything.
pub(crate) fn pending<'set>(
    connection: &Connection,
    settings: &Settings<'set>,
    operation: &Operation,
) -> Result<Option<Plan<'set>>, Error> {
    if is_current(connection, settings, operation)? {
        return Ok(None);
    }
    let plan = read_plan(connection, settings, operation)?;
    Ok(has_work(connection, settings, &plan)?.then_some(plan))
}

/// What an operation would do, as things stand; with the hooks that a run did not come to.
pub(crate) fn read_plan<'set>(
    connection: &Connection,
    settings: &Settings<'set>,
    operation: &Operation,
) -> Result<Plan<'set>, Error> {
    let set = settings.set.definition();
    let entries = settings.ledger.entries(connection)?;
    let mut plan = plan(set, &entries, operation, &settings.policy)?;
    if entries.is_empty() {
        plan = plan_unmanaged(connection, settings, operation, plan)?;
    }
    for step in &plan.steps {
        if let Step::Rollback { entry, down: Down::Sql(script) } = step {
            check_recorded(script, &entry.id)?;
        }
    }
    let may_owe_hooks = matches!(operation, Operation::Apply(_)) && !set.hooks().is_empty();
    if may_owe_hooks && !runs_hooks(&plan.steps) && settings.ledger.owes_hooks(connection)? {
        plan.steps.extend(set.hooks().iter().map(Step::Hook));
    }
    Ok(plan)
}

pub(super) fn runs_hooks(steps: &[Step<'_>]) -> bool {
    steps.iter().any(|step| matches!(step, Step::Hook(_)))
}
