use serde_json::json;
use wheatear::{Operation, Plan};

use crate::context::Context;
use crate::losses::losses;
use crate::project::Database;
use crate::{Exit, Fault};

/// Tells what an operation would do to a database, also to one that is not there yet.
pub(super) fn plan(context: &Context<'_>, database: &str, operation: &Operation, sql: bool) -> Result<Exit, Fault> {
    let Context { host, output, project, .. } = context;
    let set = project.set(*host)?;
    let opened = Database::open_or_empty(database, *host)?;
    let migrator = project.migrator(&set);
    if sql {
        let text = migrator.transcript(&opened, operation)?;
        output.say(&json!({ "text": text }), || text.clone());
    } else {
        let plan = migrator.plan(&opened, operation)?;
        output.say(&plan, || described(&plan));
    }
    Ok(Exit::Done)
}

/// Carries an operation out on a copy of a database.
pub(super) fn rehearse(context: &Context<'_>, database: &str, operation: &Operation) -> Result<Exit, Fault> {
    let Context { host, output, project, .. } = context;
    let set = project.set(*host)?;
    let opened = Database::open_or_empty(database, *host)?;
    let rehearsal = project.migrator(&set).rehearse(&opened, operation)?;
    output.say(&rehearsal, || rehearsal.to_string());
    Ok(if rehearsal.outcome.is_ok() { Exit::Done } else { Exit::Data })
}

/// The plan, and what it may lose.
pub(super) fn described(plan: &Plan<'_>) -> String {
    let losses: String = losses(plan).iter().map(|loss| format!("\n  {loss}")).collect();
    if losses.is_empty() { plan.to_string() } else { format!("{plan}\nwhat may lose rows or columns:{losses}") }
}
