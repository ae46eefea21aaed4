//! Files from elsewhere: 30, 33, 38 and those in `files`.

use std::fs;

use wheatear::{ErrorCode, Migrator, Session};

use crate::support::{File, column, value};
use crate::{case, set_of};

fn copy_of(path: &str) -> File {
    let file = File::new();
    fs::copy(case(path), &file.path).expect(path);
    file
}

#[test]
fn what_needs_an_absent_collation_fails_by_name_and_the_rest_works() {
    let file = copy_of("30-unknown-collation/collation.sqlite3");
    let set = set_of(&["30-unknown-collation/migrations"]).expect("a valid set");
    let report = Migrator::new(&set).apply(&mut file.open()).expect("a migration of the other table");
    assert_eq!((report.applied().count(), report.warnings), (1, vec![]));
    assert_eq!(column(&file.open(), "SELECT front FROM card WHERE stars IS NULL ORDER BY id"), ["one", "two"]);
    let mut session = Session::new(file.open());
    let none = wheatear::Parameters::Positional(vec![]);
    let names = session.query("SELECT name FROM deck ORDER BY id", &none, |row| row.get::<_, String>(0));
    assert_eq!(names.expect("rows").len(), 3);
    let error = session.query("SELECT name FROM deck ORDER BY name", &none, |_| ()).expect_err("a comparison");
    assert_eq!(error.code(), ErrorCode::QueryFailed);
    assert!(error.to_string().contains("house_rules"), "{error}");
    let error = session.exec("INSERT INTO deck (name) VALUES ('dogs')").expect_err("an index to be written");
    assert!(error.to_string().contains("house_rules"), "{error}");
}

#[test]
fn a_migration_that_needs_an_absent_collation_fails_by_name_and_others_of_that_table_apply() {
    let file = copy_of("30-unknown-collation/collation.sqlite3");
    let set = set_of(&["30-unknown-collation/migrations-2"]).expect("a valid set");
    Migrator::new(&set).apply(&mut file.open()).expect("a column more");
    assert_eq!(value::<i64>(&file.open(), "SELECT count(*) FROM deck WHERE stars IS NULL"), 3);
    let needing = crate::support::set(&[
        ("0001.stars", "ALTER TABLE deck ADD COLUMN stars INTEGER;"),
        ("0002", "CREATE INDEX deck_sorted ON deck (name, stars);"),
    ]);
    let error = Migrator::new(&needing).apply(&mut file.open()).expect_err("an index that sorts");
    assert_eq!(error.code(), ErrorCode::StatementFailed);
    assert!(error.to_string().contains("m/0002.sql:1") && error.to_string().contains("house_rules"), "{error}");
}

#[test]
fn a_key_that_refers_to_text_with_an_absent_collation_stops_no_other_migration() {
    let file = File::new();
    file.open()
        .execute_batch(
            "PRAGMA foreign_keys = OFF;
             CREATE TABLE deck (name TEXT PRIMARY KEY COLLATE NOCASE);
             CREATE TABLE card (deck TEXT REFERENCES deck (name), box REFERENCES box (id));
             CREATE TABLE box (id INTEGER PRIMARY KEY);
             INSERT INTO deck VALUES ('birds'); INSERT INTO card VALUES ('birds', NULL), ('none', NULL);
             PRAGMA writable_schema = ON;
             UPDATE sqlite_schema SET sql = replace(sql, 'NOCASE', 'house_rules');",
        )
        .expect("a file from elsewhere");
    let set = crate::support::set(&[("1", "ALTER TABLE box ADD COLUMN size;")]);
    Migrator::new(&set).apply(&mut file.open()).expect("a migration of the other table");
}

#[test]
fn an_encrypted_file_with_a_plain_header_is_no_database_to_any_operation() {
    let file = copy_of("files/encrypted-plain-header.sqlite3");
    let before = file.bytes();
    let set = set_of(&["30-unknown-collation/migrations"]).expect("a valid set");
    let migrator = Migrator::new(&set);
    for error in [
        migrator.apply(&mut file.open()).expect_err("no database"),
        migrator.status(&file.open()).expect_err("no database"),
        Session::new(file.open()).exec("SELECT * FROM sqlite_schema").expect_err("no database"),
    ] {
        let code = error.code();
        assert!(matches!(code, ErrorCode::DatabaseEncrypted | ErrorCode::NotADatabase), "{code}: {error}");
    }
    assert_eq!(file.bytes(), before);
}
