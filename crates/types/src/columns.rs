use rusqlite::Connection;
use wheatear_sqlite::{all_rows, lossy_text, one_row};

use crate::value_type::ValueType;

/// A column of a table or view.
pub(crate) struct Column {
    pub name: String,
    pub kind: ValueType,
    /// Whether a row may have NULL in it.
    pub is_nullable: bool,
    /// Whether who inserts a row may leave it out.
    pub is_optional: bool,
    /// Whether its value is computed from others.
    pub is_generated: bool,
}

/// The columns that `SELECT *` gives of a table, in order.
///
/// A column that is the key of its rows, which an `INTEGER PRIMARY KEY` is, gets a number when there is none, and is
/// never NULL: SQLite has no index for such a key, as it has for every other.
///
/// Source: <https://www.sqlite.org/lang_createtable.html#rowid>, <https://www.sqlite.org/pragma.html#pragma_table_xinfo>
pub(crate) fn columns_of(connection: &Connection, table: &str) -> rusqlite::Result<Vec<Column>> {
    let keyed = "SELECT (SELECT sum(pk > 0) FROM pragma_table_xinfo(?1, 'main')) = 1
        AND NOT EXISTS (SELECT 1 FROM pragma_index_list(?1, 'main') WHERE origin = 'pk')";
    let has_row_key: bool = one_row(connection, keyed, &[&table], |row| Ok(row.get(0).unwrap_or(false)))?;
    // A column that is hidden is none of `*`; one with 2 or 3 is computed.
    let columns = "SELECT name, type, \"notnull\", dflt_value IS NOT NULL, pk, hidden
        FROM pragma_table_xinfo(?1, 'main') WHERE hidden <> 1 ORDER BY cid";
    all_rows(connection, columns, &[&table], |row| {
        let is_row_key = has_row_key && row.get::<_, i64>(4)? > 0;
        let is_nullable = !row.get::<_, bool>(2)? && !is_row_key;
        Ok(Column {
            name: lossy_text(row, 0)?,
            kind: ValueType::of_declared(&lossy_text(row, 1)?),
            is_nullable,
            is_optional: is_nullable || is_row_key || row.get(3)?,
            is_generated: row.get::<_, i64>(5)? >= 2,
        })
    })
}
