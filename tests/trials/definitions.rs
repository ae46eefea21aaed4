//! What is found while a set is built from its files: 05, 09, 12, 15, 16, crlf-literal, python-migrations.

use std::fs;

use wheatear::{MigrationSet, SourceFile};

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
