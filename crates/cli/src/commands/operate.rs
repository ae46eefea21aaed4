use wheatear::rusqlite::Connection;
use wheatear::{Migrator, OnAhead, OnLate, OnUnmanaged, Operation};

use super::plan::described;
use crate::arguments::{Ahead, Apply, Late};
use crate::context::Context;
use crate::losses::losses;
use crate::project::Database;
use crate::{Access, Exit, Fault};

/// Brings a database up to date, or makes one.
pub(super) fn apply(context: &Context<'_>, apply: &Apply) -> Result<Exit, Fault> {
    // A set that was tried out knows the schema that it makes, so that drift is told.
    let set = context.project.set(context.host)?.tried_out()?;
    let mut migrator = context.project.migrator(&set);
    if apply.late == Late::Error {
        migrator = migrator.on_late(OnLate::Error);
    }
    if apply.ahead == Ahead::Rollback {
        migrator = migrator.on_ahead(OnAhead::Rollback);
    }
    if apply.adopt {
        migrator = migrator.on_unmanaged(OnUnmanaged::Adopt);
    }
    if let Some(id) = &apply.baseline {
        migrator = migrator.on_unmanaged(OnUnmanaged::Baseline(id.clone()));
    }
    if let Some(version) = &apply.app_version {
        migrator = migrator.app_version(version);
    }
    let operation = Operation::Apply(apply.forward.target());
    carry_out(context, &migrator, &apply.database, &operation, Access::Make, apply.dry_run)
}

/// Carries another operation out on a database that is there.
pub(super) fn run(context: &Context<'_>, database: &str, operation: &Operation, dry_run: bool) -> Result<Exit, Fault> {
    let set = context.project.set(context.host)?;
    carry_out(context, &context.project.migrator(&set), database, operation, Access::Change, dry_run)
}

fn carry_out(
    context: &Context<'_>,
    migrator: &Migrator<'_>,
    path: &str,
    operation: &Operation,
    access: Access,
    dry_run: bool,
) -> Result<Exit, Fault> {
    let Context { host, output, .. } = context;
    if dry_run {
        let opened = Database::open_or_empty(path, *host)?;
        let plan = migrator.plan(&opened, operation)?;
        output.say(&plan, || described(&plan));
        return Ok(Exit::Done);
    }
    let mut database = Database::open(path, access, *host)?;
    let losses = if is_empty(&database.connection)? {
        Vec::new()
    } else {
        losses(&migrator.plan(&database.connection, operation)?)
    };
    if !losses.is_empty() {
        let question = format!("In {path} this may lose rows or columns:\n  {}\nGo on?", losses.join("\n  "));
        if !context.confirm(&question)? {
            output.note("Nothing was done.");
            return Ok(Exit::Found);
        }
    }
    let outcome = migrator.run(&mut database.connection, operation);
    // What runs outside of a transaction stays, also if a later part has failed.
    database.save()?;
    let report = outcome?;
    output.say(&report, || report.to_string());
    if *operation == Operation::Adopt && report.steps.is_empty() {
        output.note("Nothing is recorded there as applied; `apply --adopt` goes on with all of the folder.");
    }
    Ok(Exit::Done)
}

/// Whether there is nothing that could be lost.
fn is_empty(database: &Connection) -> Result<bool, Fault> {
    Ok(database.query_row("SELECT NOT EXISTS (SELECT 1 FROM sqlite_schema)", [], |row| row.get(0))?)
}
