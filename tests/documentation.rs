//! The SQL of README and docs/ runs. A block whose first line is a comment with the name of a file is that file of a folder of
//! migrations: the folder of a page grows from block to block, and each time the whole of it is tried out, as the compiler
//! does, and applied to one database. Any other block is run on that database. A page without such a folder goes on where the
//! README ends.
#![cfg(not(target_family = "wasm"))]

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::Connection;
use wheatear::{MigrationSet, Migrator, RollbackTarget, Session, SourceFile};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// A folder of migrations, and a database that has them.
struct Folder {
    files: BTreeMap<String, String>,
    database: Connection,
}

impl Folder {
    fn new() -> Self {
        Self { files: BTreeMap::new(), database: Connection::open_in_memory().expect("a database") }
    }

    fn set(&self) -> MigrationSet {
        let files = self.files.iter().map(|(path, text)| SourceFile { path: path.clone(), text: text.clone() });
        let set = MigrationSet::from_files(files).expect("a valid set");
        set.tried_out().unwrap_or_else(|error| panic!("{error}"))
    }

    /// Does what a block says.
    fn take(&mut self, sql: &str) {
        match file_named(sql) {
            Some(name) => {
                self.files.insert(name.to_owned(), sql.to_owned());
                let report =
                    Migrator::new(&self.set()).apply(&mut self.database).unwrap_or_else(|error| panic!("{error}"));
                assert!(report.warnings.is_empty(), "{report}");
            }
            None => {
                let database = std::mem::replace(&mut self.database, Connection::open_in_memory().expect("a database"));
                let mut session = Session::new(database);
                session.exec(sql).unwrap_or_else(|error| panic!("{error}"));
                std::mem::swap(session.connection_mut(), &mut self.database);
            }
        }
    }
}

/// The file that a block is, by its first line.
fn file_named(sql: &str) -> Option<&str> {
    sql.lines().next()?.strip_prefix("-- ").filter(|name| name.ends_with(".sql") && !name.contains(' '))
}

fn text(page: &str) -> String {
    std::fs::read_to_string(Path::new(ROOT).join(page)).expect(page)
}

/// The blocks of a page in this language.
fn blocks<'page>(page: &'page str, language: &str) -> Vec<&'page str> {
    let fence = format!("\n```{language}\n");
    page.split(&*fence).skip(1).map(|rest| rest.split("\n```").next().unwrap_or_default()).collect()
}

/// Every page but the README, and the one whose blocks are dangers: crates/check/tests/documentation.rs runs that.
fn pages() -> Vec<String> {
    let entries = std::fs::read_dir(Path::new(ROOT).join("docs")).expect("the folder docs");
    let names = entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
    let mut pages: Vec<String> =
        names.filter(|name| name.ends_with(".md") && name != "lints.md").map(|name| format!("docs/{name}")).collect();
    pages.sort();
    pages
}

fn after_the_readme() -> Folder {
    let mut folder = Folder::new();
    blocks(&text("README.md"), "sql").into_iter().for_each(|sql| folder.take(sql));
    folder
}

#[test]
fn the_sql_of_every_page_runs() {
    assert_eq!(after_the_readme().files.len(), 3);
    let mut count = 0;
    for page in pages() {
        let text = text(&page);
        let sql = blocks(&text, "sql");
        let has_files = sql.iter().any(|sql| file_named(sql).is_some());
        let mut folder = if has_files { Folder::new() } else { after_the_readme() };
        for sql in &sql {
            println!("{page}:\n{sql}");
            folder.take(sql);
        }
        count += sql.len();
    }
    assert!(count > 0, "no page has SQL");
}

#[test]
fn a_way_back_that_a_page_shows_works() {
    let page = text("docs/migrations.md");
    let mut folder = Folder::new();
    let shown = blocks(&page, "sql");
    let back = shown.iter().position(|sql| file_named(sql).is_some_and(|name| name.ends_with(".rollback.sql")));
    shown.into_iter().take(back.expect("a way back") + 1).for_each(|sql| folder.take(sql));
    let report = Migrator::new(&folder.set()).rollback(&mut folder.database, RollbackTarget::last(1));
    assert_eq!(report.expect("a rollback").rolled_back().count(), 1);
}

#[test]
fn the_rust_of_every_page_is_a_documentation_test() {
    let tested = text("src/lib.rs");
    for page in pages().iter().map(String::as_str).chain(["README.md"]) {
        let has_rust = !blocks(&text(page), "rust").is_empty();
        assert_eq!(tested.contains(&format!("include_str!(\"../{page}\")")), has_rust, "src/lib.rs: {page}");
    }
}

#[test]
fn the_crate_that_a_page_shows_is_built_as_ours_are() {
    let page = text("docs/rust.md");
    let [shown] = *blocks(&page, "toml") else { panic!("one manifest") };
    let ours = text("Cargo.toml") + &text("tests/module/Cargo.toml") + &text("crates/core/Cargo.toml");
    let version = env!("CARGO_PKG_VERSION").rsplit_once('.').map(|(minor, _)| minor).unwrap_or_default();
    for line in shown.lines().filter(|line| !line.is_empty()) {
        let is_dependency = line == format!("wheatear = \"{version}\"");
        assert!(is_dependency || ours.lines().any(|our| our == line), "docs/rust.md: {line}");
    }
}
