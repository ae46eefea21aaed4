use wheatear_types::{Flavor, row_types};

use super::schema::migrated;
use crate::context::Context;
use crate::project::deliver;
use crate::queries::Queries;
use crate::{Exit, Fault};

/// Prints TypeScript types of rows, and of the application's queries.
pub(super) fn run(context: &Context<'_>, kysely: bool, out: Option<&str>) -> Result<Exit, Fault> {
    let flavor = if kysely { Flavor::Kysely } else { Flavor::Plain };
    let database = migrated(context)?;
    let mut types = row_types(&database, flavor)?;
    let queries = Queries::find(&context.project, context.host)?;
    let of_queries = queries.types(&database).map_err(|faults| {
        let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
        Fault::new(Exit::Data, faults.join("\n"))
    })?;
    if !of_queries.text.is_empty() {
        types = format!("{types}\n{}", of_queries.text);
    }
    for untried in &of_queries.untried {
        context.output.note(&format!("{}: {untried}", context.output.warning("warning")));
    }
    deliver(&types, out, context.host, context.output)?;
    Ok(Exit::Done)
}
