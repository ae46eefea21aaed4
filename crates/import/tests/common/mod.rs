//! What the tests of an import have in common.
#![cfg(not(target_family = "wasm"))]

use rusqlite::Connection;
use wheatear::{MigrationSet, Migrator, RollbackTarget, SourceFile};
use wheatear_import::{Imported, Tool, import};

pub fn files(files: &[(&str, &str)]) -> Vec<SourceFile> {
    files.iter().map(|(path, text)| SourceFile { path: (*path).to_owned(), text: (*text).to_owned() }).collect()
}

pub fn imported(tool: Tool, given: &[(&str, &str)]) -> Imported {
    import(tool, files(given)).unwrap_or_else(|error| panic!("{tool}: {error}"))
}

/// The set of an import.
pub fn set(imported: &Imported) -> MigrationSet {
    MigrationSet::from_files(imported.files.clone()).unwrap_or_else(|error| panic!("{error}"))
}

pub fn applied(set: &MigrationSet) -> Connection {
    let mut database = Connection::open_in_memory().expect("a database");
    Migrator::new(set).apply(&mut database).unwrap_or_else(|error| panic!("{error}"));
    database
}

pub fn taken_back(set: &MigrationSet, database: &mut Connection) {
    Migrator::new(set).rollback(database, RollbackTarget::All).unwrap_or_else(|error| panic!("{error}"));
}

/// The schema of a database on which these have run, without our tables.
pub fn plainly(scripts: &[&str]) -> Connection {
    let database = Connection::open_in_memory().expect("a database");
    for script in scripts {
        database.execute_batch(script).unwrap_or_else(|error| panic!("{script}: {error}"));
    }
    database
}

/// Everything in a database, without our tables.
pub fn schema(database: &Connection) -> Vec<(String, String)> {
    let sql = "SELECT name, sql FROM sqlite_schema
               WHERE name NOT LIKE '%wheatear%' AND tbl_name NOT LIKE '%wheatear%' AND sql NOTNULL ORDER BY name";
    let mut statement = database.prepare(sql).expect("a query");
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).expect("rows");
    rows.collect::<Result<_, _>>().expect("a schema")
}
