//! What is found while a set is built from its files: 05, 09, 12, 15, 16, crlf-literal, python-migrations.

use std::fs;

use rusqlite::Connection;
use wheatear::{Digest, ErrorCode, MigrationSet, Migrator, SourceFile, StepOperation};

use crate::support::{column, set, value};
use crate::{case, set_of, text};

/// The files of a folder and of those in it, by their paths.
fn tree(folder: &str) -> Vec<SourceFile> {
    let entries = fs::read_dir(case(folder)).expect(folder).map(|entry| entry.expect("an entry"));
    let files = entries.flat_map(|entry| {
        let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() { tree(&path) } else { vec![SourceFile { text: text(&path), path }] }
    });
    files.collect()
}

fn ids(set: &MigrationSet) -> Vec<&str> {
    set.iter().map(|migration| migration.id()).collect()
}

#[test]
fn a_file_with_both_directions_is_refused_and_so_is_a_way_back_by_another_name() {
    for (folder, message) in [
        ("a", "0002.tag.sql:4: `-- migrate:down` is how dbmate begins"),
        ("b", "0001.base.sql:6: `-- +goose Down` is how goose begins"),
        ("c", "0001.base.undo.sql:1: .undo.sql is how other tools name"),
        ("d", "0001.base.revert.sql:1: .revert.sql is how other tools name"),
    ] {
        let error = set_of(&[&format!("09-up-and-down-in-one-file/{folder}")]).expect_err(folder).to_string();
        assert!(error.starts_with(message) && error.contains(".rollback.sql"), "{error}");
    }
}

#[test]
fn files_in_folders_are_read_where_they_are_given_and_told_where_they_are_not() {
    let set = |folder: &str| MigrationSet::from_files(tree(folder)).expect(folder);
    assert_eq!(ids(&set("15-subfolders/a")), ["0001.base", "0002.port"]);
    assert_eq!(ids(&set("15-subfolders/b")), ["0000.before", "0001.base"]);
    // As whoever reads only the folder itself would tell of it.
    let folder = |path: &str| SourceFile { path: path.to_owned(), text: String::new() };
    let error = MigrationSet::from_files([folder("m/2025/"), folder("m/2026/")]).expect_err("no migration");
    assert_eq!(error.code().as_str(), "no_migrations");
    let base = tree("15-subfolders/b").into_iter().filter(|file| !file.path.contains("archive"));
    let set = MigrationSet::from_files(base.chain([folder("m/archive/")])).expect("one file");
    assert_eq!((ids(&set), set.passed_over()), (vec!["0001.base"], &["m/archive/".to_owned()][..]));
}

#[test]
fn migrations_in_python_are_named_and_not_taken_for_none() {
    let error = set_of(&["python-migrations/m"]).expect_err("no migration");
    assert_eq!(error.code().as_str(), "no_migrations");
    let message = error.to_string();
    assert!(message.contains("0001.create.py, 0002.alter-table.py") && message.contains("SQL"), "{message}");
}

#[test]
fn carriage_returns_alone_end_lines_so_that_no_statement_is_lost() {
    let tables = |folder: &str| {
        let set = set_of(&[folder]).expect(folder);
        assert_eq!(
            set.iter().last().map(|migration| migration.depends().count()),
            Some(usize::from(folder.ends_with('a')))
        );
        let mut database = Connection::open_in_memory().expect("a database");
        Migrator::new(&set).apply(&mut database).expect(folder);
        column(&database, "SELECT name FROM sqlite_schema WHERE name NOT LIKE '%wheatear%' AND sql NOT NULL ORDER BY 1")
    };
    assert_eq!(tables("12-carriage-returns/a"), ["base", "extra"]);
    assert_eq!(tables("12-carriage-returns/b"), ["base", "one", "three", "two"]);
}

#[test]
fn a_checkout_with_other_line_ends_is_the_same_set() {
    let [unix, windows] = ["crlf-literal/m", "crlf-literal/m2"].map(|folder| set_of(&[folder]).expect(folder));
    assert_eq!(unix.definition(), windows.definition());
    let mut database = Connection::open_in_memory().expect("a database");
    Migrator::new(&windows).apply(&mut database).expect("the set applies");
    assert!(Migrator::new(&unix).apply(&mut database).expect("nothing to do").steps.is_empty());
    assert_eq!(value::<String>(&database, "SELECT a FROM t"), "x\ny");
}

/// What a release that read line ends as they were has left in the field.
#[test]
fn databases_that_recorded_other_line_ends_go_on_as_applied() {
    let create = "CREATE TABLE t (a TEXT DEFAULT 'p\r\nq');\r\nINSERT INTO t VALUES ('x\r\ny');\r\n";
    let down = "DROP TABLE t; SELECT 'x\r\ny';\r\n";
    let files = [("1", create), ("1.rollback", down)];
    let set_now = set(&files).tried_out().expect("it runs");
    let mut database = Connection::open_in_memory().expect("a database");
    Migrator::new(&set_now).apply(&mut database).expect("the set applies");
    database.execute_batch(&format!("DROP TABLE t; {create}")).expect("the table as it was made then");
    let checksum = Digest::of_sql(create);
    let then = Digest::of_applied([("1", checksum)]);
    database
        .execute(
            "UPDATE _wheatear_migration SET checksum = ?1, up = ?2, down = ?3",
            (checksum.as_bytes(), create, down),
        )
        .and_then(|_| database.execute("UPDATE _wheatear_ledger SET digest = ?1", [then.as_bytes()]))
        .expect("the ledger of then");

    let migrator = Migrator::new(&set_now);
    assert!(migrator.apply(&mut database).expect("it is applied").steps.is_empty());
    assert!(migrator.repair(&mut database).expect("nothing to repair").steps.is_empty());
    assert_eq!(value::<[u8; 32]>(&database, "SELECT digest FROM _wheatear_ledger"), *set_now.digest().as_bytes());
    let more = set(&[files[0], files[1], ("2", "CREATE TABLE u (b);")]).tried_out().expect("it runs");
    let report = Migrator::new(&more).apply(&mut database).expect("the next release");
    assert_eq!((report.applied().count(), report.warnings.len()), (1, 0), "{report}");
}

#[test]
fn what_was_renamed_after_a_release_is_asked_about_and_accepted_without_running_it_again() {
    for (release, file) in [("release-2", "0003.add-note.sql"), ("release-2b", "0002.add-remark.sql")] {
        let folder = format!("16-renamed-after-release/{release}");
        let mut database = Connection::open_in_memory().expect("a database");
        let first = set_of(&["16-renamed-after-release/release-1"]).expect("release 1");
        Migrator::new(&first).apply(&mut database).expect("release 1 applies");
        database.execute("INSERT INTO cup (note) VALUES ('full')", []).expect("a row");

        let error = Migrator::new(&set_of(&[&folder]).expect("a set")).apply(&mut database).expect_err(release);
        assert_eq!(error.code(), ErrorCode::DatabaseAhead);
        let message = error.to_string();
        assert!(message.contains("recorded as \"0002.add-note\" (was it renamed?"), "{message}");
        assert!(message.contains(&format!("`-- was: 0002.add-note` in {file}")), "{message}");

        let mut files = tree(&folder);
        let renamed = files.iter_mut().find(|one| one.path.ends_with(file)).expect("the renamed file");
        renamed.text.insert_str(0, "-- was: 0002.add-note\n");
        let second = MigrationSet::from_files(files).expect("a set");
        let report = Migrator::new(&second).apply(&mut database).expect(release);
        assert_eq!(report.steps[0].operation, StepOperation::Rename, "{report}");
        assert_eq!(value::<String>(&database, "SELECT note FROM cup"), "full");
        assert!(Migrator::new(&second).apply(&mut database).expect("nothing to do").steps.is_empty());
    }
}
