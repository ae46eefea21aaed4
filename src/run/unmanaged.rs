//! Tells a database that something else has made, before it is taken for an empty one.

use rusqlite::{Connection, Row};
use wheatear_core::{Contents, HistoryError, OnUnmanaged, Operation, Plan, adopt};

use super::settings::Settings;
use crate::error::{Error, RunAction, transaction_error};

/// The plan for a database that records no applied migration: the one that was made for an empty one, unless something
/// else has made it.
pub(super) fn plan_unmanaged<'set>(
    connection: &Connection,
    settings: &Settings<'set>,
    operation: &Operation,
    plan: Plan<'set>,
) -> Result<Plan<'set>, Error> {
    let Operation::Apply(target) = operation else { return Ok(plan) };
    let Settings { set, ledger, policy, .. } = settings;
    if plan.is_empty() || policy.unmanaged == OnUnmanaged::Apply || !ledger.is_unused(connection)? {
        return Ok(plan);
    }
    let contents = contents(connection).map_err(|error| transaction_error(RunAction::ReadSchema, error))?;
    let traces = contents.traces(set.definition());
    // Asked again, for outside of a transaction another process may have applied the migrations since.
    if traces.is_empty() || !ledger.is_unused(connection)? {
        return Ok(plan);
    }
    match &policy.unmanaged {
        OnUnmanaged::Baseline(id) => Ok(adopt(set.definition(), id, target)?),
        _ => Err(HistoryError::Unmanaged { traces }.into()),
    }
}

fn contents(connection: &Connection) -> rusqlite::Result<Contents> {
    let sql = "SELECT name FROM main.sqlite_schema
        WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name";
    // A file can hold names that are not UTF-8.
    let name = |row: &Row<'_>| Ok(String::from_utf8_lossy(row.get_ref(0)?.as_bytes()?).into_owned());
    let all = |sql: &str| -> rusqlite::Result<Vec<String>> { connection.prepare(sql)?.query_map([], name)?.collect() };
    let names = all(sql)?;
    let columns_of_migrations = all("SELECT name FROM pragma_table_info('migrations', 'main') ORDER BY cid")?;
    let user_version = connection.query_row("PRAGMA main.user_version", [], |row| row.get(0))?;
    Ok(Contents { names, columns_of_migrations, user_version })
}
