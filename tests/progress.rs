//! What a run tells while it runs, and how it is cancelled.
#![cfg(not(target_family = "wasm"))]

mod support;

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rusqlite::Connection;
use support::{File, set, value};
use wheatear::{ErrorCode, MigrationSet, Migrator, Progress};

/// Counts to three million, which takes about half a second.
const LONG: &str = "CREATE TABLE a (b);\nINSERT INTO a WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n
    WHERE i < 3000000) SELECT max(i) FROM n;";

fn line(progress: &Progress<'_>) -> String {
    match progress {
        Progress::Phase(phase) => phase.as_str().to_owned(),
        Progress::Step { operation, id, number, count } => format!("{operation} {id} ({number}/{count})"),
        Progress::Statement { id, statement, line } => format!("{id} statement {statement} line {line}"),
        Progress::Working { id, statement, .. } => format!("{id} statement {statement} works"),
        _ => "something new".to_owned(),
    }
}

/// What a run of the set tells.
fn told(set: &MigrationSet) -> Vec<String> {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&lines);
    let migrator = Migrator::new(set).on_progress(move |progress| {
        heard.lock().expect("one thread").push(line(progress));
        ControlFlow::Continue(())
    });
    migrator.apply(&mut Connection::open_in_memory().expect("a database")).expect("the set applies");
    let lines = lines.lock().expect("one thread");
    lines.clone()
}

#[test]
fn every_phase_migration_and_statement_is_told_in_order() {
    let set = set(&[
        ("1", "CREATE TABLE a (b);\n\nINSERT INTO a VALUES (1);"),
        ("2", "-- c\nSELECT 1;"),
        ("post-apply", "SELECT 2;"),
    ]);
    assert_eq!(
        told(&set),
        [
            "planning",
            "migrating",
            "apply 1 (1/3)",
            "1 statement 1 line 1",
            "1 statement 2 line 3",
            "apply 2 (2/3)",
            "2 statement 1 line 2",
            "hook post-apply (3/3)",
            "post-apply statement 1 line 1",
            "checking",
            "committing",
        ]
    );
}

#[test]
fn a_long_statement_gives_at_least_ten_signs_of_life_a_second() {
    let pulses = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&pulses);
    let migrator_set = set(&[("1", LONG)]);
    let migrator = Migrator::new(&migrator_set).on_progress(move |progress| {
        if let Progress::Working { elapsed, statement: 2, id: "1" } = progress {
            heard.lock().expect("one thread").push(*elapsed);
        }
        ControlFlow::Continue(())
    });
    let report = migrator.apply(&mut Connection::open_in_memory().expect("a database")).expect("the set applies");
    let pulses = pulses.lock().expect("one thread");
    assert!(pulses.windows(2).all(|pair| pair[0] < pair[1]));
    let mut pauses: Vec<_> = pulses.windows(2).map(|pair| pair[1] - pair[0]).collect();
    pauses.sort();
    assert!(pauses.len() >= 3, "the statement is too short to show anything");
    // The median: a busy machine may hold up this thread, whatever it does, and then one pause is long.
    let median = pauses[pauses.len() / 2];
    assert!(median <= Duration::from_millis(100), "{median:?} between two signs of life");
    let (last, duration) = (pulses[pulses.len() - 1], report.steps[0].duration);
    assert!(last * 2 > duration, "no sign of life after {last:?} of {duration:?}");
}

#[test]
fn cancelling_inside_a_long_statement_leaves_everything_as_it_was() {
    let file = File::new();
    let set = set(&[("1", "CREATE TABLE first (x)"), ("2", LONG)]);
    let mut connection = file.open();
    connection.pragma_update(None, "foreign_keys", true).expect("a pragma");
    let migrator = Migrator::new(&set).on_progress(|progress| match progress {
        Progress::Working { .. } => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    });
    let error = migrator.apply(&mut connection).expect_err("cancelled");
    assert_eq!(
        (error.code(), error.to_string().as_str()),
        (ErrorCode::Cancelled, "the run was cancelled; nothing was changed")
    );
    assert!(connection.is_autocommit());
    assert!(value::<bool>(&connection, "PRAGMA foreign_keys"));
    assert_eq!(value::<i64>(&connection, "SELECT count(*) FROM sqlite_schema"), 0);
    // The handler is gone: a statement as long as that one is not interrupted any more.
    connection.execute_batch(LONG).expect("a long statement of the application");
    drop(connection);
}

#[test]
fn a_run_that_has_nothing_to_do_tells_nothing_and_takes_no_handler() {
    let set = set(&[("1", "SELECT 1")]);
    let mut connection = Connection::open_in_memory().expect("a database");
    Migrator::new(&set).apply(&mut connection).expect("the set applies");
    let migrator = Migrator::new(&set).on_progress(|progress| panic!("{progress:?}"));
    assert!(migrator.apply(&mut connection).expect("nothing to do").steps.is_empty());
}

#[test]
fn an_interrupt_from_another_thread_is_a_cancelled_run() {
    let set = set(&[("1", LONG)]);
    let mut connection = Connection::open_in_memory().expect("a database");
    let handle = connection.get_interrupt_handle();
    let (begun, begins) = std::sync::mpsc::channel();
    let begun = Mutex::new(begun);
    let interrupter = std::thread::spawn(move || {
        begins.recv_timeout(Duration::from_secs(60)).expect("the statement begins");
        handle.interrupt();
    });
    let migrator = Migrator::new(&set).on_progress(move |progress| {
        if let Progress::Working { .. } = progress {
            let _ = begun.lock().expect("one thread").send(());
        }
        ControlFlow::Continue(())
    });
    let error = migrator.apply(&mut connection).expect_err("interrupted");
    interrupter.join().expect("no panic");
    assert_eq!(error.code(), ErrorCode::Cancelled, "{error}");
    assert!(connection.is_autocommit());
}

/// Cancelled by SQLite's progress handler, after the phase began.
fn cancelled_in(phase: wheatear::Phase, set: &MigrationSet, connection: &mut Connection) -> wheatear::Error {
    let migrator = Migrator::new(set).on_progress(move |progress| match progress {
        Progress::Phase(begun) if *begun == phase => {
            std::thread::sleep(Duration::from_millis(80));
            ControlFlow::Continue(())
        }
        Progress::Working { .. } => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    });
    migrator.apply(connection).expect_err("cancelled")
}

#[test]
fn cancelling_while_the_ledger_is_written_does_not_call_it_damaged() {
    let files: Vec<String> = (1..4000).map(|number| number.to_string()).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|id| (id.as_str(), "SELECT 1")).collect();
    let mut connection = Connection::open_in_memory().expect("a database");
    let error = cancelled_in(wheatear::Phase::Checking, &set(&files), &mut connection);
    assert_eq!(error.code(), ErrorCode::Cancelled, "{error}");
}

#[test]
fn cancelling_the_first_look_at_foreign_keys_cancels_the_run() {
    let mut connection = Connection::open_in_memory().expect("a database");
    connection
        .execute_batch(
            "CREATE TABLE node (id INTEGER PRIMARY KEY); CREATE TABLE reading (node_id REFERENCES node);
             INSERT INTO node WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000)
               SELECT i FROM n;
             INSERT INTO reading SELECT id FROM node;",
        )
        .expect("rows");
    let error = cancelled_in(wheatear::Phase::Migrating, &set(&[("1", "SELECT 1")]), &mut connection);
    assert_eq!(error.code(), ErrorCode::Cancelled, "{error}");
}
