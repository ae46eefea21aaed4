//! The engine on the origin private file system, in a dedicated worker of a real browser.
#![cfg(target_family = "wasm")]

mod support;

use rusqlite::Connection;
use rusqlite::types::Value;
use support::{close, fresh, open, stored};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use wheatear::storage::opfs;
use wheatear::{ErrorCode, MigrationSet, Migrator, SourceFile, Target, migrations};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

static WEATHER: MigrationSet = migrations!("migrations");

fn count(connection: &Connection, rows: &str) -> i64 {
    connection.query_row(&format!("SELECT count(*) FROM {rows}"), [], |row| row.get(0)).expect("a count")
}

#[wasm_bindgen_test]
async fn a_fresh_database_is_created_and_found_again() {
    let name = fresh("found again").await;
    let mut database = open(&name).await;
    let report = Migrator::new(&WEATHER).apply(&mut database.1).expect("the set applies");
    assert_eq!(report.steps.len(), 2);
    database
        .1
        .execute_batch("INSERT INTO weather_node (time_received, temp_c) VALUES ('2024-01-01', -3)")
        .expect("a row");
    close(database);

    let mut database = open(&name).await;
    let report = Migrator::new(&WEATHER).apply(&mut database.1).expect("nothing to do");
    assert_eq!((report.from.as_deref(), report.steps.len()), (Some("0002.alter-table"), 0));
    assert_eq!(count(&database.1, "weather_node WHERE temp_c = -3"), 1);
    close(database);
}

#[wasm_bindgen_test]
async fn an_upgrade_keeps_a_thousand_rows() {
    let name = fresh("upgrade").await;
    let mut database = open(&name).await;
    let first = Target::up_to("0001.create");
    Migrator::new(&WEATHER).apply_to(&mut database.1, first).expect("the first migration");
    database
        .1
        .execute_batch(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
             INSERT INTO weather_node (time_received) SELECT datetime('2024-01-01', i || ' minutes') FROM n",
        )
        .expect("rows");
    close(database);

    let mut database = open(&name).await;
    let report = Migrator::new(&WEATHER).apply(&mut database.1).expect("the upgrade");
    assert_eq!((report.from.as_deref(), report.to.as_deref()), (Some("0001.create"), Some("0002.alter-table")));
    assert_eq!(count(&database.1, "weather_node WHERE temp_c IS NULL"), 1000);
    close(database);
}

#[wasm_bindgen_test]
async fn a_migration_that_fails_leaves_the_stored_file_byte_for_byte() {
    let name = fresh("failure").await;
    let mut database = open(&name).await;
    Migrator::new(&WEATHER).apply(&mut database.1).expect("the set applies");
    close(database);
    let before = stored(&name).await.expect("the file");

    let sql = "UPDATE weather_node SET batt_mv = 1; CREATE TABLE a (b);\nINSERT INTO absent VALUES (1);";
    let mut files: Vec<SourceFile> = WEATHER
        .iter()
        .map(|migration| SourceFile {
            path: format!("{}.sql", migration.id()),
            text: migration.up().unwrap_or_default().to_owned(),
        })
        .collect();
    files.push(SourceFile { path: "0003.bad.sql".to_owned(), text: sql.to_owned() });
    let set = MigrationSet::from_files(files).expect("a valid set");
    let mut database = open(&name).await;
    let error = Migrator::new(&set).apply(&mut database.1).expect_err("a missing table");
    assert_eq!(error.code(), ErrorCode::StatementFailed);
    assert!(error.to_string().starts_with("0003.bad.sql:2: statement 3 of migration \"0003.bad\""), "{error}");
    close(database);
    assert_eq!(stored(&name).await.expect("the file"), before);
}

#[wasm_bindgen_test]
async fn settings_are_those_that_survive_a_power_cut() {
    let name = fresh("settings").await;
    for journal_mode in ["truncate", "wal"] {
        let database = open(&name).await;
        let pragma = |name: &str| -> String {
            let value = |row: &rusqlite::Row<'_>| row.get::<_, Value>(0).map(|value| format!("{value:?}"));
            database.1.pragma_query_value(None, name, value).expect(name)
        };
        assert_eq!(pragma("synchronous"), "Integer(2)");
        assert_eq!(pragma("journal_mode"), format!("Text({journal_mode:?})"));
        assert_eq!(pragma("locking_mode"), "Text(\"exclusive\")");
        assert_eq!(pragma("foreign_keys"), "Integer(1)");
        database.1.execute_batch("CREATE TABLE IF NOT EXISTS note (bytes)").expect("a table");
        database.0.settle(&database.1);
        assert_eq!(pragma("journal_mode"), "Text(\"wal\")");
        assert_eq!(pragma("synchronous"), "Integer(2)");
        close(database);
    }
}

#[wasm_bindgen_test]
async fn small_commits_go_to_a_log_that_stays_short_and_bulk_changes_do_not() {
    let name = fresh("journals").await;
    let (database, connection) = open(&name).await;
    let write = |rows: u32| {
        let sql = format!(
            "CREATE TABLE IF NOT EXISTS note (bytes);
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows})
             INSERT INTO note SELECT zeroblob(1000) FROM n;"
        );
        connection.execute_batch(&sql).expect("rows");
    };
    let mode = || {
        database.settle(&connection);
        connection.pragma_query_value(None, "journal_mode", |row| row.get::<_, String>(0)).expect("a mode")
    };
    let frames = || connection.query_row("PRAGMA wal_checkpoint(NOOP)", [], |row| row.get::<_, i64>(1)).expect("a log");
    connection.execute_batch("BEGIN; CREATE TABLE other (id)").expect("a table");
    assert_eq!(mode(), "truncate", "a transaction is open");
    connection.execute_batch("ROLLBACK").expect("its end");
    write(2000);
    assert_eq!(mode(), "truncate", "that was much");
    assert_eq!(mode(), "truncate", "and nothing since");
    write(1);
    assert_eq!(mode(), "wal");
    write(1);
    assert_eq!(mode(), "wal");
    assert!(frames() > 0);
    write(2000);
    assert_eq!(mode(), "wal");
    assert_eq!(frames(), 0, "it was moved into the file");
    for _ in 0..300 {
        write(1);
        assert_eq!(mode(), "wal");
        assert!(frames() < 200);
    }
    assert!(!database.is_ready_for_much(&connection));
    database.expect_much(&connection).expect("a rollback journal");
    database.expect_much(&connection).expect("a rollback journal already");
    assert!(database.is_ready_for_much(&connection));
    database.forget();
    assert_eq!(mode(), "truncate");
    assert_eq!(count(&connection, "note"), 4302);
    close((database, connection));
}

#[wasm_bindgen_test]
async fn databases_are_independent_whatever_their_names() {
    let mut names = Vec::new();
    for name in ["a", "A", "../a", "a/b", "Wetter ☀", "%41"] {
        names.push(fresh(name).await);
    }
    for (index, name) in names.iter().enumerate() {
        let database = open(name).await;
        database.1.pragma_update(None, "user_version", index as i64 + 1).expect("a version");
        close(database);
    }
    for (index, name) in names.iter().enumerate() {
        let database = open(name).await;
        let version: i64 = database.1.pragma_query_value(None, "user_version", |row| row.get(0)).expect("a version");
        assert_eq!(version, index as i64 + 1, "{name}");
        close(database);
    }
}

#[wasm_bindgen_test]
async fn a_deleted_database_is_gone_and_deleting_again_does_no_harm() {
    let name = fresh("deleted").await;
    let mut database = open(&name).await;
    Migrator::new(&WEATHER).apply(&mut database.1).expect("the set applies");
    close(database);
    opfs::delete(&name).await.expect("a deletion");
    opfs::delete(&name).await.expect("another");
    let error = stored(&name).await.expect_err("nothing to export");
    assert_eq!(error.code(), ErrorCode::NoSuchDatabase);
    let database = open(&name).await;
    assert_eq!(count(&database.1, "sqlite_schema"), 0);
    close(database);
}

#[wasm_bindgen_test]
async fn an_export_is_a_sqlite_file() {
    let name = fresh("export").await;
    let mut database = open(&name).await;
    Migrator::new(&WEATHER).apply(&mut database.1).expect("the set applies");
    close(database);
    let bytes = stored(&name).await.expect("the file");
    assert!(bytes.starts_with(b"SQLite format 3\0"));
}

#[wasm_bindgen_test]
async fn an_open_database_is_busy() {
    let name = fresh("busy").await;
    let database = open(&name).await;
    assert_eq!(stored(&name).await.expect_err("open").code(), ErrorCode::StorageBusy);
    close(database);
}
