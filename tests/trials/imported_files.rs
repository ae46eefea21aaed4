//! Files that are imported: 30, 33, 38 and those in `files`.

use std::fs;

use rusqlite::Connection;
use wheatear::storage::Mirror;
use wheatear::{Error, ErrorCode, Migrator};

use crate::imported::{Log, import, import_backup};
use crate::support::{File, set, value};
use crate::{case, set_of};

fn bytes(path: &str) -> Vec<u8> {
    fs::read(case(path)).expect(path)
}

fn code<T>(result: Result<T, Error>) -> ErrorCode {
    match result {
        Ok(_) => panic!("it was accepted"),
        Err(error) => error.code(),
    }
}

fn accepted(path: &str) -> (Mirror, Connection, Vec<String>) {
    import(&bytes(path), Log::Unknown).expect(path)
}

#[test]
fn a_file_whose_rows_may_lie_in_its_log_is_refused_until_that_is_known() {
    for name in ["nothing-settled", "old-rows-settled"] {
        let file = bytes(&format!("33-everything-in-the-wal/files/{name}.sqlite3"));
        let error = import(&file, Log::Unknown).map(drop).expect_err(name);
        assert_eq!(error.code(), ErrorCode::WalMissing);
        assert!(error.to_string().contains("-wal"), "{error}");
        import(&file, Log::Absent).expect("as somebody says that there is none");
    }
}

#[test]
fn what_the_check_of_all_tables_does_not_see_is_damage_all_the_same() {
    let view = bytes("files/min-freelist-view.db");
    assert_eq!(code(import(&view, Log::Unknown)), ErrorCode::DatabaseCorrupt);
}

#[test]
fn a_newer_format_is_refused_as_no_database_of_this_sqlite() {
    let error = import(&bytes("files/write-version-3.sqlite3"), Log::Unknown).map(drop).expect_err("version 3");
    assert_eq!(error.code(), ErrorCode::NotADatabase);
    assert!(error.to_string().contains("write version 3"), "{error}");
}

#[test]
fn a_readable_header_before_random_bytes_looks_encrypted() {
    let file = bytes("files/encrypted-plain-header.sqlite3");
    assert_eq!(code(import(&file, Log::Unknown)), ErrorCode::DatabaseEncrypted);
}

#[test]
fn rows_that_break_a_rule_are_a_warning() {
    let (_mirror, mut connection, warnings) = accepted("38-rows-against-a-check/file.sqlite3");
    assert_eq!(
        warnings,
        [
            "A row breaks a rule of its table: CHECK constraint failed in visit",
            "2 rows break a rule of their table: NULL value in visit.place"
        ]
    );
    Migrator::new(&set(&[("1", "CREATE TABLE other (a);")])).apply(&mut connection).expect("an upgrade");
    assert_eq!(value::<i64>(&connection, "SELECT count(*) FROM visit"), 2);
}

#[test]
fn a_table_that_needs_an_unknown_collation_is_a_warning_and_the_others_are_checked() {
    let path = "30-unknown-collation/collation.sqlite3";
    let (_mirror, mut connection, warnings) = accepted(path);
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(warnings[0].contains("\"deck\"") && warnings[0].contains("house_rules"), "{warnings:?}");
    Migrator::new(&set_of(&["30-unknown-collation/migrations"]).expect("a set"))
        .apply(&mut connection)
        .expect("a migration of the other table");
    assert_eq!(value::<i64>(&connection, "SELECT count(stars IS NULL) FROM card"), 2);
    let refusal = connection.query_row("SELECT id FROM deck ORDER BY name", [], |_| Ok(())).expect_err("a comparison");
    assert!(refusal.to_string().contains("house_rules"), "{refusal}");

    // Of that table and its index, too.
    let whole = bytes(path);
    for page in 1..whole.len() / 4096 {
        let mut damaged = whole.clone();
        damaged[page * 4096..][..4096].fill(0x55);
        assert_eq!(code(import(&damaged, Log::Unknown)), ErrorCode::DatabaseCorrupt, "page {page}");
    }
}

#[test]
fn damage_is_found_behind_a_rule_that_calls_an_unknown_function() {
    let file = File::new();
    file.open()
        .execute_batch(
            "CREATE TABLE visit (day TEXT CHECK (length(day))); INSERT INTO visit VALUES (zeroblob(9000));
             PRAGMA writable_schema = ON;
             UPDATE sqlite_schema SET sql = replace(sql, 'length', 'is_day');",
        )
        .expect("a file from elsewhere");
    let (_mirror, _connection, warnings) = import(&file.bytes(), Log::Unknown).expect("a sound file");
    assert!(warnings.len() == 1 && warnings[0].contains("is_day"), "{warnings:?}");
    let mut damaged = file.bytes();
    damaged[4096..8192].fill(0x55);
    assert_eq!(code(import(&damaged, Log::Unknown)), ErrorCode::DatabaseCorrupt);
}

#[test]
fn names_that_are_not_text_are_imported() {
    for name in ["min-badcol", "min-badtable", "min-badtrigger"] {
        accepted(&format!("files/{name}.db"));
    }
}

#[test]
fn a_backup_that_is_so_damaged_that_it_does_not_open_is_refused() {
    let file = File::new();
    let mut connection = file.open();
    let migrations = set(&[("1", "CREATE TABLE a (b);")]);
    Migrator::new(&migrations).apply(&mut connection).expect("an upgrade");
    connection.execute_batch("INSERT INTO a VALUES (zeroblob(90000))").expect("a row");
    drop(connection);
    let whole = file.bytes();
    let (mut refused, mut put_back) = (0, 0);
    for page in 0..whole.len() / 4096 {
        let mut damaged = whole.clone();
        let start = if page == 0 { 100 } else { page * 4096 };
        damaged[start..(page + 1) * 4096].fill(0);
        match import_backup(&damaged) {
            Ok((_mirror, mut connection, _)) => {
                let more = set(&[("1", "CREATE TABLE a (b);"), ("2", "CREATE TABLE more (b);")]);
                Migrator::new(&more).apply(&mut connection).expect("what is put back can be upgraded");
                put_back += 1;
            }
            Err(error) => {
                assert_eq!(error.code(), ErrorCode::DatabaseCorrupt, "{error}");
                refused += 1;
            }
        }
    }
    assert!(refused > 3 && put_back > 10, "{refused} refused, {put_back} put back");
}

#[test]
fn a_backup_is_put_back_whatever_was_damaged_when_it_was_made() {
    let file = File::new();
    file.open()
        .execute_batch("CREATE TABLE a (b); CREATE INDEX i ON a (b); INSERT INTO a VALUES (zeroblob(9000))")
        .expect("a table");
    let mut damaged = file.bytes();
    damaged[4096 * 2..4096 * 3].fill(0x55);
    assert_eq!(code(import(&damaged, Log::Unknown)), ErrorCode::DatabaseCorrupt);
    let (_mirror, connection, warnings) = import_backup(&damaged).expect("a backup");
    assert!(warnings[0].starts_with("The database is damaged: "), "{warnings:?}");
    assert_eq!(value::<i64>(&connection, "SELECT length(b) FROM a"), 9000);

    let encrypted = bytes("files/encrypted-plain-header.sqlite3");
    assert_eq!(code(import_backup(&encrypted)), ErrorCode::DatabaseEncrypted);
    import_backup(&bytes("33-everything-in-the-wal/files/old-rows-settled.sqlite3")).expect("what there is");
}
