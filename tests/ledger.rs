//! What is remembered in the user's database, and for how long that can be read.
#![cfg(not(target_family = "wasm"))]

mod support;

use rusqlite::Connection;
use support::{File, column, dump, first_format, set, value};
use wheatear::{
    Error, ErrorCode, HistoryError, MigrationSet, Migrator, Operation, RollbackTarget, TablePrefix, Target,
};

fn memory() -> Connection {
    Connection::open_in_memory().expect("a database")
}

fn two() -> MigrationSet {
    set(&[
        ("1", "CREATE TABLE a (b);"),
        ("1.rollback", "DROP TABLE a;"),
        ("2", "-- depends: 1\n-- compatible: true\nCREATE INDEX i ON a (b);"),
    ])
}

#[test]
fn every_applied_migration_has_one_row_with_all_there_is_to_know() {
    let set = two();
    let mut connection = memory();
    Migrator::new(&set).apply(&mut connection).expect("the set applies");
    let rows = column(
        &connection,
        "SELECT concat_ws('|', position, id, lower(hex(checksum)), up, coalesce(down, 'NULL'), depends, compatible,
                applied_at LIKE '20__-__-__T__:__:__.___Z', duration_us >= 0) FROM _wheatear_migration ORDER BY position",
    );
    let checksum: Vec<String> = set.iter().map(|migration| migration.checksum().to_string()).collect();
    assert_eq!(
        rows,
        [
            format!("1|1|{}|CREATE TABLE a (b);|DROP TABLE a;||0|1|1", checksum[0]),
            format!("2|2|{}|-- depends: 1\n-- compatible: true\nCREATE INDEX i ON a (b);|NULL|1|1|1|1", checksum[1]),
        ]
    );
}

#[test]
fn the_tables_are_strict_and_their_shape_is_known() {
    let mut connection = memory();
    Migrator::new(&two()).apply(&mut connection).expect("the set applies");
    let tables = "SELECT name || ' ' || strict FROM pragma_table_list WHERE name LIKE '%wheatear%' ORDER BY name";
    assert_eq!(column(&connection, tables), ["_wheatear_ledger 1", "_wheatear_log 1", "_wheatear_migration 1"]);
    let columns =
        "SELECT t.name || '.' || c.name || ' ' || c.type FROM pragma_table_list t, pragma_table_info(t.name) c
        WHERE t.name LIKE '%wheatear%' ORDER BY t.name, c.cid";
    // Databases in the field have these: another shape is another format, which upgrades this one.
    assert_eq!(
        column(&connection, columns),
        [
            "_wheatear_ledger.id INTEGER",
            "_wheatear_ledger.format INTEGER",
            "_wheatear_ledger.digest BLOB",
            "_wheatear_ledger.owes_hooks INTEGER",
            "_wheatear_log.position INTEGER",
            "_wheatear_log.operation TEXT",
            "_wheatear_log.migration TEXT",
            "_wheatear_log.outcome TEXT",
            "_wheatear_log.at TEXT",
            "_wheatear_log.library_version TEXT",
            "_wheatear_log.app_version TEXT",
            "_wheatear_migration.position INTEGER",
            "_wheatear_migration.id TEXT",
            "_wheatear_migration.checksum BLOB",
            "_wheatear_migration.up TEXT",
            "_wheatear_migration.down TEXT",
            "_wheatear_migration.depends TEXT",
            "_wheatear_migration.compatible INTEGER",
            "_wheatear_migration.applied_at TEXT",
            "_wheatear_migration.duration_us INTEGER",
        ]
    );
    assert_eq!(value::<i64>(&connection, "SELECT format FROM _wheatear_ledger"), 2);
}

#[test]
fn the_log_tells_every_operation_with_time_and_versions_and_only_grows() {
    let set = two();
    let mut connection = memory();
    let old = Migrator::new(&set).app_version("1.0");
    let new = Migrator::new(&set).app_version("1.1");
    old.apply_to(&mut connection, Target::next(1)).expect("applied");
    old.rollback(&mut connection, RollbackTarget::last(1)).expect("rolled back");
    new.mark(&mut connection, Target::next(1)).expect("marked");
    new.unmark(&mut connection, RollbackTarget::last(1)).expect("unmarked");
    Migrator::new(&set).apply(&mut connection).expect("applied");
    let log = new.log(&connection).expect("a log");
    let lines: Vec<String> = log
        .iter()
        .map(|entry| format!("{} {} {} {:?}", entry.operation, entry.migration, entry.outcome, entry.app_version))
        .collect();
    assert_eq!(
        lines,
        [
            "apply 1 done Some(\"1.0\")",
            "rollback 1 done Some(\"1.0\")",
            "mark 1 done Some(\"1.1\")",
            "unmark 1 done Some(\"1.1\")",
            "apply 1 done None",
            "apply 2 done None",
        ]
    );
    for entry in &log {
        assert_eq!(entry.library_version, env!("CARGO_PKG_VERSION"));
        assert!(entry.at.starts_with("20") && entry.at.ends_with('Z'), "{entry}");
    }
}

#[test]
fn a_word_of_the_log_that_no_release_knows_is_damage_and_keeps_nothing_from_running() {
    let set = two();
    let mut connection = memory();
    Migrator::new(&set).apply_to(&mut connection, Target::next(1)).expect("the first");
    for change in ["operation = 'aply'", "operation = 'apply', outcome = 'dun'"] {
        connection.execute_batch(&format!("UPDATE _wheatear_log SET {change}")).expect("a change");
        let error = Migrator::new(&set).log(&connection).expect_err("an unknown word");
        assert_eq!(error.code(), ErrorCode::LedgerCorrupt, "{error}");
        assert!(change.contains(error.to_string().split('"').nth(1).unwrap_or("nothing")), "{error}");
    }
    Migrator::new(&set).apply(&mut connection).expect("the second");
}

#[test]
fn the_digest_of_what_is_applied_is_kept_after_every_operation() {
    let set = two();
    let mut connection = memory();
    let migrator = Migrator::new(&set);
    let digest = "SELECT lower(hex(digest)) FROM _wheatear_ledger";
    migrator.apply(&mut connection).expect("applied");
    assert_eq!(value::<String>(&connection, digest), set.digest().to_string());
    migrator.unmark(&mut connection, RollbackTarget::last(1)).expect("unmarked");
    assert_ne!(value::<String>(&connection, digest), set.digest().to_string());
    migrator.mark(&mut connection, Target::Latest).expect("marked");
    assert_eq!(value::<String>(&connection, digest), set.digest().to_string());
}

#[test]
fn a_ledger_of_the_first_format_is_read_as_it_is_and_upgraded_by_the_next_run() {
    let set = two();
    for applied in [1, 2] {
        let file = File::new();
        first_format(&file.open(), set.iter().take(applied));
        let before = file.bytes();
        let status = Migrator::new(&set).status(&file.open()).expect("a status");
        assert_eq!(status[0].applied_at.as_deref(), Some("2024-05-01T12:00:00.000Z"));
        let pending = Migrator::new(&set).pending(&file.open(), &Operation::Apply(Target::Latest)).expect("a plan");
        assert_eq!(pending.map(|plan| plan.steps.len()), Some(2 - applied), "also if only the ledger is upgraded");
        assert_eq!(file.bytes(), before, "looking changes nothing");

        let mut connection = file.open();
        let report = Migrator::new(&set).apply(&mut connection).expect("the upgrade");
        assert_eq!(report.steps.len(), 2 - applied);
        assert_eq!(value::<i64>(&connection, "SELECT format FROM _wheatear_ledger"), 2);
        let status = Migrator::new(&set).status(&connection).expect("a status");
        assert_eq!(status[0].applied_at.as_deref(), Some("2024-05-01T12:00:00.000Z"), "times are kept");
        assert_eq!(column(&connection, "SELECT depends FROM _wheatear_migration ORDER BY position"), ["", "1"]);
        let digest = "SELECT lower(hex(digest)) FROM _wheatear_ledger";
        assert_eq!(value::<String>(&connection, digest), set.digest().to_string());
    }
}

#[test]
fn a_run_that_fails_leaves_the_first_format_as_it_was() {
    let file = File::new();
    first_format(&file.open(), two().iter().take(1));
    let before = file.bytes();
    let failing = set(&[("1", "CREATE TABLE a (b);"), ("2", "CREATE TABLE a (b);")]);
    Migrator::new(&failing).apply(&mut file.open()).expect_err("a second table a");
    assert_eq!(file.bytes(), before);
}

#[test]
fn a_ledger_from_the_future_is_refused_by_every_operation() {
    let file = File::new();
    let set = two();
    Migrator::new(&set).apply(&mut file.open()).expect("the set applies");
    file.open().execute_batch("UPDATE _wheatear_ledger SET format = 3").expect("a newer format");
    let before = file.bytes();
    let migrator = Migrator::new(&set);
    let results: [Result<(), Error>; 6] = [
        migrator.apply(&mut file.open()).map(drop),
        migrator.rollback(&mut file.open(), RollbackTarget::All).map(drop),
        migrator.repair(&mut file.open()).map(drop),
        migrator.baseline(&mut file.open(), "1").map(drop),
        migrator.status(&file.open()).map(drop),
        migrator.log(&file.open()).map(drop),
    ];
    for result in results {
        let error = result.expect_err("a ledger too new");
        assert_eq!(error.code(), ErrorCode::LedgerTooNew);
        assert!(matches!(error, Error::History(HistoryError::LedgerTooNew { found: 3, known: 2 })));
    }
    assert_eq!(file.bytes(), before);
}

#[test]
fn two_sets_share_a_database_under_two_prefixes() {
    let (shop, blog) = (set(&[("1", "CREATE TABLE shop (x)")]), set(&[("1", "CREATE TABLE blog (x)")]));
    let prefix = |name: &str| TablePrefix::new(name).expect("a plain name");
    let mut connection = memory();
    Migrator::new(&shop).table_prefix(prefix("shop")).apply(&mut connection).expect("one");
    Migrator::new(&blog).table_prefix(prefix("blog")).apply(&mut connection).expect("the other");
    let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE '%wheatear_ledger' ORDER BY name";
    assert_eq!(column(&connection, tables), ["blog_wheatear_ledger", "shop_wheatear_ledger"]);
    let blog = Migrator::new(&blog).table_prefix(prefix("blog"));
    assert!(blog.apply(&mut connection).expect("nothing to do").steps.is_empty());
    assert_eq!(dump(&connection), ["CREATE TABLE blog (x)", "CREATE TABLE shop (x)"]);
}

#[test]
fn two_sets_in_one_database_are_no_drift_to_each_other() {
    let tried = |set: MigrationSet| set.tried_out().expect("it runs");
    let shop = tried(set(&[("1", "CREATE TABLE shop (x)")]));
    let blog = tried(set(&[("1", "CREATE TABLE blog (x)")]));
    let mut connection = memory();
    for (set, name) in [(&shop, "shop"), (&blog, "blog")] {
        let prefix = TablePrefix::new(name).expect("a plain name");
        let report = Migrator::new(set).table_prefix(prefix).apply(&mut connection).expect("it applies");
        assert_eq!(report.warnings, []);
    }
}

/// What `apply` does, and what `plan` says that it would do.
fn done_and_planned(migrator: &Migrator<'_>, connection: &mut Connection) -> (String, String) {
    let plan = migrator.plan(connection, &Operation::Apply(Target::Latest));
    let planned = plan.map_or_else(|error| error.to_string(), |plan| plan.steps.len().to_string());
    let report = migrator.apply(connection);
    (report.map_or_else(|error| error.to_string(), |report| report.steps.len().to_string()), planned)
}

#[test]
fn rows_of_the_ledger_that_somebody_else_changes_are_noticed() {
    let set = set(&[("1", "CREATE TABLE IF NOT EXISTS a (b);"), ("2", "CREATE INDEX IF NOT EXISTS i ON a (b);")]);
    let migrator = Migrator::new(&set);
    let by_hand = [
        ("DELETE FROM _wheatear_migration WHERE id = '2'", "1"),
        ("DELETE FROM _wheatear_migration WHERE id = '1'", "1"),
        (
            "INSERT INTO _wheatear_migration SELECT 7, '3', checksum, up, down, depends, compatible, applied_at, 0
               FROM _wheatear_migration WHERE id = '2'",
            "ahead of this build",
        ),
        ("UPDATE _wheatear_migration SET id = '0' WHERE id = '1'", "recorded as \"0\""),
        ("UPDATE _wheatear_migration SET checksum = zeroblob(32)", "were edited"),
        ("INSERT OR REPLACE INTO _wheatear_migration SELECT * FROM _wheatear_migration", "0"),
    ];
    for (change, expected) in by_hand {
        let mut connection = memory();
        migrator.apply(&mut connection).expect("the set applies");
        assert_eq!(done_and_planned(&migrator, &mut connection), ("0".to_owned(), "0".to_owned()));
        connection.execute_batch(change).expect(change);
        let (done, planned) = done_and_planned(&migrator, &mut connection);
        assert_eq!(done, planned, "{change}");
        assert!(done.contains(expected), "{change}: {done}");
    }
}

#[test]
fn a_table_of_the_ledger_that_somebody_makes_anew_renames_or_drops_is_noticed() {
    const ANEW: &str = "ALTER TABLE _wheatear_migration RENAME TO before;
        CREATE TABLE _wheatear_migration (position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, checksum BLOB NOT NULL,
          up TEXT, down TEXT, depends TEXT NOT NULL, compatible INTEGER NOT NULL, applied_at TEXT NOT NULL,
          duration_us INTEGER NOT NULL) STRICT;
        INSERT INTO _wheatear_migration SELECT * FROM before;";
    let set = set(&[("1", "CREATE TABLE IF NOT EXISTS a (b);"), ("2", "CREATE INDEX IF NOT EXISTS i ON a (b);")]);
    let migrator = Migrator::new(&set);
    for (change, expected) in [
        (format!("{ANEW} DROP TABLE before; DELETE FROM _wheatear_migration WHERE id = '1'"), "1"),
        (format!("{ANEW} DELETE FROM _wheatear_migration WHERE id = '2'"), "1"),
        (format!("{ANEW} DROP TABLE before"), "0"),
        (ANEW.to_owned(), "0"),
        ("ALTER TABLE _wheatear_migration RENAME TO gone".to_owned(), "damaged"),
        ("DROP TABLE _wheatear_migration".to_owned(), "damaged"),
    ] {
        let mut connection = memory();
        migrator.apply(&mut connection).expect("the set applies");
        connection.execute_batch(&change).expect("a change");
        let (done, planned) = done_and_planned(&migrator, &mut connection);
        assert_eq!(done, planned, "{change}");
        assert!(done.contains(expected), "{change}: {done}");
        if expected == "damaged" {
            continue;
        }
        // It is watched again, and the next look writes nothing.
        let changes = connection.total_changes();
        assert_eq!(done_and_planned(&migrator, &mut connection), ("0".to_owned(), "0".to_owned()), "{change}");
        assert_eq!(connection.total_changes(), changes, "{change}");
        connection.execute_batch("DELETE FROM _wheatear_migration WHERE id = '2'").expect("a row");
        assert_eq!(done_and_planned(&migrator, &mut connection).0, "1", "{change}");
    }
}

#[test]
fn a_ledger_without_triggers_gets_them_with_the_next_run_that_does_something() {
    let set = two();
    let mut connection = memory();
    let migrator = Migrator::new(&set);
    migrator.apply_to(&mut connection, Target::next(1)).expect("the first");
    let triggers = "SELECT name FROM sqlite_schema WHERE type = 'trigger' ORDER BY name";
    let names =
        ["_wheatear_migration_delete", "_wheatear_migration_insert", "_wheatear_migration_update"].map(str::to_owned);
    assert_eq!(column(&connection, triggers), names);
    // As earlier builds left it.
    names.iter().for_each(|name| connection.execute_batch(&format!("DROP TRIGGER {name}")).expect("a trigger"));
    migrator.apply(&mut connection).expect("the second");
    assert_eq!(column(&connection, triggers), names);
    assert_eq!(value::<i64>(&connection, "SELECT format FROM _wheatear_ledger"), 2, "which earlier builds know");
    let digest = "SELECT lower(hex(digest)) FROM _wheatear_ledger";
    assert_eq!(value::<String>(&connection, digest), set.digest().to_string());
}

#[test]
fn what_another_connection_has_just_made_is_seen() {
    let (file, set) = (File::new(), two());
    let (mut one, mut other) = (file.open(), file.open());
    // What it remembers of the schema is from before the first run.
    assert_eq!(value::<i64>(&one, "SELECT count(*) FROM sqlite_schema"), 0);
    Migrator::new(&set).apply(&mut other).expect("the first run");
    assert!(Migrator::new(&set).status(&one).expect("a status")[0].applied_at.is_some());
    let report = Migrator::new(&set).apply(&mut one).expect("nothing left to do");
    assert_eq!((report.to.as_deref(), report.steps.len()), (Some("2"), 0));
    let tables = "SELECT name FROM sqlite_schema WHERE name LIKE '%wheatear%' AND type = 'table'";
    for table in column(&other, tables) {
        other.execute_batch(&format!("DROP TABLE {table}")).expect("a table");
    }
    assert_eq!(Migrator::new(&set).status(&one).expect("a status")[0].applied_at, None, "nor what has just gone");
}

#[test]
fn of_several_first_runs_at_once_one_does_the_work_and_all_succeed() {
    const CONNECTIONS: usize = 4;
    let set =
        set(&[("1", "CREATE TABLE a (b);"), ("2", "INSERT INTO a VALUES (1);"), ("3", "CREATE INDEX i ON a (b);")]);
    for round in 0..30 {
        let file = File::new();
        let start = std::sync::Barrier::new(CONNECTIONS);
        let run = || {
            let mut connection = file.open();
            connection.busy_timeout(std::time::Duration::from_secs(600)).expect("patience");
            value::<i64>(&connection, "SELECT count(*) FROM sqlite_schema");
            start.wait();
            Migrator::new(&set).apply(&mut connection).map(|report| report.steps.len())
        };
        let mut steps: Vec<usize> = std::thread::scope(|scope| {
            let runs: Vec<_> = (0..CONNECTIONS).map(|_| scope.spawn(run)).collect();
            runs.into_iter().map(|run| run.join().expect("a thread").expect("a run")).collect()
        });
        steps.sort_unstable();
        assert_eq!(steps, [0, 0, 0, 3], "round {round}");
        assert_eq!(value::<i64>(&file.open(), "SELECT count(*) FROM a"), 1);
    }
}

#[test]
fn the_last_applied_migration_is_the_last_in_the_order_of_its_set() {
    for (files, last) in [
        (&[("2", "SELECT 1;"), ("10", "-- depends: 2\nSELECT 1;")][..], "10"),
        // Names alone would say that it is 3.
        (&[("1", "-- depends: 3\nSELECT 1;"), ("2", "SELECT 1;"), ("3", "SELECT 1;")][..], "1"),
    ] {
        let set = set(files);
        let mut connection = memory();
        assert_eq!(Migrator::last_applied(&connection).expect("no ledger"), None);
        Migrator::new(&set).apply(&mut connection).expect("the set applies");
        let last_applied = Migrator::last_applied(&connection).expect("a ledger");
        assert_eq!(last_applied.as_deref(), Some(last));
        assert_eq!(last_applied.as_deref(), set.latest().map(|migration| migration.id()));
    }
}
