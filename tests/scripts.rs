//! What a migration may be besides plain SQL in the run's transaction: hooks, scripts outside of the
//! transaction, scripts with foreign keys on, functions.
#![cfg(not(target_family = "wasm"))]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rusqlite::{Connection, Transaction};
use support::{File, column, dump, set, value};
use wheatear::{
    CodeError, CodeStep, Error, ErrorCode, MigrationSet, Migrator, Operation, QueryError, RollbackTarget, Session,
    SourceFile, StorageErrorKind, Target, migrations,
};

fn memory() -> Connection {
    Connection::open_in_memory().expect("a database")
}

fn steps(report: &wheatear::Report) -> Vec<String> {
    report.steps.iter().map(|step| format!("{} {}", step.operation, step.id)).collect()
}

fn log(set: &MigrationSet, connection: &Connection) -> Vec<String> {
    let log = Migrator::new(set).log(connection).expect("a log");
    log.iter().map(|entry| format!("{} {}: {}", entry.operation, entry.migration, entry.outcome)).collect()
}

#[test]
fn hooks_run_after_a_run_that_applied_something_and_only_then() {
    let hooks = [
        ("post-apply.2", "INSERT INTO ran SELECT 'second after ' || count(*) FROM ran"),
        ("post-apply.10", "INSERT INTO ran VALUES ('third')"),
        ("post-apply", "INSERT INTO ran VALUES ('first')"),
    ];
    let first = ("1", "CREATE TABLE ran (x)");
    let set_1 = set(&[&[first][..], &hooks[..]].concat());
    let mut connection = memory();
    let report = Migrator::new(&set_1).apply(&mut connection).expect("the set applies");
    assert_eq!(steps(&report), ["apply 1", "hook post-apply", "hook post-apply.2", "hook post-apply.10"]);
    assert_eq!(column(&connection, "SELECT x FROM ran"), ["first", "second after 1", "third"]);
    Migrator::new(&set_1).apply(&mut connection).expect("nothing to do");
    assert_eq!(value::<i64>(&connection, "SELECT count(*) FROM ran"), 3);

    let set_2 = set(&[&[first, ("2", "SELECT 1"), ("2.down", "SELECT 1")][..], &hooks[..]].concat());
    Migrator::new(&set_2).apply(&mut connection).expect("another one");
    assert_eq!(value::<i64>(&connection, "SELECT count(*) FROM ran"), 6);
    Migrator::new(&set_2).rollback(&mut connection, RollbackTarget::last(1)).expect("back");
    assert_eq!(value::<i64>(&connection, "SELECT count(*) FROM ran"), 6, "a rollback applies nothing");
}

#[test]
fn a_hook_that_fails_undoes_the_run_and_is_named() {
    let set = set(&[("1", "CREATE TABLE a (b)"), ("post-apply", "SELECT 1;\nSELECT c FROM a")]);
    let file = File::new();
    let error = Migrator::new(&set).apply(&mut file.open()).expect_err("a failing hook");
    assert!(error.to_string().starts_with("m/post-apply.sql:2: statement 2 of migration \"post-apply\""), "{error}");
    assert_eq!(value::<i64>(&file.open(), "SELECT count(*) FROM sqlite_schema"), 0);
}

#[test]
fn a_migration_outside_of_the_transaction_splits_the_run() {
    let set = set(&[
        ("1", "CREATE TABLE a (b)"),
        ("2", "-- transactional: false\nPRAGMA page_size = 1024; VACUUM;"),
        ("3", "CREATE TABLE c (d)"),
    ]);
    let file = File::new();
    let mut connection = file.open();
    let report = Migrator::new(&set).apply(&mut connection).expect("the set applies");
    assert_eq!(steps(&report), ["apply 1", "apply 2", "apply 3"]);
    assert_eq!(value::<i64>(&connection, "PRAGMA page_size"), 1024);
    assert_eq!(log(&set, &connection), ["apply 1: done", "apply 2: started", "apply 2: done", "apply 3: done"]);
    assert!(Migrator::new(&set).apply(&mut connection).expect("nothing to do").steps.is_empty());
}

#[test]
fn a_split_run_that_fails_says_what_was_committed_and_goes_on_from_there() {
    let good = [("1", "CREATE TABLE a (b)"), ("2", "-- transactional: false\nVACUUM;")];
    let failing = set(&[&good[..], &[("3", "CREATE TABLE c (d);\nCREATE TABLE a (b)")][..]].concat());
    let mut connection = memory();
    let error = Migrator::new(&failing).apply(&mut connection).expect_err("the third");
    let Error::Partial(partial) = &error else { panic!("{error}") };
    assert_eq!(steps(&partial.report), ["apply 1", "apply 2"]);
    assert_eq!((partial.report.to.as_deref(), partial.unfinished.as_deref()), (Some("2"), None));
    assert_eq!(error.code(), ErrorCode::StatementFailed);
    assert_eq!(
        error.to_string(),
        "m/3.sql:2: statement 2 of migration \"3\" failed: table a already exists (SQLite code 1); \
         the run had committed before: apply 1, apply 2\n  2 | CREATE TABLE a (b)\n    |              ^"
    );
    assert_eq!(dump(&connection), ["CREATE TABLE a (b)"]);

    let mended = set(&[&good[..], &[("3", "CREATE TABLE c (d)")][..]].concat());
    assert_eq!(steps(&Migrator::new(&mended).apply(&mut connection).expect("the rest")), ["apply 3"]);
}

#[test]
fn what_fails_outside_of_a_transaction_says_that_its_beginning_remains_and_closes_what_it_opened() {
    let set = set(&[(
        "1",
        "-- transactional: false\nCREATE TABLE a (b);\nBEGIN;\nCREATE TABLE c (d);\nCREATE TABLE a (b);\nCOMMIT;",
    )]);
    let mut connection = memory();
    let error = Migrator::new(&set).apply(&mut connection).expect_err("the second table a");
    assert!(error.to_string().contains("m/1.sql:5: statement 4 of migration \"1\" failed"), "{error}");
    assert!(
        error.to_string().contains("\"1\" was outside of the run's transaction, so what it did before that may remain"),
        "{error}"
    );
    assert!(connection.is_autocommit());
    assert_eq!(dump(&connection), ["CREATE TABLE a (b)"]);
    assert_eq!(log(&set, &connection), ["apply 1: started", "apply 1: failed"]);
}

#[test]
fn two_runs_that_meet_between_the_parts_do_not_both_record() {
    let file = File::new();
    // The part outside of the transaction is where another connection can get in.
    let meddle = set(&[("1", "CREATE TABLE a (b)"), ("9", "CREATE TABLE meddled (x)")]);
    let split = set(&[("1", "CREATE TABLE a (b)"), ("2", "-- transactional: false\nVACUUM;"), ("3", "SELECT 1")]);
    let other = std::sync::Mutex::new((file.open(), meddle));
    let migrator = Migrator::new(&split).on_progress(move |progress| {
        if matches!(progress, wheatear::Progress::Statement { id: "2", .. }) {
            let (connection, set) = &mut *other.lock().expect("one thread");
            Migrator::new(set).apply(connection).expect("it gets in");
        }
        std::ops::ControlFlow::Continue(())
    });
    let error = migrator.apply(&mut file.open()).expect_err("someone else was there");
    let Error::Partial(partial) = &error else { panic!("{error}") };
    assert!(matches!(&partial.error, Error::Storage(error) if error.kind == StorageErrorKind::Busy), "{error}");
    assert_eq!(column(&file.open(), "SELECT id FROM _wheatear_migration"), ["1", "9"]);
}

#[test]
fn foreign_keys_on_holds_for_that_migration_only() {
    let tables = "CREATE TABLE node (id INTEGER PRIMARY KEY);
        CREATE TABLE reading (node_id INTEGER REFERENCES node ON DELETE CASCADE);
        INSERT INTO node VALUES (1), (2); INSERT INTO reading VALUES (1), (2);";
    let rebuild = "CREATE TABLE node_new (id INTEGER PRIMARY KEY, name); INSERT INTO node_new SELECT id, 'x' FROM node;
        DROP TABLE node; ALTER TABLE node_new RENAME TO node;";
    let set = set(&[("1", tables), ("2", "-- foreign_keys: on\nDELETE FROM node WHERE id = 1;"), ("3", rebuild)]);
    for own_setting in [false, true] {
        let mut connection = memory();
        connection.pragma_update(None, "foreign_keys", own_setting).expect("a pragma");
        Migrator::new(&set).apply(&mut connection).expect("the set applies");
        assert_eq!(
            column(&connection, "SELECT CAST(node_id AS TEXT) FROM reading"),
            ["2"],
            "1 cascaded, 2 survived the rebuild"
        );
        assert_eq!(value::<bool>(&connection, "PRAGMA foreign_keys"), own_setting);
    }
}

#[test]
fn foreign_keys_on_refuses_an_orphan_at_its_statement() {
    let set = set(&[
        ("1", "CREATE TABLE node (id INTEGER PRIMARY KEY); CREATE TABLE reading (node_id INTEGER REFERENCES node);"),
        ("2", "-- foreign_keys: on\n\nINSERT INTO reading VALUES (9);"),
    ]);
    let mut connection = memory();
    let error = Migrator::new(&set).apply(&mut connection).expect_err("an orphan");
    assert!(error.to_string().starts_with("m/2.sql:3: statement 1 of migration \"2\" failed: FOREIGN KEY"), "{error}");
    assert!(dump(&connection).is_empty());
}

fn fill(transaction: &Transaction<'_>) -> Result<(), CodeError> {
    let ids: Vec<i64> = transaction
        .prepare("SELECT id FROM node ORDER BY id")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for id in ids {
        transaction.execute("UPDATE node SET name = ?1 WHERE id = ?2", (format!("node {id}"), id))?;
    }
    Ok(())
}

fn clear(transaction: &Transaction<'_>) -> Result<(), CodeError> {
    transaction.execute("UPDATE node SET name = NULL", [])?;
    Ok(())
}

fn code_set(step: CodeStep) -> MigrationSet {
    let file = |path: &str, text: &str| SourceFile { path: path.to_owned(), text: text.to_owned() };
    let files = [
        file(
            "m/1.sql",
            "CREATE TABLE node (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO node (id) VALUES (1), (2);",
        ),
        file("m/10.sql", "-- depends: 2.fill\nCREATE INDEX node_name ON node (name);"),
        file("m/10.rollback.sql", "DROP INDEX node_name;"),
    ];
    MigrationSet::build(files, [step]).expect("a valid set")
}

const NAMES: &str = "SELECT coalesce(name, 'NULL') FROM node ORDER BY id";

#[test]
fn code_runs_in_its_place_and_is_taken_back_by_its_own_function() {
    let set = code_set(CodeStep::new("2.fill", "1", fill).depends(["1"]).down(clear));
    let mut connection = memory();
    let report = Migrator::new(&set).apply(&mut connection).expect("the set applies");
    assert_eq!(steps(&report), ["apply 1", "apply 2.fill", "apply 10"]);
    assert_eq!(column(&connection, NAMES), ["node 1", "node 2"]);
    Migrator::new(&set).rollback(&mut connection, RollbackTarget::down_to("1")).expect("a way back");
    assert_eq!(column(&connection, NAMES), ["NULL", "NULL"]);
}

#[test]
fn code_may_be_a_closure_that_has_something_from_outside() {
    let calls = Arc::new(AtomicUsize::new(0));
    let (name, down_calls) = (String::from("wren"), Arc::clone(&calls));
    let up = move |transaction: &Transaction<'_>| {
        transaction.execute("UPDATE node SET name = ?", [&name])?;
        Ok(())
    };
    let down = move |transaction: &Transaction<'_>| {
        down_calls.fetch_add(1, Ordering::Relaxed);
        clear(transaction)
    };
    let set = code_set(CodeStep::new("2.fill", "1", up).depends(["1"]).down(down));
    // What is made of a step at run time has nothing to do with how it is recorded.
    assert_eq!(set.digest(), code_set(CodeStep::new("2.fill", "1", fill).depends(["1"]).down(clear)).digest());
    let mut connection = memory();
    Migrator::new(&set.clone()).apply(&mut connection).expect("the set applies");
    assert_eq!(column(&connection, NAMES), ["wren", "wren"]);
    Migrator::new(&set).rollback(&mut connection, RollbackTarget::down_to("1")).expect("a way back");
    assert_eq!(column(&connection, NAMES), ["NULL", "NULL"]);
    assert_eq!(calls.load(Ordering::Relaxed), 1);
    assert!(format!("{set:?}").contains("2.fill"));
}

#[test]
fn what_code_reports_of_storage_and_of_an_interrupt_is_told_as_such() {
    let other = |_: &Transaction<'_>| -> Result<(), CodeError> {
        let file = tempfile::NamedTempFile::new()?;
        std::fs::write(file.path(), "this is no database".repeat(100))?;
        Session::new(Connection::open(file.path())?).exec("SELECT * FROM sqlite_schema")?;
        Ok(())
    };
    let interrupted =
        |_: &Transaction<'_>| -> Result<(), CodeError> { Err(Box::new(Error::from(QueryError::Cancelled))) };
    for (step, code) in [
        (CodeStep::new("2.fill", "1", other), ErrorCode::NotADatabase),
        (CodeStep::new("2.fill", "1", interrupted), ErrorCode::Cancelled),
    ] {
        let error = Migrator::new(&code_set(step)).apply(&mut memory()).expect_err("code that fails");
        assert_eq!(error.code(), code, "{error}");
    }
}

#[test]
fn another_version_of_code_is_an_edit() {
    let mut connection = memory();
    Migrator::new(&code_set(CodeStep::new("2.fill", "1", fill))).apply(&mut connection).expect("version 1");
    let error =
        Migrator::new(&code_set(CodeStep::new("2.fill", "2", fill))).apply(&mut connection).expect_err("version 2");
    assert_eq!(error.code(), ErrorCode::Edited);
    assert!(error.to_string().contains("2.fill"), "{error}");
}

#[test]
fn code_that_fails_or_panics_undoes_the_run_and_leaves_the_connection_usable() {
    fn fails(transaction: &Transaction<'_>) -> Result<(), CodeError> {
        clear(transaction)?;
        Err("the moon is wrong".into())
    }
    fn panics(transaction: &Transaction<'_>) -> Result<(), CodeError> {
        clear(transaction)?;
        panic!("the moon is gone");
    }
    for (function, words) in [
        (
            fails as wheatear::CodeFunction,
            "the code of migration \"2.fill\" failed: the moon is wrong; nothing was changed",
        ),
        (panics, "the code of migration \"2.fill\" failed: it panicked: the moon is gone; nothing was changed"),
    ] {
        let mut connection = memory();
        connection.pragma_update(None, "foreign_keys", true).expect("a pragma");
        let error = Migrator::new(&code_set(CodeStep::new("2.fill", "1", function)))
            .apply(&mut connection)
            .expect_err("code that fails");
        assert_eq!((error.code(), error.to_string().as_str()), (ErrorCode::CodeFailed, words));
        assert!(connection.is_autocommit() && dump(&connection).is_empty());
        assert!(value::<bool>(&connection, "PRAGMA foreign_keys"));
        Migrator::new(&code_set(CodeStep::new("2.fill", "1", fill))).apply(&mut connection).expect("the next try");
    }
}

#[test]
fn code_that_ends_the_transaction_is_found_out_and_the_error_says_that_something_remains() {
    fn commits(transaction: &Transaction<'_>) -> Result<(), CodeError> {
        Ok(transaction.execute_batch("COMMIT")?)
    }
    fn begins_another(transaction: &Transaction<'_>) -> Result<(), CodeError> {
        Ok(transaction.execute_batch("COMMIT; BEGIN")?)
    }
    fn swallows(transaction: &Transaction<'_>) -> Result<(), CodeError> {
        let _ = transaction.execute_batch("INSERT OR ROLLBACK INTO node (id) VALUES (1)");
        Ok(())
    }
    for function in [commits as wheatear::CodeFunction, begins_another, swallows] {
        let mut connection = memory();
        let error = Migrator::new(&code_set(CodeStep::new("2.fill", "1", function)))
            .apply(&mut connection)
            .expect_err("it ended");
        let Error::Partial(partial) = &error else { panic!("{error}") };
        assert_eq!(partial.unfinished.as_deref(), Some("2.fill"));
        assert!(error.to_string().contains("it ended the run's transaction"), "{error}");
        assert!(!error.to_string().contains("nothing was changed"), "{error}");
        assert!(connection.is_autocommit());
    }
}

#[test]
fn hooks_that_a_split_run_did_not_come_to_run_the_next_time() {
    let outside = ("1", "-- transactional: false\nCREATE TABLE ran (x); VACUUM;");
    let failing = set(&[outside, ("post-apply", "INSERT INTO absent VALUES (1)")]);
    let mended = set(&[outside, ("post-apply", "INSERT INTO ran VALUES (1)")]);
    let mut connection = memory();
    let error = Migrator::new(&failing).apply(&mut connection).expect_err("a failing hook");
    assert!(error.to_string().contains("the run had committed before: apply 1"), "{error}");
    Migrator::new(&failing).apply(&mut connection).expect_err("it still fails");

    let report = Migrator::new(&mended).apply(&mut connection).expect("a hook that works");
    assert_eq!(steps(&report), ["hook post-apply"]);
    assert!(Migrator::new(&mended).apply(&mut connection).expect("nothing is owed").steps.is_empty());
    assert_eq!(value::<i64>(&connection, "SELECT count(*) FROM ran"), 1);
}

#[test]
fn hooks_that_are_owed_and_gone_are_not_waited_for() {
    let outside = ("1", "-- transactional: false\nVACUUM;");
    let mut connection = memory();
    Migrator::new(&set(&[outside, ("post-apply", "SELECT absent")]))
        .apply(&mut connection)
        .expect_err("a failing hook");
    let without = set(&[outside]);
    assert!(Migrator::new(&without).apply(&mut connection).expect("nothing to do").steps.is_empty());
}

#[test]
fn a_script_outside_that_was_cut_short_runs_again_and_the_report_says_so() {
    let set = set(&[("1", "-- transactional: false\nCREATE TABLE IF NOT EXISTS a (b);")]);
    let file = File::new();
    // A crash in the middle: the log has the beginning and nothing else.
    Migrator::new(&set).apply(&mut file.open()).expect("the set applies");
    file.open()
        .execute_batch("DELETE FROM _wheatear_migration; DELETE FROM _wheatear_log WHERE outcome = 'done'; UPDATE _wheatear_ledger SET digest = zeroblob(32)")
        .expect("as a crash leaves it");
    let report = Migrator::new(&set).apply(&mut file.open()).expect("once more");
    assert_eq!(
        report.warnings.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["\"1\" was cut short in an earlier run, and ran again from its beginning"]
    );
}

#[test]
fn foreign_keys_on_must_be_satisfied_at_the_end_of_that_migration() {
    let set = set(&[
        (
            "1",
            "CREATE TABLE node (id INTEGER PRIMARY KEY);
            CREATE TABLE reading (node_id INTEGER REFERENCES node DEFERRABLE INITIALLY DEFERRED);",
        ),
        ("2", "-- foreign_keys: on\nINSERT INTO reading VALUES (9);"),
        ("3", "INSERT INTO node VALUES (9);"),
    ]);
    let error = Migrator::new(&set).apply(&mut memory()).expect_err("a deferred orphan");
    assert_eq!(error.code(), ErrorCode::ForeignKeyViolation, "{error}");
}

static EMBEDDED: MigrationSet = migrations!("migrations", {
    "0003.backfill" => { version: "1", depends: ["0002.alter-table"], up: backfill, down: unfill },
});

fn backfill(transaction: &Transaction<'_>) -> Result<(), CodeError> {
    transaction.execute("UPDATE weather_node SET temp_c = 20 WHERE temp_c IS NULL", [])?;
    Ok(())
}

fn unfill(transaction: &Transaction<'_>) -> Result<(), CodeError> {
    transaction.execute("UPDATE weather_node SET temp_c = NULL", [])?;
    Ok(())
}

#[test]
fn code_is_declared_beside_the_folder_it_belongs_to() {
    let mut connection = memory();
    let report = Migrator::new(&EMBEDDED).apply(&mut connection).expect("the set applies");
    assert_eq!(report.to.as_deref(), Some("0003.backfill"));
    assert!(report.warnings.is_empty(), "{report}");
    Migrator::new(&EMBEDDED).reapply(&mut connection, RollbackTarget::last(2)).expect("again");
    assert!(Migrator::new(&EMBEDDED).apply(&mut connection).expect("nothing to do").steps.is_empty());
}

#[test]
fn orphans_that_a_migration_outside_of_the_transaction_makes_are_an_error_after_it_is_recorded() {
    let tables = "CREATE TABLE node (id INTEGER PRIMARY KEY); CREATE TABLE reading (node_id REFERENCES node);
        INSERT INTO node VALUES (1); INSERT INTO reading VALUES (1);";
    let set = set(&[("1", tables), ("2", "-- transactional: false\nDELETE FROM node;")]);
    let mut connection = memory();
    let error = Migrator::new(&set).apply(&mut connection).expect_err("an orphan");
    assert_eq!(error.code(), ErrorCode::ForeignKeyViolation);
    assert!(error.to_string().ends_with("the run had committed before: apply 1, apply 2"), "{error}");
    assert!(Migrator::new(&set).apply(&mut connection).expect("nothing to do").steps.is_empty());
}

#[test]
fn what_ran_outside_of_the_transaction_is_recorded_also_if_the_run_is_cancelled_then() {
    let set = set(&[("1", "-- transactional: false\nCREATE TABLE a (b);")]);
    let commits = std::sync::atomic::AtomicUsize::new(0);
    let migrator = Migrator::new(&set).on_progress(move |progress| match progress {
        wheatear::Progress::Phase(wheatear::Phase::Committing)
            if commits.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 1 =>
        {
            std::ops::ControlFlow::Break(())
        }
        _ => std::ops::ControlFlow::Continue(()),
    });
    let mut connection = memory();
    migrator.apply(&mut connection).expect("too late to cancel");
    assert!(Migrator::new(&set).apply(&mut connection).expect("nothing to do").steps.is_empty());
}

#[test]
fn what_the_application_adds_to_its_connections_rehearsals_trials_and_baselines_have_too() {
    fn prepare(connection: &Connection) -> rusqlite::Result<()> {
        connection.create_collation("reversed", |one, other| other.cmp(one))
    }
    let files = [("1", "CREATE TABLE node (name TEXT COLLATE reversed); CREATE INDEX node_name ON node (name);")];
    let bare = set(&files);
    bare.clone().tried_out().expect_err("nobody knows the collation");
    let set = bare.clone().preparing(prepare).tried_out().expect("it is known");
    assert!(set.schema().is_some());

    let mut connection = memory();
    prepare(&connection).expect("a collation");
    let latest = Operation::Apply(Target::Latest);
    let outcome = |set: &MigrationSet| Migrator::new(set).rehearse(&connection, &latest).expect("a copy").outcome;
    assert!(outcome(&bare).is_err());
    outcome(&set).expect("it would succeed");
    connection.execute_batch(files[0].1).expect("the same tables");
    Migrator::new(&bare).baseline(&mut connection, "1").expect_err("nobody knows the collation");
    Migrator::new(&set).baseline(&mut connection, "1").expect("the same schema");
}
