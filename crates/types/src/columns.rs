use rusqlite::Connection;
use wheatear_sqlite::{SqliteFailure, all_rows, lossy_text, quoted};

use crate::catalog::Catalog;
use crate::described::describe;
use crate::table_keys::row_key;
use crate::value_type::{ValueType, nullable};

/// A column of a table or view.
pub(crate) struct Column {
    pub name: String,
    /// What a row that is read has, in TypeScript.
    pub read: String,
    /// What a row that is written has.
    pub written: String,
    /// Whether a row may have NULL in it.
    pub is_nullable: bool,
    /// Whether who inserts a row may leave it out.
    pub is_optional: bool,
    /// Whether a row that is inserted may have it.
    pub is_inserted: bool,
    /// Whether it can be given another value.
    pub is_updated: bool,
}

/// The columns that `SELECT *` gives of a table, in order.
///
/// Source: <https://www.sqlite.org/pragma.html#pragma_table_xinfo>
pub(crate) fn columns_of(connection: &Connection, table: &str) -> rusqlite::Result<Vec<Column>> {
    let row_key = row_key(connection, table)?;
    // A column that is hidden is none of `*`; one with 2 or 3 is computed.
    let columns = "SELECT name, type, \"notnull\", dflt_value IS NOT NULL, hidden
        FROM pragma_table_xinfo(?1, 'main') WHERE hidden <> 1 ORDER BY cid";
    all_rows(connection, columns, &[&table], |row| {
        let name = lossy_text(row, 0)?;
        let is_row_key = row_key.as_ref() == Some(&name);
        let is_nullable = !row.get::<_, bool>(2)? && !is_row_key;
        let kind = ValueType::of_declared(&lossy_text(row, 1)?);
        let is_generated = row.get::<_, i64>(4)? >= 2;
        Ok(Column {
            name,
            read: nullable(kind.read(), is_nullable),
            written: nullable(kind.written(), is_nullable),
            is_nullable,
            is_optional: is_nullable || is_row_key || row.get(3)?,
            is_inserted: !is_generated,
            is_updated: !is_generated,
        })
    })
}

/// The columns of a view, as of any query. They are written as far as triggers see to that: `INSTEAD OF INSERT` to all of them,
/// which need none, `INSTEAD OF UPDATE` to all or to some.
pub(crate) fn columns_of_view(connection: &Connection, catalog: &Catalog, view: &str) -> rusqlite::Result<Vec<Column>> {
    let select = format!("SELECT * FROM main.{}", quoted(view));
    // Why it cannot be read, if it reads what is not there.
    connection.prepare(&select)?;
    let described = describe(connection, catalog, &select).map(|described| described.columns).unwrap_or_default();
    let main = quoted(view);
    let column = |name: String, read: String| {
        let column = quoted(&name);
        Column {
            is_nullable: read.ends_with("| null") || read == "null",
            is_inserted: takes(connection, &format!("INSERT INTO main.{main} ({column}) VALUES (NULL)")),
            is_updated: takes(connection, &format!("UPDATE main.{main} SET {column} = NULL")),
            name,
            written: read.clone(),
            read,
            is_optional: true,
        }
    };
    Ok(described.into_iter().map(|found| column(found.name, found.kind)).collect())
}

/// Whether there is a trigger for a statement that writes to a view, though it may not compile where the application's functions
/// are not known.
fn takes(connection: &Connection, sql: &str) -> bool {
    connection.prepare(sql).err().is_none_or(|error| !SqliteFailure::from(error).message.starts_with("cannot modify "))
}
