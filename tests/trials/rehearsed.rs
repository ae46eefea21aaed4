//! What is found by trying a set out: 01, 02, 03, 06.

use rusqlite::Connection;
use wheatear::{Error, ErrorCode, Migrator};

use super::{set_of, support, text};

fn empty() -> Connection {
    Connection::open_in_memory().expect("a database")
}

/// Tries the set of these folders out.
fn tried(folders: &[&str]) -> Result<wheatear::MigrationSet, Error> {
    set_of(folders).expect("a valid set").tried_out()
}

#[test]
fn columns_that_only_an_empty_table_takes_are_found_when_the_set_is_built() {
    for (folder, words) in [
        ("a-not-null", "Cannot add a NOT NULL column with default value NULL"),
        ("b-clock-default", "Cannot add a column with non-constant default"),
        ("c-expression-default", "Cannot add a column with non-constant default"),
        ("d-stored-column", "cannot add a STORED column"),
        ("e-generated-not-null", "has a row with NULL where it may have one: NOT NULL constraint failed"),
        ("f-check", "CHECK constraint failed"),
        ("g-reference-default", "Cannot add a REFERENCES column with non-NULL default value"),
    ] {
        let change = format!("01-rows-decide-ddl/{folder}");
        let error = tried(&["01-rows-decide-ddl/migrations", &change]).expect_err(folder);
        let message = error.to_string();
        assert_eq!(error.code(), ErrorCode::UnsoundMigration, "{message}");
        assert!(message.contains("would fail at statement 1 as soon as \"parcel\" has a row"), "{message}");
        assert!(message.contains(words), "{message}");
        // It is as is said: the set passes in an empty database, and not in one with rows.
        let set = set_of(&["01-rows-decide-ddl/migrations", &change]).expect("a valid set");
        let mut database = empty();
        Migrator::new(&set).apply(&mut database).expect("an empty database takes it");
        let mut database = empty();
        let before = set_of(&["01-rows-decide-ddl/migrations"]).expect("a valid set");
        Migrator::new(&before).apply(&mut database).expect("the first release");
        database.execute_batch(&text("01-rows-decide-ddl/fill.sql")).expect("rows");
        Migrator::new(&set).apply(&mut database).expect_err(folder);
    }
}

#[test]
fn a_rebuild_that_leaves_a_view_on_nothing_is_refused_or_found() {
    let message = tried(&["06-view-on-rebuilt-table/a-copy-first"]).expect_err("SQLite refuses it").to_string();
    assert!(message.starts_with("0002.age.sql:4: ") && message.contains("error in view member_names"), "{message}");

    let files = ["0001.member", "0002.age"]
        .map(|name| (name, text(&format!("06-view-on-rebuilt-table/b-rename-first/{name}.sql"))));
    let files = files.each_ref().map(|(name, text)| (*name, text.as_str()));
    let error = support::set(&files).tried_out().expect_err("a view on nothing");
    let message = error.to_string();
    assert_eq!(error.code(), ErrorCode::UnsoundMigration, "{message}");
    assert!(
        message.starts_with("m/0002.age.sql:1: applying migration \"0002.age\" leaves a fault: view \"member_names\""),
        "{message}"
    );

    let set = tried(&["06-view-on-rebuilt-table/c-old-way"]).expect("the way that works");
    let mut database = empty();
    Migrator::new(&set).apply(&mut database).expect("it runs");
    database.execute_batch("SELECT * FROM member_names").expect("the view works");
}

#[test]
fn keys_that_lead_nowhere_have_the_code_they_have_in_a_run() {
    let files = [
        ("1", "CREATE TABLE node (id INTEGER PRIMARY KEY); CREATE TABLE reading (node REFERENCES node);"),
        ("2", "INSERT INTO reading VALUES (9);"),
    ];
    let error = support::set(&files).tried_out().expect_err("an orphan");
    assert_eq!(error.code(), ErrorCode::ForeignKeyViolation);
    let words = "m/2.sql:1: applying migration \"2\" leaves a fault: a row of \"reading\" refers to no row of \"node\"";
    assert_eq!(error.to_string(), words);
}

#[test]
fn what_pages_lack_is_named_with_its_file_when_a_set_is_built_for_them() {
    let set = set_of(&["02-native-only-functions/migrations"]).expect("a valid set");
    let trial = wheatear_sqlite::try_out_for_pages(set.definition(), "").expect("the build's SQLite takes it");
    let lacking: Vec<String> = trial.lacking.iter().map(ToString::to_string).collect();
    assert_eq!(lacking.len(), 2, "{lacking:?}");
    assert!(lacking[0].starts_with("0002.sounds-like.sql: ") && lacking[0].contains("the function \"soundex\""));
    assert!(lacking[1].starts_with("0003.search.sql: ") && lacking[1].contains("\"fts4\""), "{lacking:?}");
}

#[test]
fn what_only_pages_have_is_no_obstacle_to_building_for_them() {
    let set = set_of(&["03-browser-only-functions/migrations"]).expect("a valid set");
    let trial = wheatear_sqlite::try_out_for_pages(set.definition(), "").expect("it is tried out with stand-ins");
    assert!(trial.schema.is_some() && trial.lacking.is_empty());
    assert!(trial.only_in_pages.is_empty() || trial.only_in_pages == ["floor", "log10", "pow"]);
}
