use rusqlite::{Connection, Row};
use wheatear_core::{Schema, SchemaObject};

use crate::{all_rows, lossy_text};

/// Everything that SQL created, but for SQLite's own tables, the shadow tables of virtual ones, and the
/// ledgers with their triggers, whatever their prefix. For the list of tables SQLite compiles every view, so it
/// is asked for only if there are virtual tables.
///
/// Source: <https://www.sqlite.org/schematab.html>, <https://www.sqlite.org/pragma.html#pragma_table_list>
const OBJECTS: &str = "
    SELECT type, name, sql, tbl_name FROM main.sqlite_schema
     WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
       AND tbl_name NOT LIKE '%\\_wheatear\\_ledger' ESCAPE '\\'
       AND tbl_name NOT LIKE '%\\_wheatear\\_migration' ESCAPE '\\'
       AND tbl_name NOT LIKE '%\\_wheatear\\_log' ESCAPE '\\'
       AND tbl_name NOT LIKE '%\\_wheatear\\_request' ESCAPE '\\'
       AND (NOT EXISTS (SELECT 1 FROM main.sqlite_schema WHERE sql LIKE 'CREATE VIRTUAL TABLE%')
            OR name NOT IN (SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'shadow'))";

/// The schema of a database.
///
/// # Errors
/// What SQLite says if the schema cannot be read.
pub fn read_schema(connection: &Connection) -> rusqlite::Result<Schema> {
    let object = |row: &Row<'_>| Ok(SchemaObject::new(lossy_text(row, 0)?, lossy_text(row, 1)?, &lossy_text(row, 2)?));
    let objects = all_rows(connection, OBJECTS, &[], object)?;
    Ok(Schema::new(objects))
}

/// A table, index, trigger or view, and the SQL that `sqlite_schema` has of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreatedObject {
    /// `table`, `index`, `trigger` or `view`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// The table or view that an index or trigger is of; its own name if it is one itself.
    pub table: String,
    /// The SQL that creates it.
    pub sql: String,
}

impl CreatedObject {
    /// Whether it is a table of a module.
    pub fn is_virtual_table(&self) -> bool {
        let kind = self.sql.split_ascii_whitespace().nth(1);
        self.kind == "table" && kind.is_some_and(|word| word.eq_ignore_ascii_case("VIRTUAL"))
    }
}

/// The SQL of the objects that [`read_schema`] reads, in the order in which they were created.
///
/// # Errors
/// What SQLite says if the schema cannot be read.
pub fn read_created(connection: &Connection) -> rusqlite::Result<Vec<CreatedObject>> {
    all_rows(connection, OBJECTS, &[], |row| {
        let text = |index| lossy_text(row, index);
        Ok(CreatedObject { kind: text(0)?, name: text(1)?, sql: text(2)?, table: text(3)? })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_object_is_read_and_no_internal_one() {
        let connection = Connection::open_in_memory().expect("a database");
        connection
            .execute_batch(
                "CREATE TABLE a (b INTEGER PRIMARY KEY AUTOINCREMENT, c UNIQUE);
                 CREATE INDEX i ON a (c);
                 CREATE VIEW v AS SELECT 1;
                 CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END;
                 CREATE VIRTUAL TABLE f USING fts5 (d);
                 CREATE TABLE _wheatear_ledger (x); CREATE TABLE shop_wheatear_log (x);
                 CREATE TABLE _wheatear_request (x);
                 CREATE TRIGGER _wheatear_x AFTER INSERT ON _wheatear_ledger BEGIN SELECT 1; END;
                 CREATE TABLE sqlitex (x);",
            )
            .expect("a schema");
        let schema = read_schema(&connection).expect("its objects");
        let names: Vec<String> =
            schema.objects().iter().map(|object| format!("{} {}", object.kind, object.name)).collect();
        assert_eq!(names, ["index i", "table a", "table f", "table sqlitex", "trigger t", "view v"]);
    }
}
