//! The engine against real SQLite files: what an upgrade does, and what it never does.
#![cfg(not(target_family = "wasm"))]

mod support;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};
use support::{File, column, set, value};
use wheatear::{
    ApplyError, CodeStep, Error, ErrorCode, HistoryError, MigrationSet, MigrationState, Migrator, OnAhead,
    RollbackTarget, SqliteFailure, Target, Warning, migrations,
};

static WEATHER: MigrationSet = migrations!("migrations");

fn first_migration() -> &'static str {
    WEATHER.iter().next().and_then(|migration| migration.up()).expect("a first migration, in SQL")
}

/// What the demo's database looks like before its upgrade: a thousand rows at version 0001.
fn old_database() -> File {
    let file = File::new();
    let mut connection = file.open();
    Migrator::new(&WEATHER)
        .apply_to(&mut connection, Target::up_to("0001.create"))
        .expect("the first migration applies");
    connection
        .execute_batch(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
             INSERT INTO weather_node SELECT datetime('2024-01-01', i || ' minutes'), 1, i % 4, i * 60000, 4000 FROM n",
        )
        .expect("rows go in");
    file
}

fn failure(error: &Error) -> Option<(&str, usize, usize, &SqliteFailure)> {
    match error {
        Error::Apply(ApplyError::StatementFailed { place, sqlite, .. }) => {
            Some((&place.migration, place.statement, place.line, sqlite))
        }
        _ => None,
    }
}

#[test]
fn a_fresh_database_gets_the_whole_schema() {
    let mut connection = Connection::open_in_memory().expect("a database");
    let report = Migrator::new(&WEATHER).apply(&mut connection).expect("the set applies");
    assert_eq!((report.from.as_deref(), report.to.as_deref()), (None, Some("0002.alter-table")));
    let applied: Vec<&str> = report.steps.iter().map(|migration| migration.id.as_str()).collect();
    assert_eq!(applied, ["0001.create", "0002.alter-table"]);
    assert_eq!(
        column(&connection, "SELECT name || ' ' || type FROM pragma_table_info('weather_node')"),
        [
            "time_received TIMESTAMP",
            "schema INTEGER",
            "node_addr INTEGER",
            "uptime_ms BIGINT",
            "batt_mv INTEGER",
            "temp_c INTEGER"
        ]
    );
}

#[test]
fn an_upgrade_keeps_every_row() {
    let file = old_database();
    let mut connection = file.open();
    let rows = "SELECT group_concat(time_received || uptime_ms || batt_mv) FROM weather_node";
    let before: String = value(&connection, rows);
    let report = Migrator::new(&WEATHER).apply(&mut connection).expect("the upgrade");
    assert_eq!((report.from.as_deref(), report.to.as_deref()), (Some("0001.create"), Some("0002.alter-table")));
    assert_eq!(value::<String>(&connection, rows), before);
    assert_eq!(value::<i64>(&connection, "SELECT count(*) FROM weather_node WHERE temp_c IS NULL"), 1000);
}

#[test]
fn a_second_run_does_nothing_and_writes_nothing() {
    let file = old_database();
    Migrator::new(&WEATHER).apply(&mut file.open()).expect("the upgrade");
    let before = file.bytes();
    // A connection that cannot write is proof that nothing is written.
    let read_only = OpenFlags::SQLITE_OPEN_READ_ONLY;
    let mut connection = Connection::open_with_flags(&file.path, read_only).expect("the database opens");
    for target in [Target::Latest, Target::up_to("0001.create"), Target::next(3)] {
        let report = Migrator::new(&WEATHER).apply_to(&mut connection, target).expect("a run without work");
        assert!(report.steps.is_empty());
        assert_eq!(report.from, report.to);
        assert_eq!(report.to.as_deref(), Some("0002.alter-table"));
    }
    drop(connection);
    assert_eq!(file.bytes(), before);
}

#[test]
fn an_empty_set_leaves_an_empty_database() {
    let mut connection = Connection::open_in_memory().expect("a database");
    let report = Migrator::new(&set(&[])).apply(&mut connection).expect("a run without work");
    assert_eq!((report.from, report.to), (None, None));
    assert_eq!(value::<i64>(&connection, "SELECT count(*) FROM sqlite_schema"), 0);
}

#[test]
fn a_statement_that_fails_in_any_position_leaves_the_file_byte_for_byte() {
    let statements = [
        "CREATE TABLE a (b UNIQUE);",
        "INSERT INTO a VALUES (1), (2);",
        "UPDATE weather_node SET batt_mv = 0;",
        "DELETE FROM weather_node WHERE node_addr = 1;",
        "DROP TABLE weather_node;",
        "PRAGMA user_version = 7;",
    ];
    // One that fails as it is read, one while it runs after it wrote some rows.
    for bad in ["SELECT absent;", "INSERT INTO keep SELECT value FROM json_each('[1,2,1]');"] {
        for position in 0..=statements.len() {
            let mut lines = vec!["CREATE TABLE keep (c UNIQUE);"];
            lines.extend(statements);
            lines.insert(1 + position, bad);
            let (first, second) = lines.split_at(3);
            let set = set(&[
                ("0001.create", first_migration()),
                ("0003.first", &first.join("\n")),
                ("0004.second", &second.join("\n")),
            ]);
            let file = old_database();
            let before = file.bytes();
            let error = Migrator::new(&set).apply(&mut file.open()).expect_err("the bad statement");

            let at = 1 + position;
            let (migration, line) = if at < 3 { ("0003.first", at + 1) } else { ("0004.second", at - 2) };
            let (found, statement, found_line, sqlite) = failure(&error).expect("a failed statement");
            assert_eq!((found, statement, found_line), (migration, line, line), "{error}");
            let code = if bad.starts_with("SELECT") { 1 } else { 2067 };
            assert_eq!(sqlite.code, code, "{error}");
            assert_eq!(file.bytes(), before, "position {position}: {error}");
        }
    }
}

#[test]
fn the_error_names_file_line_statement_migration_and_sqlites_code() {
    let set = set(&[("1", "-- a comment\nCREATE TABLE a (b);\nINSERT INTO\n  absent VALUES (1);")]);
    let error = Migrator::new(&set).apply(&mut File::new().open()).expect_err("a missing table");
    assert_eq!(error.code(), ErrorCode::StatementFailed);
    assert_eq!(
        error.to_string(),
        "m/1.sql:3: statement 2 of migration \"1\" failed: no such table: absent (SQLite code 1); nothing was changed\n  3 | INSERT INTO"
    );
}

#[test]
fn savepoints_inside_a_migration_are_fine() {
    let set = set(&[("1", "CREATE TABLE a (b); SAVEPOINT s; INSERT INTO a VALUES (1); ROLLBACK TO s; RELEASE s;")]);
    let mut connection = Connection::open_in_memory().expect("a database");
    Migrator::new(&set).apply(&mut connection).expect("the set applies");
    assert_eq!(value::<i64>(&connection, "SELECT count(*) FROM a"), 0);
}

#[test]
fn rebuilding_a_parent_table_keeps_its_children() {
    let parent = "CREATE TABLE node (id INTEGER PRIMARY KEY);
        CREATE TABLE reading (node_id INTEGER REFERENCES node ON DELETE CASCADE);";
    let rebuild = "CREATE TABLE node_new (id INTEGER PRIMARY KEY, name TEXT);
        INSERT INTO node_new SELECT id, NULL FROM node; DROP TABLE node; ALTER TABLE node_new RENAME TO node;";
    let mut connection = Connection::open_in_memory().expect("a database");
    connection.pragma_update(None, "foreign_keys", true).expect("a pragma");
    Migrator::new(&set(&[("1", parent)])).apply(&mut connection).expect("the first version");
    connection.execute_batch("INSERT INTO node VALUES (1); INSERT INTO reading VALUES (1), (1)").expect("rows");

    Migrator::new(&set(&[("1", parent), ("2", rebuild)])).apply(&mut connection).expect("the rebuild");

    assert_eq!(value::<i64>(&connection, "SELECT count(*) FROM reading"), 2);
    assert!(value::<bool>(&connection, "PRAGMA foreign_keys"), "enforcement is back on");
}

#[test]
fn children_survive_a_rebuild_on_the_way_back_in_code_and_outside_of_the_transaction() {
    let tables = "CREATE TABLE node (id INTEGER PRIMARY KEY);
        CREATE TABLE reading (node_id INTEGER REFERENCES node ON DELETE CASCADE);";
    let rebuild = |columns: &str| {
        format!(
            "CREATE TABLE new ({columns}); INSERT INTO new (id) SELECT id FROM node; DROP TABLE node;
             ALTER TABLE new RENAME TO node;"
        )
    };
    const REBUILD: &str = "CREATE TABLE new (id INTEGER PRIMARY KEY); INSERT INTO new SELECT id FROM node;
        DROP TABLE node; ALTER TABLE new RENAME TO node;";
    for header in ["", "-- transactional: false\n"] {
        let up = format!("{header}{}", rebuild("id INTEGER PRIMARY KEY, name TEXT"));
        let set = set(&[("1", tables), ("2", &up), ("2.rollback", &rebuild("id INTEGER PRIMARY KEY"))]);
        let migrator = Migrator::new(&set);
        let mut connection = Connection::open_in_memory().expect("a database");
        connection.pragma_update(None, "foreign_keys", true).expect("a pragma");
        migrator.apply_to(&mut connection, Target::up_to("1")).expect("the first version");
        connection.execute_batch("INSERT INTO node VALUES (1); INSERT INTO reading VALUES (1), (1)").expect("rows");

        let children = "SELECT count(*) FROM reading JOIN node ON node.id = node_id";
        migrator.apply(&mut connection).expect("the rebuild");
        assert_eq!(value::<i64>(&connection, children), 2, "{header}");
        migrator.rollback(&mut connection, RollbackTarget::last(1)).expect("the way back");
        assert_eq!(value::<i64>(&connection, children), 2, "{header}");
        migrator
            .reapply(&mut connection, RollbackTarget::last(1))
            .expect_err("nothing but the tables is left to take back");
        assert_eq!(value::<i64>(&connection, children), 2, "{header}");
        assert!(value::<bool>(&connection, "PRAGMA foreign_keys"), "enforcement is back on");
        let code = [CodeStep::new("3", "1", |transaction| Ok(transaction.execute_batch(REBUILD)?))];
        let set = support::set_with_code(&[("1", tables)], code);
        Migrator::new(&set).on_ahead(OnAhead::Rollback).apply(&mut connection).expect("a rebuild in code");
        assert_eq!(value::<i64>(&connection, children), 2, "{header}");
        // What the application deletes itself still goes with its children.
        connection.execute_batch("DELETE FROM node").expect("a parent goes");
        assert_eq!(value::<i64>(&connection, "SELECT count(*) FROM reading"), 0);
    }
}

#[test]
fn orphans_that_a_migration_makes_fail_it_and_older_ones_do_not() {
    let tables = "CREATE TABLE node (id INTEGER PRIMARY KEY);
        CREATE TABLE reading (node_id INTEGER REFERENCES node);";
    let mut connection = Connection::open_in_memory().expect("a database");
    connection.pragma_update(None, "foreign_keys", false).expect("a pragma");
    Migrator::new(&set(&[("1", tables)])).apply(&mut connection).expect("the first version");
    connection
        .execute_batch("INSERT INTO node VALUES (1); INSERT INTO reading VALUES (1), (99)")
        .expect("rows, one an orphan");
    connection.pragma_update(None, "foreign_keys", true).expect("a pragma");

    let error = Migrator::new(&set(&[("1", tables), ("2", "DELETE FROM node;")]))
        .apply(&mut connection)
        .expect_err("a new orphan");
    assert_eq!(error.code(), ErrorCode::ForeignKeyViolation);
    assert!(error.to_string().contains("row 1 of \"reading\" refers to no row of \"node\""), "{error}");
    assert_eq!(value::<i64>(&connection, "SELECT count(*) FROM node"), 1);
    assert!(value::<bool>(&connection, "PRAGMA foreign_keys"), "enforcement is back on after a failure");

    Migrator::new(&set(&[("1", tables), ("2", "INSERT INTO node VALUES (2);")]))
        .apply(&mut connection)
        .expect("the old orphan is not this run's");
}

#[test]
fn orphans_older_than_the_run_stay_its_innocence_through_renames_and_rebuilds() {
    let tables = "CREATE TABLE node (id INTEGER PRIMARY KEY);
        CREATE TABLE reading (node_id INTEGER REFERENCES node);";
    for (change, is_fine) in [
        ("ALTER TABLE reading RENAME TO readings", true),
        ("ALTER TABLE node RENAME TO station", true),
        ("CREATE TABLE r (node_id INTEGER REFERENCES node, t); INSERT INTO r SELECT node_id, 1 FROM reading ORDER BY 1;
          DROP TABLE reading; ALTER TABLE r RENAME TO reading", true),
        ("DELETE FROM reading; INSERT INTO reading VALUES (7)", false),
    ] {
        let mut connection = Connection::open_in_memory().expect("a database");
        Migrator::new(&set(&[("1", tables)])).apply(&mut connection).expect("the first version");
        connection.pragma_update(None, "foreign_keys", false).expect("a pragma");
        connection.execute_batch("INSERT INTO reading VALUES (99), (98), (99)").expect("orphans");
        let result = Migrator::new(&set(&[("1", tables), ("2", change)])).apply(&mut connection);
        assert_eq!(result.is_ok(), is_fine, "{change}: {result:?}");
    }
}

#[test]
fn keys_that_cannot_be_checked_before_do_not_stop_the_run_that_mends_them() {
    let tables = "CREATE TABLE node (id INTEGER); CREATE TABLE reading (node_id INTEGER REFERENCES node (id));
        INSERT INTO node VALUES (1);";
    let mut connection = Connection::open_in_memory().expect("a database");
    Migrator::new(&set(&[("1", tables)])).apply(&mut connection).expect_err("a parent without a unique index");
    connection.pragma_update(None, "foreign_keys", false).expect("a pragma");
    connection.execute_batch(tables).expect("made by something else");
    connection.execute_batch("INSERT INTO reading VALUES (1)").expect("a row");
    Migrator::new(&set(&[("1", "CREATE UNIQUE INDEX node_id ON node (id)")]))
        .apply(&mut connection)
        .expect("the index that was missing");
}

#[test]
fn a_limit_of_pages_is_named_where_sqlite_speaks_of_a_full_disk_and_changes_nothing() {
    let file = old_database();
    let before = file.bytes();
    let mut connection = file.open();
    let pages: i64 = value(&connection, "PRAGMA page_count");
    connection.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(())).expect("a pragma");
    let grow = "CREATE TABLE big AS SELECT zeroblob(1000000);";
    let set = set(&[("0001.create", first_migration()), ("0002", grow)]);
    let error = Migrator::new(&set).apply(&mut connection).expect_err("no room");
    assert_eq!(error.code(), ErrorCode::StatementFailed);
    let words = format!(
        "m/0002.sql:1: statement 1 of migration \"0002\" failed: the database may have no more than {pages} pages"
    );
    assert!(error.to_string().starts_with(&words), "{error}");
    assert!(matches!(&error, Error::Apply(ApplyError::StatementFailed { sqlite, .. }) if sqlite.code == 13));
    assert!(connection.is_autocommit(), "no transaction is left open");
    drop(connection);
    assert_eq!(file.bytes(), before);
}

#[test]
fn a_file_that_is_no_database_is_left_alone() {
    let file = File::new();
    std::fs::write(&file.path, "These are not the bytes you are looking for. ".repeat(50)).expect("a file");
    let before = file.bytes();
    let error = Migrator::new(&WEATHER).apply(&mut file.open()).expect_err("not a database");
    assert_eq!(error.code(), ErrorCode::NotADatabase);
    assert_eq!(file.bytes(), before);
}

#[test]
fn one_of_two_processes_migrates_and_the_other_finds_it_done() {
    let file = old_database();
    let reports: Vec<_> = std::thread::scope(|scope| {
        let run = || {
            let mut connection = file.open();
            connection.busy_timeout(Duration::from_secs(30)).expect("a timeout");
            Migrator::new(&WEATHER).apply(&mut connection).expect("the upgrade")
        };
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(run)).collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    });
    assert_eq!(reports.iter().map(|report| report.steps.len()).sum::<usize>(), 1);
}

/// Where the two runs of the next test are; static, because a busy handler is a plain function.
static LATE_RUN_WAITS: AtomicBool = AtomicBool::new(false);
static FIRST_RUN_IS_DONE: AtomicBool = AtomicBool::new(false);

fn wait_for(moment: &AtomicBool) {
    let start = Instant::now();
    while !moment.load(Ordering::SeqCst) {
        assert!(start.elapsed() < Duration::from_secs(60), "the moment did not come");
        std::thread::yield_now();
    }
}

#[test]
fn a_run_that_had_to_wait_plans_again() {
    let file = old_database();
    let lock = file.open();
    lock.execute_batch("BEGIN IMMEDIATE").expect("the lock");
    std::thread::scope(|scope| {
        let late = scope.spawn(|| {
            let mut connection = file.open();
            // Called once the late run has made its plan and asks for the lock.
            let wait = |_| {
                LATE_RUN_WAITS.store(true, Ordering::SeqCst);
                wait_for(&FIRST_RUN_IS_DONE);
                true
            };
            connection.busy_handler(Some(wait)).expect("a handler");
            Migrator::new(&WEATHER).apply(&mut connection).expect("nothing is left to do")
        });
        wait_for(&LATE_RUN_WAITS);
        lock.execute_batch("COMMIT").expect("the lock is free");
        assert_eq!(Migrator::new(&WEATHER).apply(&mut file.open()).expect("the upgrade").steps.len(), 1);
        FIRST_RUN_IS_DONE.store(true, Ordering::SeqCst);
        assert!(late.join().expect("no panic").steps.is_empty());
    });
}

#[test]
fn a_current_database_is_recognised_without_reading_its_history() {
    let mut connection = Connection::open_in_memory().expect("a database");
    Migrator::new(&WEATHER).apply(&mut connection).expect("the set applies");
    let unreadable = "ALTER TABLE _wheatear_migration RENAME COLUMN checksum TO gone";
    connection.execute_batch(unreadable).expect("no history that can be read");
    assert!(Migrator::new(&WEATHER).apply(&mut connection).expect("nothing to do").steps.is_empty());
}

#[test]
fn a_database_ahead_of_the_build_is_refused_untouched() {
    let file = old_database();
    Migrator::new(&WEATHER).apply(&mut file.open()).expect("the upgrade");
    let before = file.bytes();
    let older = set(&[("0001.create", first_migration())]);
    let error = Migrator::new(&older).apply(&mut file.open()).expect_err("ahead");
    let unknown = vec!["0002.alter-table".to_owned()];
    assert!(matches!(error, Error::History(HistoryError::DatabaseAhead { unknown: found }) if found == unknown));
    assert_eq!(file.bytes(), before);
}

#[test]
fn a_late_migration_is_applied_and_sealed() {
    let mut connection = Connection::open_in_memory().expect("a database");
    let (one, two, three) = (("1", "CREATE TABLE a (x)"), ("2", "CREATE TABLE b (x)"), ("3", "CREATE TABLE c (x)"));
    Migrator::new(&set(&[one, three])).apply(&mut connection).expect("without the late one");
    let all = set(&[one, two, three]);
    let report = Migrator::new(&all).apply(&mut connection).expect("with it");
    assert_eq!(report.steps.len(), 1);
    assert_eq!((report.from.as_deref(), report.to.as_deref()), (Some("3"), Some("3")));
    assert!(Migrator::new(&all).apply(&mut connection).expect("nothing to do").steps.is_empty());
    assert_eq!(value::<i64>(&connection, "SELECT digest IS NOT NULL FROM _wheatear_ledger"), 1);
}

#[test]
fn status_tells_what_is_applied_when_and_what_is_not() {
    let file = old_database();
    let status = Migrator::new(&WEATHER).status(&file.open()).expect("a status");
    assert_eq!(status.len(), 2);
    assert_eq!((status[0].state, status[1].state), (MigrationState::Applied, MigrationState::Pending));
    let at = status[0].applied_at.as_deref().expect("a time");
    let recent = format!("SELECT abs(julianday('now') - julianday('{at}')) < 1 AND '{at}' LIKE '%T%.___Z'");
    assert!(value::<bool>(&file.open(), &recent), "{at}");
    assert_eq!((status[1].applied_at.as_deref(), status[1].duration), (None, None));
}

#[test]
fn a_ledger_from_the_future_or_a_damaged_one_is_refused_with_its_own_code() {
    for (damage, code) in [
        ("UPDATE _wheatear_ledger SET format = 99", ErrorCode::LedgerTooNew),
        ("UPDATE _wheatear_ledger SET format = 0", ErrorCode::LedgerCorrupt),
        ("DELETE FROM _wheatear_ledger", ErrorCode::LedgerCorrupt),
        ("UPDATE _wheatear_ledger SET digest = x'00'", ErrorCode::LedgerCorrupt),
        ("DROP TABLE _wheatear_migration", ErrorCode::LedgerCorrupt),
        ("ALTER TABLE _wheatear_ledger RENAME COLUMN format TO form", ErrorCode::LedgerCorrupt),
    ] {
        let file = old_database();
        file.open().execute_batch(damage).expect(damage);
        let before = file.bytes();
        let error = Migrator::new(&WEATHER).apply(&mut file.open()).expect_err(damage);
        assert_eq!(error.code(), code, "{damage}: {error}");
        assert_eq!(file.bytes(), before, "{damage}");
    }
}

#[test]
fn a_connection_in_a_transaction_is_refused() {
    let mut connection = Connection::open_in_memory().expect("a database");
    connection.execute_batch("BEGIN").expect("a transaction");
    let error = Migrator::new(&WEATHER).apply(&mut connection).expect_err("a transaction is open");
    assert!(error.to_string().contains("cannot start a transaction within a transaction"), "{error}");
}

/// A database made by something else, whose foreign keys nobody enforced.
fn unenforced(sql: &str) -> Connection {
    let connection = Connection::open_in_memory().expect("a database");
    connection.pragma_update(None, "foreign_keys", false).expect("a pragma");
    connection.execute_batch(sql).expect(sql);
    connection
}

#[test]
fn a_key_that_cannot_be_checked_hides_no_orphans_of_other_tables() {
    let mut connection = unenforced(
        "CREATE TABLE place (id INTEGER); CREATE TABLE visit (place_id REFERENCES place (id));
         CREATE TABLE node (id INTEGER PRIMARY KEY); CREATE TABLE reading (node_id REFERENCES node);
         INSERT INTO node VALUES (1); INSERT INTO reading VALUES (1);",
    );
    let error = Migrator::new(&set(&[("1", "DELETE FROM node")])).apply(&mut connection).expect_err("a new orphan");
    assert_eq!(error.code(), ErrorCode::ForeignKeyViolation, "{error}");
    Migrator::new(&set(&[("1", "ALTER TABLE visit RENAME TO stay")])).apply(&mut connection).expect("the key is old");
}

#[test]
fn an_orphan_is_not_excused_by_an_older_one_with_the_same_key_of_another_parent() {
    let mut connection = unenforced(
        "CREATE TABLE user (id INTEGER PRIMARY KEY); CREATE TABLE post (id INTEGER PRIMARY KEY, user_id REFERENCES user);
         CREATE TABLE comment (post_id REFERENCES post);
         INSERT INTO user VALUES (1); INSERT INTO post VALUES (5, 1); INSERT INTO comment VALUES (1);",
    );
    let change = set(&[("1", "DELETE FROM comment; DELETE FROM user")]);
    let error = Migrator::new(&change).apply(&mut connection).expect_err("a new orphan");
    assert!(error.to_string().contains("row 5 of \"post\" refers to no row of \"user\""), "{error}");
}

#[test]
fn a_new_orphan_is_named_however_many_older_ones_there_are() {
    let mut connection = unenforced(
        "CREATE TABLE node (id INTEGER PRIMARY KEY); CREATE TABLE reading (node_id REFERENCES node);
         INSERT INTO reading WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500)
           SELECT i FROM n;
         INSERT INTO node VALUES (9999); INSERT INTO reading VALUES (9999);",
    );
    let error = Migrator::new(&set(&[("1", "DELETE FROM node")])).apply(&mut connection).expect_err("a new orphan");
    assert!(error.to_string().contains("row 1501 of \"reading\" refers to no row of \"node\""), "{error}");
}

#[test]
fn a_temporary_table_of_the_same_name_is_not_taken_for_the_child() {
    let mut connection = unenforced(
        "CREATE TABLE node (id INTEGER PRIMARY KEY); CREATE TABLE reading (node_id REFERENCES node);
         INSERT INTO reading VALUES (9); CREATE TEMP TABLE reading (other);",
    );
    let change = set(&[("1", "DELETE FROM main.reading; INSERT INTO main.reading VALUES (8)")]);
    let error = Migrator::new(&change).apply(&mut connection).expect_err("another orphan");
    assert_eq!(error.code(), ErrorCode::ForeignKeyViolation, "{error}");
}

/// The compiler leaves out the SQL of the schema, which is made again for this.
#[test]
fn drift_from_a_set_that_the_compiler_made_shows_the_lines_that_differ() {
    let mut connection = Connection::open_in_memory().expect("a database");
    let migrator = Migrator::new(&WEATHER);
    migrator.apply_to(&mut connection, Target::next(1)).expect("the first");
    connection.execute_batch("ALTER TABLE weather_node ADD COLUMN hand").expect("by hand");
    let report = migrator.apply(&mut connection).expect("the second");
    let [Warning::SchemaDrift(differences)] = &report.warnings[..] else { panic!("{report}") };
    let lines = differences[0].lines.as_deref().expect("the lines");
    assert!(lines.ends_with("+  hand,\n   temp_c INTEGER\n )\n"), "{lines}");
}
