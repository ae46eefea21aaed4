//! One file for each command, or for several that differ in a word.

mod check;
mod import;
mod init;
mod list;
mod new;
mod operate;
mod plan;
mod schema;
mod shell;
mod squash;
mod types;

use wheatear::{Operation, RollbackTarget};

use crate::arguments::{Arguments, Command};
use crate::context::Context;
use crate::output::Output;
use crate::project::Project;
use crate::{Exit, Fault, Host};

pub(crate) fn run(arguments: &Arguments, host: &dyn Host, output: &Output<'_>) -> Result<Exit, Fault> {
    match &arguments.command {
        // These need no project.
        Command::Completions { shell } => return shell::completions(*shell, host),
        Command::Man => return shell::man(host),
        _ => {}
    }
    let context =
        Context { host, output, project: Project::find(&arguments.general, host)?, yes: arguments.general.yes };
    let context = &context;
    match &arguments.command {
        Command::Init { ids } => init::run(context, *ids, arguments.general.folder.as_deref()),
        Command::New { name } => new::run(context, &name.join(" ")),
        Command::Check(check) => check::run(context, check),
        Command::List { database } => list::list(context, database.as_deref()),
        Command::Status { database } => list::status(context, database),
        Command::Log { database } => list::log(context, database),
        Command::Plan { database, operation, forward, sql } => {
            let operation = forward.operation(operation).map_err(Fault::usage)?;
            plan::plan(context, database, &operation, *sql)
        }
        Command::Rehearse { database, operation, forward } => {
            let operation = forward.operation(operation).map_err(Fault::usage)?;
            plan::rehearse(context, database, &operation)
        }
        Command::Apply(apply) => operate::apply(context, apply),
        Command::Rollback(back) => {
            operate::run(context, &back.database, &Operation::Rollback(back.target()), back.dry_run)
        }
        Command::Reapply(back) => {
            operate::run(context, &back.database, &Operation::Reapply(back.target()), back.dry_run)
        }
        Command::Mark { database, ids, forward, dry_run } => {
            if ids.is_empty() && forward.is_empty() {
                return Err(Fault::usage("say which: ids, --to or --next"));
            }
            let operation =
                if ids.is_empty() { Operation::Mark(forward.target()) } else { Operation::MarkOnly(ids.clone()) };
            operate::run(context, database, &operation, *dry_run)
        }
        Command::Unmark { database, ids, last, to, all, dry_run } => {
            let operation = match (&ids[..], last, to, all) {
                ([], Some(count), ..) => Operation::Unmark(RollbackTarget::last(*count)),
                ([], _, Some(id), _) => Operation::Unmark(RollbackTarget::down_to(id)),
                ([], _, _, true) => Operation::Unmark(RollbackTarget::All),
                ([], ..) => return Err(Fault::usage("say which: ids, --last, --to or --all")),
                (ids, ..) => Operation::UnmarkOnly(ids.to_vec()),
            };
            operate::run(context, database, &operation, *dry_run)
        }
        Command::Baseline { database, id, dry_run } => {
            operate::run(context, database, &Operation::Baseline(id.clone()), *dry_run)
        }
        Command::Adopt { database, dry_run } => operate::run(context, database, &Operation::Adopt, *dry_run),
        Command::Repair { database, dry_run } => operate::run(context, database, &Operation::Repair, *dry_run),
        Command::Import { from, dir, dry_run } => import::run(context, *from, dir, *dry_run),
        Command::Schema { check, out } => schema::run(context, check.as_deref(), out.as_deref()),
        Command::Types { kysely, out } => types::run(context, *kysely, out.as_deref()),
        Command::Squash { to, dry_run } => squash::run(context, to, *dry_run),
        Command::Completions { .. } | Command::Man => Ok(Exit::Done),
    }
}
