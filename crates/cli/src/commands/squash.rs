use std::fmt::Write;

use serde_json::json;
use wheatear::rusqlite::Connection;
use wheatear::rusqlite::types::ValueRef;
use wheatear::{Migration, MigrationSet, NoImage, SourceFile};
use wheatear_core::natural_order;
use wheatear_types::schema_sql;

use crate::context::Context;
use crate::paths::{join, parent};
use crate::project::file_name;
use crate::{Exit, Fault};

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
    let text = one_migration(&migrated(&before, context)?, &squashed)?;
    let squash = SourceFile { path: path.clone(), text: text.clone() };
    let after = MigrationSet::from_files([squash.clone()])?;
    verify(&migrated(&before, context)?, &migrated(&after, context)?)?;
    // What comes later may depend on one of those that go.
    let all = MigrationSet::from_files(rest.into_iter().chain([squash]))?;
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

/// A migration that makes what a database has: its schema, and its rows.
fn one_migration(database: &Connection, squashed: &[&Migration]) -> Result<String, Fault> {
    let ids: Vec<&str> = squashed.iter().map(|migration| migration.id()).collect();
    let mut text = format!("-- Makes what {} migrations made.\n-- was: {}\n", ids.len(), ids.join(", "));
    if squashed.iter().all(|migration| migration.is_compatible()) {
        text.push_str("-- compatible: true\n");
    }
    let (schema, triggers) = split_triggers(&schema_sql(database)?);
    _ = write!(text, "\n{schema}");
    for table in tables(database)? {
        text.push_str(&rows(database, &table)?);
    }
    // After the rows, which must not set them off.
    text.push_str(&triggers);
    Ok(format!("{}\n", text.trim_end()))
}

/// The schema's text without its triggers, and these.
fn split_triggers(schema: &str) -> (String, String) {
    let (mut others, mut triggers) = (String::new(), String::new());
    for (_, statement) in wheatear_core::statements::statements(schema) {
        let is_trigger = wheatear_core::normal_form(statement).to_uppercase().starts_with("CREATE TRIGGER");
        _ = write!(
            if is_trigger { &mut triggers } else { &mut others },
            "{};\n\n",
            statement.trim().trim_end_matches(';')
        );
    }
    (others, triggers)
}

/// Names of the tables whose rows a statement can give: not those that a virtual table keeps for itself, nor Wheatear's.
/// `sqlite_sequence` comes last, because inserting writes to it.
fn tables(database: &Connection) -> Result<Vec<String>, Fault> {
    let mut listed = database.prepare(
        "SELECT name FROM pragma_table_list
         WHERE schema = 'main' AND type IN ('table', 'virtual') AND name <> 'sqlite_schema'
           AND (name NOT LIKE 'sqlite\\_%' ESCAPE '\\' OR name = 'sqlite_sequence')
           AND name NOT GLOB '*_wheatear_*'
         ORDER BY name = 'sqlite_sequence', name",
    )?;
    let names = listed.query_map([], |row| row.get(0))?;
    Ok(names.collect::<Result<_, _>>()?)
}

/// Statements that insert the rows of a table.
fn rows(database: &Connection, table: &str) -> Result<String, Fault> {
    let columns = stored_columns(database, table)?;
    let (named, is_sequence) = (columns.join(", "), table == "sqlite_sequence");
    let table = quoted(table);
    let mut selected = database.prepare(&format!("SELECT {named} FROM {table}"))?;
    let mut found = selected.query([])?;
    let mut text = String::new();
    while let Some(row) = found.next()? {
        let values: Result<Vec<String>, _> = (0..columns.len()).map(|at| row.get_ref(at).map(literal)).collect();
        _ = writeln!(text, "INSERT INTO {table} ({named}) VALUES ({});", values?.join(", "));
    }
    // The rows above have made rows of their own in it.
    let empty = if is_sequence && !text.is_empty() { "DELETE FROM sqlite_sequence;\n" } else { "" };
    Ok(if text.is_empty() { text } else { format!("{empty}{text}\n") })
}

/// The columns whose values are stored, and the rowid where no column has it.
fn stored_columns(database: &Connection, table: &str) -> Result<Vec<String>, Fault> {
    let mut listed = database.prepare("SELECT name, hidden FROM pragma_table_xinfo(?1)")?;
    let rows = listed.query_map([table], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)))?;
    let all: Vec<(String, i64)> = rows.collect::<Result<_, _>>()?;
    // Source: <https://www.sqlite.org/lang_createtable.html#rowid>
    let has_alias = database.query_row(
        "SELECT count(*) = 1 AND max(type) = 'INTEGER' COLLATE NOCASE FROM pragma_table_info(?1) WHERE pk > 0",
        [table],
        |row| row.get::<_, bool>(0),
    )?;
    let stored = all.iter().filter(|(_, hidden)| *hidden == 0).map(|(name, _)| quoted(name));
    let mut columns: Vec<String> = stored.collect();
    let has_rowid = !has_alias && database.prepare(&format!("SELECT rowid FROM {}", quoted(table))).is_ok();
    let is_free = !all.iter().any(|(name, _)| name.eq_ignore_ascii_case("rowid"));
    if has_rowid && is_free && table != "sqlite_sequence" {
        columns.insert(0, "rowid".to_owned());
    }
    Ok(columns)
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A value as SQL writes it. A number that has no end is one that is too large to be written.
fn literal(value: ValueRef<'_>) -> String {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    match value {
        ValueRef::Null => "NULL".to_owned(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) if number.is_infinite() => format!("{}9e999", if number < 0.0 { "-" } else { "" }),
        ValueRef::Real(number) => format!("{number:?}"),
        ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) if !text.contains(['\0', '\r']) => format!("'{}'", text.replace('\'', "''")),
            _ => format!("CAST(x'{}' AS TEXT)", hex(bytes)),
        },
        ValueRef::Blob(bytes) => format!("x'{}'", hex(bytes)),
    }
}

/// Both databases have the same schema and rows, or the program says where they differ.
fn verify(before: &Connection, after: &Connection) -> Result<(), Fault> {
    let differs = |what: String| {
        let message = format!("these migrations cannot be squashed: one migration would make another {what}");
        Err(Fault::new(Exit::Data, message))
    };
    if schema_sql(before)? != schema_sql(after)? {
        return differs("schema".to_owned());
    }
    for table in tables(before)? {
        if rows(before, &table)? != rows(after, &table)? {
            return differs(format!("content of \"{table}\""));
        }
    }
    Ok(())
}
