//! Migrations that are edited while they are written.
#![cfg(not(target_family = "wasm"))]

mod support;

use rusqlite::Connection;
use support::{column, set, value};
use wheatear::{ErrorCode, MigrationSet, Migrator, OnEdited};

const CUP: [(&str, &str); 2] = [("1", "CREATE TABLE cup (id INTEGER PRIMARY KEY);"), ("1.rollback", "DROP TABLE cup;")];

/// Two migrations, of which the second makes and removes a table as these texts say.
fn with(up: &str, down: Option<&str>) -> MigrationSet {
    let mut files = CUP.to_vec();
    files.push(("2", up));
    files.extend(down.map(|down| ("2.rollback", down)));
    files.push(("3", "CREATE INDEX plate_name ON plate (name);"));
    files.push(("3.rollback", "DROP INDEX plate_name;"));
    set(&files)
}

fn developing(set: &MigrationSet) -> Migrator<'_> {
    Migrator::new(set).on_edited(OnEdited::Reapply)
}

/// With rows in both tables.
fn database(set: &MigrationSet) -> Connection {
    let mut database = Connection::open_in_memory().expect("a database");
    developing(set).apply(&mut database).expect("it applies");
    database.execute_batch("INSERT INTO cup VALUES (1); INSERT INTO plate (name) VALUES ('gone')").expect("rows");
    database
}

#[test]
fn what_was_edited_is_made_anew_and_rows_of_other_tables_are_kept() {
    let old = with("CREATE TABLE plate (name);", Some("DROP TABLE plate; DROP TABLE IF EXISTS plate_old;"));
    let mut database = database(&old);
    // Taken back as it was applied: the new way back would leave the old table.
    let new = with("CREATE TABLE plate (name, size);", Some("DROP TABLE plate; DROP TABLE plate_sizes;"));
    let report = developing(&new).apply(&mut database).expect("it applies anew");
    let did: Vec<_> = report.steps.iter().map(|step| format!("{} {}", step.operation, step.id)).collect();
    assert_eq!(did, ["rollback 3", "rollback 2", "apply 2", "apply 3"]);
    assert_eq!(value::<i64>(&database, "SELECT count(*) FROM cup"), 1);
    assert_eq!(value::<i64>(&database, "SELECT count(size) + count(*) FROM plate"), 0);
    assert_eq!(
        column(&database, "SELECT name FROM sqlite_schema WHERE type = 'index' AND name NOT LIKE 'sqlite%'"),
        ["plate_name"]
    );
    assert!(developing(&new).apply(&mut database).expect("a look").steps.is_empty());
    assert!(Migrator::new(&new).apply(&mut database).expect("a look").steps.is_empty());
}

#[test]
fn an_edit_that_fails_leaves_everything_as_it_was() {
    let old = with("CREATE TABLE plate (name);", Some("DROP TABLE plate;"));
    let mut database = database(&old);
    let new = with("CREATE TABLE plate (name);\nINSERT INTO absent VALUES (1);", Some("DROP TABLE plate;"));
    let error = developing(&new).apply(&mut database).expect_err("a bad edit");
    assert_eq!(error.code(), ErrorCode::StatementFailed);
    assert_eq!(value::<String>(&database, "SELECT name FROM plate"), "gone");
    assert!(Migrator::new(&old).apply(&mut database).expect("a look").steps.is_empty());
}

#[test]
fn what_has_no_way_back_is_named_and_stays() {
    let old = with("CREATE TABLE plate (name);", None);
    let mut database = database(&old);
    let error = developing(&with("CREATE TABLE plate (name, size);", None)).apply(&mut database).expect_err("an edit");
    assert_eq!(error.code(), ErrorCode::Irreversible);
    assert!(error.to_string().contains("\"2\" has no way back"), "{error}");
    assert_eq!(value::<String>(&database, "SELECT name FROM plate"), "gone");
    // Once it has one, that does.
    let mended = with("CREATE TABLE plate (name, size);", Some("DROP TABLE plate;"));
    developing(&mended).apply(&mut database).expect("it applies anew");
    assert_eq!(value::<i64>(&database, "SELECT count(size) FROM plate"), 0);
}
