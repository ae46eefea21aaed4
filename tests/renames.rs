//! Migrations whose id was changed after databases had applied them.
#![cfg(not(target_family = "wasm"))]

mod support;

use rusqlite::Connection;
use support::{column, set, set_with_code, value};
use wheatear::{
    CodeError, CodeStep, ErrorCode, MigrationSet, MigrationState, Migrator, OnAhead, Operation, RollbackTarget,
    StepOperation, Target, Warning,
};

const CREATE: (&str, &str) = ("1", "CREATE TABLE cup (id INTEGER PRIMARY KEY);");
const NOTE: &str = "ALTER TABLE cup ADD COLUMN note TEXT;";
const WITHOUT_NOTE: &str = "ALTER TABLE cup DROP COLUMN note;";
const INDEX: &str = "CREATE INDEX cup_note ON cup (note);";

/// As it was released: 2, and 4 that depends on it.
fn released() -> MigrationSet {
    set(&[CREATE, ("2", NOTE), ("2.rollback", WITHOUT_NOTE), ("4", &format!("-- depends: 1 2\n{INDEX}"))])
}

/// The same, with 2 called 3.
fn renumbered() -> MigrationSet {
    let note = format!("-- was: 2\n-- depends: 1\n{NOTE}");
    set(&[CREATE, ("3", &note), ("3.rollback", WITHOUT_NOTE), ("4", &format!("-- depends: 1 3\n{INDEX}"))])
        .tried_out()
        .expect("it runs")
}

/// A database that the released set was applied to, with a row.
fn database() -> Connection {
    let mut database = Connection::open_in_memory().expect("a database");
    Migrator::new(&released()).apply(&mut database).expect("the set applies");
    database.execute("INSERT INTO cup (note) VALUES ('full')", []).expect("a row");
    database
}

fn recorded(database: &Connection) -> Vec<String> {
    column(database, "SELECT id || ': ' || depends FROM _wheatear_migration ORDER BY position")
}

#[test]
fn a_rename_changes_the_record_and_runs_nothing() {
    let mut database = database();
    let applied_at = column(&database, "SELECT applied_at FROM _wheatear_migration ORDER BY position");
    let new = renumbered();
    let migrator = Migrator::new(&new).app_version("2.0");
    let apply = Operation::Apply(Target::Latest);
    assert_eq!(migrator.plan(&database, &apply).expect("a plan").to_string(), "from 4 to 4:\n  rename 2 -> 3");
    let rehearsal = migrator.rehearse(&database, &apply).expect("a rehearsal");
    assert_eq!(rehearsal.outcome.expect("it would succeed").steps.len(), 1);
    let states = |database: &Connection| -> Vec<_> {
        migrator.status(database).expect("statuses").into_iter().map(|status| (status.id, status.state)).collect()
    };
    let all_applied = ["1", "3", "4"].map(|id| (id.to_owned(), MigrationState::Applied));
    assert_eq!(states(&database), all_applied);
    assert!(migrator.pending(&database, &apply).expect("a plan").is_some(), "the quick look must not miss it");

    let report = migrator.apply(&mut database).expect("a rename");
    let steps: Vec<_> = report.steps.iter().map(|step| (step.operation, step.id.as_str())).collect();
    assert_eq!((steps, report.warnings.len()), (vec![(StepOperation::Rename, "3")], 0));
    assert_eq!(recorded(&database), ["1: ", "3: ", "4: 1 3"]);
    assert_eq!(column(&database, "SELECT applied_at FROM _wheatear_migration ORDER BY position"), applied_at);
    assert_eq!(value::<String>(&database, "SELECT note FROM cup"), "full");
    let log = migrator.log(&database).expect("a log");
    let last =
        log.last().map(|entry| (entry.operation.as_str(), entry.migration.as_str(), entry.app_version.as_deref()));
    assert_eq!(last, Some(("rename", "2 -> 3", Some("2.0"))));

    assert_eq!(value::<[u8; 32]>(&database, "SELECT digest FROM _wheatear_ledger"), *new.digest().as_bytes());
    assert!(migrator.pending(&database, &apply).expect("a look").is_none());
    assert_eq!(states(&database), all_applied);
}

#[test]
fn what_was_renamed_is_taken_back_with_the_recorded_down_and_applied_again() {
    let mut database = database();
    let new = renumbered();
    let migrator = Migrator::new(&new);
    let without_four = set(&[CREATE, ("3", &format!("-- was: 2\n{NOTE}"))]);
    database.execute_batch("DROP INDEX cup_note; DELETE FROM _wheatear_migration WHERE id = '4'").expect("4 is gone");
    let report = Migrator::new(&without_four).rollback(&mut database, RollbackTarget::last(1)).expect("the way back");
    let did = |report: &wheatear::Report| -> Vec<_> {
        report.steps.iter().map(|step| format!("{} {}", step.operation, step.id)).collect()
    };
    assert_eq!(did(&report), ["rename 3", "rollback 3"]);
    assert_eq!(did(&migrator.apply(&mut database).expect("forth again")), ["apply 3", "apply 4"]);
    assert_eq!(value::<i64>(&database, "SELECT count(*) FROM cup WHERE note IS NULL"), 1);
}

#[test]
fn a_rename_comes_with_new_migrations_or_not_at_all() {
    let mut database = database();
    let files = |bad: &str| {
        let note = format!("-- was: 2\n{NOTE}");
        set(&[CREATE, ("3", &note), ("4", &format!("-- depends: 1 3\n{INDEX}")), ("5", bad)])
    };
    let before = recorded(&database);
    Migrator::new(&files("INSERT INTO absent VALUES (1);")).apply(&mut database).expect_err("a bad migration");
    assert_eq!(recorded(&database), before);
    Migrator::new(&files("-- transactional: false\nVACUUM;")).apply(&mut database).expect("a good one");
    assert_eq!(recorded(&database), ["1: ", "3: ", "4: 1 3", "5: "]);
}

#[test]
fn an_older_build_is_told_and_does_not_take_the_migration_for_another() {
    let mut database = database();
    Migrator::new(&renumbered()).apply(&mut database).expect("a rename");
    let old = released();
    for ahead in [OnAhead::Error, OnAhead::Rollback] {
        let error = Migrator::new(&old).on_ahead(ahead).apply(&mut database).expect_err("an older build");
        assert_eq!(error.code(), ErrorCode::DatabaseAhead);
        assert!(error.to_string().contains("what \"2\" does is recorded as \"3\""), "{error}");
    }
    assert_eq!(value::<String>(&database, "SELECT note FROM cup"), "full");
}

#[test]
fn by_policy_what_was_only_renamed_is_not_taken_back() {
    let mut database = database();
    let new = renumbered();
    let migrator = Migrator::new(&new).on_ahead(OnAhead::Rollback);
    assert_eq!(migrator.apply(&mut database).expect("a rename").rolled_back().count(), 0);
    assert_eq!(value::<String>(&database, "SELECT note FROM cup"), "full");
}

#[test]
fn code_is_renamed_and_taken_back_by_the_function_of_its_new_id() {
    fn fill(transaction: &rusqlite::Transaction<'_>) -> Result<(), CodeError> {
        transaction.execute("UPDATE cup SET id = id + 10", [])?;
        Ok(())
    }
    fn empty(transaction: &rusqlite::Transaction<'_>) -> Result<(), CodeError> {
        transaction.execute("UPDATE cup SET id = id - 10", [])?;
        Ok(())
    }
    let files = [("1", "CREATE TABLE cup (id INTEGER PRIMARY KEY); INSERT INTO cup VALUES (1);")];
    let mut database = Connection::open_in_memory().expect("a database");
    let old = set_with_code(&files, [CodeStep::new("2.fill", "1", fill).down(empty)]);
    Migrator::new(&old).apply(&mut database).expect("the set applies");
    let new = set_with_code(&files, [CodeStep::new("3.fill", "1", fill).down(empty).was(["2.fill"])]);
    let migrator = Migrator::new(&new);
    migrator.apply(&mut database).expect("a rename");
    assert_eq!(value::<i64>(&database, "SELECT id FROM cup"), 11);
    migrator.rollback(&mut database, RollbackTarget::last(1)).expect("the way back");
    assert_eq!(value::<i64>(&database, "SELECT id FROM cup"), 1);
}

#[test]
fn a_dependency_that_is_recorded_twice_is_renamed_twice() {
    let mut database = database();
    database.execute("UPDATE _wheatear_migration SET depends = '2 2 1 22 2' WHERE id = '4'", []).expect("a row");
    Migrator::new(&renumbered()).apply(&mut database).expect("a rename");
    assert_eq!(recorded(&database)[2], "4: 3 3 1 22 3");
}

#[test]
fn what_was_cut_short_under_its_old_id_is_said_to_run_again() {
    let mut database = Connection::open_in_memory().expect("a database");
    Migrator::new(&set(&[CREATE])).apply(&mut database).expect("the first");
    let started = "INSERT INTO _wheatear_log (operation, migration, outcome, at, library_version)
        VALUES ('apply', '2', 'started', '2024-05-01T12:00:00.000Z', '0')";
    database.execute(started, []).expect("a line of the log");
    let new = set(&[CREATE, ("3", "-- was: 2\n-- transactional: false\nVACUUM;")]);
    let report = Migrator::new(&new).apply(&mut database).expect("it applies");
    assert_eq!(report.warnings, [Warning::RanAgain { id: "3".to_owned() }]);
}

const SQUASHED: &str = "-- was: 1, 2\nCREATE TABLE cup (id INTEGER PRIMARY KEY, note TEXT);";

/// The released set, with 1 and 2 replaced by one.
fn squashed() -> MigrationSet {
    let index = format!("-- depends: 2.all\n{INDEX}");
    set(&[
        ("2.all", SQUASHED),
        ("2.all.rollback", "DROP TABLE cup;"),
        ("4", &index),
        ("4.rollback", "DROP INDEX cup_note;"),
    ])
    .tried_out()
    .expect("it runs")
}

#[test]
fn what_is_replaced_is_recorded_as_what_replaces_it_and_nothing_runs() {
    let mut database = database();
    let first = value::<String>(&database, "SELECT applied_at FROM _wheatear_migration WHERE id = '1'");
    let new = squashed();
    let migrator = Migrator::new(&new);
    let status = migrator.status(&database).expect("statuses");
    assert!(status.len() == 2 && status.iter().all(|status| status.state == MigrationState::Applied), "{status:?}");
    let report = migrator.apply(&mut database).expect("a squash");
    let did: Vec<_> = report.steps.iter().map(|step| format!("{} {}", step.operation, step.id)).collect();
    assert_eq!((did, report.warnings), (vec!["rename 2.all".to_owned()], vec![]));
    assert_eq!(recorded(&database), ["2.all: ", "4: 2.all 2.all"]);
    let entry = "SELECT applied_at || up || down FROM _wheatear_migration WHERE id = '2.all'";
    assert_eq!(value::<String>(&database, entry), format!("{first}{SQUASHED}DROP TABLE cup;"));
    assert_eq!(value::<String>(&database, "SELECT note FROM cup"), "full");
    let log = migrator.log(&database).expect("a log");
    assert_eq!(log.last().map(|entry| entry.migration.as_str()), Some("1, 2 -> 2.all"));
    assert_eq!(value::<[u8; 32]>(&database, "SELECT digest FROM _wheatear_ledger"), *new.digest().as_bytes());
    assert!(migrator.pending(&database, &Operation::Apply(Target::Latest)).expect("a look").is_none());

    migrator.rollback(&mut database, RollbackTarget::All).expect("the way back of the one");
    assert!(!database.table_exists(None, "cup").expect("an answer"));
    let report = migrator.apply(&mut database).expect("forth again, as a new database");
    assert_eq!((report.applied().count(), report.warnings.len()), (2, 0));
}

#[test]
fn a_database_with_some_of_the_replaced_ones_is_told_which_it_lacks_and_left_alone() {
    let mut database = Connection::open_in_memory().expect("a database");
    Migrator::new(&released()).apply_to(&mut database, Target::next(1)).expect("the first");
    let (before, new) = (support::dump(&database), squashed());
    for ahead in [OnAhead::Error, OnAhead::Rollback] {
        let error = Migrator::new(&new).on_ahead(ahead).apply(&mut database).expect_err("a part of them");
        assert_eq!(error.code(), ErrorCode::PartlyReplaced);
        assert!(error.to_string().contains("has applied \"1\", and not \"2\""), "{error}");
    }
    assert_eq!((support::dump(&database), recorded(&database)), (before, vec!["1: ".to_owned()]));
    let status = Migrator::new(&new).status(&database).expect("a status");
    let status: Vec<String> = status.iter().map(|one| format!("{} {}", one.state.as_str(), one.id)).collect();
    assert_eq!(status, ["partly_replaced 2.all", "pending 4", "unknown 1"]);
    Migrator::new(&released()).apply(&mut database).expect("the build that has them");
    Migrator::new(&new).apply(&mut database).expect("the next");
    assert_eq!(recorded(&database), ["2.all: ", "4: 2.all 2.all"]);
}

#[test]
fn an_older_build_is_refused_where_its_migrations_were_replaced() {
    let mut database = database();
    Migrator::new(&squashed()).apply(&mut database).expect("a squash");
    let error = Migrator::new(&released()).apply(&mut database).expect_err("an older build");
    assert_eq!(error.code(), ErrorCode::Missing);
    assert_eq!(value::<String>(&database, "SELECT note FROM cup"), "full");
}
