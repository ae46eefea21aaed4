use rusqlite::Connection;
use wheatear_sqlite::{all_rows, lossy_text};

/// The column that is the key of a table's rows, which an `INTEGER PRIMARY KEY` is: it gets a number when there is none,
/// and is never NULL. SQLite has no index for such a key, as it has for every other.
///
/// Source: <https://www.sqlite.org/lang_createtable.html#rowid>
pub(crate) fn row_key(connection: &Connection, table: &str) -> rusqlite::Result<Option<String>> {
    let key = "SELECT name FROM pragma_table_xinfo(?1, 'main') WHERE pk > 0
        AND NOT EXISTS (SELECT 1 FROM pragma_index_list(?1, 'main') WHERE origin = 'pk')";
    let keys = all_rows(connection, key, &[&table], |row| lossy_text(row, 0))?;
    Ok(keys.into_iter().next())
}
