//! Rows that are there: which, and what is in them.

use rusqlite::types::Value;
use rusqlite::{Connection, ErrorCode, params_from_iter};
use wheatear_core::schema_statements::mentioned_names;
use wheatear_sqlite::{all_rows, one_row, quoted};

use crate::catalog::Catalog;

/// A row, by what tells it from the others of its table.
#[derive(Clone, Debug)]
pub(crate) struct RowName {
    table: String,
    columns: Vec<String>,
    values: Vec<Value>,
}

/// Names of the tables that have rows; those that a text mentions come last.
pub(crate) fn tables_with_rows(database: &Connection, catalog: &Catalog, sql: &str) -> rusqlite::Result<Vec<String>> {
    let mentioned = mentioned_names(sql);
    let mut found = Vec::new();
    for (key, table) in &catalog.tables {
        let has = format!("SELECT EXISTS (SELECT 1 FROM main.{})", quoted(&table.name));
        if table.root != 0 && one_row(database, &has, &[], |row| row.get(0))? {
            found.push((mentioned.contains(key), table.name.clone()));
        }
    }
    found.sort();
    Ok(found.into_iter().map(|(_, name)| name).collect())
}

/// The rows of a table.
pub(crate) fn rows_of(database: &Connection, table: &str) -> rusqlite::Result<Vec<RowName>> {
    // One without a rowid has a primary key instead.
    let has_rowid = database.prepare(&format!("SELECT rowid FROM main.{}", quoted(table))).is_ok();
    let columns: Vec<String> = if has_rowid {
        vec!["rowid".to_owned()]
    } else {
        const PRIMARY: &str = "SELECT name FROM pragma_table_info(?1, 'main') WHERE pk > 0 ORDER BY pk";
        all_rows(database, PRIMARY, &[&table], |row| row.get(0))?
    };
    let select = format!("SELECT {} FROM main.{}", listed(&columns), quoted(table));
    all_rows(database, &select, &[], |row| {
        let values = (0..columns.len()).map(|index| row.get(index)).collect::<rusqlite::Result<_>>()?;
        Ok(RowName { table: table.to_owned(), columns: columns.clone(), values })
    })
}

/// Takes a row out of a database.
pub(crate) fn remove(database: &Connection, row: &RowName) -> rusqlite::Result<()> {
    let delete = format!("DELETE FROM main.{} WHERE {}", quoted(&row.table), row.condition());
    database.execute(&delete, params_from_iter(&row.values)).map(drop)
}

/// Gives a row another value in a column, if constraints allow it.
pub(crate) fn set(database: &Connection, row: &RowName, column: &str, value: Value) -> rusqlite::Result<()> {
    let value_at = row.values.len() + 1;
    let update = format!(
        "UPDATE OR IGNORE main.{} SET {} = ?{value_at} WHERE {}",
        quoted(&row.table),
        quoted(column),
        row.condition()
    );
    let done = database.execute(&update, params_from_iter(row.values.iter().chain([&value])));
    match done {
        // Of a STRICT table, which refuses a value of another type whatever it is told to ignore.
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => Ok(()),
        done => done.map(drop),
    }
}

/// Takes all rows of a table out of a database.
pub(crate) fn clear(database: &Connection, table: &str) -> rusqlite::Result<()> {
    database.execute(&format!("DELETE FROM main.{}", quoted(table)), []).map(drop)
}

/// A row with its values, for people: `"parcel" (id 1000001, town NULL)`. Of many columns those that a message names come
/// before others.
pub(crate) fn describe(database: &Connection, row: &RowName, message: &str) -> rusqlite::Result<String> {
    const MOST_COLUMNS: usize = 6;
    const MOST_LETTERS: usize = 40;
    let select = format!("SELECT * FROM main.{} WHERE {}", quoted(&row.table), row.condition());
    let mut select = database.prepare(&select)?;
    let names: Vec<String> = select.column_names().map(str::to_owned).collect();
    let named = mentioned_names(message);
    let is_named = |index: &usize| named.contains(&names[*index].to_ascii_lowercase());
    let others = (0..names.len()).filter(|index| !is_named(index));
    let mut shown: Vec<usize> = (0..names.len()).filter(is_named).chain(others).take(MOST_COLUMNS).collect();
    shown.sort_unstable();
    let mut rows = select.query(params_from_iter(&row.values))?;
    let Some(found) = rows.next()? else { return Ok(format!("\"{}\"", row.table)) };
    let mut told = Vec::new();
    for index in &shown {
        let value: String = literal(found.get(*index)?).chars().take(MOST_LETTERS).collect();
        told.push(format!("{} {value}", names[*index]));
    }
    let more = if names.len() > shown.len() { ", …" } else { "" };
    Ok(format!("\"{}\" ({}{more})", row.table, told.join(", ")))
}

impl RowName {
    fn condition(&self) -> String {
        let equal = |(number, column): (usize, &String)| format!("{} IS ?{}", name(column), number + 1);
        self.columns.iter().enumerate().map(equal).collect::<Vec<_>>().join(" AND ")
    }
}

fn listed(columns: &[String]) -> String {
    columns.iter().map(|column| name(column)).collect::<Vec<_>>().join(", ")
}

/// A rowid in quotes would be a string where there is none.
fn name(column: &str) -> String {
    if column == "rowid" { column.to_owned() } else { quoted(column) }
}

fn literal(value: Value) -> String {
    match value {
        Value::Null => "NULL".to_owned(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => number.to_string(),
        Value::Text(text) => format!("'{}'", text.replace('\'', "''")),
        Value::Blob(bytes) => {
            format!("x'{}'", bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
        }
    }
}
