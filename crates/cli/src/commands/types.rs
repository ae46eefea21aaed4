use wheatear_types::{Flavor, row_types};

use super::schema::migrated;
use crate::context::Context;
use crate::project::deliver;
use crate::{Exit, Fault};

/// Prints TypeScript types of rows.
pub(super) fn run(context: &Context<'_>, kysely: bool, out: Option<&str>) -> Result<Exit, Fault> {
    let flavor = if kysely { Flavor::Kysely } else { Flavor::Plain };
    let types = row_types(&migrated(context)?, flavor)?;
    deliver(&types, out, context.host, context.output)?;
    Ok(Exit::Done)
}
