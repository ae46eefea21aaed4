//! Compares the schema of a database with what the migrations make.

use rusqlite::Connection;
use wheatear_core::{Digest, HistoryError, OnDrift, OnUnmanaged, Plan, SchemaChange, SchemaDifference};
use wheatear_sqlite::{read_schema, schema_after};

use super::settings::Settings;
use crate::error::{Error, RunAction, transaction_error, trial_error};
use crate::migration_set::MigrationSet;
use crate::report::Warning;

/// Compares the schema with what the set makes, if all of the set is applied and nothing else.
pub(super) fn check_drift(
    settings: &Settings<'_>,
    connection: &Connection,
    digest: Digest,
) -> Result<Option<Warning>, Error> {
    let set = settings.set;
    let Some(expected) = set.schema().filter(|_| digest == *set.digest()) else { return Ok(None) };
    let found = read_schema(connection).map_err(|error| transaction_error(RunAction::ReadSchema, error))?;
    let mut differences = expected.differences(&found);
    // A set that the compiler made has no SQL of its schema; it is made anew to show what differs. Not in a page, where
    // that may take long.
    let is_unexplained =
        |difference: &SchemaDifference| difference.change == SchemaChange::Different && difference.lines.is_none();
    if !cfg!(target_family = "wasm")
        && differences.iter().any(is_unexplained)
        && let Ok(Some(same)) = schema_after(set.definition(), set.len(), &|| set.memory())
        && same == *expected
    {
        differences = same.differences(&found);
    }
    // What no migration of this set makes may be another set's, or that of whatever made the database.
    let is_unexpected = |difference: &SchemaDifference| difference.change == SchemaChange::Unexpected;
    if differences.iter().any(is_unexpected) && may_have_other_tables(settings, connection)? {
        differences.retain(|difference| !is_unexpected(difference));
    }
    match settings.policy.drift {
        _ if differences.is_empty() => Ok(None),
        OnDrift::Error => Err(HistoryError::SchemaDrift { differences }.into()),
        _ => Ok(Some(Warning::SchemaDrift(differences))),
    }
}

fn may_have_other_tables(settings: &Settings<'_>, connection: &Connection) -> Result<bool, Error> {
    let Settings { ledger, policy, .. } = settings;
    let is_accepted = policy.unmanaged == OnUnmanaged::Apply;
    Ok(is_accepted || ledger.is_one_of_several(connection)? || ledger.was_adopted(connection)?)
}

/// Compares the schema with the migrations that a plan records for a database which something else has made.
pub(super) fn check_adoption(set: &MigrationSet, connection: &Connection, plan: &Plan<'_>) -> Result<(), Error> {
    // Also if another tool has recorded nothing: then it must have made nothing.
    match plan.steps.iter().filter(|step| step.is_adoption()).count() {
        0 if plan.adopted.is_none() => Ok(()),
        adopted => compare_with_baseline(set, connection, adopted),
    }
}

/// A database can be adopted as of a migration if it has what these make, and nothing of what later
/// ones make.
fn compare_with_baseline(set: &MigrationSet, connection: &Connection, count: usize) -> Result<(), Error> {
    let after = |count| schema_after(set.definition(), count, &|| set.memory()).map_err(trial_error);
    let Some(expected) = after(count)? else { return Ok(()) };
    let whole = after(set.len())?;
    let found = read_schema(connection).map_err(|error| transaction_error(RunAction::ReadSchema, error))?;
    let is_of_the_set = |kind: &str, name: &str| {
        whole
            .iter()
            .flat_map(|schema| schema.objects())
            .any(|object| object.kind == kind && object.name.eq_ignore_ascii_case(name))
    };
    // Tables that another tool has for itself may be there.
    let differences: Vec<_> = expected
        .differences(&found)
        .into_iter()
        .filter(|difference| is_of_the_set(&difference.kind, &difference.name))
        .collect();
    if differences.is_empty() { Ok(()) } else { Err(HistoryError::SchemaDrift { differences }.into()) }
}
