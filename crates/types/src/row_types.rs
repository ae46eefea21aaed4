use rusqlite::Connection;
use wheatear_sqlite::read_created;

use crate::Error;
use crate::catalog::Catalog;
use crate::columns::{Column, columns_of, columns_of_view};
use crate::names::{Taken, property, type_name};

/// For whom types are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavor {
    /// For `db.query<Row>` and the like: a type each for rows that are selected, inserted and updated.
    Plain,
    /// For Kysely: an interface `Database` of tables whose columns are Kysely's `ColumnType`.
    Kysely,
}

/// A table or view.
struct Table {
    name: String,
    type_name: String,
    columns: Vec<Column>,
}

impl Table {
    fn is_inserted(&self) -> bool {
        self.columns.iter().any(|column| column.is_inserted)
    }

    fn is_updated(&self) -> bool {
        self.columns.iter().any(|column| column.is_updated)
    }
}

/// TypeScript types of the rows of every table and view, as the npm package gives and takes them.
///
/// ```
/// use wheatear_types::{Flavor, row_types};
///
/// let database = rusqlite::Connection::open_in_memory()?;
/// database.execute_batch("CREATE TABLE node (id INTEGER PRIMARY KEY, name TEXT NOT NULL, temp_c REAL)")?;
/// let types = row_types(&database, Flavor::Plain)?;
/// assert!(types.contains("export type Node = {\n  id: number;\n  name: string;\n  temp_c: number | null;\n};"));
/// assert!(types.contains("export type NodeInsert = {\n  id?: number;\n  name: string;\n  temp_c?: number | null;\n};"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// What SQLite says if the schema cannot be read, such as of a view that reads what is not there.
pub fn row_types(connection: &Connection, flavor: Flavor) -> Result<String, Error> {
    let mut objects = read_created(connection)?;
    objects.retain(|object| matches!(object.kind.as_str(), "table" | "view"));
    objects.sort_by_cached_key(|object| (object.name.to_lowercase(), object.name.clone()));
    let mut taken = match flavor {
        Flavor::Plain => Taken::new(&["Tables", "Uint8Array"]),
        Flavor::Kysely => Taken::new(&["ColumnType", "Database", "Generated", "Uint8Array"]),
    };
    let ends: &[&str] = if flavor == Flavor::Plain { &["", "Insert", "Update"] } else { &["Table"] };
    let catalog = Catalog::read(connection)?;
    let mut tables = Vec::new();
    for object in objects {
        let type_name = taken.take(&type_name(&object.name), ends);
        let columns = match object.kind.as_str() {
            "view" => columns_of_view(connection, &catalog, &object.name)?,
            _ => columns_of(connection, &object.name)?,
        };
        tables.push(Table { type_name, columns, name: object.name });
    }
    Ok(match flavor {
        Flavor::Plain => plain(&tables),
        Flavor::Kysely => kysely(&tables),
    })
}

fn plain(tables: &[Table]) -> String {
    let mut text = String::new();
    for table in tables {
        let Table { type_name, columns, .. } = table;
        text += &declared(&format!("type {type_name} ="), columns, |column| {
            format!("{}: {}", property(&column.name), column.read)
        });
        let written = |column: &Column, is_optional| {
            format!("{}{}: {}", property(&column.name), if is_optional { "?" } else { "" }, column.written)
        };
        if table.is_inserted() {
            let columns = columns.iter().filter(|column| column.is_inserted);
            text +=
                &declared(&format!("type {type_name}Insert ="), columns, |column| written(column, column.is_optional));
        }
        if table.is_updated() {
            let columns = columns.iter().filter(|column| column.is_updated);
            text += &declared(&format!("type {type_name}Update ="), columns, |column| written(column, true));
        }
    }
    text + &declared("interface Tables", tables, |table| {
        let Table { name, type_name, .. } = table;
        let insert = if table.is_inserted() { format!("; insert: {type_name}Insert") } else { String::new() };
        let update = if table.is_updated() { format!("; update: {type_name}Update") } else { String::new() };
        format!("{}: {{ select: {type_name}{insert}{update} }}", property(name))
    })
}

fn kysely(tables: &[Table]) -> String {
    let mut text = String::new();
    for table in tables {
        let column = |column: &Column| {
            let Column { read, written, is_inserted, is_updated, .. } = column;
            let kind = match () {
                () if !is_inserted || !is_updated => {
                    let insert = if *is_inserted { format!("{written} | undefined") } else { "never".to_owned() };
                    let update = if *is_updated { written } else { "never" };
                    format!("ColumnType<{read}, {insert}, {update}>")
                }
                () if read != written && column.is_optional => {
                    format!("ColumnType<{read}, {written} | undefined, {written}>")
                }
                () if read != written => format!("ColumnType<{read}, {written}, {written}>"),
                () if column.is_optional && !column.is_nullable => format!("Generated<{read}>"),
                () => read.clone(),
            };
            format!("{}: {kind}", property(&column.name))
        };
        text += &declared(&format!("interface {}Table", table.type_name), &table.columns, column);
    }
    text +=
        &declared("interface Database", tables, |table| format!("{}: {}Table", property(&table.name), table.type_name));
    let used: Vec<&str> =
        ["ColumnType", "Generated"].into_iter().filter(|name| text.contains(&format!(": {name}<"))).collect();
    match used.is_empty() {
        true => text,
        false => format!("import type {{ {} }} from 'kysely';\n\n{text}", used.join(", ")),
    }
}

/// An exported type of properties, a line each.
fn declared<'a, T: 'a>(head: &str, items: impl IntoIterator<Item = &'a T>, line: impl Fn(&T) -> String) -> String {
    let lines: String = items.into_iter().map(|item| format!("  {};\n", line(item))).collect();
    let is_type = head.ends_with('=');
    let is_last = matches!(head, "interface Tables" | "interface Database");
    format!("export {head} {{\n{lines}}}{}\n{}", if is_type { ";" } else { "" }, if is_last { "" } else { "\n" })
}
