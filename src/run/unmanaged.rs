//! Tells a database that something else has made, before it is taken for an empty one.

use rusqlite::Connection;
use wheatear_core::{AdoptBy, Contents, HistoryError, OnUnmanaged, Operation, Plan, Trace, adopt};
use wheatear_sqlite::{all_rows, lossy_text, one_row};

use super::foreign_records::{found_record, read_adopted};
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
    let target = match operation {
        Operation::Apply(target) => Some(target),
        Operation::Adopt => None,
        _ => return Ok(plan),
    };
    let Settings { set, ledger, policy, .. } = settings;
    let mut traces = Vec::new();
    // What is to be adopted need not show whose it is.
    if target.is_some() {
        if plan.is_empty() || policy.unmanaged == OnUnmanaged::Apply || !ledger.is_unused(connection)? {
            return Ok(plan);
        }
        let contents = contents(connection).map_err(|error| transaction_error(RunAction::ReadSchema, error))?;
        traces = contents.traces(set.definition());
        // Asked again, for outside of a transaction another process may have applied the migrations since.
        if traces.is_empty() || !ledger.is_unused(connection)? {
            return Ok(plan);
        }
    }
    let by = match &policy.unmanaged {
        OnUnmanaged::Baseline(id) if target.is_some() => AdoptBy::Baseline(id),
        OnUnmanaged::Error if target.is_some() => {
            for trace in &mut traces {
                if let Trace::Record { tool, table } = trace
                    && let Some(record) = found_record(connection, table)
                {
                    *tool = record.tool();
                }
            }
            return Err(HistoryError::Unmanaged { traces }.into());
        }
        _ => AdoptBy::Record(read_adopted(connection, set)?),
    };
    Ok(adopt(set.definition(), by, target)?)
}

fn contents(connection: &Connection) -> rusqlite::Result<Contents> {
    let sql = "SELECT name FROM main.sqlite_schema
        WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name";
    // A file can hold names that are not UTF-8.
    let all = |sql: &str| all_rows(connection, sql, &[], |row| lossy_text(row, 0));
    let names = all(sql)?;
    let columns_of_migrations = all("SELECT name FROM pragma_table_info('migrations', 'main') ORDER BY cid")?;
    let user_version = one_row(connection, "PRAGMA main.user_version", &[], |row| row.get(0))?;
    Ok(Contents { names, columns_of_migrations, user_version })
}
