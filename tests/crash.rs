//! The machine stops at every single write, sync, truncate and delete of an upgrade, in three ways.
//! What is found afterwards is the database from before the upgrade, or the one from after it, whole.
#![cfg(not(target_family = "wasm"))]

#[path = "support/crash_disk.rs"]
mod crash_disk;
mod support;

use crash_disk::{CrashDisk, Unsynced};
use rusqlite::{Connection, OpenFlags};
use support::{column, set, value};
use wheatear::{MigrationSet, Migrator, Target};

const CREATE: &str = "CREATE TABLE node (id INTEGER PRIMARY KEY, name TEXT);
    CREATE TABLE reading (node_id INTEGER REFERENCES node ON DELETE CASCADE, batt_mv INTEGER);";

/// An upgrade that touches many pages: a rebuild, a new column, new rows, an index, deleted rows.
fn upgrade() -> MigrationSet {
    set(&[
        ("1", CREATE),
        (
            "2",
            "CREATE TABLE node_new (id INTEGER PRIMARY KEY, name TEXT NOT NULL, place TEXT);
             INSERT INTO node_new SELECT id, name, 'roof' FROM node;
             DROP TABLE node;
             ALTER TABLE node_new RENAME TO node;",
        ),
        ("3", "ALTER TABLE reading ADD COLUMN temp_c INTEGER; UPDATE reading SET temp_c = batt_mv / 100;"),
        ("4", "CREATE INDEX reading_node ON reading (node_id); DELETE FROM reading WHERE batt_mv < 3100;"),
    ])
}

/// Opens the database as a browser does (`truncate`, exclusive) or as SQLite does by itself.
fn open(journal_mode: &str) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags_and_vfs("database", flags, c"crash-disk")?;
    let locking_mode = if journal_mode == "truncate" { "exclusive" } else { "normal" };
    connection.execute_batch(&format!(
        "PRAGMA locking_mode = {locking_mode}; PRAGMA journal_mode = {journal_mode}; PRAGMA synchronous = FULL;
         PRAGMA foreign_keys = ON; PRAGMA cache_size = 5;"
    ))?;
    Ok(connection)
}

/// Schema, rows and ledger; times left out, which differ from run to run.
fn contents(connection: &Connection) -> Vec<String> {
    assert_eq!(value::<String>(connection, "PRAGMA integrity_check"), "ok");
    let mut contents = column(connection, "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name");
    let columns = column(
        connection,
        "SELECT 'SELECT ' || group_concat('quote(' || c.name || ')', '||'',''||') || ' FROM ' || t.name
           FROM sqlite_schema t, pragma_table_info(t.name) c
          WHERE t.type = 'table' AND c.name NOT IN ('applied_at', 'duration_us', 'at')
          GROUP BY t.name ORDER BY t.name",
    );
    contents.extend(columns.iter().flat_map(|rows| column(connection, rows)));
    contents
}

#[test]
fn a_crash_at_any_moment_leaves_the_whole_old_or_the_whole_new_database() {
    let disk = CrashDisk::register("crash-disk");
    let set = upgrade();
    let mut crash_points = 0;
    for journal_mode in ["truncate", "delete"] {
        disk.format();
        let mut connection = open(journal_mode).expect("a database");
        Migrator::new(&set).apply_to(&mut connection, Target::up_to("1")).expect("the old schema");
        connection
            .execute_batch(
                "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400)
                 INSERT INTO node SELECT i, 'node ' || i FROM n;
                 INSERT INTO reading SELECT id, 3000 + id FROM node;",
            )
            .expect("rows");
        let old = contents(&connection);
        drop(connection);
        let go_back = disk.image();

        let mut connection = open(journal_mode).expect("the database");
        Migrator::new(&set).apply(&mut connection).expect("the upgrade");
        let new = contents(&connection);
        assert_ne!(old, new);
        drop(connection);

        for unsynced in [Unsynced::Kept, Unsynced::Lost, Unsynced::Torn] {
            let mut rolled_back = 0;
            for operations in 0.. {
                go_back(&disk);
                disk.stop_after(operations);
                let result = open(journal_mode).map(|mut connection| Migrator::new(&set).apply(&mut connection));
                if !disk.has_stopped() {
                    break;
                }
                crash_points += 1;
                disk.restart(unsynced);

                let mut connection = open(journal_mode).expect("the database opens after the crash");
                let found = contents(&connection);
                let place = format!("{journal_mode}, {unsynced:?}, stopped after {operations} operations");
                if found != new {
                    assert!(found == old, "neither the old nor the new database: {place}");
                    assert!(!matches!(result, Ok(Ok(_))), "an upgrade that was reported as done is gone: {place}");
                    rolled_back += 1;
                }
                Migrator::new(&set).apply(&mut connection).expect("the next start finishes the upgrade");
                assert!(contents(&connection) == new, "the next start gives another database: {place}");
            }
            assert!(rolled_back > 30, "the upgrade is too small to show anything: {rolled_back} crashes undone");
        }
    }
    println!("crash points: {crash_points}");
}
