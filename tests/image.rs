//! Which sets have an image, and why others have none.
#![cfg(not(target_family = "wasm"))]

use wheatear::{CodeStep, MigrationSet, Migrator, NoImage, SourceFile, TablePrefix};

fn set(files: &[(&str, &str)]) -> MigrationSet {
    let file = |(name, text): &(&str, &str)| SourceFile { path: format!("m/{name}.sql"), text: (*text).to_owned() };
    MigrationSet::from_files(files.iter().map(file)).expect("a set")
}

fn image(files: &[(&str, &str)]) -> Result<Vec<u8>, NoImage> {
    Migrator::new(&set(files)).image()
}

const TABLE: (&str, &str) = ("1", "CREATE TABLE note (id INTEGER PRIMARY KEY, text, at DEFAULT CURRENT_TIMESTAMP);");

#[test]
fn the_same_set_gives_the_same_bytes() {
    let files =
        [TABLE, ("2", "INSERT INTO note (text, at) VALUES ('a', '2024-05-01'); CREATE INDEX i ON note (text);")];
    let one = image(&files).expect("an image");
    assert_eq!(one, image(&files).expect("another"));
    let set = set(&files);
    let shop = Migrator::new(&set).table_prefix(TablePrefix::new("shop").expect("a prefix")).image();
    assert_ne!(one, shop.expect("one with other tables"));
}

#[test]
fn what_depends_on_time_chance_or_place_has_none() {
    for (sql, on) in [
        ("INSERT INTO note (text) VALUES ('a')", "current_timestamp()"),
        ("INSERT INTO note (text, at) VALUES ('a', CURRENT_DATE)", "current_date()"),
        ("INSERT INTO note (text, at) VALUES ('a', current_time)", "current_time()"),
        ("INSERT INTO note (id, at) VALUES (RANDOM(), 1)", "random()"),
        ("INSERT INTO note (text, at) VALUES (hex(randomblob(8)), 1)", "randomblob()"),
        ("INSERT INTO note (text, at) VALUES (date(), 1)", "date()"),
        ("INSERT INTO note (text, at) VALUES (datetime('NOW'), 1)", "datetime()"),
        ("INSERT INTO note (text, at) VALUES (time('now', '+1 day'), 1)", "time()"),
        ("INSERT INTO note (text, at) VALUES (julianday('subsec'), 1)", "julianday()"),
        ("INSERT INTO note (text, at) VALUES (unixepoch('subsecond'), 1)", "unixepoch()"),
        ("INSERT INTO note (text, at) VALUES (strftime('%s'), 1)", "strftime()"),
        ("INSERT INTO note (text, at) VALUES (timediff('now', '2024-05-01'), 1)", "timediff()"),
        ("INSERT INTO note (text, at) VALUES (datetime('2024-05-01', 'localtime'), 1)", "datetime()"),
        ("INSERT INTO note (text, at) VALUES (datetime('2024-05-01', 'UTC'), 1)", "datetime()"),
        ("INSERT INTO note (text, at) VALUES (sqlite_version(), 1)", "sqlite_version()"),
        ("INSERT INTO note (text, at) VALUES (sqlite_source_id(), 1)", "sqlite_source_id()"),
        (
            "INSERT INTO note (text, at) VALUES (sqlite_compileoption_used('OMIT_TRACE'), 1)",
            "sqlite_compileoption_used()",
        ),
        ("INSERT INTO note (text, at) VALUES (sqlite_compileoption_get(0), 1)", "sqlite_compileoption_get()"),
        ("INSERT INTO note (text, at) SELECT compile_options, 1 FROM pragma_compile_options", "pragma_compile_options"),
        ("INSERT INTO note (text, at) SELECT file, 1 FROM pragma_database_list", "pragma_database_list"),
        ("INSERT INTO note (text, at) SELECT file, 1 FROM PRAGMA_Database_List", "pragma_database_list"),
        ("INSERT INTO note (text, at) SELECT applied_at, 1 FROM _Wheatear_migration", "the record of migrations"),
    ] {
        let reason = image(&[TABLE, ("2", &format!("SELECT 1;\n{sql};"))]).expect_err(sql).to_string();
        assert_eq!(reason, format!("m/2.sql:2: statement 2 of migration \"2\" depends on {on}"), "{sql}");
    }
}

#[test]
fn what_is_evaluated_counts_wherever_it_stands() {
    for sql in [
        "CREATE TABLE a (b CHECK (b < random())); INSERT INTO a VALUES (-9223372036854775807)",
        "CREATE TABLE a (b); CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE note SET text = random(); END;
         INSERT INTO note (at) VALUES (1); INSERT INTO a VALUES (1)",
        "CREATE VIEW a AS SELECT random() AS b; CREATE TABLE c AS SELECT b FROM a",
        "CREATE TABLE a (b, c AS (date(b))); INSERT INTO a VALUES ('now'); CREATE TABLE d AS SELECT c FROM a",
        "CREATE TABLE a (b); INSERT INTO a VALUES ('now'); CREATE INDEX c ON a (date(b))",
    ] {
        assert!(matches!(image(&[TABLE, ("2", sql)]), Err(NoImage::Depends { .. })), "{sql}");
    }
    let hook = ("post-apply", "INSERT INTO note (text) VALUES ('a');");
    let reason = image(&[TABLE, hook]).expect_err("a hook").to_string();
    assert!(reason.starts_with("m/post-apply.sql:1: statement 1 of migration \"post-apply\" depends on"), "{reason}");
    let outside = ("2", "-- transactional: false\nINSERT INTO note (text) VALUES ('a');");
    assert!(matches!(image(&[TABLE, outside]), Err(NoImage::Depends { .. })));
    // SQLite takes a rowid at random where the largest one is taken.
    let rows = "INSERT INTO note (id, at) VALUES (9223372036854775807, 1); INSERT INTO note (at) VALUES (1)";
    assert!(matches!(image(&[TABLE, ("2", rows)]), Err(NoImage::Differs)));
}

#[test]
fn what_always_gives_the_same_does_not_count() {
    for sql in [
        "INSERT INTO note (text, at) VALUES (datetime('2024-05-01 12:00', '+1 day'), unixepoch(1714564800, 'unixepoch'))",
        "INSERT INTO note (text, at) VALUES (strftime('%Y', '2024-05-01'), timediff('2024-05-02', '2024-05-01'))",
        "INSERT INTO note (text, at) VALUES ('now', 1); UPDATE note SET text = date(NULL), at = date(x'00')",
        "CREATE TABLE a (b, c AS (date(b)) STORED, CHECK (date(b) IS NOT NULL)); CREATE INDEX d ON a (strftime('%Y', b));
         INSERT INTO a (b) VALUES ('2024-05-01')",
        "CREATE TRIGGER t AFTER INSERT ON note BEGIN UPDATE note SET at = CURRENT_TIME; END",
        "CREATE VIEW v AS SELECT random(), date('now')",
        "INSERT INTO note (text, at) VALUES (last_insert_rowid() + changes() + total_changes(), 1)",
        "INSERT INTO note (text, at) SELECT name, 1 FROM pragma_table_info('note')",
        "PRAGMA user_version = 7",
    ] {
        image(&[TABLE, ("2", &format!("{sql};"))]).expect(sql);
    }
}

#[test]
fn what_cannot_be_in_an_index_is_refused_as_ever() {
    for sql in ["CREATE INDEX i ON note (random());", "CREATE TABLE a (b, c AS (CURRENT_DATE));"] {
        let reason = image(&[TABLE, ("2", sql)]).expect_err(sql).to_string();
        assert!(reason.contains("non-deterministic"), "{reason}");
    }
}

#[test]
fn code_and_other_files_are_not_seen() {
    let code = CodeStep::new("2.code", "1", |_| Ok(()));
    let file = SourceFile { path: "m/1.sql".into(), text: TABLE.1.into() };
    let set = MigrationSet::build([file], [code]).expect("a set");
    let reason = Migrator::new(&set).image().expect_err("code").to_string();
    assert_eq!(reason, "migration \"2.code\" is written in code");
    for sql in ["ATTACH ':memory:' AS other", "VACUUM INTO 'copy'"] {
        let text = format!("-- transactional: false\nSELECT 1;\n{sql};");
        let reason = image(&[TABLE, ("2", &text)]).expect_err(sql).to_string();
        assert_eq!(reason, "m/2.sql:3: statement 2 of migration \"2\" reaches for other files");
    }
}

#[test]
fn functions_of_the_application_count_unless_they_always_give_the_same() {
    use wheatear::rusqlite::functions::FunctionFlags;
    let set = |name: &str| {
        let sql = format!("INSERT INTO note (text, at) VALUES ({name}(), 1);");
        set(&[TABLE, ("2", &sql)]).preparing(|connection| {
            connection.create_scalar_function("fixed", 0, FunctionFlags::SQLITE_DETERMINISTIC, |_| Ok(1))?;
            connection.create_scalar_function("any", 0, FunctionFlags::SQLITE_UTF8, |_| Ok(1))
        })
    };
    Migrator::new(&set("fixed")).image().expect("an image");
    let reason = Migrator::new(&set("any")).image().expect_err("a function of the application").to_string();
    assert_eq!(reason, "m/2.sql:1: statement 1 of migration \"2\" depends on any()");
    let reason = Migrator::new(&set("absent")).image().expect_err("no function").to_string();
    assert!(reason.contains("no such function: absent"), "{reason}");
}
