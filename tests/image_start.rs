//! A database that began as an image is the one that replaying the set would have made.
#![cfg(not(target_family = "wasm"))]

mod support;

use proptest::collection::vec;
use proptest::prelude::*;
use rusqlite::Connection;
use support::{File, cases, column, set, value};
use wheatear::{
    MigrationSet, Migrator, OnDrift, OnUnmanaged, Operation, Report, RollbackTarget, SourceFile, StepOperation,
    TablePrefix, Target,
};

/// What statements are made from; `{t}` is one of a few tables, `{u}` another one, `{n}` a number. Where one makes no
/// sense, it is left out.
const STATEMENTS: [&str; 30] = [
    "CREATE TABLE {t} (a, b)",
    "CREATE TABLE {t} (a INTEGER PRIMARY KEY, b TEXT DEFAULT 'x')",
    "CREATE TABLE {t} (a INTEGER PRIMARY KEY AUTOINCREMENT, b)",
    "CREATE TABLE {t} (a TEXT PRIMARY KEY, b) WITHOUT ROWID",
    "CREATE TABLE {t} (a INTEGER NOT NULL, b ANY, c AS (a + 1) STORED, d AS (date('2024-05-01', a || ' days'))) STRICT",
    "CREATE TABLE {t} (a INTEGER PRIMARY KEY, b REFERENCES {u} (a) ON DELETE CASCADE)",
    "CREATE TABLE {t} AS SELECT a, b FROM {u}",
    "INSERT INTO {t} (a, b) VALUES ({n}, 'one'), ({n} + 1, NULL), ({n} + 5, x'00ff')",
    "INSERT INTO {t} (b) VALUES ('at the end')",
    "INSERT INTO {t} (a, b) SELECT b, a FROM {u}",
    "INSERT OR REPLACE INTO {t} (a, b) VALUES ({n}, hex(zeroblob(3000)))",
    "DELETE FROM {t} WHERE rowid % 2 = {n} % 2",
    "DELETE FROM {t}",
    "UPDATE {t} SET b = a || '-{n}'",
    "UPDATE {t} SET a = a + {n}",
    "CREATE INDEX {t}_{n} ON {t} (b, a)",
    "CREATE UNIQUE INDEX {t}_{n} ON {t} (a) WHERE b IS NOT NULL",
    "CREATE VIEW v{n} AS SELECT b, count(*) AS amount FROM {t} GROUP BY b",
    "CREATE TRIGGER r{n} AFTER INSERT ON {t} BEGIN INSERT INTO {u} (b) VALUES (new.a); END",
    "CREATE TRIGGER r{n} BEFORE DELETE ON {t} BEGIN UPDATE {u} SET b = old.b; END",
    "ALTER TABLE {t} ADD COLUMN c{n} DEFAULT {n}",
    "ALTER TABLE {t} RENAME COLUMN c{n} TO d{n}",
    "ALTER TABLE {t} DROP COLUMN d{n}",
    "ALTER TABLE {t} RENAME TO {u}",
    "DROP TABLE {t}",
    "DROP VIEW v{n}",
    "DROP TRIGGER r{n}",
    "PRAGMA user_version = {n}",
    "PRAGMA application_id = {n}",
    "ANALYZE",
];

/// A set, and what the names of its ledger's tables begin with.
#[derive(Debug)]
struct Case {
    files: Vec<(String, String)>,
    prefix: TablePrefix,
}

impl Case {
    fn set(&self) -> MigrationSet {
        let file = |(path, text): &(String, String)| SourceFile { path: path.clone(), text: text.clone() };
        MigrationSet::from_files(self.files.iter().map(file)).expect("a set")
    }
}

/// Statement, two tables and a number.
type Gene = (usize, usize, usize, u8);

fn case() -> impl Strategy<Value = Case> {
    let gene = || (0..STATEMENTS.len(), 0..4_usize, 0..4_usize, 0..8_u8);
    let migration = (vec(gene(), 1..8), prop::bool::weighted(0.15), prop::bool::weighted(0.3));
    let hook = prop::option::weighted(0.3, vec(gene(), 1..3));
    (vec(migration, 1..12), hook, prop::bool::weighted(0.2)).prop_map(|(migrations, hook, has_prefix)| {
        let scratch = Connection::open_in_memory().expect("a database");
        let mut files = Vec::new();
        for (number, (genes, is_outside, has_down)) in migrations.iter().enumerate() {
            let mut text = if *is_outside { "-- transactional: false\n".to_owned() } else { String::new() };
            text += &script(&scratch, genes);
            files.push((format!("{number}.sql"), text));
            if *has_down {
                files.push((
                    format!("{number}.rollback.sql"),
                    "DROP VIEW IF EXISTS v1; PRAGMA user_version = 9;".into(),
                ));
            }
        }
        if let Some(genes) = hook {
            files.push(("post-apply.sql".into(), script(&scratch, &genes)));
        }
        let prefix = TablePrefix::new(if has_prefix { "shop" } else { "" }).expect("a prefix");
        Case { files, prefix }
    })
}

/// The statements that work, one after the other.
fn script(scratch: &Connection, genes: &[Gene]) -> String {
    scratch.execute_batch("PRAGMA foreign_keys = OFF").expect("a switch");
    let mut script = "SELECT 1;\n".to_owned();
    for &(statement, table, other, number) in genes {
        let sql = STATEMENTS[statement]
            .replace("{t}", &format!("t{table}"))
            .replace("{u}", &format!("t{other}"))
            .replace("{n}", &number.to_string());
        scratch.execute_batch("SAVEPOINT one").expect("a savepoint");
        let works = scratch.execute_batch(&sql).is_ok() && are_keys_sound(scratch);
        scratch.execute_batch(if works { "RELEASE one" } else { "ROLLBACK TO one; RELEASE one" }).expect("its end");
        if works {
            script += &format!("{sql};\n");
        }
    }
    script
}

fn are_keys_sound(scratch: &Connection) -> bool {
    scratch.query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| row.get::<_, i64>(0)) == Ok(0)
}

/// All that there is, but for times, and for what the log says that was done.
fn everything(connection: &Connection) -> Vec<String> {
    let mut lines = column(
        connection,
        "SELECT type || ' ' || name || ' ' || tbl_name || ' ' || coalesce(sql, '') FROM sqlite_schema ORDER BY rowid",
    );
    for table in column(connection, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name") {
        let hidden = "'applied_at', 'duration_us', 'at', 'operation'";
        let columns = format!(
            "SELECT group_concat('quote(\"' || name || '\")', '||'', ''||') FROM pragma_table_xinfo('{table}')
              WHERE '{table}' NOT LIKE '%\\_wheatear\\_%' ESCAPE '\\' OR name NOT IN ({hidden})"
        );
        let columns: String = value(connection, &columns);
        let with_rowid = format!("SELECT rowid || ': ' || {columns} FROM \"{table}\"");
        let has_rowid = connection.prepare(&with_rowid).is_ok();
        let rows = if has_rowid { with_rowid } else { format!("SELECT {columns} FROM \"{table}\"") };
        lines.extend(column(connection, &rows).into_iter().map(|row| format!("{table} {row}")));
    }
    let pragmas = [
        "user_version",
        "application_id",
        "encoding",
        "page_size",
        "auto_vacuum",
        "page_count",
        "foreign_keys",
        "locking_mode",
    ];
    let pragma = |name: &&str| {
        format!("{name} {}", value::<rusqlite::types::Value>(connection, &format!("PRAGMA {name}")).data_type())
    };
    lines.extend(pragmas.iter().map(pragma));
    for name in pragmas {
        let text: String = value(connection, &format!("SELECT CAST({name} AS TEXT) FROM pragma_{name}"));
        lines.push(format!("{name} {text}"));
    }
    lines.extend(column(connection, "PRAGMA integrity_check"));
    lines
}

fn memory() -> Connection {
    Connection::open_in_memory().expect("a database")
}

/// What was done, of both the same.
fn done(report: &Report) -> Vec<String> {
    let word = |operation| if operation == StepOperation::Image { StepOperation::Apply } else { operation };
    let steps = report.steps.iter().filter(|step| step.operation != StepOperation::Hook);
    let steps = steps.map(|step| format!("{} {}", word(step.operation), step.id));
    std::iter::once(format!("{:?} {:?}", report.from, report.to)).chain(steps).collect()
}

proptest! {
    #![proptest_config(cases(256, 3))]

    #[test]
    fn it_is_what_replaying_makes_then_and_later(case in case()) {
        let set = case.set();
        let migrator = Migrator::new(&set).table_prefix(case.prefix.clone()).app_version("1");
        let Ok(image) = migrator.image() else {
            // What works outside of a run need not work within.
            prop_assert!(migrator.apply(&mut memory()).is_err());
            return Ok(());
        };
        let (mut replayed, mut begun) = (memory(), memory());
        let reports = [migrator.apply(&mut replayed), migrator.apply_from(&mut begun, &image)];
        let [of_replaying, of_image] = reports.map(|report| report.expect("a run"));
        prop_assert!(of_image.steps.iter().all(|step| step.operation == StepOperation::Image), "{of_image}");
        prop_assert_eq!(done(&of_replaying), done(&of_image));
        prop_assert_eq!(everything(&replayed), everything(&begun));
        prop_assert!(migrator.apply_from(&mut begun, &image).expect("nothing to do").steps.is_empty());

        // One more is written, and what a database is asked afterwards is told by both alike.
        let mut files = case.files;
        files.push(("99.sql".into(), "CREATE TABLE late (a); INSERT INTO late VALUES (1);".into()));
        files.push(("99.rollback.sql".into(), "DROP TABLE late;".into()));
        let set = Case { files, prefix: case.prefix.clone() }.set();
        let migrator = Migrator::new(&set).table_prefix(case.prefix).on_drift(OnDrift::Error);
        for operation in [
            Operation::Apply(Target::Latest),
            Operation::Reapply(RollbackTarget::Last(1)),
            Operation::Rollback(RollbackTarget::Last(2)),
            Operation::Unmark(RollbackTarget::Last(1)),
            Operation::Repair,
            Operation::Apply(Target::Latest),
        ] {
            let outcomes = [&mut replayed, &mut begun].map(|connection| {
                migrator.run(connection, &operation).map(|report| done(&report)).map_err(|error| error.to_string())
            });
            prop_assert_eq!(&outcomes[0], &outcomes[1]);
            prop_assert_eq!(everything(&replayed), everything(&begun));
            let states = [&replayed, &begun].map(|connection| {
                let statuses = migrator.status(connection).expect("a status");
                statuses.iter().map(|status| (status.id.clone(), status.state)).collect::<Vec<_>>()
            });
            prop_assert_eq!(&states[0], &states[1]);
        }
    }
}

const NOTES: [(&str, &str); 2] =
    [("1", "CREATE TABLE note (id INTEGER PRIMARY KEY, text);"), ("2", "INSERT INTO note (text) VALUES ('a'), ('b');")];

fn words(migrator: &Migrator<'_>, connection: &Connection) -> Vec<String> {
    let log = migrator.log(connection).expect("a log");
    log.iter().map(|entry| format!("{} {} {}", entry.operation, entry.migration, entry.outcome)).collect()
}

#[test]
fn the_log_says_that_it_was_an_image_when_and_by_whom() {
    let set = set(&NOTES);
    let migrator = Migrator::new(&set).app_version("1.4.2");
    let mut database = memory();
    let before: String = value(&database, "SELECT strftime('%Y-%m-%dT%H:%M:%fZ', 'now')");
    let report = migrator.apply_from(&mut database, &migrator.image().expect("an image")).expect("a run");
    assert_eq!(report.to_string(), "migrated from an empty database to 2:\n  image 1: 0.0 ms\n  image 2: 0.0 ms");
    assert_eq!(report.applied().count(), 2);
    assert_eq!(words(&migrator, &database), ["image 1 done", "image 2 done"]);
    for entry in migrator.log(&database).expect("a log") {
        assert!(entry.at >= before, "{entry}");
        assert_eq!(
            (entry.library_version.as_str(), entry.app_version.as_deref()),
            (env!("CARGO_PKG_VERSION"), Some("1.4.2"))
        );
    }
    for status in migrator.status(&database).expect("a status") {
        assert!(status.applied_at.is_some_and(|at| at >= before), "{}", status.id);
    }
    assert!(Migrator::has_applied(&database, set.digest()).expect("an answer"));
}

#[test]
fn what_is_no_image_of_this_set_is_not_used() {
    let set = set(&NOTES);
    let migrator = Migrator::new(&set);
    let image = migrator.image().expect("an image");
    let other = support::set(&[NOTES[0], ("2", "INSERT INTO note (text) VALUES ('a'), ('c');")]);
    let shop = migrator.clone().table_prefix(TablePrefix::new("shop").expect("a prefix"));
    let changed = |at: usize| {
        let mut bytes = image.clone();
        bytes[at..at + 16].fill(0xa5);
        bytes
    };
    let digest =
        image.windows(32).position(|bytes| bytes == set.digest().as_bytes()).expect("the digest in the ledger");
    let text = |text: &str| text.as_bytes().to_vec();
    for (what, bytes) in [
        ("of another set", Migrator::new(&other).image().expect("an image")),
        ("of a part of the set", Migrator::new(&support::set(&NOTES[..1])).image().expect("an image")),
        ("with another prefix", shop.image().expect("an image")),
        ("nothing", Vec::new()),
        ("a page of an application", text("<!doctype html>")),
        ("cut short", image[..image.len() - 4096].to_vec()),
        ("cut within a page", image[..image.len() - 1].to_vec()),
        ("the header alone", image[..100].to_vec()),
        ("without a header", changed(0)),
        ("damaged where the ledger is", changed(digest)),
        ("damaged where the schema is", changed(100)),
    ] {
        let mut database = memory();
        let report = migrator.apply_from(&mut database, &bytes).expect(what);
        assert!(
            report.steps.len() == 2 && report.steps.iter().all(|step| step.operation == StepOperation::Apply),
            "{what}"
        );
        assert_eq!(words(&migrator, &database), ["apply 1 done", "apply 2 done"], "{what}");
        assert_eq!(column(&database, "SELECT text FROM note"), ["a", "b"], "{what}");
    }
}

#[test]
fn a_database_that_is_not_new_is_not_copied_over() {
    let set = set(&NOTES);
    let migrator = Migrator::new(&set).on_unmanaged(OnUnmanaged::Apply);
    let image = migrator.image().expect("an image");
    for sql in [
        "CREATE TABLE own (a)",
        "PRAGMA user_version = 3",
        "PRAGMA application_id = 3",
        "CREATE TABLE own (a); DROP TABLE own",
        // As a file that begins as the image would not be.
        "PRAGMA page_size = 8192",
        "PRAGMA encoding = 'UTF-16le'",
        "PRAGMA auto_vacuum = FULL",
    ] {
        let (mut database, mut replayed) = (memory(), memory());
        database.execute_batch(sql).expect(sql);
        replayed.execute_batch(sql).expect(sql);
        migrator.apply_from(&mut database, &image).expect(sql);
        migrator.apply(&mut replayed).expect(sql);
        assert_eq!(words(&migrator, &database), ["apply 1 done", "apply 2 done"], "{sql}");
        assert_eq!(everything(&database), everything(&replayed), "{sql}");
    }
}

#[test]
fn a_file_begins_as_an_image_in_every_mode_and_others_can_use_it_then() {
    let set = set(&NOTES);
    let migrator = Migrator::new(&set);
    let image = migrator.image().expect("an image");
    for mode in ["DELETE", "TRUNCATE", "WAL"] {
        let file = File::new();
        let mut database = file.open();
        let _: String = value(&database, &format!("PRAGMA journal_mode = {mode}"));
        migrator.apply_from(&mut database, &image).expect(mode);
        assert_eq!(words(&migrator, &database)[0], "image 1 done", "{mode}");
        assert_eq!(value::<String>(&database, "PRAGMA journal_mode"), mode.to_lowercase());
        let other = file.open();
        other.execute_batch("INSERT INTO note (text) VALUES ('c')").expect(mode);
        assert_eq!(column(&database, "SELECT text FROM note"), ["a", "b", "c"], "{mode}");
    }
    // Whoever is at it cannot be copied over.
    let file = File::new();
    let other = file.open();
    other.execute_batch("BEGIN IMMEDIATE; CREATE TABLE note (other)").expect("a transaction");
    let mut database = file.open();
    database.busy_timeout(std::time::Duration::ZERO).expect("a limit");
    migrator.apply_from(&mut database, &image).expect_err("busy");
    other.execute_batch("COMMIT").expect("its end");
    assert_eq!(column(&database, "SELECT name FROM sqlite_schema"), ["note"]);
}
