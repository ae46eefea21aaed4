use serde_json::json;
use wheatear::rusqlite::Connection;
use wheatear_types::schema_sql;

use crate::context::Context;
use crate::project::deliver;
use crate::{Exit, Fault};

/// Prints the schema that the migrations make, or compares it with a file.
pub(super) fn run(context: &Context<'_>, check: Option<&str>, out: Option<&str>) -> Result<Exit, Fault> {
    let Context { host, output, .. } = context;
    let schema = schema_sql(&migrated(context)?)?;
    let Some(path) = check else {
        deliver(&schema, out, *host, output)?;
        return Ok(Exit::Done);
    };
    let Some(committed) = host.text(path)? else {
        return Err(Fault::new(
            Exit::NoInput,
            format!("there is no file {path}; make it with `wheatear schema --out {path}`"),
        ));
    };
    let is_same = committed.replace("\r\n", "\n").trim_end() == schema.trim_end();
    let difference = diffy::create_patch(&committed.replace("\r\n", "\n"), &schema).to_string();
    output.say(&json!({ "file": path, "same": is_same, "difference": if is_same { "" } else { &difference } }), || {
        if is_same {
            format!("{path} is the schema that the migrations make")
        } else {
            format!("{path} is not the schema that the migrations make (+):\n{difference}")
        }
    });
    Ok(if is_same { Exit::Done } else { Exit::Found })
}

/// A database in memory in which everything is applied.
pub(super) fn migrated(context: &Context<'_>) -> Result<Connection, Fault> {
    let set = context.project.set(context.host)?;
    let mut database = Connection::open_in_memory()?;
    context.project.migrator(&set).apply(&mut database)?;
    Ok(database)
}
