use rusqlite::Connection;
use wheatear_core::schema_statements::{mentioned_names, trigger_event};
use wheatear_sqlite::{SqliteFailure, all_rows, quoted};

use crate::Lint;
use crate::catalog::{Catalog, Object};
use crate::report::Report;
use crate::subject::Subject;

const REMEDY: &str = "Do without it, or let the application give it to every connection and tell the check of it.";

/// What SQLite says of what it lacks.
const LACKING: [&str; 4] =
    ["no such function: ", "unknown function: ", "no such collation sequence: ", "no such module: "];

/// Tells of what a migration makes and this SQLite cannot use. Nothing is compiled of it before it is used.
pub(super) fn look(subject: &Subject<'_>, report: &mut Report<'_>) -> rusqlite::Result<()> {
    let (Some(before), Some(after)) = (subject.run.before(), subject.run.after()) else { return Ok(()) };
    for (key, object) in &after.objects {
        if before.objects.get(key).is_some_and(|old| old.sql == object.sql) {
            continue;
        }
        let Some(statement) = awaited(&subject.after, object)? else { continue };
        let is_own = |missing: &String| mentioned_names(&object.sql).contains(&missing.to_ascii_lowercase());
        if let Some((message, _)) = missing(&subject.after, &statement).filter(|(_, missing)| is_own(missing)) {
            let line = made(subject, |catalog| catalog.objects.get(key).is_some_and(|other| other.sql == object.sql));
            let message = format!("the {} \"{}\" cannot be used: {message}", object.kind, object.name);
            report.add(Lint::MissingFunction, subject.up, line, message, REMEDY);
        }
    }
    for (key, table) in &after.tables {
        if before.tables.get(key).is_some_and(|old| old.sql == table.sql) {
            continue;
        }
        let insert = format!("INSERT INTO main.{} DEFAULT VALUES", quoted(&table.name));
        let is_own = |missing: &String| mentioned_names(&table.sql).contains(&missing.to_ascii_lowercase());
        if let Some((message, _)) = missing(&subject.after, &insert).filter(|(_, missing)| is_own(missing)) {
            let line = made(subject, |catalog| catalog.tables.get(key).is_some_and(|other| other.sql == table.sql));
            let message = format!("table \"{}\" takes no row without a value in each column: {message}", table.name);
            report.add(Lint::MissingFunction, subject.up, line, message, REMEDY);
        }
    }
    Ok(())
}

/// What is missing for a statement: in SQLite's words, and its name.
fn missing(database: &Connection, sql: &str) -> Option<(String, String)> {
    let SqliteFailure { message, .. } = database.prepare(sql).err()?.into();
    let name = LACKING.iter().find_map(|words| message.split_once(words))?;
    let name = name.1.trim_end_matches("()").to_owned();
    Some((message, name))
}

/// A statement for which SQLite compiles a view or trigger.
fn awaited(database: &Connection, object: &Object) -> rusqlite::Result<Option<String>> {
    if object.kind == "view" {
        return Ok(Some(format!("SELECT * FROM main.{}", quoted(&object.name))));
    }
    let table = quoted(&object.table);
    Ok(match trigger_event(&object.sql).filter(|_| object.kind == "trigger") {
        Some("INSERT") => Some(format!("INSERT INTO main.{table} DEFAULT VALUES")),
        Some("DELETE") => Some(format!("DELETE FROM main.{table}")),
        Some("UPDATE") => {
            const COLUMNS: &str = "SELECT name FROM pragma_table_xinfo(?1, 'main') WHERE hidden = 0";
            let columns = all_rows(database, COLUMNS, &[&object.table], |row| row.get::<_, String>(0))?;
            let set: Vec<String> =
                columns.iter().map(|column| quoted(column)).map(|column| format!("{column} = {column}")).collect();
            (!set.is_empty()).then(|| format!("UPDATE main.{table} SET {}", set.join(", ")))
        }
        _ => None,
    })
}

/// The line of the statement that made something.
fn made(subject: &Subject<'_>, is_there: impl Fn(&Catalog) -> bool) -> usize {
    let made = subject.run.statements.iter().rfind(|one| !is_there(&one.before) && is_there(&one.after));
    made.or(subject.run.statements.first()).map_or(1, |statement| statement.line)
}
