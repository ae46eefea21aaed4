//! What a database consists of, as lints compare it.

use std::collections::BTreeMap;

use rusqlite::Connection;
use wheatear_sqlite::{all_rows, lossy_text, one_row, quoted};

/// Tables, and what belongs to them, at one moment. Names are keys in lower case, as SQLite compares them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Catalog {
    pub tables: BTreeMap<String, Table>,
    /// Indexes that SQL created, triggers and views.
    pub objects: BTreeMap<(String, String), Object>,
    version: i64,
}

/// A table, or a virtual one. Shadow tables are part of theirs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Table {
    pub name: String,
    /// Where its rows begin: it stays the same when the table is renamed, and differs between two tables. 0 for a
    /// virtual table.
    pub root: i64,
    pub sql: String,
    /// Columns that can be read, in order.
    pub columns: Vec<String>,
    /// Those of them that are computed.
    pub generated: Vec<String>,
}

/// An index, trigger or view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Object {
    /// `index`, `trigger` or `view`.
    pub kind: String,
    pub name: String,
    /// In lower case, that it belongs to; of a view its own name.
    pub table: String,
    pub sql: String,
}

const OBJECTS: &str = "
    SELECT type, name, lower(tbl_name), rootpage, sql FROM main.sqlite_schema
     WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
       AND (NOT EXISTS (SELECT 1 FROM main.sqlite_schema WHERE sql LIKE 'CREATE VIRTUAL TABLE%')
            OR name NOT IN (SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'shadow'))";

const COLUMNS: &str = "
    SELECT lower(owner.name), info.name, info.hidden > 1 FROM main.sqlite_schema AS owner, pragma_table_xinfo(owner.name, 'main') AS info
     WHERE owner.type = 'table' AND info.hidden <> 1 ORDER BY owner.rowid, info.cid";

impl Catalog {
    /// That of a database now.
    pub fn read(database: &Connection) -> rusqlite::Result<Self> {
        let mut catalog = Self { version: version(database)?, ..Self::default() };
        let rows = all_rows(database, OBJECTS, &[], |row| {
            let kind: String = row.get(0)?;
            let object =
                Object { kind, name: lossy_text(row, 1)?, table: lossy_text(row, 2)?, sql: lossy_text(row, 4)? };
            Ok((object, row.get::<_, i64>(3)?))
        })?;
        for (object, root) in rows {
            let key = object.name.to_ascii_lowercase();
            if object.kind == "table" {
                let Object { name, sql, .. } = object;
                catalog.tables.insert(key, Table { name, root, sql, columns: Vec::new(), generated: Vec::new() });
            } else {
                catalog.objects.insert((object.kind.clone(), key), object);
            }
        }
        let columns = all_rows(database, COLUMNS, &[], |row| {
            Ok((lossy_text(row, 0)?, lossy_text(row, 1)?, row.get::<_, bool>(2)?))
        })?;
        for (table, column, is_generated) in columns {
            let Some(table) = catalog.tables.get_mut(&table) else { continue };
            table.generated.extend(is_generated.then(|| column.clone()));
            table.columns.push(column);
        }
        Ok(catalog)
    }

    /// Whether this is still that of a database.
    pub fn is_current(&self, database: &Connection) -> rusqlite::Result<bool> {
        Ok(version(database)? == self.version)
    }

    /// The table with these rows.
    pub fn table_at(&self, root: i64) -> Option<(&String, &Table)> {
        self.tables.iter().find(|(_, table)| table.root == root && root != 0)
    }
}

impl Table {
    /// Whether a column of this name is computed.
    pub fn is_generated(&self, name: &str) -> bool {
        self.generated.iter().any(|column| column.eq_ignore_ascii_case(name))
    }

    /// Whether it has a column of this name.
    pub fn has_column(&self, name: &str) -> bool {
        self.columns.iter().any(|column| column.eq_ignore_ascii_case(name))
    }
}

/// How many rows a table has.
pub(crate) fn count(database: &Connection, table: &str) -> rusqlite::Result<u64> {
    let select = format!("SELECT count(*) FROM main.{}", quoted(table));
    one_row(database, &select, &[], |row| row.get::<_, i64>(0)).map(i64::unsigned_abs)
}

/// A number that every change of the schema changes.
fn version(database: &Connection) -> rusqlite::Result<i64> {
    one_row(database, "PRAGMA main.schema_version", &[], |row| row.get(0))
}
