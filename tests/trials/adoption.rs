//! Databases that were made by something else: 40, adoption-drop.

use rusqlite::Connection;
use wheatear::{
    Error, ErrorCode, HistoryError, MigrationSet, Migrator, OnDrift, OnUnmanaged, Operation, SourceFile, Target, Trace,
};

use crate::support::{column, dump, set, value};
use crate::{case, set_of, text};

/// The database that an application and Drizzle have made.
fn made_before() -> Connection {
    let connection = Connection::open_in_memory().expect("a database");
    connection.execute_batch(&text("40-made-before-migrations/build.sql")).expect("its tables");
    connection
}

fn todo() -> MigrationSet {
    set_of(&["40-made-before-migrations/migrations"]).expect("a valid set")
}

fn code(error: Result<impl std::fmt::Debug, Error>) -> ErrorCode {
    error.expect_err("an error").code()
}

fn adopting(id: &str) -> OnUnmanaged {
    OnUnmanaged::Baseline(id.to_owned())
}

#[test]
fn what_was_made_before_migrations_is_refused_with_what_was_found_and_the_way_on() {
    let mut connection = made_before();
    let before = dump(&connection);
    let set = todo();
    let migrator = Migrator::new(&set);
    let error = migrator.apply(&mut connection).expect_err("a table that is there");
    assert_eq!(error.code(), ErrorCode::Unmanaged);
    let Error::History(HistoryError::Unmanaged { traces }) = &error else { panic!("{error}") };
    let drizzle = Trace::Record { tool: "Drizzle", table: "__drizzle_migrations".to_owned() };
    assert_eq!(traces, &[drizzle, Trace::Table("todo".to_owned()), Trace::UserVersion(3)]);
    assert!(error.to_string().contains("with `adopt`"), "{error}");
    assert_eq!(code(migrator.plan(&connection, &Operation::Apply(Target::Latest))), ErrorCode::Unmanaged);
    assert_eq!(code(migrator.pending(&connection, &Operation::Apply(Target::next(1)))), ErrorCode::Unmanaged);
    let rehearsal = migrator.rehearse(&connection, &Operation::Apply(Target::Latest)).expect("a rehearsal");
    assert_eq!(code(rehearsal.outcome), ErrorCode::Unmanaged);
    assert_eq!(dump(&connection), before);
}

#[test]
fn a_file_on_disk_is_adopted_and_keeps_its_rows_and_numbers() {
    let file = crate::support::File::new();
    std::fs::copy(case("40-made-before-migrations/file.sqlite3"), &file.path).expect("a copy");
    let set = todo().tried_out().expect("it runs");
    let strict = Migrator::new(&set).on_drift(OnDrift::Error).on_unmanaged(adopting("0001.todo"));
    let plan = strict.plan(&file.open(), &Operation::Apply(Target::Latest)).expect("a plan");
    assert_eq!(plan.to_string(), "from 0001.todo to 0002.done:\n  baseline 0001.todo\n  apply 0002.done");
    let report = strict.apply(&mut file.open()).expect("adopted and upgraded");
    assert_eq!((report.from.as_deref(), report.to.as_deref()), (Some("0001.todo"), Some("0002.done")));
    assert_eq!(report.warnings, []);
    let connection = file.open();
    assert_eq!(column(&connection, "SELECT text || ' ' || done FROM todo ORDER BY id"), ["kept 0", "kept too 0"]);
    assert_eq!(value::<i64>(&connection, "SELECT count(*) FROM __drizzle_migrations"), 1);
    assert_eq!(value::<i64>(&connection, "PRAGMA user_version"), 3);
    assert_eq!(value::<i64>(&connection, "PRAGMA application_id"), 252_006_675);
    // The same code runs with every start.
    assert_eq!(strict.apply(&mut file.open()).expect("nothing to do").steps, []);
}

#[test]
fn after_a_baseline_what_no_migration_makes_is_no_drift_and_the_rest_is() {
    let newer = |connection: &mut Connection| {
        let third = SourceFile { path: "0003.sql".into(), text: "CREATE TABLE tag (name TEXT);".into() };
        let old = todo();
        let files = old.iter().map(|migration| SourceFile {
            path: migration.file().to_owned(),
            text: migration.up().unwrap_or_default().to_owned(),
        });
        let set = MigrationSet::from_files(files.chain([third])).expect("a set").tried_out().expect("it runs");
        Migrator::new(&set).on_drift(OnDrift::Error).apply(connection).map(|report| report.steps.len())
    };
    let set = todo();
    let mut connection = made_before();
    Migrator::new(&set).baseline(&mut connection, "0001.todo").expect("a baseline");
    assert_eq!(newer(&mut connection).expect("no drift"), 2);

    let mut connection = made_before();
    Migrator::new(&set).baseline(&mut connection, "0001.todo").expect("a baseline");
    connection.execute_batch("ALTER TABLE todo ADD COLUMN by_hand").expect("a change");
    assert_eq!(code(newer(&mut connection)), ErrorCode::SchemaDrift);
}

#[test]
fn a_baseline_of_another_schema_is_drift_and_changes_nothing() {
    let set = todo();
    let mut connection = made_before();
    let before = dump(&connection);
    let migrator = Migrator::new(&set).on_unmanaged(adopting("0002.done"));
    assert_eq!(code(migrator.apply(&mut connection)), ErrorCode::SchemaDrift);
    let unknown = Migrator::new(&set).on_unmanaged(adopting("0009"));
    assert_eq!(code(unknown.apply(&mut connection)), ErrorCode::UnknownTarget);
    assert_eq!(dump(&connection), before);
    assert_eq!(value::<i64>(&connection, "SELECT count(*) FROM sqlite_schema WHERE name LIKE '%wheatear%'"), 0);
}

#[test]
fn adopting_and_upgrading_are_one_transaction() {
    let failing =
        set(&[("1", "CREATE TABLE todo (id INTEGER PRIMARY KEY, text TEXT NOT NULL);"), ("2", "SELECT absent;")]);
    let mut connection = made_before();
    Migrator::new(&failing).on_unmanaged(adopting("1")).apply(&mut connection).expect_err("a migration that fails");
    assert_eq!(value::<i64>(&connection, "SELECT count(*) FROM sqlite_schema WHERE name LIKE '%wheatear%'"), 0);
}

#[test]
fn a_baseline_means_nothing_to_an_empty_database_and_to_one_that_is_recorded() {
    let set = todo();
    let adopting = Migrator::new(&set).on_unmanaged(adopting("0001.todo"));
    let mut connection = Connection::open_in_memory().expect("a database");
    let report = adopting.apply(&mut connection).expect("applied");
    assert_eq!((report.from.as_deref(), report.applied().count()), (None, 2));
    let mut connection = Connection::open_in_memory().expect("a database");
    Migrator::new(&set).apply_to(&mut connection, Target::next(1)).expect("the first");
    assert_eq!(adopting.apply(&mut connection).expect("applied").applied().count(), 1);
}

#[test]
fn a_table_that_a_migration_drops_first_keeps_its_rows_unless_that_is_asked_for() {
    let set = set_of(&["adoption-drop/m"]).expect("a valid set");
    let mut connection = Connection::open_in_memory().expect("a database");
    connection.execute_batch("CREATE TABLE weather (id INTEGER PRIMARY KEY, t INTEGER)").expect("a table");
    connection.execute_batch("INSERT INTO weather (t) VALUES (21), (22)").expect("rows");
    let rows = |connection: &Connection| value::<i64>(connection, "SELECT count(*) FROM weather");
    assert_eq!(code(Migrator::new(&set).apply(&mut connection)), ErrorCode::Unmanaged);
    assert_eq!(rows(&connection), 2);
    let asked_for = Migrator::new(&set).on_unmanaged(OnUnmanaged::Apply);
    assert_eq!(asked_for.apply(&mut connection).expect("as asked").applied().count(), 1);
    assert_eq!(rows(&connection), 0);
}

#[test]
fn rows_are_not_doubled_by_what_creates_a_table_if_it_is_not_there() {
    let set = set(&[("1", "CREATE TABLE IF NOT EXISTS note (text); INSERT INTO note VALUES ('welcome');")]);
    let mut connection = Connection::open_in_memory().expect("a database");
    connection.execute_batch("CREATE TABLE note (text); INSERT INTO note VALUES ('welcome')").expect("a table");
    assert_eq!(code(Migrator::new(&set).apply(&mut connection)), ErrorCode::Unmanaged);
    assert_eq!(column(&connection, "SELECT text FROM note"), ["welcome"]);
}

#[test]
fn a_record_that_was_emptied_by_hand_is_no_empty_database() {
    let set = todo();
    let migrator = Migrator::new(&set);
    let mut connection = Connection::open_in_memory().expect("a database");
    migrator.apply(&mut connection).expect("applied");
    connection.execute_batch("DELETE FROM _wheatear_migration").expect("by hand");
    assert_eq!(code(migrator.apply(&mut connection)), ErrorCode::Unmanaged);
    migrator.baseline(&mut connection, "0002.done").expect("adopted again");
    assert_eq!(migrator.apply(&mut connection).expect("nothing to do").steps, []);
}

#[test]
fn what_was_taken_back_and_what_was_cut_short_may_be_applied_again() {
    let set = set(&[
        ("1", "-- transactional: false\nCREATE TABLE IF NOT EXISTS a (b); INSERT INTO other VALUES (1);"),
        ("1.rollback", "SELECT 'the table stays';"),
    ]);
    let mut connection = Connection::open_in_memory().expect("a database");
    let migrator = Migrator::new(&set);
    let failed = |connection: &mut Connection| code(migrator.apply(connection));
    assert_eq!(failed(&mut connection), ErrorCode::StatementFailed);
    assert_eq!(failed(&mut connection), ErrorCode::StatementFailed, "its table is its own");
    connection.execute_batch("CREATE TABLE other (x)").expect("what it lacked");
    migrator.apply(&mut connection).expect("at last");
    migrator.rollback(&mut connection, wheatear::RollbackTarget::All).expect("back");
    migrator.apply(&mut connection).expect("and again");
    migrator.unmark(&mut connection, wheatear::RollbackTarget::All).expect("forgotten");
    migrator.apply(&mut connection).expect("and again");
}

#[test]
fn tables_that_the_migrations_do_not_speak_of_are_no_reason() {
    let set = todo();
    let mut connection = Connection::open_in_memory().expect("a database");
    connection
        .execute_batch(
            "CREATE TABLE other (id INTEGER PRIMARY KEY AUTOINCREMENT); CREATE VIRTUAL TABLE search USING fts5 (text);
             CREATE TABLE _wheatear_request (key TEXT PRIMARY KEY, at TEXT NOT NULL); ANALYZE;",
        )
        .expect("tables");
    Migrator::new(&set).apply(&mut connection).expect("applied");
}

#[test]
fn a_table_whose_name_differs_only_by_case_is_the_one_that_the_migrations_make() {
    let set = set(&[("1", "CREATE TABLE w (a); CREATE INDEX i ON w (a);"), ("2", "ALTER TABLE w ADD COLUMN b;")]);
    let set = set.tried_out().expect("it runs");
    let mut connection = Connection::open_in_memory().expect("a database");
    connection.execute_batch("CREATE TABLE W (a); create index I on W (a); INSERT INTO W VALUES (1)").expect("a table");
    let migrator = Migrator::new(&set).on_drift(OnDrift::Error);
    assert_eq!(code(migrator.apply(&mut connection)), ErrorCode::Unmanaged);
    assert_eq!(code(migrator.baseline(&mut connection, "2")), ErrorCode::SchemaDrift);
    migrator.baseline(&mut connection, "1").expect("it has what the first makes");
    assert_eq!(migrator.apply(&mut connection).expect("the second, and no drift").applied().count(), 1);
    // And what a later one makes is found too.
    let mut later = Connection::open_in_memory().expect("a database");
    later.execute_batch("CREATE TABLE a (b); CREATE TABLE C (d)").expect("tables");
    let two = crate::support::set(&[("1", "CREATE TABLE a (b);"), ("2", "CREATE TABLE c (d);")]);
    assert_eq!(code(Migrator::new(&two).baseline(&mut later, "1")), ErrorCode::SchemaDrift);
}

#[test]
fn the_record_of_the_tool_that_calls_it_migrations_is_told_from_an_applications_table() {
    for (columns, refused) in [("id INTEGER PRIMARY KEY, name TEXT, up TEXT, down TEXT", true), ("id, bird", false)] {
        let mut connection = Connection::open_in_memory().expect("a database");
        connection.execute_batch(&format!("CREATE TABLE migrations ({columns})")).expect("a table");
        let set = set(&[("1", "CREATE TABLE todo (id);")]);
        assert_eq!(Migrator::new(&set).apply(&mut connection).is_err(), refused, "{columns}");
    }
}
