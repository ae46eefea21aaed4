//! Rows that are invented.

use rusqlite::{Connection, params};

use crate::quoted;

/// Which values an invented row has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Row {
    /// One in each column.
    Full,
    /// None where the table allows that.
    Sparse,
}

/// Puts a row into a table. What cannot be guessed leaves it empty.
pub(super) fn fill(database: &Connection, table: &str, row: Row) -> rusqlite::Result<()> {
    const COLUMNS: &str = "SELECT name, upper(type), \"notnull\" OR pk > 0, pk > 0
         FROM pragma_table_xinfo(?1) WHERE hidden = 0";
    let mut select = database.prepare(COLUMNS)?;
    let mut columns = select.query(params![table])?;
    let (mut names, mut values) = (Vec::new(), Vec::new());
    while let Some(column) = columns.next()? {
        let (name, kind, needed, is_key): (String, String, bool, bool) =
            (column.get(0)?, column.get(1)?, column.get(2)?, column.get(3)?);
        names.push(quoted(&name));
        values.push(if needed || row == Row::Full { value(&kind, is_key) } else { "NULL" });
    }
    let insert = format!("INSERT INTO {} ({}) VALUES ({})", quoted(table), names.join(", "), values.join(", "));
    // What a row may not be by a CHECK does not matter to what is asked of a full one.
    if database.execute_batch(&insert).is_err() && row == Row::Full {
        database.execute_batch("PRAGMA ignore_check_constraints = ON")?;
        let _ = database.execute_batch(&insert);
        database.execute_batch("PRAGMA ignore_check_constraints = OFF")?;
    }
    Ok(())
}

/// A value that fits a column's type, also in a strict table; as text it is a number, a date and valid JSON.
fn value(kind: &str, is_key: bool) -> &'static str {
    let is = |parts: &[&str]| parts.iter().any(|part| kind.contains(part));
    match () {
        // Migrations that add rows begin with small ones.
        () if is(&["INT"]) && is_key => "1000003",
        () if is(&["INT"]) => "1",
        () if is(&["CHAR", "CLOB", "TEXT"]) => "'1'",
        () if is(&["BLOB"]) => "x'31'",
        () => "1",
    }
}
