use serde_json::{Value, json};
use wheatear::{Migration, MigrationState, MigrationStatus};

use crate::context::Context;
use crate::output::{Output, table};
use crate::project::Database;
use crate::{Access, Exit, Fault};

/// Every migration of the folder, with what it depends on.
pub(super) fn list(context: &Context<'_>, database: Option<&str>) -> Result<Exit, Fault> {
    let Context { host, output, project, .. } = context;
    let set = project.set(*host)?;
    let states = match database {
        Some(path) => project.migrator(&set).status(&Database::open(path, Access::Read, *host)?.connection)?,
        None => Vec::new(),
    };
    let state = |id: &str| states.iter().find(|status| status.id == id).map(|status| status.state.as_str());
    let value: Vec<Value> = set
        .iter()
        .map(|migration| {
            json!({
                "id": migration.id(),
                "file": migration.file(),
                "depends": migration.depends().collect::<Vec<_>>(),
                "hasRollback": migration.down().is_some(),
                "checksum": migration.checksum().to_string(),
                "state": state(migration.id()),
            })
        })
        .collect();
    output.say(&value, || {
        let row = |migration: &Migration| {
            let depends: Vec<&str> = migration.depends().collect();
            let depends = if depends.is_empty() { String::new() } else { format!("depends on {}", depends.join(", ")) };
            let back = if migration.down().is_some() { "" } else { "no rollback" };
            let state = state(migration.id()).into_iter();
            state.chain([migration.id(), back, &depends]).map(str::to_owned).collect()
        };
        let rows: Vec<Vec<String>> = set.iter().map(row).collect();
        table(&rows, |column, cell| match (database, column) {
            (Some(_), 0) => painted(cell, output),
            _ => cell.to_owned(),
        })
    });
    Ok(Exit::Done)
}

/// Every migration, as a database stands to it.
pub(super) fn status(context: &Context<'_>, database: &str) -> Result<Exit, Fault> {
    let Context { host, output, project, .. } = context;
    let set = project.set(*host)?;
    let opened = Database::open(database, Access::Read, *host)?;
    let statuses = project.migrator(&set).status(&opened.connection)?;
    output.say(&statuses, || {
        let row = |status: &MigrationStatus| {
            let at = status.applied_at.clone().unwrap_or_default();
            let time = status.duration.map_or(String::new(), |time| format!("{:.1} ms", time.as_secs_f64() * 1e3));
            vec![status.state.as_str().to_owned(), status.id.clone(), at, time]
        };
        let count = |state| statuses.iter().filter(|status| status.state == state).count();
        let rows: Vec<_> = statuses.iter().map(row).collect();
        let table = table(&rows, |column, cell| if column == 0 { painted(cell, output) } else { cell.to_owned() });
        let pending = count(MigrationState::Pending) + count(MigrationState::Late);
        let partly = count(MigrationState::PartlyReplaced);
        let told = if partly == 0 { String::new() } else { format!(", {partly} partly replaced") };
        format!("{table}{} applied, {pending} pending{told}", statuses.len() - pending - partly)
    });
    Ok(Exit::Done)
}

/// Everything that was ever done to a database.
pub(super) fn log(context: &Context<'_>, database: &str) -> Result<Exit, Fault> {
    let Context { host, output, project, .. } = context;
    let set = wheatear::MigrationSet::from_sql([], [])?;
    let opened = Database::open(database, Access::Read, *host)?;
    let log = project.migrator(&set).log(&opened.connection)?;
    output.say(&log, || log.iter().map(|entry| format!("{entry}\n")).collect());
    Ok(Exit::Done)
}

fn painted(state: &str, output: &Output<'_>) -> String {
    match state {
        "applied" => output.good(state),
        "pending" => output.warning(state),
        _ => output.bad(state),
    }
}
