//! Rows that a run meets: 07, 22, 23.

use rusqlite::Connection;
use wheatear::{ApplyError, Error, ErrorCode, ForeignKeyViolation, Migrator, Report, Warning};

use super::support::{set, value};
use super::{set_of, text};

/// A database that has applied `migrations` of a case and has its rows.
fn filled(case: &str) -> Connection {
    let mut database = Connection::open_in_memory().expect("a database");
    let first = set_of(&[&format!("{case}/migrations")]).expect("a valid set");
    Migrator::new(&first).apply(&mut database).expect("the first release");
    database.execute_batch(&text(&format!("{case}/fill.sql"))).expect("its rows");
    database
}

/// Applies what a folder of the case adds.
fn upgrade(database: &mut Connection, case: &str, folder: &str) -> Result<Report, Error> {
    let set = set_of(&[&format!("{case}/migrations"), &format!("{case}/{folder}")]).expect("a valid set");
    Migrator::new(&set).apply(database)
}

#[test]
fn who_relied_on_a_cascade_is_told_of_the_header_that_allows_it() {
    const CASE: &str = "07-cascade-in-migration";
    let mut database = filled(CASE);
    let error = upgrade(&mut database, CASE, "a-plain").expect_err("orphans");
    assert_eq!(error.code(), ErrorCode::ForeignKeyViolation);
    let words = "row 2 of \"book\" refers to no row of \"shelf\"; if ON DELETE CASCADE was to see to it: keys act only in \
         a migration with the header `-- foreign_keys: on`; nothing was changed";
    assert!(error.to_string().ends_with(words), "{error}");
    assert_eq!(value::<i64>(&database, "SELECT count(*) FROM shelf"), 2);

    upgrade(&mut database, CASE, "b-enforced").expect("the key acts");
    assert_eq!(value::<i64>(&database, "SELECT count(*) FROM book"), 1);
    assert_eq!(value::<Option<i64>>(&database, "SELECT book FROM note"), None);
}

#[test]
fn a_key_that_does_nothing_gives_no_such_hint() {
    let mut database = Connection::open_in_memory().expect("a database");
    let files = [
        ("1", "CREATE TABLE node (id INTEGER PRIMARY KEY); CREATE TABLE reading (node REFERENCES node);"),
        ("2", "INSERT INTO reading VALUES (9);"),
    ];
    let error = Migrator::new(&set(&files)).apply(&mut database).expect_err("an orphan").to_string();
    assert!(error.ends_with("refers to no row of \"node\"; nothing was changed"), "{error}");
}

/// The orphans that a run left as they were.
fn old_orphans(report: &Report) -> &[ForeignKeyViolation] {
    match report.warnings.as_slice() {
        [Warning::OrphanedRows { rows, .. }] => rows,
        other => panic!("not only orphans: {other:?}"),
    }
}

#[test]
fn columns_that_hide_the_rowid_hide_no_new_orphan() {
    const CASE: &str = "22-column-called-rowid";
    let report = upgrade(&mut filled(CASE), CASE, "a-harmless").expect("an old orphan is no reason to stop");
    assert_eq!(old_orphans(&report).len(), 1);
    let error = upgrade(&mut filled(CASE), CASE, "b-one-for-another").expect_err("another orphan");
    assert_eq!(error.code(), ErrorCode::ForeignKeyViolation);
}

/// Whether a run that mends the orphan `old` and makes `new` one is refused, and one that leaves it alone is not.
fn tells_orphans_apart(create: &str, orphan: &str, mend_and_make: &str) {
    let create = ("1", create);
    let database = || {
        let mut database = Connection::open_in_memory().expect("a database");
        Migrator::new(&set(&[create])).apply(&mut database).expect("tables");
        database.pragma_update(None, "foreign_keys", false).expect("off");
        database.execute_batch(orphan).expect(orphan);
        database
    };
    let report = Migrator::new(&set(&[create, ("2", "CREATE TABLE unrelated (x);")])).apply(&mut database());
    assert_eq!(old_orphans(&report.expect(create.1)).len(), 1, "{create:?}");
    let error = Migrator::new(&set(&[create, ("2", mend_and_make)])).apply(&mut database()).expect_err(create.1);
    assert!(matches!(error, Error::Apply(ApplyError::ForeignKeyViolation { count: 1, .. })), "{error}");
}

#[test]
fn orphans_are_told_apart_whatever_their_rows_are_called() {
    const PARENT: &str = "CREATE TABLE parent (a TEXT COLLATE NOCASE, b INTEGER, PRIMARY KEY (a, b));
        INSERT INTO parent VALUES ('here', 1);";
    for child in [
        "CREATE TABLE child (id TEXT PRIMARY KEY, a, b, FOREIGN KEY (a, b) REFERENCES parent) WITHOUT ROWID;",
        "CREATE TABLE child (id TEXT, a, b, rowid, oid, FOREIGN KEY (a, b) REFERENCES parent (a, b));",
        "CREATE TABLE child (id TEXT, a, b, oid, _ROWID_ AS (1), \"RowId\", FOREIGN KEY (a, b) REFERENCES parent);",
        "CREATE TABLE child (id TEXT, a, b, FOREIGN KEY (a, b) REFERENCES parent);",
    ] {
        let rows = "INSERT INTO child (id, a, b) VALUES ('x', 'lost', 1), ('y', 'HERE', '1'), ('z', NULL, 9);";
        let change = "UPDATE child SET a = 'here' WHERE id = 'x'; UPDATE child SET a = 'gone' WHERE id = 'y';";
        tells_orphans_apart(&format!("{PARENT} {child}"), rows, change);
    }
}

#[test]
fn orphans_of_a_table_that_never_was_are_told_apart_too() {
    let child = "CREATE TABLE more (id TEXT PRIMARY KEY, a REFERENCES child) WITHOUT ROWID;
        CREATE TABLE child (id TEXT PRIMARY KEY, a REFERENCES absent (x)) WITHOUT ROWID;";
    let change = "UPDATE child SET a = NULL; INSERT INTO child VALUES ('y', 'gone');";
    tells_orphans_apart(child, "INSERT INTO child VALUES ('x', 'lost');", change);
}

/// Two children of `author`, and another table with a key.
const BLOG: &str = "CREATE TABLE author (id INTEGER PRIMARY KEY);
    CREATE TABLE post (id INTEGER PRIMARY KEY, author REFERENCES author, editor REFERENCES author);
    CREATE TABLE draft (id INTEGER PRIMARY KEY, author REFERENCES author);
    CREATE TABLE tag (id INTEGER PRIMARY KEY); CREATE TABLE use (id INTEGER PRIMARY KEY, tag REFERENCES tag);";

#[test]
fn a_new_orphan_is_told_from_an_old_one_of_the_same_value_elsewhere() {
    for change in [
        "DELETE FROM draft; INSERT INTO post VALUES (1, 9, NULL);",
        "DROP TABLE draft; INSERT INTO post VALUES (1, 9, NULL);",
        "DELETE FROM draft; INSERT INTO draft VALUES (2, 9);",
        "UPDATE draft SET author = NULL; INSERT INTO draft VALUES (77, 9);",
        "DELETE FROM draft; CREATE TABLE note (id INTEGER PRIMARY KEY, author REFERENCES author);
         INSERT INTO note VALUES (1, 9);",
        "DROP TABLE draft; DROP TABLE post; DROP TABLE author; INSERT INTO use VALUES (1, 9);",
        "DROP TABLE draft; ALTER TABLE use ADD COLUMN author REFERENCES author; INSERT INTO use VALUES (1, NULL, 9);",
        "ALTER TABLE draft RENAME TO sketch; DELETE FROM sketch; INSERT INTO sketch VALUES (2, 9);",
    ] {
        tells_orphans_apart(BLOG, "INSERT INTO draft VALUES (1, 9);", change);
    }
    for change in [
        "UPDATE post SET author = NULL, editor = 9;",
        "CREATE TABLE p (id INTEGER PRIMARY KEY, editor REFERENCES author); INSERT INTO p SELECT id, 9 FROM post;
         DROP TABLE post; ALTER TABLE p RENAME TO post;",
    ] {
        tells_orphans_apart(BLOG, "INSERT INTO post VALUES (1, 9, NULL);", change);
    }
    let two_parents = "CREATE TABLE a (id INTEGER PRIMARY KEY); CREATE TABLE b (id INTEGER PRIMARY KEY);
        CREATE TABLE child (id INTEGER PRIMARY KEY, x REFERENCES a REFERENCES b); INSERT INTO b VALUES (9);";
    let change = "INSERT INTO a VALUES (9); DELETE FROM b;";
    tells_orphans_apart(two_parents, "INSERT INTO child VALUES (1, 9);", change);
}

#[test]
fn an_old_orphan_stays_one_wherever_renames_and_rebuilds_carry_it() {
    for change in [
        "ALTER TABLE draft RENAME TO sketch; ALTER TABLE sketch RENAME COLUMN author TO writer;
         ALTER TABLE author RENAME TO person;",
        "ALTER TABLE author RENAME COLUMN id TO number; ALTER TABLE draft RENAME COLUMN id TO number;",
        "ALTER TABLE draft RENAME TO d; ALTER TABLE d RENAME TO Draft; ALTER TABLE Draft RENAME COLUMN author TO Author;",
        // Under a name that another table had, or still has.
        "DROP TABLE post; ALTER TABLE draft RENAME TO post;",
        "ALTER TABLE draft RENAME TO old_draft; CREATE TABLE draft (id INTEGER PRIMARY KEY, author REFERENCES author);",
        // With other columns, another type of the key, another primary key, and none.
        "CREATE TABLE d (more, author TEXT REFERENCES author (id), id INTEGER PRIMARY KEY AUTOINCREMENT);
         INSERT INTO d SELECT 1, author, id FROM draft; DROP TABLE draft; ALTER TABLE d RENAME TO draft;",
        "CREATE TABLE d (id TEXT PRIMARY KEY, author REFERENCES author) WITHOUT ROWID;
         INSERT INTO d SELECT hex(randomblob(16)), author FROM draft; DROP TABLE draft; ALTER TABLE d RENAME TO draft;",
        "CREATE TABLE d (author REFERENCES author);
         INSERT INTO d SELECT author FROM draft ORDER BY id DESC; DROP TABLE draft; ALTER TABLE d RENAME TO draft;",
        "ALTER TABLE draft RENAME TO d; CREATE TABLE sketch (id INTEGER PRIMARY KEY, author REFERENCES author);
         INSERT INTO sketch SELECT * FROM d; DROP TABLE d;",
        // Of a parent that becomes part of another table.
        "CREATE TABLE d (id INTEGER PRIMARY KEY, author REFERENCES tag); INSERT INTO d SELECT * FROM draft;
         DROP TABLE draft; ALTER TABLE d RENAME TO draft; DROP TABLE post; DROP TABLE author;",
    ] {
        let mut database = Connection::open_in_memory().expect("a database");
        Migrator::new(&set(&[("1", BLOG)])).apply(&mut database).expect("tables");
        database.pragma_update(None, "foreign_keys", false).expect("off");
        database.execute_batch("INSERT INTO draft VALUES (7, 9), (1, 9), (3, 8);").expect("orphans");
        let report = Migrator::new(&set(&[("1", BLOG), ("2", change)])).apply(&mut database).expect(change);
        assert_eq!(old_orphans(&report).len(), 3, "{change}");
    }
}

#[test]
fn text_that_is_not_utf8_stops_no_upgrade() {
    const CASE: &str = "23-text-that-is-not-utf8";
    for folder in ["a", "b"] {
        let mut database = filled(CASE);
        let report = upgrade(&mut database, CASE, folder).expect(folder);
        assert_eq!(old_orphans(&report).len(), 1);
    }
    let same = "CREATE TABLE label (name TEXT PRIMARY KEY); CREATE TABLE item (id INTEGER PRIMARY KEY, label REFERENCES label);
        INSERT INTO label VALUES ('here');";
    tells_orphans_apart(
        same,
        "INSERT INTO item VALUES (1, CAST(x'e9' AS TEXT)), (2, 'here');",
        "UPDATE item SET label = 'here' WHERE id = 1; UPDATE item SET label = CAST(x'e8' AS TEXT) WHERE id = 2;",
    );
}

#[test]
fn names_that_are_not_utf8_stop_no_upgrade() {
    let mut database = Connection::open_in_memory().expect("a database");
    let files = [("1", "CREATE TABLE a (b TEXT PRIMARY KEY, c REFERENCES a); INSERT INTO a VALUES ('x', NULL);")];
    Migrator::new(&set(&files).tried_out().expect("it runs")).apply(&mut database).expect("a table");
    for (sql, name) in [
        ("CREATE TABLE zz (x REFERENCES a)", "zz"),
        ("CREATE TABLE child (zz REFERENCES a)", "child"),
        ("CREATE TABLE child2 (x REFERENCES zz)", "child2"),
    ] {
        database.execute_batch(sql).expect(sql);
        let bytes = "CAST(replace(CAST(sql AS BLOB), 'zz', CAST(x'7a7ae9' AS TEXT)) AS TEXT)";
        let change = format!(
            "PRAGMA writable_schema = ON;
             UPDATE sqlite_schema SET sql = {bytes}, name = iif(name = 'zz', CAST(x'7a7ae9' AS TEXT), name),
               tbl_name = iif(name = 'zz', CAST(x'7a7ae9' AS TEXT), tbl_name) WHERE name = '{name}';
             PRAGMA writable_schema = RESET;"
        );
        database.execute_batch(&change).expect("other bytes in the schema");
    }
    database.pragma_update(None, "foreign_keys", false).expect("off");
    database.execute_batch("INSERT INTO child VALUES ('lost')").expect("an orphan");
    let files = [files[0], ("2", "CREATE TABLE other (d);")];
    let report = Migrator::new(&set(&files).tried_out().expect("it runs")).apply(&mut database).expect("it applies");
    assert!(report.warnings.iter().any(|warning| matches!(warning, Warning::SchemaDrift(_))), "{report}");
}
