//! What migrations do to the connection: 04, 05, 08.

use rusqlite::{Connection, Transaction};
use wheatear::{CodeError, CodeStep, ErrorCode, MigrationSet, Migrator, SourceFile};

use crate::support::{File, column, value};
use crate::{case, set_of, text};

/// What `look.sql` asks, and that the CHECK holds.
fn assert_untouched(connection: &Connection) {
    let switches =
        ["legacy_alter_table", "recursive_triggers", "ignore_check_constraints", "reverse_unordered_selects"];
    for pragma in switches.iter().chain(&["query_only", "defer_foreign_keys", "writable_schema"]) {
        assert_eq!(value::<i64>(connection, &format!("PRAGMA {pragma}")), 0, "{pragma}");
    }
    assert_eq!(value::<i64>(connection, "SELECT 'abc' LIKE 'ABC'"), 1);
}

fn assert_checked(connection: &Connection) {
    let refused = connection.execute("INSERT INTO entry (word) VALUES ('')", []).expect_err("a CHECK");
    assert!(refused.to_string().contains("CHECK constraint failed"), "{refused}");
}

/// The files of a folder of `cases`, and more.
fn set_with(folders: &[&str], more: &[(&str, &str)], code: Option<CodeStep>) -> MigrationSet {
    let mut files: Vec<SourceFile> = Vec::new();
    for folder in folders {
        for entry in std::fs::read_dir(case(folder)).expect(folder) {
            let path = entry.expect("an entry").path().file_name().expect("a name").to_string_lossy().into_owned();
            files.push(SourceFile { text: text(&format!("{folder}/{path}")), path });
        }
    }
    files.extend(more.iter().map(|(path, text)| SourceFile { path: (*path).into(), text: (*text).into() }));
    MigrationSet::build(files, code).expect("a valid set")
}

#[test]
fn what_a_migration_switches_ends_with_it() {
    let set = set_of(&["04-pragmas-that-stay/migrations"]).expect("a set").tried_out().expect("it runs");
    let file = File::new();
    let mut connection = file.open();
    Migrator::new(&set).apply(&mut connection).expect("the set applies");
    assert_untouched(&connection);
    assert_checked(&connection);
    Migrator::new(&set).apply(&mut connection).expect("nothing to do");
    assert_untouched(&connection);
}

#[test]
fn a_migration_that_forbids_writing_forbids_it_to_itself_only() {
    let set = set_with(
        &["04-pragmas-that-stay/migrations", "04-pragmas-that-stay/variant-read-only"],
        &[("0005.last.sql", "INSERT INTO entry (word) VALUES ('last');")],
        None,
    );
    let set = set.tried_out().expect("it runs");
    let mut connection = Connection::open_in_memory().expect("a database");
    let report = Migrator::new(&set).apply(&mut connection).expect("the set applies, and is recorded");
    assert_eq!(report.steps.len(), 5);
    assert_untouched(&connection);
    assert_checked(&connection);
}

#[test]
fn what_a_migration_that_fails_has_switched_ends_too() {
    let switches = "PRAGMA query_only = OFF; PRAGMA recursive_triggers = ON; PRAGMA case_sensitive_like = ON;
        PRAGMA ignore_check_constraints = ON; PRAGMA writable_schema = ON; CREATE TEMP TABLE left_over (a);";
    for header in ["", "-- transactional: false\n"] {
        let failing = format!("{header}{switches} PRAGMA query_only = ON; INSERT INTO entry (word) VALUES ('no');");
        let set = set_with(&["04-pragmas-that-stay/migrations"], &[("0009.fails.sql", &failing)], None);
        let mut connection = Connection::open_in_memory().expect("a database");
        let base = wheatear::Target::up_to("0003.deferred");
        Migrator::new(&set).apply_to(&mut connection, base).expect("what comes before");
        let error = Migrator::new(&set).apply(&mut connection).expect_err("a write that is forbidden");
        assert_eq!(error.code(), ErrorCode::StorageIo, "{error}");
        assert_untouched(&connection);
        assert_eq!(column(&connection, "SELECT name FROM temp.sqlite_schema"), Vec::<String>::new());
        let outcomes = column(&connection, "SELECT outcome FROM _wheatear_log WHERE migration = '0009.fails'");
        assert_eq!(outcomes, if header.is_empty() { vec![] } else { vec!["started".to_owned(), "failed".to_owned()] });
    }
}

#[test]
fn code_leaves_nothing_behind_and_cannot_switch_the_journal_off() {
    fn meddles(transaction: &Transaction<'_>) -> Result<(), CodeError> {
        transaction.execute_batch(
            "PRAGMA journal_mode = OFF; PRAGMA recursive_triggers = ON; PRAGMA case_sensitive_like = ON;
             PRAGMA writable_schema = ON; PRAGMA defer_foreign_keys = ON; CREATE TEMP TABLE left_over (a);
             PRAGMA query_only = ON;",
        )?;
        Ok(())
    }
    let set = set_with(&["04-pragmas-that-stay/migrations"], &[], Some(CodeStep::new("0004.code", "1", meddles)));
    let file = File::new();
    let mut connection = file.open();
    // The run of the code alone has written nothing before it.
    Migrator::new(&set).apply_to(&mut connection, wheatear::Target::up_to("0003.deferred")).expect("it applies");
    Migrator::new(&set).apply(&mut connection).expect("the set applies");
    assert_untouched(&connection);
    assert_checked(&connection);
    assert_eq!(value::<String>(&connection, "PRAGMA journal_mode"), "delete");
    assert_eq!(column(&connection, "SELECT name FROM temp.sqlite_schema"), Vec::<String>::new());
}

#[test]
fn pragmas_that_do_nothing_where_they_stand_are_refused_with_the_way_that_works() {
    for (folder, place, way) in [
        ("a", "0001.speed.sql:1: statement 1", "`PRAGMA synchronous`: a rollback or a crash could destroy"),
        ("b", "0001.shrink.sql:1: statement 1", "`PRAGMA auto_vacuum`: it does nothing in a transaction; give the"),
        ("c", "0001.memory.sql:1: statement 1", "`PRAGMA temp_store`: it belongs to the connection"),
        ("d", "0001.mode.sql:2: statement 1", "`PRAGMA journal_mode`: a rollback or a crash could destroy"),
    ] {
        let error = set_of(&[&format!("05-pragmas-that-do-nothing/{folder}")]).expect_err(folder);
        assert_eq!(error.code(), ErrorCode::InvalidPragma);
        let message = error.to_string();
        assert!(message.starts_with(place) && message.contains(way), "{message}");
    }
}

#[test]
fn what_is_temporary_is_dropped_after_each_migration() {
    let set = set_of(&["08-temp-tables/migrations"]).expect("a set").tried_out().expect("it runs");
    let mut connection = Connection::open_in_memory().expect("a database");
    connection.execute_batch("CREATE TEMP TABLE own (a)").expect("the application's own");
    Migrator::new(&set).apply(&mut connection).expect("the set applies");
    assert_eq!(column(&connection, "SELECT name FROM sqlite_temp_schema"), ["own"]);
    connection.execute_batch("SELECT count(*) FROM doubles").expect_err("it is gone");
}

#[test]
fn a_temporary_trigger_does_not_watch_what_comes_after_its_migration() {
    let files = ["08-temp-tables/migrations/0001.contact.sql", "08-temp-tables/variant-trigger/0002.watch.sql"];
    let file = |path: &&str| SourceFile { path: path.rsplit('/').next().expect("a name").into(), text: text(path) };
    let set = MigrationSet::from_files(files.iter().map(file)).expect("a set").tried_out().expect("it runs");
    let mut connection = Connection::open_in_memory().expect("a database");
    Migrator::new(&set).apply(&mut connection).expect("the set applies");
    assert_eq!(column(&connection, "SELECT name FROM sqlite_temp_schema"), Vec::<String>::new());
    connection.execute("INSERT INTO contact (mail) VALUES ('b@example.org')", []).expect("a row");
}
