//! The SQL text of an operation, run by the real shell of SQLite, leaves what the operation itself leaves.
#![cfg(not(target_family = "wasm"))]

mod support;

use std::path::Path;
use std::process::{Command, Stdio};

use rusqlite::Connection;
use support::{File, column, dump, set, set_with_code, value};
use wheatear::{CodeStep, ErrorCode, MigrationSet, Migrator, Operation, RollbackTarget, Target};

const CREATE: &str = "-- what ends in ; here\nCREATE TABLE cup (\n  id INTEGER PRIMARY KEY, -- a number;\n  note TEXT DEFAULT 'it''s;\n'\n);\n\
    CREATE TRIGGER cup_note AFTER INSERT ON cup BEGIN\n  UPDATE cup SET note = note || '!' WHERE id = new.id;\nEND;\n\
    INSERT INTO cup (id) VALUES (1); INSERT INTO cup VALUES (2, 'x') /* no end";
const CHILD: &str = "-- depends: 1.create\nCREATE TABLE saucer (cup INTEGER REFERENCES cup ON DELETE CASCADE);\nINSERT INTO saucer VALUES (1);";
const REBUILD: &str = "DROP VIEW IF EXISTS full;\nCREATE TABLE new_cup (id INTEGER PRIMARY KEY, note TEXT NOT NULL);\nINSERT INTO new_cup SELECT * FROM cup;\n\
    DROP TABLE cup;\nALTER TABLE new_cup RENAME TO cup;\nPRAGMA recursive_triggers = ON;\nPRAGMA user_version = 7";

fn folder() -> MigrationSet {
    set(&[
        ("1.create", CREATE),
        ("1.create.rollback", "DROP TABLE cup;"),
        ("2.child", CHILD),
        ("2.child.rollback", "DROP TABLE saucer"),
        ("3.rebuild", REBUILD),
        ("3.rebuild.rollback", "SELECT 1;"),
        ("post-apply.views", "DROP VIEW IF EXISTS full; CREATE VIEW full AS SELECT * FROM cup;"),
    ])
    .tried_out()
    .expect("it runs")
}

/// Gives the shell the text; what it says if it fails.
fn shell(database: &Path, sql: &str) -> Result<(), String> {
    use std::io::Write as _;
    let mut shell = Command::new("sqlite3")
        .arg(database)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the shell of SQLite; `node scripts/setup.mjs test` installs it");
    shell.stdin.take().expect("its input").write_all(sql.as_bytes()).expect("it reads");
    let output = shell.wait_with_output().expect("its end");
    if output.status.success() && output.stderr.is_empty() {
        return Ok(());
    }
    Err(String::from_utf8_lossy(&output.stderr).into_owned())
}

/// What the ledger holds, but for times.
fn ledger(database: &Connection) -> Vec<String> {
    let rows = |columns: &str, table: &str| {
        column(database, &format!("SELECT {columns} FROM \"shop_wheatear_{table}\" ORDER BY 1"))
    };
    let entry = "position || quote(id) || quote(checksum) || quote(up) || quote(down) || quote(depends) || compatible";
    let line = "position || operation || migration || outcome || library_version || quote(app_version)";
    let schema = column(database, "SELECT sql FROM sqlite_schema WHERE name LIKE 'shop%' ORDER BY name");
    [rows("id || format || hex(digest) || owes_hooks", "ledger"), rows(entry, "migration"), rows(line, "log"), schema]
        .concat()
}

fn migrator(set: &MigrationSet) -> Migrator<'_> {
    let prefix = wheatear::TablePrefix::new("shop").expect("a prefix");
    Migrator::new(set).table_prefix(prefix).app_version("1.4'2")
}

/// Runs these operations one after the other, on one database by itself and on another by the shell.
fn compare(set: &MigrationSet, operations: &[Operation]) -> (Connection, Connection) {
    let (one, other) = (File::new(), File::new());
    let migrator = migrator(set);
    for operation in operations {
        let sql = migrator.transcript(&other.open(), operation).expect("a text");
        migrator.run(&mut one.open(), operation).expect("it runs");
        shell(&other.path, &sql).unwrap_or_else(|error| panic!("{operation}: {error}\n{sql}"));
        let (one, other) = (one.open(), other.open());
        assert_eq!(dump(&other), dump(&one), "{operation}");
        assert_eq!(ledger(&other), ledger(&one), "{operation}");
        let states = |database: &Connection| -> Vec<_> {
            let statuses = migrator.status(database).expect("statuses");
            statuses.into_iter().map(|status| (status.id, status.state)).collect()
        };
        assert_eq!(states(&other), states(&one), "{operation}");
    }
    // The databases outlive their folders.
    let memory = |file: &File| {
        let mut memory = Connection::open_in_memory().expect("a database");
        memory.restore("main", &file.path, None::<fn(_)>).expect("a copy");
        memory
    };
    (memory(&one), memory(&other))
}

#[test]
fn the_shell_applies_to_a_new_database_what_a_run_would() {
    let set = folder();
    let (_, mut other) = compare(&set, &[Operation::Apply(Target::Latest)]);
    assert_eq!(value::<i64>(&other, "PRAGMA user_version"), 7);
    assert!(value::<String>(&other, "SELECT applied_at FROM shop_wheatear_migration").starts_with("20"));
    let report = migrator(&set).apply(&mut other).expect("a look");
    assert!(report.steps.is_empty() && report.warnings.is_empty(), "{report}");
    let text = migrator(&set).transcript(&other, &Operation::Apply(Target::Latest)).expect("a text");
    assert_eq!(text, "-- apply latest: nothing to do\n");
}

#[test]
fn the_shell_goes_on_back_and_forth_where_a_run_would() {
    let operations = [
        Operation::Apply(Target::next(1)),
        Operation::Apply(Target::next(1)),
        Operation::Apply(Target::Latest),
        Operation::Rollback(RollbackTarget::last(2)),
        Operation::Mark(Target::next(1)),
        Operation::Unmark(RollbackTarget::last(1)),
        Operation::Apply(Target::Latest),
        Operation::Reapply(RollbackTarget::last(2)),
    ];
    compare(&folder(), &operations);
}

#[test]
fn an_adoption_a_rename_and_a_repair_change_the_record() {
    let file = File::new();
    let note = "ALTER TABLE cup ADD COLUMN note TEXT;";
    let old = set(&[("1", "CREATE TABLE cup (id INTEGER);"), ("2", note)]);
    let run = |set: &MigrationSet, operation: &Operation| {
        let sql = migrator(set).transcript(&file.open(), operation).expect("a text");
        shell(&file.path, &sql).unwrap_or_else(|error| panic!("{error}\n{sql}"));
    };
    file.open().execute_batch("CREATE TABLE cup (id INTEGER)").expect("a table of its own");
    run(&old, &Operation::Baseline("1".into()));
    run(&old, &Operation::Apply(Target::Latest));
    let new = set(&[("1", "CREATE TABLE cup (id INTEGER PRIMARY KEY);"), ("3", &format!("-- was: 2\n{note}"))]);
    run(&new, &Operation::Repair);
    let mut database = file.open();
    assert!(migrator(&new).apply(&mut database).expect("a look").steps.is_empty());
    let log = migrator(&new).log(&database).expect("a log");
    let words: Vec<_> = log.iter().map(|entry| format!("{} {}", entry.operation, entry.migration)).collect();
    assert_eq!(words, ["baseline 1", "apply 2", "rename 2 -> 3", "repair 1"]);
}

#[test]
fn what_runs_outside_of_a_transaction_splits_the_text_as_it_does_a_run() {
    let set = set(&[
        ("1", "CREATE TABLE cup (id INTEGER PRIMARY KEY);"),
        ("2", "-- transactional: false\nPRAGMA page_size = 1024; VACUUM;\nPRAGMA case_sensitive_like = ON;"),
        ("3", "INSERT INTO cup VALUES (1);"),
    ]);
    let (one, other) = compare(&set, &[Operation::Apply(Target::Latest)]);
    for database in [one, other] {
        assert_eq!(value::<i64>(&database, "PRAGMA page_size"), 1024);
    }
}

#[test]
fn a_failing_statement_is_the_last_one_and_nothing_is_changed() {
    let files = [("1", "CREATE TABLE cup (id INTEGER PRIMARY KEY);\nINSERT INTO cup VALUES (1);")];
    let (file, first) = (File::new(), set(&files));
    migrator(&first).apply(&mut file.open()).expect("the first");
    let before = file.bytes();
    for (bad, message) in [
        (
            "CREATE TABLE saucer (cup);\nINSERT INTO cup VALUES (1);\nCREATE TABLE spoon (a);",
            "UNIQUE constraint failed",
        ),
        ("CREATE TABLE saucer (cup);\nINSERT INTO absent VALUES (1);\n", "no such table"),
        (
            "CREATE TABLE saucer (cup REFERENCES cup);\nINSERT INTO saucer VALUES (7);\n",
            "rows would be left without their parent row",
        ),
    ] {
        let set = set(&[files[0], ("2", bad)]);
        let sql = migrator(&set).transcript(&file.open(), &Operation::Apply(Target::Latest)).expect("a text");
        let error = shell(&file.path, &sql).expect_err(bad);
        assert!(error.contains(message), "{error}");
        assert_eq!(file.bytes(), before, "{bad}");
    }
}

#[test]
fn rows_that_had_no_parent_before_are_no_reason_to_fail() {
    let file = File::new();
    let first = ("1", "CREATE TABLE cup (id INTEGER PRIMARY KEY); CREATE TABLE saucer (cup REFERENCES cup);");
    migrator(&set(&[first])).apply(&mut file.open()).expect("the first");
    file.open().execute_batch("PRAGMA foreign_keys = OFF; INSERT INTO saucer VALUES (9)").expect("an orphan");
    let set = set(&[first, ("2", "ALTER TABLE cup ADD COLUMN note TEXT;")]);
    let sql = migrator(&set).transcript(&file.open(), &Operation::Apply(Target::Latest)).expect("a text");
    shell(&file.path, &sql).expect("it runs");
}

#[test]
fn a_text_is_for_the_database_as_it_was() {
    let set = folder();
    let file = File::new();
    let migrator = migrator(&set);
    migrator.apply_to(&mut file.open(), Target::next(1)).expect("the first");
    let sql = migrator.transcript(&file.open(), &Operation::Apply(Target::Latest)).expect("a text");
    migrator.apply_to(&mut file.open(), Target::next(1)).expect("another process");
    let before = file.bytes();
    let error = shell(&file.path, &sql).expect_err("another database");
    assert!(error.contains("the database is no longer as this was planned for"), "{error}");
    assert_eq!(file.bytes(), before);
}

#[test]
fn enforced_foreign_keys_are_switched_before_the_transaction_or_cannot_be() {
    let first = (
        "1",
        "CREATE TABLE cup (id INTEGER PRIMARY KEY); CREATE TABLE saucer (cup REFERENCES cup ON DELETE CASCADE);
        INSERT INTO cup VALUES (1); INSERT INTO saucer VALUES (1);",
    );
    let set = set(&[first, ("2", "-- foreign_keys: on\nDELETE FROM cup;")]);
    let (_, other) = compare(&set, &[Operation::Apply(Target::next(1)), Operation::Apply(Target::Latest)]);
    assert_eq!(value::<i64>(&other, "SELECT count(*) FROM saucer"), 0);
    let empty = Connection::open_in_memory().expect("a database");
    let error = migrator(&set).transcript(&empty, &Operation::Apply(Target::Latest)).expect_err("two kinds");
    assert_eq!(error.code(), ErrorCode::NotSql);
    assert!(error.to_string().contains("migration \"2\""), "{error}");
}

#[test]
fn code_is_no_sql() {
    let set = set_with_code(&[("1", "CREATE TABLE cup (id);")], [CodeStep::new("2.fill", "1", |_| Ok(()))]);
    let empty = Connection::open_in_memory().expect("a database");
    let error = migrator(&set).transcript(&empty, &Operation::Apply(Target::Latest)).expect_err("code");
    assert_eq!(error.code(), ErrorCode::NotSql);
    assert!(
        error.to_string().starts_with("what migration \"2.fill\" does cannot be written as SQL: it is code"),
        "{error}"
    );
    migrator(&set).transcript(&empty, &Operation::Mark(Target::Latest)).expect("what runs nothing");
}
