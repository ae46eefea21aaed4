use std::fmt::Write;

use serde_json::json;
use wheatear::rusqlite::Connection;
use wheatear::{Migration, MigrationSet, NoImage, SourceFile};
use wheatear_check::big_tables;
use wheatear_core::natural_order;
use wheatear_types::schema_sql;

use crate::context::Context;
use crate::dump::dump;
use crate::paths::{join, parent};
use crate::project::file_name;
use crate::{Exit, Fault};

/// The most states in which databases may be that have all of what is squashed.
const MOST_STATES: usize = 64;

/// Replaces the migrations up to and with one of them by a single one.
pub(super) fn run(context: &Context<'_>, to: &str, dry_run: bool) -> Result<Exit, Fault> {
    let Context { host, output, project, .. } = context;
    let files = project.files(*host)?;
    let set = MigrationSet::from_files(files.clone())?;
    let squashed = first_migrations(&set, to)?;
    let ids: Vec<&str> = squashed.iter().map(|migration| migration.id()).collect();
    let is_squashed = |file: &SourceFile| squashed.iter().any(|migration| is_of(file, migration));
    let (old, rest): (Vec<_>, Vec<_>) = files.into_iter().partition(is_squashed);

    let before = MigrationSet::from_files(old.iter().cloned())?;
    refuse_chance(&before, project)?;
    let id = format!("{to}.squashed");
    let path = join(&project.folder, &format!("{id}.sql"));
    let text = one_migration(&migrated(&before, context)?, &squashed, &old)?;
    let squash = SourceFile { path: path.clone(), text: text.clone() };
    let after = MigrationSet::from_files([squash.clone()])?;
    verify(&migrated(&before, context)?, &migrated(&after, context)?)?;
    let written = rest.clone();
    let rest: Vec<SourceFile> = rest.into_iter().map(|file| depending_on(file, &ids, &id)).collect();
    let all = MigrationSet::from_files(rest.iter().cloned().chain([squash]))?;
    refuse_later(&all, &id)?;

    if dry_run {
        output.say(&json!({ "id": id, "file": path, "was": ids, "text": text }), || text.clone());
        return Ok(Exit::Done);
    }
    let removed: Vec<&str> = old.iter().map(|file| file.path.as_str()).collect();
    let question = format!("{} files become {path}:\n  {}\nGo on?", removed.len(), removed.join("\n  "));
    if !context.confirm(&question)? {
        output.note("Nothing was done.");
        return Ok(Exit::Found);
    }
    host.write(&path, &text)?;
    for (file, _) in rest.iter().zip(&written).filter(|(now, before)| now != before) {
        host.write(&file.path, &file.text)?;
    }
    for file in &removed {
        host.remove(file)?;
    }
    output.say(&json!({ "id": id, "file": path, "was": ids, "removed": removed }), || {
        format!("{} {path}, which makes what {} migrations made", output.good("made"), ids.len())
    });
    Ok(Exit::Done)
}

fn first_migrations<'set>(set: &'set MigrationSet, to: &str) -> Result<Vec<&'set Migration>, Fault> {
    let Some(place) = set.iter().position(|migration| migration.id() == to) else {
        let latest =
            set.latest().map(|migration| format!("; the latest is \"{}\"", migration.id())).unwrap_or_default();
        return Err(Fault::usage(format!("there is no migration \"{to}\"{latest}")));
    };
    let first: Vec<_> = set.iter().take(place + 1).collect();
    match first.len() {
        1 => Err(Fault::usage(format!("\"{to}\" is the first migration; there is nothing to squash"))),
        _ => Ok(first),
    }
}

/// Whether a file is the up or the down of a migration.
fn is_of(file: &SourceFile, migration: &Migration) -> bool {
    let ends = [".sql", ".up.sql", ".rollback.sql", ".down.sql"];
    let name = file_name(&file.path);
    parent(&file.path) == parent(migration.file()) && ends.iter().any(|end| name == format!("{}{end}", migration.id()))
}

/// Rows that depend on time or chance are other ones on every device; one migration would make the same on all of them.
fn refuse_chance(set: &MigrationSet, project: &crate::project::Project) -> Result<(), Fault> {
    match project.migrator(set).image() {
        Ok(_) => Ok(()),
        Err(NoImage::Failed(error)) => Err(error.into()),
        Err(reason) => Err(Fault::new(
            Exit::Data,
            format!("these migrations cannot be squashed: {reason}; squash up to one before that"),
        )),
    }
}

/// The squashed migration must still be the first.
fn refuse_later(set: &MigrationSet, id: &str) -> Result<(), Fault> {
    let first = set.iter().next().map_or("", Migration::id);
    if first == id {
        return Ok(());
    }
    let why = if natural_order(first, id).is_lt() {
        "has a name that comes before it"
    } else {
        "depends on nothing that it has"
    };
    Err(Fault::new(
        Exit::Data,
        format!("\"{first}\" would run before the squashed migration, for it {why}; squash it as well"),
    ))
}

fn migrated(set: &MigrationSet, context: &Context<'_>) -> Result<Connection, Fault> {
    let mut database = Connection::open_in_memory()?;
    context.project.migrator(set).apply(&mut database)?;
    Ok(database)
}

/// A migration that makes what a database has, and stands for others. What their files say of tables that are still there, it
/// says too: lints look at it in later ones.
fn one_migration(database: &Connection, squashed: &[&Migration], files: &[SourceFile]) -> Result<String, Fault> {
    let mut text = format!("-- Makes what {} migrations made.\n", squashed.len());
    states(squashed)?.iter().for_each(|state| _ = writeln!(text, "-- was: {state}"));
    if squashed.iter().all(|migration| migration.is_compatible()) {
        text.push_str("-- compatible: true\n");
    }
    let mut big: Vec<String> = files.iter().flat_map(|file| big_tables(&file.text)).collect();
    big.sort_by_key(|table| table.to_lowercase());
    big.dedup_by(|one, other| one.eq_ignore_ascii_case(other));
    for table in big {
        if database.table_exists(None, table.as_str())? {
            _ = writeln!(text, "-- lint: big {table}");
        }
    }
    Ok(format!("{text}\n{}", dump(database)?))
}

/// What databases may have recorded that have all of these: their ids, and instead of each of them what it stands for
/// itself.
fn states(squashed: &[&Migration]) -> Result<Vec<String>, Fault> {
    let mut states = vec![String::new()];
    for migration in squashed {
        let alternatives: Vec<&str> = std::iter::once(migration.id()).chain(migration.recorded_as()).collect();
        let separator = if states[0].is_empty() { "" } else { ", " };
        let with = |state: &String| {
            alternatives
                .iter()
                .map(move |ids| format!("{state}{separator}{}", ids.replace(',', ", ")))
                .collect::<Vec<_>>()
        };
        states = states.iter().flat_map(with).collect();
        if states.len() > MOST_STATES {
            let why = format!("databases may have them in more than {MOST_STATES} states, by their headers `-- was:`");
            return Err(Fault::new(
                Exit::Data,
                format!("these migrations cannot be squashed: {why}; take out those that no database is in"),
            ));
        }
    }
    Ok(states)
}

/// The file of a later migration, which depends on what replaces those that it depended on. Its checksum stays, for the line is a
/// comment.
fn depending_on(file: SourceFile, squashed: &[&str], id: &str) -> SourceFile {
    let line = |line: &str| {
        let Some((key, ids)) = line.split_once("depends:").filter(|(key, _)| key.trim() == "--") else {
            return line.to_owned();
        };
        let mut kept: Vec<&str> = Vec::new();
        for one in ids.split_whitespace().map(|one| if squashed.contains(&one) { id } else { one }) {
            if !kept.contains(&one) {
                kept.push(one);
            }
        }
        let end = if line.ends_with('\n') { "\n" } else { "" };
        format!("{key}depends: {}{end}", kept.join(" "))
    };
    SourceFile { text: file.text.split_inclusive('\n').map(line).collect(), ..file }
}

/// Both databases have the same schema and rows, or the program says where they differ.
fn verify(before: &Connection, after: &Connection) -> Result<(), Fault> {
    let differs = |what: &str| {
        let message = format!("these migrations cannot be squashed: one migration would make another {what}");
        Err(Fault::new(Exit::Data, message))
    };
    if schema_sql(before)? != schema_sql(after)? {
        return differs("schema");
    }
    if dump(before)? == dump(after)? { Ok(()) } else { differs("content") }
}
