//! The machine stops at every single write, sync, truncate and delete of a run, in four ways. What is
//! found afterwards is the database from before the run, or the one from after it, whole.
#![cfg(not(target_family = "wasm"))]

#[path = "support/crash_disk.rs"]
mod crash_disk;
mod support;

use std::ffi::CString;

use crash_disk::{CrashDisk, Unsynced};
use rusqlite::{Connection, OpenFlags, Transaction};
use support::{column, first_format, set, set_with_code, value};
use wheatear::{
    CodeError, CodeStep, Error, MigrationSet, Migrator, OnAhead, Report, RollbackTarget, StepOperation, Target,
};

const CREATE: &str = "CREATE TABLE node (id INTEGER PRIMARY KEY, name TEXT);
    CREATE TABLE reading (node_id INTEGER REFERENCES node ON DELETE CASCADE, batt_mv INTEGER);";

/// Migrations that touch many pages: a rebuild, a new column, new rows, an index, deleted rows, code.
const CHANGES: &[(&str, &str)] = &[
    (
        "2",
        "CREATE TABLE node_new (id INTEGER PRIMARY KEY, name TEXT NOT NULL, place TEXT);
         INSERT INTO node_new SELECT id, name, 'roof' FROM node;
         DROP TABLE node;
         ALTER TABLE node_new RENAME TO node;",
    ),
    (
        "2.rollback",
        "CREATE TABLE node_old (id INTEGER PRIMARY KEY, name TEXT);
         INSERT INTO node_old SELECT id, name FROM node;
         DROP TABLE node;
         ALTER TABLE node_old RENAME TO node;",
    ),
    ("3", "ALTER TABLE reading ADD COLUMN temp_c INTEGER; UPDATE reading SET temp_c = batt_mv / 100;"),
    ("3.rollback", "ALTER TABLE reading DROP COLUMN temp_c;"),
    ("4", "CREATE INDEX reading_node ON reading (node_id); DELETE FROM reading WHERE batt_mv < 3050;"),
    ("4.rollback", "DROP INDEX reading_node; INSERT INTO reading SELECT id, 3000 + id, NULL FROM node WHERE id < 50;"),
];

fn warmer(transaction: &Transaction<'_>) -> Result<(), CodeError> {
    transaction.execute("UPDATE reading SET temp_c = temp_c + 1", [])?;
    Ok(())
}

fn colder(transaction: &Transaction<'_>) -> Result<(), CodeError> {
    transaction.execute("UPDATE reading SET temp_c = temp_c - 1", [])?;
    Ok(())
}

fn upgrade() -> MigrationSet {
    set_with_code(&[&[("1", CREATE)], CHANGES].concat(), [CodeStep::new("5", "1", warmer).down(colder)])
}

/// Opens the database as a browser does (`truncate` or `wal`, exclusive) or as SQLite does by itself.
fn open(disk: &str, journal_mode: &str) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let vfs = CString::new(disk).expect("a name");
    let connection = Connection::open_with_flags_and_vfs("database", flags, vfs.as_c_str())?;
    let locking_mode = if journal_mode == "delete" { "normal" } else { "exclusive" };
    connection.execute_batch(&format!("PRAGMA page_size = 1024; PRAGMA locking_mode = {locking_mode}"))?;
    // A new database has no log yet.
    let is_new = connection.query_row("PRAGMA page_count", [], |row| Ok(row.get::<_, u32>(0)? == 0))?;
    let journal_mode = if journal_mode == "wal" && is_new { "truncate" } else { journal_mode };
    connection.execute_batch(&format!(
        "PRAGMA journal_mode = {journal_mode}; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = 5;"
    ))?;
    Ok(connection)
}

/// Schema, rows and ledger; times left out, which differ from run to run.
fn contents(connection: &Connection, ignored_table: &str) -> Vec<String> {
    assert_eq!(value::<String>(connection, "PRAGMA integrity_check"), "ok");
    let mut contents = column(connection, "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name");
    let columns = column(
        connection,
        &format!(
            "SELECT 'SELECT ' || group_concat('quote(' || c.name || ')', '||'',''||') || ' FROM ' || t.name
               FROM sqlite_schema t, pragma_table_info(t.name) c
              WHERE t.type = 'table' AND t.name <> '{ignored_table}'
                AND c.name NOT IN ('applied_at', 'duration_us', 'at')
              GROUP BY t.name ORDER BY t.name"
        ),
    );
    contents.extend(columns.iter().flat_map(|rows| column(connection, rows)));
    contents
}

/// The first version, with rows for the upgrade to work on.
fn fill(connection: &mut Connection) {
    Migrator::new(&set(&[("1", CREATE)])).apply(connection).expect("the old schema");
    insert_rows(connection);
}

const ROWS: &str = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 150)
    INSERT INTO node SELECT i, 'node ' || i FROM n;
    INSERT INTO reading SELECT id, 3000 + id FROM node;";

fn insert_rows(connection: &Connection) {
    connection.execute_batch(ROWS).expect("rows");
}

/// One thing that is done to a database, and what may be found when the machine stops meanwhile.
struct Scenario<'a> {
    /// Also the name of its disk.
    name: &'static str,
    start: &'a dyn Fn(&mut Connection),
    run: &'a dyn Fn(&mut Connection) -> Result<Report, Error>,
    /// Does by hand, one after the other, what the parts of a split run commit before the last one.
    parts: &'a [&'a dyn Fn(&mut Connection)],
}

impl Scenario<'_> {
    /// Carries it out as a browser does, where a database that has a write-ahead log leaves it first.
    fn carry_out(&self, connection: &mut Connection) -> Option<Report> {
        if value::<String>(connection, "PRAGMA journal_mode") == "wal" {
            connection.execute_batch("PRAGMA wal_checkpoint(FULL); PRAGMA journal_mode = TRUNCATE").ok()?;
        }
        (self.run)(connection).ok()
    }

    /// The log of a split run tells of its attempts, so that it differs with the moment of the crash.
    fn contents(&self, connection: &Connection) -> Vec<String> {
        contents(connection, if self.parts.is_empty() { "" } else { "_wheatear_log" })
    }

    fn stop_everywhere(&self) {
        let disk = CrashDisk::register(self.name);
        let mut crash_points = 0;
        for journal_mode in ["truncate", "delete", "wal"] {
            let open = || open(self.name, journal_mode);
            disk.format();
            (self.start)(&mut open().expect("a database"));
            let go_back = disk.image();

            let mut connection = open().expect("the database");
            let mut states = vec![self.contents(&connection)];
            for part in self.parts {
                part(&mut connection);
                states.push(self.contents(&connection));
            }
            drop(connection);

            go_back(&disk);
            let mut connection = open().expect("the database");
            self.carry_out(&mut connection).expect("the run");
            let new = self.contents(&connection);
            assert!(!states.contains(&new), "the run must change something");
            drop(connection);

            // A split run is long: each way stops it at every third operation, and between them they stop it at each.
            let step = if self.parts.is_empty() { 1 } else { 3 };
            let ways = [Unsynced::Kept, Unsynced::Lost, Unsynced::Torn(0), Unsynced::Torn(u64::MAX)];
            for (way, unsynced) in ways.into_iter().enumerate() {
                let mut found_states = vec![0; states.len()];
                for operations in (way % step..).step_by(step) {
                    go_back(&disk);
                    disk.stop_after(operations);
                    let result = open().ok().and_then(|mut connection| self.carry_out(&mut connection));
                    if !disk.has_stopped() {
                        break;
                    }
                    crash_points += 1;
                    disk.restart(unsynced);

                    let mut connection = open().expect("the database opens after the crash");
                    let found = self.contents(&connection);
                    let place = format!("{journal_mode}, {unsynced:?}, stopped after {operations} operations");
                    if found != new {
                        let state = states.iter().position(|state| *state == found);
                        found_states[state.unwrap_or_else(|| panic!("half a database: {place}"))] += 1;
                        assert!(result.is_none(), "a run that was reported as done is gone: {place}");
                    }
                    assert_logged(&connection);
                    self.carry_out(&mut connection).expect("the next start finishes the run");
                    assert!(self.contents(&connection) == new, "the next start gives another database: {place}");
                    assert_logged(&connection);
                }
                assert!(found_states[0] > 10, "the run is too small to show anything: {found_states:?}");
                assert!(found_states.iter().all(|&found| found > 0), "not every part was reached: {found_states:?}");
            }
        }
        support::tell!("crash points: {crash_points} ({})", self.name);
    }
}

/// What is applied has a line in the log that says so, if the database has a log.
fn assert_logged(connection: &Connection) {
    if connection.table_exists(None, "_wheatear_log").expect("an answer") {
        let silent = "SELECT id FROM _wheatear_migration WHERE NOT EXISTS (
            SELECT 1 FROM _wheatear_log WHERE migration = id AND operation IN ('apply', 'image') AND outcome = 'done')";
        let logged = column(connection, silent);
        // The first format kept no log.
        assert!(logged.is_empty() || logged == ["1"], "{logged:?}");
    }
}

#[test]
fn a_crash_at_any_moment_leaves_the_whole_old_or_the_whole_new_database() {
    let set = upgrade();
    Scenario { name: "upgrade", start: &fill, run: &|connection| Migrator::new(&set).apply(connection), parts: &[] }
        .stop_everywhere();
}

#[test]
fn a_crash_at_any_moment_leaves_nothing_or_all_of_an_image() {
    let set = set(&[&[("1", CREATE), ("1.rows", ROWS)], CHANGES].concat());
    let migrator = Migrator::new(&set);
    let image = migrator.image().expect("an image");
    Scenario {
        name: "image",
        start: &|_| {},
        run: &|connection| {
            connection.execute_batch("PRAGMA page_size = 4096").expect("the page size of the image");
            let report = migrator.apply_from(connection, &image)?;
            assert!(report.steps.iter().all(|step| step.operation == StepOperation::Image), "{report}");
            Ok(report)
        },
        parts: &[],
    }
    .stop_everywhere();
}

#[test]
fn a_crash_at_any_moment_of_a_rollback_leaves_the_whole_newer_or_the_whole_older_database() {
    let set = upgrade();
    let migrator = Migrator::new(&set);
    Scenario {
        name: "rollback",
        start: &|connection| {
            fill(connection);
            migrator.apply(connection).expect("the upgrade");
        },
        run: &|connection| migrator.rollback(connection, RollbackTarget::down_to("1")),
        parts: &[],
    }
    .stop_everywhere();
}

#[test]
fn a_crash_at_any_moment_in_which_older_code_takes_a_database_back_leaves_it_whole() {
    let newer = set(&[&[("1", CREATE)], CHANGES].concat());
    // What the older code has of its own is applied in the same run.
    let older = set(&[("1", CREATE), ("1.hotfix", "UPDATE node SET name = upper(name);")]);
    Scenario {
        name: "way back",
        start: &|connection| {
            fill(connection);
            Migrator::new(&newer).apply(connection).expect("the newer code");
        },
        run: &|connection| Migrator::new(&older).on_ahead(OnAhead::Rollback).apply(connection),
        parts: &[],
    }
    .stop_everywhere();
}

#[test]
fn a_crash_at_any_moment_leaves_the_ledger_of_the_first_format_or_the_upgraded_one() {
    let set = upgrade();
    Scenario {
        name: "first format",
        start: &|connection| {
            first_format(connection, set.iter().take(1));
            insert_rows(connection);
        },
        run: &|connection| Migrator::new(&set).apply(connection),
        parts: &[],
    }
    .stop_everywhere();
}

#[test]
fn a_crash_at_any_moment_of_a_split_run_leaves_each_part_whole_and_the_next_start_finishes() {
    const OUTSIDE: &str = "-- transactional: false\nCREATE INDEX IF NOT EXISTS node_name ON node (name);\nVACUUM;";
    let files = [&[("1", CREATE)], CHANGES, &[("3.vacuum", OUTSIDE)]].concat();
    let set = set_with_code(&files, [CodeStep::new("5", "1", warmer)]);
    let migrator = Migrator::new(&set);
    Scenario {
        name: "split run",
        start: &fill,
        run: &|connection| migrator.apply(connection),
        parts: &[
            &|connection| drop(migrator.apply_to(connection, Target::up_to("3")).expect("the first part")),
            &|connection| connection.execute_batch(OUTSIDE).expect("what is not recorded yet"),
            &|connection| drop(migrator.apply_to(connection, Target::up_to("3.vacuum")).expect("the second part")),
        ],
    }
    .stop_everywhere();
}
