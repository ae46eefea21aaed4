//! What ends a run by itself, at any moment: the connection is usable afterwards, its settings are what
//! they were, the database is as before, and the next run succeeds.
#![cfg(not(target_family = "wasm"))]

#[path = "support/crash_disk.rs"]
mod crash_disk;
mod support;

use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use crash_disk::{CrashDisk, Fault};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, Transaction};
use support::{File, column, set, set_with_code, value};
use wheatear::{
    CodeError, CodeFunction, CodeStep, Error, ErrorCode, MigrationSet, Migrator, Operation, Progress, Report,
    RollbackTarget, Target,
};

const TABLES: &str = "CREATE TABLE node (id INTEGER PRIMARY KEY, name TEXT UNIQUE ON CONFLICT ROLLBACK);
    CREATE TABLE reading (node_id INTEGER REFERENCES node ON DELETE CASCADE, batt_mv INTEGER);
    CREATE TABLE keep (x);
    CREATE TRIGGER kept BEFORE DELETE ON keep BEGIN SELECT RAISE(ROLLBACK, 'this is kept'); END;";

const ROWS: &str = "INSERT INTO node VALUES (1, 'roof'), (2, 'cellar');
    INSERT INTO reading VALUES (1, 3100), (1, 3200), (2, 3300);
    INSERT INTO keep VALUES (1);";

const CHANGES: &[(&str, &str)] = &[
    ("1", TABLES),
    ("2", "ALTER TABLE node ADD COLUMN place TEXT; UPDATE node SET place = 'here';"),
    ("2.rollback", "ALTER TABLE node DROP COLUMN place;"),
    (
        "3",
        "CREATE TABLE new (id INTEGER PRIMARY KEY, name TEXT, place TEXT); INSERT INTO new SELECT * FROM node;
         DROP TABLE node; ALTER TABLE new RENAME TO node;",
    ),
    (
        "3.rollback",
        "CREATE TABLE old (id INTEGER PRIMARY KEY, name TEXT UNIQUE ON CONFLICT ROLLBACK, place TEXT);
         INSERT INTO old SELECT * FROM node; DROP TABLE node; ALTER TABLE old RENAME TO node;",
    ),
    ("4", "-- foreign_keys: on\nDELETE FROM node WHERE id = 2;"),
    ("4.rollback", "INSERT INTO node VALUES (2, 'cellar', 'here'); INSERT INTO reading VALUES (2, 3300);"),
    ("post-apply", "DROP VIEW IF EXISTS mean; CREATE VIEW mean AS SELECT avg(batt_mv) FROM reading;"),
];

fn halve(transaction: &Transaction<'_>) -> Result<(), CodeError> {
    transaction.execute("UPDATE reading SET batt_mv = batt_mv / 2", [])?;
    Ok(())
}

fn double(transaction: &Transaction<'_>) -> Result<(), CodeError> {
    transaction.execute("UPDATE reading SET batt_mv = batt_mv * 2", [])?;
    Ok(())
}

/// A set that succeeds: every kind of step is in it.
fn whole() -> MigrationSet {
    set_with_code(CHANGES, [CodeStep::new("5", "1", halve).down(double)]).tried_out().expect("it runs")
}

/// The first version with its rows, on a connection that enforces foreign keys or does not.
fn first_version(connection: &mut Connection, foreign_keys: bool) {
    connection.pragma_update(None, "foreign_keys", foreign_keys).expect("a pragma");
    Migrator::new(&set(&[("1", TABLES)])).apply(connection).expect("the first version");
    connection.execute_batch(ROWS).expect("rows");
}

fn assert_usable(connection: &Connection, foreign_keys: bool, place: &str) {
    assert!(connection.is_autocommit(), "a transaction is open: {place}");
    assert_eq!(value::<bool>(connection, "PRAGMA foreign_keys"), foreign_keys, "{place}");
    assert_eq!(value::<i64>(connection, "SELECT count(*) FROM keep"), 1, "{place}");
    connection.execute_batch("BEGIN IMMEDIATE; INSERT INTO keep VALUES (2); ROLLBACK").expect(place);
}

/// Lets a run of `failing` end with an error, and then one of the set that succeeds do its work.
fn fails_and_leaves_no_trace(failing: &MigrationSet, code: ErrorCode) {
    for foreign_keys in [true, false] {
        let file = File::new();
        let mut connection = file.open();
        first_version(&mut connection, foreign_keys);
        let before = file.bytes();
        let error = Migrator::new(failing).apply(&mut connection).expect_err("it fails");
        assert_eq!(error.code(), code, "{error}");
        assert!(!matches!(error, Error::Partial(_)), "{error}");
        assert_usable(&connection, foreign_keys, &error.to_string());
        assert!(file.bytes() == before, "{error}");
        assert_eq!(Migrator::new(&whole()).apply(&mut connection).expect("the next run").applied().count(), 4);
    }
}

#[test]
fn a_statement_that_rolls_the_transaction_back_by_itself_leaves_no_trace() {
    for bad in [
        "DELETE FROM keep;",
        "INSERT INTO node VALUES (3, 'x'), (4, 'x');",
        "INSERT OR ROLLBACK INTO node SELECT id, 'attic' FROM node;",
        "SAVEPOINT s; DELETE FROM keep; RELEASE s;",
    ] {
        let changes =
            format!("CREATE TABLE more (x); UPDATE node SET name = name || '!'; {bad} CREATE TABLE last (x);");
        fails_and_leaves_no_trace(&set(&[("1", TABLES), ("2", &changes)]), ErrorCode::StatementFailed);
        let enforced = format!("-- foreign_keys: on\n{changes}");
        fails_and_leaves_no_trace(&set(&[("1", TABLES), ("2", &enforced)]), ErrorCode::StatementFailed);
        let hook = [("1", TABLES), ("2", "CREATE TABLE more (x)"), ("post-apply", bad)];
        fails_and_leaves_no_trace(&set(&hook), ErrorCode::StatementFailed);
    }
}

#[test]
fn code_that_panics_fails_or_loses_its_transaction_leaves_no_trace() {
    fn panics(transaction: &Transaction<'_>) -> Result<(), CodeError> {
        halve(transaction)?;
        let _savepoint = transaction.execute_batch("SAVEPOINT s; UPDATE node SET name = name || '!'");
        let mut rows = transaction.prepare("SELECT id FROM node")?;
        let mut rows = rows.query([])?;
        assert!(rows.next()?.is_none(), "in the middle of a query");
        Ok(())
    }
    fn fails(transaction: &Transaction<'_>) -> Result<(), CodeError> {
        halve(transaction)?;
        transaction.execute_batch("CREATE TABLE more (x); SAVEPOINT s; SELECT absent")?;
        Ok(())
    }
    fn is_rolled_back(transaction: &Transaction<'_>) -> Result<(), CodeError> {
        halve(transaction)?;
        transaction.execute("DELETE FROM keep", [])?;
        Ok(())
    }
    for function in [panics as CodeFunction, fails, is_rolled_back] {
        let files = [("1", TABLES), ("2", "CREATE TABLE two (x)"), ("4", "CREATE TABLE four (x)")];
        fails_and_leaves_no_trace(&set_with_code(&files, [CodeStep::new("3", "1", function)]), ErrorCode::CodeFailed);
    }
}

#[test]
fn a_commit_that_fails_and_keeps_its_transaction_is_undone() {
    // SQLite counts deferred violations as they happen and refuses the COMMIT, which stays to be undone.
    // Without enforcement the counter does not notice that the parent came, and that the rows are fine.
    fn defers(transaction: &Transaction<'_>) -> Result<(), CodeError> {
        transaction.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, true)?;
        transaction.execute("INSERT INTO child VALUES (9)", [])?;
        transaction.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, false)?;
        Ok(())
    }
    let child = "CREATE TABLE child (id REFERENCES node DEFERRABLE INITIALLY DEFERRED)";
    let parent = "INSERT INTO node VALUES (9, 'attic')";
    let failing = set_with_code(&[("1", TABLES), ("2", child), ("4", parent)], [CodeStep::new("3", "1", defers)]);
    fails_and_leaves_no_trace(&failing, ErrorCode::StatementFailed);
}

const FULL_DISK: &str = "full disk";

fn open(journal_mode: &str, cache_size: i64) -> Connection {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags_and_vfs("database", flags, c"full disk").expect("a database");
    let locking_mode = if journal_mode == "truncate" { "exclusive" } else { "normal" };
    connection
        .execute_batch(&format!(
            "PRAGMA page_size = 512; PRAGMA locking_mode = {locking_mode}; PRAGMA journal_mode = {journal_mode};
             PRAGMA cache_size = {cache_size};"
        ))
        .expect("pragmas");
    connection
}

/// Everything in the database, as SQL; times left out.
fn contents(connection: &Connection) -> Vec<String> {
    assert_eq!(value::<String>(connection, "PRAGMA integrity_check"), "ok");
    let mut contents = support::dump(connection);
    contents.extend(column(connection, "SELECT format || hex(digest) FROM _wheatear_ledger"));
    contents.extend(column(connection, "SELECT id || hex(checksum) FROM _wheatear_migration ORDER BY position"));
    contents
        .extend(column(connection, "SELECT operation || migration || outcome FROM _wheatear_log ORDER BY position"));
    contents
}

#[test]
fn a_disk_that_gets_full_or_fails_at_any_moment_up_to_the_commit_leaves_the_connection_usable() {
    let disk = CrashDisk::register(FULL_DISK);
    let set = whole();
    let mut failures = 0;
    for fault in [Fault::Full, Fault::Stopped] {
        // With a small cache pages are written all the time, with a large one all of them by the COMMIT.
        for (journal_mode, cache_size) in [("truncate", 2000), ("truncate", 5), ("delete", 2000), ("delete", 5)] {
            for foreign_keys in [true, false] {
                disk.format();
                let mut connection = open(journal_mode, cache_size);
                first_version(&mut connection, foreign_keys);
                let old = contents(&connection);
                drop(connection);
                let go_back = disk.image();
                let mut connection = open(journal_mode, cache_size);
                Migrator::new(&set).apply(&mut connection).expect("a whole run");
                let new = contents(&connection);
                drop(connection);
                for operations in 0.. {
                    go_back(&disk);
                    let place = format!("{fault:?}, {journal_mode}, cache {cache_size}, after {operations} operations");
                    let mut connection = open(journal_mode, cache_size);
                    connection.pragma_update(None, "foreign_keys", foreign_keys).expect("a pragma");
                    disk.fail_after(operations, fault);
                    let result = Migrator::new(&set).apply(&mut connection);
                    let has_failed = disk.has_stopped();
                    disk.mend();
                    if !has_failed {
                        result.expect("a whole run");
                        break;
                    }
                    failures += 1;
                    assert_usable(&connection, foreign_keys, &place);
                    if let Err(error) = result {
                        let code = if fault == Fault::Full { ErrorCode::StorageFull } else { ErrorCode::StorageIo };
                        assert_eq!(error.code(), code, "{place}: {error}");
                        let found = contents(&connection);
                        // A COMMIT can fail as it clears the journal away, when all is done.
                        let is_done = fault == Fault::Stopped && found == new;
                        assert!(found == old || is_done, "{place}: {error}");
                    }
                    Migrator::new(&set).apply(&mut connection).expect("the next run");
                    assert!(contents(&connection) == new, "{place}");
                }
            }
        }
    }
    support::tell!("failures of the disk: {failures}");
    assert!(failures > 100, "{failures}");
}

#[test]
fn an_interrupt_at_any_instruction_is_a_cancelled_run() {
    let set = whole();
    // Either what a progress handler answers, or what another thread says, which SQLite notices later: also
    // in places where it asks no handler.
    for (by_handle, foreign_keys) in [(false, true), (false, false), (true, true)] {
        let file = File::new();
        let mut connection = file.open();
        first_version(&mut connection, foreign_keys);
        let before = file.bytes();
        let mut interrupts = 0;
        for instructions in 1.. {
            let counted = Arc::new(AtomicUsize::new(0));
            let (counts, handle) = (Arc::clone(&counted), connection.get_interrupt_handle());
            let interrupt = move || {
                let now = 1 + counts.fetch_add(1, Ordering::Relaxed) == instructions;
                if now && by_handle {
                    handle.interrupt();
                }
                now && !by_handle
            };
            connection.progress_handler(1, Some(interrupt)).expect("a handler");
            let result = Migrator::new(&set).apply(&mut connection);
            connection.progress_handler(0, None::<fn() -> bool>).expect("no handler");
            let place = format!("interrupted after {instructions} instructions: {result:?}");
            assert_usable(&connection, foreign_keys, &place);
            let counted = counted.load(Ordering::Relaxed);
            match result {
                Err(error) => {
                    assert_eq!(error.code(), ErrorCode::Cancelled, "{place}");
                    assert!(file.bytes() == before, "{place}");
                    interrupts += 1;
                }
                Ok(report) => {
                    assert_eq!(report.applied().count(), 4, "{place}");
                    if counted <= instructions {
                        break;
                    }
                    // It came too late for its statement, and is none for the next.
                    assert!(by_handle, "{counted} instructions: the run went on: {place}");
                    drop(connection);
                    std::fs::write(&file.path, &before).expect("the file can be written");
                    connection = file.open();
                    connection.pragma_update(None, "foreign_keys", foreign_keys).expect("a pragma");
                }
            }
        }
        support::tell!("interrupts: {interrupts}");
        assert!(interrupts > 500, "{interrupts}");
    }
}

#[test]
fn interrupts_from_another_thread_at_random_moments_cancel_or_come_too_late() {
    let set = whole();
    let file = File::new();
    let mut connection = file.open();
    first_version(&mut connection, true);
    let before = contents(&connection);
    let handle = connection.get_interrupt_handle();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                handle.interrupt();
                std::thread::yield_now();
            }
        });
        let results: Vec<_> = (0..200)
            .map(|_| {
                let result = Migrator::new(&set).apply(&mut connection);
                (result, connection.is_autocommit())
            })
            .collect();
        done.store(true, Ordering::Relaxed);
        for (result, is_usable) in results {
            assert!(is_usable, "a transaction is open: {result:?}");
            if let Err(error) = result {
                assert_eq!(error.code(), ErrorCode::Cancelled, "{error}");
            }
        }
    });
    assert_usable(&connection, true, "after the interrupts");
    if value::<i64>(&connection, "SELECT count(*) FROM _wheatear_migration") == 1 {
        assert_eq!(contents(&connection), before);
    }
    Migrator::new(&set).apply(&mut connection).expect("the next run");
}

/// What an observer does at its nth event.
#[derive(Clone, Copy, Debug, PartialEq)]
enum At {
    Cancel,
    Panic,
}

/// An operation on a file, ended by its observer at each single event, one after the other.
fn end_at_every_event(
    set: &MigrationSet,
    prepare: impl Fn(&mut Connection),
    run: impl Fn(&Migrator<'_>, &mut Connection) -> Result<Report, Error>,
) -> usize {
    let mut ended = 0;
    for (at, foreign_keys) in [(At::Cancel, true), (At::Cancel, false), (At::Panic, true), (At::Panic, false)] {
        let file = File::new();
        let mut connection = file.open();
        first_version(&mut connection, foreign_keys);
        prepare(&mut connection);
        let before = file.bytes();
        for event in 1.. {
            let (left, told) = (AtomicUsize::new(event), Arc::new(Mutex::new(None)));
            let tells = Arc::clone(&told);
            let migrator = Migrator::new(set).on_progress(move |progress| {
                if left.fetch_sub(1, Ordering::Relaxed) != 1 {
                    return ControlFlow::Continue(());
                }
                *tells.lock().expect("one thread") = Some(format!("{progress:?}"));
                assert!(at != At::Panic, "the observer panics");
                ControlFlow::Break(())
            });
            let result = catch_unwind(AssertUnwindSafe(|| run(&migrator, &mut connection)));
            let Some(progress) = told.lock().map_or(None, |told| told.clone()) else {
                result.expect("no panic").expect("a whole run");
                break;
            };
            ended += 1;
            let place = format!("{at:?} at event {event}, {progress}");
            match result {
                Ok(result) => assert_eq!(result.expect_err(&place).code(), ErrorCode::Cancelled, "{place}"),
                Err(_) => assert_eq!(at, At::Panic, "{place}"),
            }
            assert_usable(&connection, foreign_keys, &place);
            assert!(file.bytes() == before, "{place}");
        }
    }
    ended
}

#[test]
fn an_observer_that_cancels_or_panics_at_any_event_of_a_run_leaves_no_trace() {
    let set = whole();
    let back = RollbackTarget::down_to("1");
    let applied = |connection: &mut Connection| drop(Migrator::new(&set).apply(connection).expect("the set applies"));
    let mut ended = end_at_every_event(&set, |_| (), |migrator, connection| migrator.apply(connection));
    assert!(ended > 4 * 15, "{ended}");
    ended += end_at_every_event(&set, applied, |migrator, connection| migrator.rollback(connection, back.clone()));
    ended += end_at_every_event(&set, applied, |migrator, connection| migrator.reapply(connection, back.clone()));
    support::tell!("runs ended by their observer: {ended}");
}

/// Half a second of work for SQLite, at least ten times as long as it takes to be asked.
const LONG: &str = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000)
    SELECT count(*) FROM n";

#[test]
fn after_a_cancelled_run_the_observer_hears_of_nothing_more() {
    let set = whole();
    let mut connection = Connection::open_in_memory().expect("a database");
    first_version(&mut connection, true);
    let heard = Arc::new(AtomicUsize::new(0));
    let hears = Arc::clone(&heard);
    let migrator = Migrator::new(&set).on_progress(move |progress| {
        hears.fetch_add(1, Ordering::Relaxed);
        match progress {
            Progress::Statement { .. } | Progress::Working { .. } => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        }
    });
    migrator.apply(&mut connection).expect_err("cancelled");
    let before = heard.load(Ordering::Relaxed);
    assert_eq!(value::<i64>(&connection, LONG), 2_000_000);
    assert_eq!(heard.load(Ordering::Relaxed), before);
}

#[test]
fn an_observer_that_cancels_at_any_event_of_a_split_run_lets_the_next_one_finish() {
    let outside = "-- transactional: false\nCREATE INDEX IF NOT EXISTS node_name ON node (name);\nVACUUM;";
    let set = set_with_code(&[CHANGES, &[("3.vacuum", outside)]].concat(), [CodeStep::new("5", "1", halve)]);
    let mut whole_run = Connection::open_in_memory().expect("a database");
    first_version(&mut whole_run, true);
    Migrator::new(&set).apply(&mut whole_run).expect("the set applies");
    let new = support::dump(&whole_run);

    for event in 1.. {
        let mut connection = Connection::open_in_memory().expect("a database");
        first_version(&mut connection, true);
        let left = Arc::new(AtomicUsize::new(event));
        let counts = Arc::clone(&left);
        let migrator = Migrator::new(&set).on_progress(move |_| match counts.fetch_sub(1, Ordering::Relaxed) {
            1 => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        });
        let before = contents(&connection);
        let result = migrator.apply(&mut connection);
        let place = format!("cancelled at event {event}: {result:?}");
        let applied = value::<i64>(&connection, "SELECT count(*) FROM _wheatear_migration");
        match result {
            Ok(_) if (1..=event).contains(&left.load(Ordering::Relaxed)) => {
                assert!(event > 25, "{place}");
                break;
            }
            // What ran outside is being recorded: too late to cancel.
            Ok(_) => assert_eq!(support::dump(&connection), new, "{place}"),
            Err(Error::Partial(partial)) => {
                assert_eq!(partial.error.code(), ErrorCode::Cancelled, "{place}");
                let committed = i64::try_from(partial.report.applied().count()).expect("a small number");
                assert_eq!(applied, 1 + committed, "the report tells what was committed: {place}");
            }
            Err(error) => {
                assert_eq!(error.code(), ErrorCode::Cancelled, "{place}");
                assert_eq!(contents(&connection), before, "{place}");
            }
        }
        assert_usable(&connection, true, &place);
        Migrator::new(&set).apply(&mut connection).expect("the next run");
        assert_eq!(support::dump(&connection), new, "{place}");
    }
}

#[test]
fn a_rehearsal_that_cannot_copy_a_locked_database_says_so() {
    let set = whole();
    let file = File::new();
    first_version(&mut file.open(), true);
    let lock = file.open();
    lock.execute_batch("BEGIN EXCLUSIVE").expect("the lock");
    let connection = file.open();
    connection.busy_timeout(std::time::Duration::ZERO).expect("no patience");
    let latest = Operation::Apply(Target::Latest);
    let error = Migrator::new(&set).rehearse(&connection, &latest).expect_err("it cannot be read");
    assert_eq!(error.code(), ErrorCode::StorageBusy, "{error}");
    lock.execute_batch("ROLLBACK").expect("no lock");
    let rehearsal = Migrator::new(&set).rehearse(&connection, &latest).expect("a copy");
    assert_eq!(rehearsal.outcome.expect("it would succeed").applied().count(), 4);
}

#[test]
fn a_database_that_is_in_use_is_told_in_words_that_fit_here() {
    let file = File::new();
    let other = file.open();
    other.execute_batch("BEGIN EXCLUSIVE").expect("the lock");
    let mut connection = file.open();
    connection.busy_timeout(std::time::Duration::ZERO).expect("a timeout");
    let error = Migrator::new(&set(&[("1", "CREATE TABLE a (b);")])).apply(&mut connection).expect_err("a lock");
    assert_eq!(error.code(), ErrorCode::StorageBusy);
    assert!(error.to_string().contains("another connection or process"), "{error}");
    assert!(!error.to_string().contains(" tab"), "{error}");
}

#[test]
fn ids_that_are_used_up_are_no_full_disk() {
    let insert = set(&[("1", "SELECT 1;\nINSERT INTO counter (x) VALUES (1);")]);
    let used_up = "CREATE TABLE counter (id INTEGER PRIMARY KEY AUTOINCREMENT, x);
        INSERT INTO counter VALUES (9223372036854775807, 0);";
    let mut connection = Connection::open_in_memory().expect("a database");
    connection.execute_batch(used_up).expect("the last id");
    let error = Migrator::new(&insert).apply(&mut connection).expect_err("no id is left");
    assert_eq!(error.code(), ErrorCode::StatementFailed);
    assert!(error.to_string().contains("m/1.sql:2") && error.to_string().contains("ids of \"counter\""), "{error}");
}

#[test]
fn what_a_set_leaves_behind_as_a_whole_is_blamed_on_no_statement() {
    let set = set(&[("1", "CREATE TABLE a (b REFERENCES absent (id));")]);
    let error = set.tried_out().expect_err("a key that leads nowhere").to_string();
    assert!(error.contains("migration \"1\"") && !error.contains("statement 0"), "{error}");
}
