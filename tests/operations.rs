//! What can be done with a database besides applying, against real SQLite.
#![cfg(not(target_family = "wasm"))]

mod support;

use rusqlite::Connection;
use support::{File, column, dump, set, value};
use wheatear::{
    Error, ErrorCode, HistoryError, MigrationSet, MigrationState, Migrator, OnAhead, OnLate, Operation, RollbackTarget,
    StepOperation, Target, Warning,
};

const CREATE: (&str, &str) = ("1.create", "CREATE TABLE node (id INTEGER PRIMARY KEY);");
const CREATE_DOWN: (&str, &str) = ("1.create.rollback", "DROP TABLE node;");
const NAME: (&str, &str) = ("2.name", "-- depends: 1.create\nALTER TABLE node ADD COLUMN name TEXT;");
const NAME_DOWN: (&str, &str) = ("2.name.rollback", "ALTER TABLE node DROP COLUMN name;");
const INDEX: (&str, &str) = ("3.index", "-- depends: 2.name\nCREATE INDEX node_name ON node (name);");
const INDEX_DOWN: (&str, &str) = ("3.index.rollback", "DROP INDEX node_name;");

fn nodes() -> MigrationSet {
    set(&[CREATE, CREATE_DOWN, NAME, NAME_DOWN, INDEX, INDEX_DOWN])
}

fn memory() -> Connection {
    Connection::open_in_memory().expect("a database")
}

fn migrated(set: &MigrationSet) -> Connection {
    let mut connection = memory();
    Migrator::new(set).apply(&mut connection).expect("the set applies");
    connection
}

fn code(result: Result<impl std::fmt::Debug, Error>) -> ErrorCode {
    result.expect_err("an error").code()
}

/// Ids with their states, such as `applied 1.create`.
fn states(set: &MigrationSet, connection: &Connection) -> Vec<String> {
    let status = Migrator::new(set).status(connection).expect("a status");
    status.iter().map(|status| format!("{} {}", status.state.as_str(), status.id)).collect()
}

#[test]
fn rolling_back_the_last_ones_gives_the_schema_before_them() {
    let set = nodes();
    let mut connection = memory();
    Migrator::new(&set).apply_to(&mut connection, Target::up_to("1.create")).expect("the first");
    let before = dump(&connection);
    Migrator::new(&set).apply(&mut connection).expect("the rest");
    let report = Migrator::new(&set).rollback(&mut connection, RollbackTarget::last(2)).expect("a way back");
    let ids: Vec<&str> = report.rolled_back().map(|step| step.id.as_str()).collect();
    assert_eq!(ids, ["3.index", "2.name"], "dependants first");
    assert_eq!((report.from.as_deref(), report.to.as_deref()), (Some("3.index"), Some("1.create")));
    assert_eq!(dump(&connection), before);
    assert_eq!(states(&set, &connection), ["applied 1.create", "pending 2.name", "pending 3.index"]);
}

#[test]
fn rolling_back_down_to_an_id_keeps_that_one_and_all_takes_everything() {
    let set = nodes();
    let mut connection = migrated(&set);
    let migrator = Migrator::new(&set);
    migrator.rollback(&mut connection, RollbackTarget::down_to("2.name")).expect("a way back");
    assert_eq!(states(&set, &connection), ["applied 1.create", "applied 2.name", "pending 3.index"]);
    let report = migrator.rollback(&mut connection, RollbackTarget::All).expect("a way back");
    assert_eq!(report.to, None);
    assert_eq!(dump(&connection), Vec::<String>::new());
    assert_eq!(code(migrator.rollback(&mut connection, RollbackTarget::down_to("2.name"))), ErrorCode::UnknownTarget);
}

#[test]
fn a_rollback_uses_the_down_that_was_recorded_and_else_the_sets() {
    let recorded = set(&[("1", "CREATE TABLE a (b)"), ("1.rollback", "ALTER TABLE a RENAME TO recorded")]);
    let other = set(&[("1", "CREATE TABLE a (b)"), ("1.rollback", "ALTER TABLE a RENAME TO newer")]);
    let mut connection = migrated(&recorded);
    Migrator::new(&other).rollback(&mut connection, RollbackTarget::last(1)).expect("a way back");
    assert_eq!(dump(&connection), ["CREATE TABLE \"recorded\" (b)"]);

    let mut connection = migrated(&set(&[("1", "CREATE TABLE a (b)")]));
    Migrator::new(&other).rollback(&mut connection, RollbackTarget::last(1)).expect("a way back");
    assert_eq!(dump(&connection), ["CREATE TABLE \"newer\" (b)"]);
}

#[test]
fn a_rollback_without_a_down_is_refused_before_anything_is_touched() {
    let set = set(&[CREATE, NAME, INDEX, INDEX_DOWN]);
    let file = File::new();
    Migrator::new(&set).apply(&mut file.open()).expect("the set applies");
    let before = file.bytes();
    let error = Migrator::new(&set).rollback(&mut file.open(), RollbackTarget::last(2)).expect_err("no way back");
    assert_eq!(error.code(), ErrorCode::Irreversible);
    assert!(error.to_string().contains("\"2.name\" has no way back"), "{error}");
    assert!(error.to_string().contains("X.rollback.sql"), "{error}");
    assert_eq!(file.bytes(), before);
}

#[test]
fn a_down_that_fails_names_its_own_file_and_line_and_changes_nothing() {
    let set = set(&[CREATE, ("1.create.rollback", "DROP TABLE node;\nDROP TABLE absent;")]);
    let mut connection = migrated(&set);
    let before = dump(&connection);
    let error = Migrator::new(&set).rollback(&mut connection, RollbackTarget::last(1)).expect_err("a failing down");
    assert!(
        error.to_string().starts_with("m/1.create.rollback.sql:2: statement 2 of migration \"1.create\""),
        "{error}"
    );
    assert_eq!(dump(&connection), before);
}

#[test]
fn a_database_ahead_is_an_error_that_names_what_is_unknown() {
    let mut connection = migrated(&nodes());
    let old = set(&[CREATE, CREATE_DOWN]);
    let error = Migrator::new(&old).apply(&mut connection).expect_err("ahead");
    assert_eq!(error.code(), ErrorCode::DatabaseAhead);
    assert!(error.to_string().contains("2.name, 3.index"), "{error}");
    assert_eq!(states(&old, &connection), ["applied 1.create", "unknown 2.name", "unknown 3.index"]);
}

#[test]
fn older_code_takes_a_newer_database_back_with_the_downs_it_finds_there() {
    let old = set(&[CREATE]);
    let mut connection = memory();
    Migrator::new(&old).apply(&mut connection).expect("the old release");
    let before = dump(&connection);
    Migrator::new(&nodes()).apply(&mut connection).expect("the new release");
    connection.execute_batch("INSERT INTO node VALUES (1, 'roof')").expect("a row");

    let report = Migrator::new(&old).on_ahead(OnAhead::Rollback).apply(&mut connection).expect("a rolled-back deploy");
    assert_eq!(report.rolled_back().count(), 2);
    assert_eq!(value::<i64>(&connection, "SELECT count(*) FROM node"), 1, "the row survives");
    connection.execute_batch("DELETE FROM node").expect("no row");
    assert_eq!(dump(&connection), before);
    assert!(Migrator::new(&old).apply(&mut connection).expect("at home").steps.is_empty());
}

#[test]
fn older_code_goes_on_with_a_newer_database_when_all_it_does_not_know_is_compatible() {
    let compatible = ("2.extra", "-- compatible: true\nCREATE TABLE extra (x);");
    let mut connection = migrated(&set(&[CREATE, compatible]));
    let old = set(&[CREATE]);
    assert!(Migrator::new(&old).apply(&mut connection).expect("compatible").steps.is_empty());
    // By policy too: there is nothing to take back.
    let report = Migrator::new(&old).on_ahead(OnAhead::Rollback).apply(&mut connection).expect("compatible");
    assert!(report.steps.is_empty());

    Migrator::new(&set(&[CREATE, compatible, NAME])).apply(&mut connection).expect("one that is not");
    assert_eq!(code(Migrator::new(&old).apply(&mut connection)), ErrorCode::DatabaseAhead);
}

#[test]
fn an_edited_migration_is_an_error_with_a_diff_and_repair_accepts_it() {
    let mut connection = migrated(&set(&[("1", "CREATE TABLE a (\n  b INTEGER\n);")]));
    let edited = set(&[("1", "CREATE TABLE a (\n  b BIGINT\n);")]);
    let migrator = Migrator::new(&edited).app_version("2.0");
    let error = migrator.apply(&mut connection).expect_err("edited");
    assert_eq!(error.code(), ErrorCode::Edited);
    assert!(error.to_string().contains("\n-  b INTEGER\n+  b BIGINT\n"), "{error}");
    assert_eq!(states(&edited, &connection), ["edited 1"]);

    let report = migrator.repair(&mut connection).expect("repaired");
    assert_eq!((report.steps[0].operation, report.steps[0].id.as_str()), (StepOperation::Repair, "1"));
    assert_eq!(states(&edited, &connection), ["applied 1"]);
    assert!(migrator.apply(&mut connection).expect("nothing to do").steps.is_empty());
    let log = migrator.log(&connection).expect("a log");
    assert_eq!(
        log.last().map(|entry| (entry.operation.as_str(), entry.app_version.as_deref())),
        Some(("repair", Some("2.0")))
    );
    assert!(migrator.repair(&mut connection).expect("nothing to repair").steps.is_empty());
}

#[test]
fn repair_replaces_a_recorded_down_that_does_not_work() {
    let broken = set(&[CREATE, ("1.create.rollback", "DROP TABLE nodes;")]);
    let mended = set(&[CREATE, CREATE_DOWN]);
    let mut connection = migrated(&broken);
    let migrator = Migrator::new(&mended);
    migrator.rollback(&mut connection, RollbackTarget::All).expect_err("the recorded one is used, and fails");
    assert_eq!(migrator.repair(&mut connection).expect("repaired").steps.len(), 1);
    migrator.rollback(&mut connection, RollbackTarget::All).expect("a way back");
}

#[test]
fn what_reaches_for_other_files_is_not_rehearsed() {
    let folder = tempfile::tempdir().expect("a folder");
    let other = folder.path().join("other.sqlite3");
    let set = set(&[("1", &format!("-- transactional: false\nVACUUM INTO '{}';", other.display()))]);
    let error = Migrator::new(&set).rehearse(&memory(), &Operation::Apply(Target::Latest)).expect_err("refused");
    assert!(error.to_string().contains("could not be rehearsed: m/1.sql reaches for other files"), "{error}");
    assert!(!other.exists());
}

#[test]
fn other_line_ends_comments_and_spaces_are_no_edit() {
    let mut connection = migrated(&set(&[("1", "CREATE TABLE a (\n  b INTEGER\n);\n")]));
    let same = set(&[("1", "-- what it is for\r\nCREATE TABLE a (b INTEGER); -- why\r\n")]);
    assert!(Migrator::new(&same).apply(&mut connection).expect("no edit").steps.is_empty());
}

#[test]
fn an_accepted_checksum_counts_as_applied_for_the_new_build_and_the_old_one() {
    let old = set(&[("1", "CREATE TABLE a (b INTEGER);")]);
    let checksum = old.latest().expect("a migration").checksum();
    let new = set(&[("1", &format!("-- accepted-checksums: {checksum}\nCREATE TABLE a (b BIGINT);"))]);
    let mut connection = migrated(&old);
    assert_eq!(states(&new, &connection), ["applied 1"]);
    assert!(Migrator::new(&new).apply(&mut connection).expect("accepted").steps.is_empty());
    // A deploy that is rolled back meets what it left.
    assert!(Migrator::new(&old).apply(&mut connection).expect("as it left it").steps.is_empty());
    assert!(Migrator::new(&new).apply(&mut connection).expect("accepted").steps.is_empty());
    let unreadable = "ALTER TABLE _wheatear_migration RENAME COLUMN checksum TO gone";
    connection.execute_batch(unreadable).expect("no history that can be read");
    assert!(Migrator::new(&new).apply(&mut connection).expect("one small read").steps.is_empty());
}

#[test]
fn a_migration_missing_in_the_middle_is_told_apart_from_a_newer_database() {
    let mut connection = migrated(&nodes());
    let holed = set(&[CREATE, ("3.index", "CREATE INDEX node_name ON node (name);")]);
    let error = Migrator::new(&holed).apply(&mut connection).expect_err("a hole");
    assert!(matches!(&error, Error::History(HistoryError::Missing { id }) if id == "2.name"), "{error}");
}

#[test]
fn a_late_migration_is_applied_in_order_and_named_or_refused_by_policy() {
    let mut connection = migrated(&set(&[CREATE, ("3", "CREATE TABLE c (x)")]));
    let all = set(&[CREATE, ("2", "CREATE TABLE b (x)"), ("3", "CREATE TABLE c (x)"), ("4", "CREATE TABLE d (x)")]);
    assert_eq!(states(&all, &connection), ["applied 1.create", "late 2", "applied 3", "pending 4"]);
    let error = Migrator::new(&all).on_late(OnLate::Error).apply(&mut connection).expect_err("late");
    assert_eq!(error.code(), ErrorCode::Late);
    assert!(error.to_string().contains("\"2\" is pending although later migrations are applied"), "{error}");

    let report = Migrator::new(&all).apply(&mut connection).expect("in order");
    let steps: Vec<_> = report.steps.iter().map(|step| (step.id.as_str(), step.late)).collect();
    assert_eq!(steps, [("2", true), ("4", false)]);
    assert!(report.to_string().contains("apply 2 (late)"), "{report}");
}

#[test]
fn applying_stops_at_an_id_or_after_as_many() {
    let set = nodes();
    let mut connection = memory();
    let migrator = Migrator::new(&set);
    migrator.apply_to(&mut connection, Target::next(1)).expect("one");
    assert_eq!(states(&set, &connection), ["applied 1.create", "pending 2.name", "pending 3.index"]);
    migrator.apply_to(&mut connection, Target::up_to("2.name")).expect("another");
    assert_eq!(states(&set, &connection), ["applied 1.create", "applied 2.name", "pending 3.index"]);
    assert_eq!(code(migrator.apply_to(&mut connection, Target::up_to("4"))), ErrorCode::UnknownTarget);
}

#[test]
fn reapplying_runs_the_recorded_down_and_the_edited_up_in_one_go() {
    let mut connection = migrated(&set(&[CREATE, NAME, NAME_DOWN]));
    connection.execute_batch("INSERT INTO node VALUES (1, 'roof')").expect("a row");
    let edited =
        set(&[CREATE, ("2.name", "ALTER TABLE node ADD COLUMN title TEXT;"), ("2.name.rollback", "SELECT 1;")]);
    let report = Migrator::new(&edited).reapply(&mut connection, RollbackTarget::last(1)).expect("again");
    let steps: Vec<_> = report.steps.iter().map(|step| (step.operation, step.id.as_str())).collect();
    assert_eq!(steps, [(StepOperation::Rollback, "2.name"), (StepOperation::Apply, "2.name")]);
    assert_eq!(column(&connection, "SELECT name FROM pragma_table_info('node')"), ["id", "title"]);
    assert!(Migrator::new(&edited).apply(&mut connection).expect("nothing to do").steps.is_empty());

    let failing = set(&[CREATE, ("2.name", "ALTER TABLE absent ADD COLUMN title TEXT;")]);
    let before = dump(&connection);
    Migrator::new(&failing).reapply(&mut connection, RollbackTarget::last(1)).expect_err("a failing up");
    assert_eq!(dump(&connection), before, "the down is undone too");
}

#[test]
fn marking_records_without_running_and_unmarking_forgets_without_taking_back() {
    let set = nodes();
    let mut connection = memory();
    let migrator = Migrator::new(&set);
    connection.execute_batch("CREATE TABLE node (id INTEGER PRIMARY KEY)").expect("made by hand");
    migrator.mark(&mut connection, Target::up_to("1.create")).expect("marked");
    assert_eq!(states(&set, &connection), ["applied 1.create", "pending 2.name", "pending 3.index"]);
    migrator.apply(&mut connection).expect("the rest");
    let before = dump(&connection);
    migrator.unmark(&mut connection, RollbackTarget::last(2)).expect("unmarked");
    assert_eq!(states(&set, &connection), ["applied 1.create", "pending 2.name", "pending 3.index"]);
    assert_eq!(dump(&connection), before);
    migrator.mark(&mut connection, Target::Latest).expect("marked again");
    assert!(migrator.apply(&mut connection).expect("nothing to do").steps.is_empty());
}

#[test]
fn a_baseline_adopts_a_database_that_has_what_the_migrations_make() {
    let set = nodes();
    let mut connection = memory();
    connection
        .execute_batch("CREATE TABLE node (id INTEGER PRIMARY KEY , name TEXT); CREATE TABLE _yoyo_log (id);")
        .expect("made by another tool");
    let report = Migrator::new(&set).baseline(&mut connection, "2.name").expect("adopted");
    assert_eq!(report.steps.iter().map(|step| step.operation).collect::<Vec<_>>(), [StepOperation::Baseline; 2]);
    let report = Migrator::new(&set).apply(&mut connection).expect("the rest");
    assert_eq!(report.applied().map(|step| step.id.as_str()).collect::<Vec<_>>(), ["3.index"]);
    assert_eq!(code(Migrator::new(&set).baseline(&mut connection, "3.index")), ErrorCode::AlreadyManaged);
}

#[test]
fn a_baseline_of_another_schema_is_refused_and_names_what_differs() {
    let set = nodes();
    for (schema, baseline, difference) in [
        ("CREATE TABLE other (x)", "1.create", "table \"node\" is missing"),
        ("CREATE TABLE node (id INTEGER)", "1.create", "table \"node\" is not as the migrations make it"),
        (
            "CREATE TABLE node (id INTEGER PRIMARY KEY, name TEXT); CREATE INDEX node_name ON node (name)",
            "2.name",
            "index \"node_name\" is made by none of these migrations",
        ),
    ] {
        let file = File::new();
        file.open().execute_batch(schema).expect(schema);
        let before = file.bytes();
        let error = Migrator::new(&set).baseline(&mut file.open(), baseline).expect_err(schema);
        assert_eq!(error.code(), ErrorCode::SchemaDrift);
        assert!(error.to_string().contains(difference), "{error}");
        assert_eq!(file.bytes(), before);
    }
    let mut connection = memory();
    connection.execute_batch("CREATE TABLE node (id INTEGER)").expect("another column");
    let error = Migrator::new(&set).baseline(&mut connection, "1.create").expect_err("another column").to_string();
    let lines = "+++ table \"node\" as it is\n@@ -1,3 +1,3 @@\n CREATE TABLE node (\n-  id INTEGER PRIMARY KEY\n+  id INTEGER\n )";
    assert!(error.ends_with(lines), "{error}");
}

#[test]
fn a_rehearsal_tells_what_would_happen_and_leaves_the_file_alone() {
    let set = nodes();
    let file = File::new();
    Migrator::new(&set).apply_to(&mut file.open(), Target::next(1)).expect("the first");
    let before = file.bytes();
    let rehearsal =
        Migrator::new(&set).rehearse(&file.open(), &Operation::Apply(Target::Latest)).expect("a copy can be made");
    let report = rehearsal.outcome.as_ref().expect("it would succeed");
    assert_eq!(report.applied().map(|step| step.id.as_str()).collect::<Vec<_>>(), ["2.name", "3.index"]);
    assert!(rehearsal.to_string().starts_with("would succeed in "), "{rehearsal}");
    assert_eq!(file.bytes(), before);

    file.open().execute_batch("DROP TABLE node").expect("an accident");
    let before = file.bytes();
    let rehearsal =
        Migrator::new(&set).rehearse(&file.open(), &Operation::Apply(Target::Latest)).expect("a copy can be made");
    assert_eq!(rehearsal.outcome.as_ref().expect_err("it would fail").code(), ErrorCode::StatementFailed);
    assert!(rehearsal.to_string().contains("no such table: node"), "{rehearsal}");
    assert_eq!(file.bytes(), before);
}

#[test]
fn a_plan_reads_as_a_list_yields_the_sql_and_touches_nothing() {
    let set =
        set(&[CREATE, NAME, NAME_DOWN, ("post-apply.views", "DROP VIEW IF EXISTS v; CREATE VIEW v AS SELECT 1;")]);
    let file = File::new();
    Migrator::new(&set).apply_to(&mut file.open(), Target::next(1)).expect("the first");
    let before = file.bytes();
    let plan = Migrator::new(&set).plan(&file.open(), &Operation::Apply(Target::Latest)).expect("a plan");
    assert_eq!(plan.to_string(), "from 1.create to 2.name:\n  apply 2.name\n  hook post-apply.views");
    assert!(
        plan.sql().starts_with("-- apply 2.name (m/2.name.sql)\n-- depends: 1.create\nALTER TABLE"),
        "{}",
        plan.sql()
    );
    assert_eq!(file.bytes(), before);
}

#[test]
fn drift_is_reported_with_the_objects_that_differ_or_undoes_the_run_by_option() {
    let set = nodes().tried_out().expect("it runs");
    let mut connection = memory();
    let migrator = Migrator::new(&set);
    migrator.apply_to(&mut connection, Target::up_to("2.name")).expect("most of it");
    connection.execute_batch("CREATE TABLE stray (x); ALTER TABLE node ADD COLUMN hand").expect("by hand");

    let strict = Migrator::new(&set).on_drift(wheatear::OnDrift::Error);
    let before = dump(&connection);
    let error = strict.apply(&mut connection).expect_err("drift");
    assert_eq!(error.code(), ErrorCode::SchemaDrift);
    assert_eq!(dump(&connection), before);

    let report = migrator.apply(&mut connection).expect("the rest");
    let [Warning::SchemaDrift(differences)] = &report.warnings[..] else { panic!("{report}") };
    let differences: Vec<String> = differences.iter().map(ToString::to_string).collect();
    assert_eq!(
        differences,
        ["table \"node\" is not as the migrations make it", "table \"stray\" is made by none of these migrations"]
    );
    assert!(report.to_string().ends_with("\n-  name TEXT\n+  name TEXT,\n+  hand\n )"), "{report}");
}

#[test]
fn a_database_that_is_as_the_migrations_make_it_has_no_drift_however_it_got_there() {
    let set = nodes().tried_out().expect("it runs");
    let mut connection = memory();
    let strict = Migrator::new(&set).on_drift(wheatear::OnDrift::Error);
    strict.apply_to(&mut connection, Target::next(1)).expect("the first");
    strict.apply(&mut connection).expect("the rest");
    strict.reapply(&mut connection, RollbackTarget::All).expect("all of it again");
    assert_eq!(strict.status(&connection).expect("a status")[2].state, MigrationState::Applied);
}

#[test]
fn a_rehearsal_of_a_database_that_someone_else_holds_is_refused() {
    let set = nodes();
    let file = File::new();
    Migrator::new(&set).apply_to(&mut file.open(), Target::next(1)).expect("the first");
    let other = file.open();
    other.execute_batch("BEGIN EXCLUSIVE").expect("the lock");
    let connection = file.open();
    connection.busy_timeout(std::time::Duration::ZERO).expect("a timeout");
    let result = Migrator::new(&set).rehearse(&connection, &Operation::Apply(Target::Latest));
    assert_eq!(code(result), ErrorCode::StorageBusy);
}

#[test]
fn a_way_back_that_writes_the_schema_otherwise_is_no_drift_of_a_fresh_database() {
    let rebuild = "CREATE TABLE new (x); INSERT INTO new SELECT x FROM a; DROP TABLE a; ALTER TABLE new RENAME TO a;";
    let files = [("1", "CREATE TABLE a (x);"), ("2", "ALTER TABLE a ADD COLUMN y;"), ("2.rollback", rebuild)];
    let set = set(&files).tried_out().expect("it runs");
    Migrator::new(&set).on_drift(wheatear::OnDrift::Error).apply(&mut memory()).expect("no drift");
}

#[test]
fn pending_is_what_a_run_would_change_and_none_if_it_changes_nothing() {
    let set = nodes();
    let connection = &mut memory();
    let migrator = Migrator::new(&set);
    let from = |connection: &Connection, target: Target| {
        let plan = migrator.pending(connection, &Operation::Apply(target)).expect("a plan");
        plan.map(|plan| (plan.from, plan.steps.len()))
    };
    assert_eq!(from(connection, Target::Latest), Some((None, 3)));
    migrator.apply_to(connection, Target::up_to("2.name")).expect("two");
    assert_eq!(from(connection, Target::Latest), Some((Some("2.name".to_owned()), 1)));
    assert_eq!(from(connection, Target::up_to("2.name")), None);
    migrator.apply(connection).expect("the last");
    assert_eq!(from(connection, Target::Latest), None);
    // What would fail, fails.
    let older = support::set(&[CREATE, CREATE_DOWN, NAME, NAME_DOWN]);
    let ahead = Migrator::new(&older).pending(connection, &Operation::Apply(Target::Latest));
    assert_eq!(code(ahead), ErrorCode::DatabaseAhead);
    let back = Migrator::new(&older).on_ahead(OnAhead::Rollback);
    let plan = back.pending(connection, &Operation::Apply(Target::Latest)).expect("a plan").expect("work");
    assert_eq!((plan.from.as_deref(), plan.to.as_deref()), (Some("3.index"), Some("2.name")));
}

/// A file whose second migration is recorded with this way back, and a set that does not know it.
fn recorded(down: &str) -> (File, MigrationSet) {
    let file = File::new();
    let first = ("1", "CREATE TABLE item (text)");
    let (newer, older) = (set(&[first, ("2", "CREATE TABLE more (x)")]), set(&[first]));
    let mut connection = file.open();
    Migrator::new(&newer).apply(&mut connection).expect("it applies");
    connection.execute("UPDATE _wheatear_migration SET down = ?1 WHERE id = '2'", [down]).expect("a way back");
    (file, older)
}

#[test]
fn a_recorded_way_back_that_could_destroy_the_database_is_refused_before_anything_is_done() {
    for pragma in ["PRAGMA journal_mode = OFF", "PRAGMA journal_mode(MEMORY)", "PRAGMA synchronous = 0"] {
        for header in ["", "-- transactional: false\n"] {
            let (file, older) = recorded(&format!("DROP TABLE more;\n{pragma}; SELECT absent;"));
            let up = format!("{header}CREATE TABLE more (x)");
            file.open().execute("UPDATE _wheatear_migration SET up = ?1 WHERE id = '2'", [&up]).expect("an up");
            let before = file.bytes();
            let mut connection = file.open();
            let migrator = Migrator::new(&older).on_ahead(OnAhead::Rollback);
            let (forward, back) = (Operation::Apply(Target::Latest), Operation::Rollback(RollbackTarget::last(1)));
            for operation in [forward, back] {
                for error in [
                    migrator.run(&mut connection, &operation).expect_err("a harmful way back"),
                    migrator.plan(&connection, &operation).expect_err("a harmful way back"),
                ] {
                    assert_eq!(error.code(), ErrorCode::InvalidPragma);
                    let place = "recorded rollback of 2:2: statement 2 of migration \"2\" sets `PRAGMA ";
                    assert!(error.to_string().starts_with(place), "{error}");
                }
            }
            assert_eq!(value::<String>(&connection, "PRAGMA journal_mode"), "delete", "{pragma}");
            assert_eq!(file.bytes(), before, "{pragma}");
            // The record can be put right by who knows the migration.
            let mended = [("1", "CREATE TABLE item (text)"), ("2", up.as_str()), ("2.rollback", "DROP TABLE more;")];
            let mended = set(&mended);
            Migrator::new(&mended).repair(&mut connection).expect("a repair");
            assert_eq!(migrator.apply(&mut connection).expect("a way back").rolled_back().count(), 1);
        }
    }
}

#[test]
fn a_recorded_way_back_runs_though_a_pragma_in_it_does_nothing_and_leaves_nothing_attached() {
    let down = "PRAGMA foreign_keys = ON; PRAGMA misspelt = 1; ATTACH ':memory:' AS other; CREATE TABLE other.a (b);";
    for (end, works) in [("DROP TABLE more;", true), ("DROP TABLE absent;", false)] {
        let (file, older) = recorded(&format!("{down} {end}"));
        let mut connection = file.open();
        let result = Migrator::new(&older).on_ahead(OnAhead::Rollback).apply(&mut connection);
        assert_eq!(result.is_ok(), works, "{result:?}");
        assert_eq!(column(&connection, "SELECT name FROM pragma_database_list WHERE name <> 'temp'"), ["main"]);
    }
}
