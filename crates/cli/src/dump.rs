//! What a database has, as the text of a migration.

use std::fmt::Write;

use wheatear::rusqlite::Connection;
use wheatear::rusqlite::types::ValueRef;
use wheatear_types::schema_sql;

use crate::Fault;

/// Numbers in the header that belong to the application. Source: <https://www.sqlite.org/pragma.html>
const PRAGMAS: [&str; 2] = ["application_id", "user_version"];

/// Statements that make the schema and the rows of a database, and its numbers; without what Wheatear keeps in it. The same
/// text for the same content.
pub(crate) fn dump(database: &Connection) -> Result<String, Fault> {
    let (mut text, triggers) = split_triggers(&schema_sql(database)?);
    for table in tables(database)? {
        text.push_str(&rows(database, &table)?);
    }
    // After the rows, which must not set them off.
    text.push_str(&triggers);
    for pragma in PRAGMAS {
        let value: i64 = database.query_row(&format!("PRAGMA {pragma}"), [], |row| row.get(0))?;
        if value != 0 {
            _ = writeln!(text, "PRAGMA {pragma} = {value};");
        }
    }
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
    let named = columns.join(", ");
    let is_sequence = table == "sqlite_sequence";
    let table = quoted(table);
    let mut selected = database.prepare(&format!("SELECT {named} FROM {table}"))?;
    let mut found = selected.query([])?;
    let mut text = String::new();
    while let Some(row) = found.next()? {
        let values: Result<Vec<String>, _> = (0..columns.len()).map(|at| row.get_ref(at).map(literal)).collect();
        if is_sequence {
            // The rows above have made one of their own in it.
            _ = writeln!(text, "DELETE FROM sqlite_sequence WHERE name = {};", literal(row.get_ref(0)?));
        }
        _ = writeln!(text, "INSERT INTO {table} ({named}) VALUES ({});", values?.join(", "));
    }
    Ok(if text.is_empty() { text } else { format!("{text}\n") })
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
