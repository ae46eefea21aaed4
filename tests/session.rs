//! Queries and scripts of an application: nothing leaves a transaction open or half a script behind.
#![cfg(not(target_family = "wasm"))]

mod support;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use rusqlite::Connection;
use rusqlite::types::Value;
use support::{File, value};
use wheatear::{Error, ErrorCode, Parameters, QueryError, Session, TablePrefix};

fn session() -> Session {
    let connection = Connection::open_in_memory().expect("a database");
    connection.execute_batch("CREATE TABLE a (b UNIQUE)").expect("a table");
    Session::new(connection)
}

fn run(session: &mut Session, sql: &str) -> Result<Vec<i64>, Error> {
    session.query(sql, &Parameters::Positional(vec![]), |row| row.get(0).unwrap_or(0))
}

fn rows(session: &Session) -> i64 {
    value(session.connection(), "SELECT count(*) FROM a")
}

fn code<T: std::fmt::Debug>(result: Result<T, Error>) -> ErrorCode {
    result.expect_err("a refusal").code()
}

#[test]
fn parameters_bind_by_position_and_by_name_with_or_without_prefix() {
    let mut session = session();
    let integers = |values: &[(&str, i64)]| {
        Parameters::Named(values.iter().map(|(name, value)| ((*name).to_owned(), Value::Integer(*value))).collect())
    };
    let positional = Parameters::Positional(vec![Value::Integer(3), Value::Integer(4)]);
    let mut sum = |sql: &str, parameters: &Parameters| session.query(sql, parameters, |row| row.get::<_, i64>(0));
    for (sql, parameters) in [
        ("SELECT ? + ?", &positional),
        ("SELECT ?2 + ?1", &positional),
        ("SELECT :x + @y", &integers(&[("x", 3), ("@y", 4)])),
        ("SELECT $x + $y", &integers(&[("$x", 3), ("y", 4)])),
    ] {
        assert_eq!(sum(sql, parameters).expect(sql)[0].as_ref().ok(), Some(&7), "{sql}");
    }
    // A number counts, wherever it stands; of a list, nothing else that looks like a name does.
    let pair = |sql: &str, session: &mut Session| {
        let read = |row: &rusqlite::Row<'_>| (row.get(0).unwrap_or(0), row.get(1).unwrap_or(0));
        session.query(sql, &positional, read).expect(sql)[0]
    };
    for sql in ["SELECT ?, ?", "SELECT ?1, ?2", "SELECT $1, $2", "SELECT b, a FROM (SELECT $2 AS a, $1 AS b)"] {
        assert_eq!(pair(sql, &mut session), (3, 4), "{sql}");
    }
    assert_eq!(pair("SELECT $2, $1", &mut session), (4, 3));
    let mut sum = |sql: &str, parameters: &Parameters| session.query(sql, parameters, |row| row.get::<_, i64>(0));
    for (sql, parameters) in [
        ("SELECT :b + :a", &positional),
        ("SELECT @b + ?", &positional),
        ("SELECT $b + $a", &positional),
        ("SELECT $0 + $1", &positional),
        ("SELECT $1 + $3", &positional),
        ("SELECT $1", &positional),
        ("SELECT ?", &positional),
        ("SELECT ? + ? + ?", &positional),
        ("SELECT :x", &integers(&[("z", 1)])),
        ("SELECT :x + :y", &integers(&[("x", 1)])),
        ("SELECT :x + :y", &integers(&[("x", 1), (":x", 2)])),
    ] {
        assert_eq!(code(sum(sql, parameters)), ErrorCode::QueryFailed, "{sql}");
    }
}

#[test]
fn a_script_is_all_or_nothing() {
    let mut session = session();
    let error = session.exec("INSERT INTO a VALUES (1);\nINSERT INTO a VALUES (1);").expect_err("a duplicate");
    assert!(matches!(
        &error,
        Error::Query(QueryError::Failed { statement: Some(2), line: Some(2), sqlite, .. }) if sqlite.code == 2067
    ));
    assert_eq!(rows(&session), 0);
    session.exec("INSERT INTO a VALUES (1); INSERT INTO a VALUES (2)").expect("a script");
    assert_eq!(rows(&session), 2);
}

#[test]
fn a_script_in_a_transaction_undoes_only_itself() {
    let mut session = session();
    session.begin().expect("a transaction");
    run(&mut session, "INSERT INTO a VALUES (1)").expect("a row");
    session.exec("INSERT INTO a VALUES (2); INSERT INTO a VALUES (1)").expect_err("a duplicate");
    session.commit().expect("a commit");
    assert_eq!(rows(&session), 1);
}

#[test]
fn a_single_statement_runs_outside_of_a_transaction() {
    session().exec("VACUUM; -- alone").expect("VACUUM");
}

#[test]
fn sql_text_cannot_begin_or_end_a_transaction() {
    let mut session = session();
    for sql in ["BEGIN", "COMMIT", ";COMMIT", "/**/ROLLBACK", "SELECT 1; END;", "INSERT INTO a VALUES (1); COMMIT"] {
        assert_eq!(code(session.exec(sql)), ErrorCode::TransactionMisuse, "{sql}");
    }
    assert_eq!(code(run(&mut session, "; COMMIT")), ErrorCode::TransactionMisuse);
    session.begin().expect("a transaction");
    assert_eq!(code(run(&mut session, "COMMIT")), ErrorCode::TransactionMisuse);
    session.rollback().expect("a rollback");
    assert_eq!(rows(&session), 0);
}

#[test]
fn white_space_that_sqlite_does_not_know_hides_no_commit() {
    let mut session = session();
    session.begin().expect("a transaction");
    run(&mut session, "INSERT INTO a VALUES (1)").expect("a row");
    for blank in ["\u{a0}", "\u{b}", "\u{2028}"] {
        assert_eq!(code(run(&mut session, &format!("{blank}COMMIT"))), ErrorCode::TransactionMisuse);
    }
    session.rollback().expect("a rollback");
    assert_eq!(rows(&session), 0);
}

#[test]
fn a_nul_character_hides_nothing_either() {
    let mut session = session();
    assert_eq!(code(session.exec("INSERT INTO a VALUES (1);\0 INSERT INTO a VALUES (2)")), ErrorCode::QueryFailed);
    assert_eq!(code(run(&mut session, "SELECT 1\0 FROM absent")), ErrorCode::QueryFailed);
    assert_eq!(rows(&session), 0);
}

#[test]
fn a_script_that_ends_the_callers_savepoint_takes_the_whole_transaction_back() {
    for script in ["ROLLBACK TO p; INSERT INTO a VALUES (2); RELEASE p", "RELEASE p; INSERT INTO a VALUES (7), (7)"] {
        let mut session = session();
        session.begin().expect("a transaction");
        session.exec("SAVEPOINT p").expect("a savepoint");
        run(&mut session, "INSERT INTO a VALUES (1)").expect("a row");
        assert_eq!(code(session.exec(script)), ErrorCode::TransactionMisuse, "{script}");
        assert_eq!(code(session.commit()), ErrorCode::TransactionMisuse, "{script}");
        assert_eq!(rows(&session), 0, "{script}");
    }
    let mut session = session();
    session.begin().expect("a transaction");
    session.exec("SAVEPOINT p").expect("a savepoint");
    session.exec("INSERT INTO a VALUES (1)").expect("a row");
    session.exec("ROLLBACK TO p").expect("one statement alone");
    session.exec("SAVEPOINT q; INSERT INTO a VALUES (2); RELEASE q").expect("a savepoint of the script's own");
    session.commit().expect("a commit");
    assert_eq!(rows(&session), 1);
}

#[test]
fn a_lone_savepoint_leaves_nothing_open() {
    let mut session = session();
    assert_eq!(code(run(&mut session, "SAVEPOINT s")), ErrorCode::TransactionMisuse);
    assert_eq!(code(session.exec("SAVEPOINT s")), ErrorCode::TransactionMisuse);
    assert!(session.connection().is_autocommit());
    run(&mut session, "INSERT INTO a VALUES (1)").expect("the session goes on");
}

#[test]
fn a_transaction_that_sqlite_rolled_back_runs_nothing_more() {
    let mut session = session();
    run(&mut session, "INSERT INTO a VALUES (1)").expect("a row");
    session.begin().expect("a transaction");
    run(&mut session, "INSERT INTO a VALUES (2)").expect("a row");
    assert_eq!(code(run(&mut session, "INSERT OR ROLLBACK INTO a VALUES (1)")), ErrorCode::QueryFailed);
    assert_eq!(code(run(&mut session, "INSERT INTO a VALUES (3)")), ErrorCode::TransactionMisuse);
    assert_eq!(code(session.commit()), ErrorCode::TransactionMisuse);
    assert_eq!(rows(&session), 1);
    session.begin().expect("the next transaction");
    session.commit().expect("a commit");
}

#[test]
fn a_commit_that_fails_leaves_no_transaction() {
    let mut session = session();
    session.exec("CREATE TABLE c (d REFERENCES a (b) DEFERRABLE INITIALLY DEFERRED)").expect("a table");
    session.begin().expect("a transaction");
    run(&mut session, "INSERT INTO c VALUES (9)").expect("a row whose parent may still come");
    assert_eq!(code(session.commit()), ErrorCode::QueryFailed);
    assert!(session.connection().is_autocommit());
    assert_eq!(value::<i64>(session.connection(), "SELECT count(*) FROM c"), 0);
    assert_eq!(code(session.commit()), ErrorCode::TransactionMisuse);
}

#[test]
fn the_file_is_read_as_committed_and_not_in_a_transaction() {
    let file = File::new();
    let mut session = Session::new(file.open());
    session.exec("CREATE TABLE a (b); INSERT INTO a VALUES (zeroblob(100000))").expect("a row");
    let size = session.file_size().expect("a size");
    assert_eq!(size, file.bytes().len() as u64);
    let whole = session.read_file(0, usize::MAX).expect("the file");
    assert!(whole == file.bytes());
    assert!(session.read_file(4095, 3).expect("a part") == whole[4095..4098]);
    assert_eq!(session.read_file(size - 2, 10).expect("its end").len(), 2);
    assert_eq!(session.read_file(size + 1, 10).expect("nothing").len(), 0);

    session.begin().expect("a transaction");
    assert_eq!(code(session.file_size().map(drop)), ErrorCode::TransactionMisuse);
    assert_eq!(code(session.read_file(0, 1).map(drop)), ErrorCode::TransactionMisuse);
    session.rollback().expect("a rollback");

    // What is in a log is moved into it first.
    let file = File::new();
    let mut session = Session::new(file.open());
    session.connection().execute_batch("PRAGMA journal_mode = WAL").expect("a log");
    session.exec("CREATE TABLE a (b); INSERT INTO a VALUES (zeroblob(100000))").expect("a row");
    let whole = session.read_file(0, usize::MAX).expect("the file");
    assert!(whole.len() > 100_000 && session.file_size().expect("a size") == whole.len() as u64);
    let reader = file.open();
    reader.execute_batch("BEGIN; SELECT * FROM a").expect("a reader");
    session.exec("INSERT INTO a VALUES (1)").expect("a row that the reader does not see");
    session.connection().busy_timeout(std::time::Duration::ZERO).expect("no patience");
    assert_eq!(code(session.read_file(0, 1)), ErrorCode::StorageBusy, "the file has to stay as the reader sees it");

    // Whatever it holds.
    let text = File::new();
    std::fs::write(&text.path, "no database").expect("a file");
    assert_eq!(Session::new(text.open()).read_file(3, 100).expect("the file"), b"database");
}

#[test]
fn a_check_finds_damage_that_queries_do_not_meet() {
    let file = File::new();
    let mut session = Session::new(file.open());
    session.check().expect("an empty database is sound");
    session.exec("CREATE TABLE a (b); INSERT INTO a VALUES (zeroblob(100000)); CREATE TABLE c (d)").expect("a row");
    session.check().expect("a sound database");
    drop(session);

    let mut bytes = file.bytes();
    let last = bytes.len() - 4096;
    bytes[last..].fill(0x55);
    std::fs::write(&file.path, &bytes).expect("damage");
    let mut session = Session::new(file.open());
    run(&mut session, "INSERT INTO a VALUES (1)").expect("a row");
    assert_eq!(code(session.check()), ErrorCode::DatabaseCorrupt);
}

#[test]
fn what_keeps_a_file_from_being_looked_at_is_no_fault_of_a_query() {
    let session = Session::new(Connection::open_in_memory().expect("a database without a file"));
    assert_eq!(code(session.check()), ErrorCode::StorageIo);
    assert_eq!(code(session.file_size()), ErrorCode::StorageIo);
}

fn changes(session: &mut Session) -> Vec<String> {
    session.take_changes().into_iter().collect()
}

fn watched(schema: &str) -> Session {
    let mut session = session();
    session.exec(schema).expect("a schema");
    session.watch_changes().expect("a hook");
    session
}

#[test]
fn a_committed_change_names_its_tables_once() {
    let mut session = watched("CREATE TABLE c (d); CREATE TABLE w (k PRIMARY KEY) WITHOUT ROWID;");
    assert!(changes(&mut session).is_empty(), "what was done before is nobody's news");
    // Twice, for the second time SQLite compiles nothing.
    for value in [1, 2] {
        let parameter = Parameters::Positional(vec![Value::Integer(value)]);
        session.query("INSERT INTO a VALUES (?)", &parameter, |_| ()).expect("a row");
        assert_eq!(changes(&mut session), ["a"]);
        assert!(changes(&mut session).is_empty());
    }
    for (sql, tables) in [
        ("INSERT INTO w VALUES (1)", &["w"][..]),
        ("DELETE FROM w", &["w"]),
        ("DELETE FROM a", &["a"]),
        ("UPDATE a SET b = 1", &[]),
        ("SELECT * FROM a", &[]),
        ("CREATE TABLE later (x)", &[]),
        ("PRAGMA user_version = 3", &[]),
        ("INSERT INTO later SELECT 1 UNION SELECT 2", &["later"]),
    ] {
        run(&mut session, sql).expect(sql);
        assert_eq!(changes(&mut session), tables, "{sql}");
    }
    session.exec("INSERT INTO a VALUES (7); INSERT INTO c VALUES (8); SELECT 1;").expect("a script");
    assert_eq!(changes(&mut session), ["a", "c"]);
}

#[test]
fn what_triggers_and_foreign_keys_change_is_named_too() {
    let mut session = watched(
        "CREATE TABLE p (id INTEGER PRIMARY KEY);
         CREATE TABLE child (p REFERENCES p ON DELETE CASCADE);
         CREATE TABLE log (text);
         CREATE TRIGGER logged AFTER INSERT ON a BEGIN INSERT INTO log VALUES (new.b); END;
         INSERT INTO p VALUES (1); INSERT INTO child VALUES (1);",
    );
    run(&mut session, "INSERT INTO a VALUES (1)").expect("a row");
    assert_eq!(changes(&mut session), ["a", "log"]);
    run(&mut session, "DELETE FROM p").expect("a deletion");
    assert_eq!(changes(&mut session), ["child", "p"]);
}

#[test]
fn changes_of_a_transaction_are_told_when_it_is_committed_and_not_when_it_is_undone() {
    let mut session = watched("CREATE TABLE c (d)");
    session.begin().expect("a transaction");
    run(&mut session, "INSERT INTO a VALUES (1)").expect("a row");
    run(&mut session, "INSERT INTO c VALUES (1)").expect("a row");
    assert!(changes(&mut session).is_empty());
    session.commit().expect("a commit");
    assert_eq!(changes(&mut session), ["a", "c"]);
    session.begin().expect("a transaction");
    run(&mut session, "INSERT INTO c VALUES (2)").expect("a row");
    session.rollback().expect("a rollback");
    assert!(changes(&mut session).is_empty());
}

#[test]
fn tables_are_still_known_after_more_statements_than_are_remembered() {
    let mut session = watched("CREATE TABLE c (d)");
    for number in 0..1200 {
        run(&mut session, &format!("INSERT INTO c VALUES ({number})")).expect("a row");
        assert_eq!(changes(&mut session), ["c"]);
        if number % 100 == 0 {
            run(&mut session, "INSERT INTO a SELECT 1 + coalesce(max(b), 0) FROM a").expect("a row");
            assert_eq!(changes(&mut session), ["a"]);
        }
    }
}

#[test]
fn a_statement_that_only_reads_is_told_from_one_that_writes() {
    let mut session = watched("CREATE TABLE c (d)");
    for (sql, is_read_only) in [
        ("SELECT * FROM a", true),
        ("WITH x AS (SELECT 1) SELECT * FROM x", true),
        ("WITH x AS (SELECT 1) INSERT INTO a SELECT * FROM x", false),
        ("INSERT INTO c VALUES (1) RETURNING d", false),
        ("PRAGMA user_version = 1", false),
        ("PRAGMA user_version", true),
        ("VACUUM", false),
        ("no SQL at all", true),
    ] {
        assert_eq!(session.is_read_only(sql), is_read_only, "{sql}");
    }
    assert!(changes(&mut session).is_empty());
    // It was compiled when it was asked about.
    run(&mut session, "INSERT INTO c VALUES (1) RETURNING d").expect("a row");
    assert_eq!(changes(&mut session), ["c"]);
}

#[test]
fn ids_that_are_used_up_are_a_mistake_of_the_query_and_no_full_disk() {
    let mut session = session();
    let table =
        "CREATE TABLE counter (id INTEGER PRIMARY KEY AUTOINCREMENT); INSERT INTO counter VALUES (9223372036854775807)";
    session.exec(table).expect("the last id");
    let insert = "INSERT INTO counter DEFAULT VALUES";
    for error in [run(&mut session, insert).expect_err("none is left"), session.exec(insert).expect_err("none is left")]
    {
        assert_eq!(error.code(), ErrorCode::QueryFailed);
        assert!(error.to_string().contains("ids of \"counter\" are used up"), "{error}");
    }
}

#[test]
fn names_that_are_not_text_are_read_as_far_as_they_are_and_end_nothing() {
    let set = support::set(&[("1", "CREATE TABLE later (x)")]).tried_out().expect("a set");
    for (name, columns, tables) in [
        ("badcol", ["id", "ca\u{fffd}e"], ["b", "ok"]),
        ("badtable", ["id", "v"], ["bt\u{fffd}b", "ok"]),
        ("badtrigger", ["x", ""], ["lg\u{fffd}g", "ok"]),
    ] {
        let file = File::new();
        let case = format!("{}/tests/trials/cases/files/min-{name}.db", env!("CARGO_MANIFEST_DIR"));
        std::fs::copy(case, &file.path).expect(name);
        let mut session = Session::new(file.open());
        wheatear::Migrator::new(&set)
            .on_unmanaged(wheatear::OnUnmanaged::Apply)
            .apply(session.connection_mut())
            .expect(name);
        session.watch_changes().expect("a hook");
        let none = Parameters::Positional(vec![]);
        // Where a name cannot be written, SQLite gives the row all the same.
        let every = match name {
            "badcol" => "SELECT * FROM b",
            "badtable" => "SELECT id, v FROM (SELECT 1 AS id, 2 AS v)",
            _ => "SELECT * FROM ok",
        };
        let found = session.query_named(every, &none, |names, _| names.len()).expect(name);
        assert_eq!(found.columns, columns.into_iter().filter(|name| !name.is_empty()).collect::<Vec<_>>());
        for sql in ["INSERT INTO ok VALUES (1)", "VACUUM", "INSERT INTO b (id) VALUES (77)", "DELETE FROM ok"] {
            match session.run(sql, &none) {
                Ok(_) => {}
                Err(error) => assert_eq!(error.code(), ErrorCode::QueryFailed, "{name}: {sql}: {error}"),
            }
        }
        let changed = changes(&mut session);
        assert!(changed.iter().all(|table| tables.contains(&table.as_str())) && !changed.is_empty(), "{changed:?}");
        session.check().expect("a sound database");
    }
}

/// What a refusal says that it refuses.
fn refused<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    let error = result.expect_err("a refusal");
    assert_eq!(error.code(), ErrorCode::QueryRefused, "{error}");
    let message = error.to_string();
    let (what, why) = message.split_once(" is refused: ").expect("a reason");
    assert!(why.contains(';'), "it says what to do instead: {message}");
    what.rsplit(": ").next().expect("a name").trim_matches('`').to_owned()
}

#[test]
fn what_the_connection_of_all_is_to_others_cannot_be_changed_by_a_statement_in_any_dress() {
    let mut session = session();
    let before = |session: &Session| -> Vec<i64> {
        let pragmas =
            ["synchronous", "foreign_keys", "recursive_triggers", "query_only", "temp_store", "defer_foreign_keys"];
        pragmas.iter().map(|name| value(session.connection(), &format!("PRAGMA {name}"))).collect()
    };
    let kept = before(&session);
    for sql in [
        "PRAGMA synchronous = OFF",
        "PRAGMA main.synchronous(0)",
        "pragma \"main\" . [synchronous] = off",
        "EXPLAIN PRAGMA foreign_keys = OFF",
        "EXPLAIN QUERY PLAN PRAGMA 'foreign_keys' = OFF",
        "PRAGMA journal_mode = MEMORY",
        "PRAGMA temp.journal_mode = OFF",
        "PRAGMA query_only = ON",
        "PRAGMA recursive_triggers = ON",
        "PRAGMA case_sensitive_like = ON",
        "PRAGMA temp_store = 2",
        "PRAGMA no_such_pragma = 1",
        "PRAGMA no_such_pragma",
        "PRAGMA defer_foreign_keys = ON",
        "EXPLAIN PRAGMA main.Defer_Foreign_Keys(1);",
    ] {
        assert!(refused(run(&mut session, sql)).starts_with("PRAGMA "), "{sql}");
        assert!(refused(session.exec(sql)).starts_with("PRAGMA "), "{sql}");
        assert!(refused(session.run(sql, &Parameters::Positional(vec![])).map(|_| ())).starts_with("PRAGMA "), "{sql}");
        // SQLite acts on some of them when it compiles them.
        session.is_read_only(sql);
        assert_eq!(before(&session), kept, "{sql}");
    }
    let script = "INSERT INTO a VALUES (1);\nPRAGMA query_only = ON;";
    let error = session.exec(script).expect_err("a refusal");
    assert!(matches!(error, Error::Query(QueryError::Refused { statement: Some(2), line: Some(2), .. })), "{error}");
    assert_eq!(rows(&session), 0, "all of the script or nothing");
    assert_eq!(value::<i64>(session.connection(), "SELECT 'a' LIKE 'A'"), 1);
}

#[test]
fn what_a_pragma_is_may_be_read_and_what_belongs_to_the_file_may_be_set() {
    let file = File::new();
    let mut session = Session::new(file.open());
    session.exec("CREATE TABLE a (b)").expect("a table");
    for sql in [
        "PRAGMA journal_mode",
        "PRAGMA main.foreign_keys",
        "SELECT * FROM pragma_synchronous",
        "SELECT * FROM pragma_table_info('a')",
        "PRAGMA table_info(a)",
        "PRAGMA integrity_check(1)",
        "PRAGMA user_version = 4",
        "PRAGMA cache_size = 10",
        "PRAGMA optimize",
        "PRAGMA page_size = 1024",
        "VACUUM",
        "/* all */ vacuum main",
    ] {
        run(&mut session, sql).expect(sql);
    }
    assert_eq!(value::<i64>(session.connection(), "PRAGMA page_size"), 1024);
    session.begin().expect("a transaction");
    session.exec("PRAGMA defer_foreign_keys = ON; SELECT 1").expect("it ends with the transaction");
    session.commit().expect("a commit");
    let sql = "PRAGMA defer_foreign_keys = ON";
    session.begin().expect("a transaction");
    run(&mut session, sql).expect("it ends with the transaction");
    session.commit().expect("a commit");
    // What is kept compiled is looked at again.
    assert_eq!(refused(run(&mut session, sql)), "PRAGMA defer_foreign_keys");
    session.exec("PRAGMA defer_foreign_keys = ON; SELECT 1").expect("a script is a transaction");
    assert_eq!(value::<i64>(session.connection(), "PRAGMA defer_foreign_keys"), 0);
}

#[test]
fn nothing_temporary_and_no_other_database_is_left_on_the_connection() {
    let folder = tempfile::tempdir().expect("a folder");
    let beside = folder.path().join("beside.sqlite3");
    let into = format!("VACUUM INTO '{}'", beside.display());
    let mut session = session();
    for (sql, what) in [
        ("CREATE TEMP TABLE t (x)", "CREATE TEMP"),
        ("CREATE TABLE temp.t AS SELECT 1", "CREATE TEMP"),
        ("CREATE VIEW temp.v AS SELECT 1", "CREATE TEMP"),
        ("CREATE TRIGGER temp.w AFTER INSERT ON a BEGIN SELECT 1; END", "CREATE TEMP"),
        ("CREATE TEMPORARY VIEW v AS SELECT 1", "CREATE TEMP"),
        ("CREATE TEMP TRIGGER w AFTER INSERT ON a BEGIN SELECT 1; END", "CREATE TEMP"),
        ("CREATE VIRTUAL TABLE temp.f USING fts5 (x)", "CREATE TEMP"),
        ("EXPLAIN CREATE TEMP TABLE t (x)", "CREATE TEMP"),
        ("ATTACH ':memory:' AS other", "ATTACH :memory:"),
        ("ATTACH '' AS other", "ATTACH "),
        ("DETACH main", "DETACH main"),
        (&into, &into.replace('\'', "")),
    ] {
        assert_eq!(refused(run(&mut session, sql)), what, "{sql}");
        assert_eq!(refused(session.exec(sql)), what, "{sql}");
    }
    let others = "SELECT count(*) FROM pragma_database_list WHERE name NOT IN ('main', 'temp')";
    assert_eq!(value::<i64>(session.connection(), others), 0);
    assert_eq!(value::<i64>(session.connection(), "SELECT count(*) FROM temp.sqlite_schema"), 0);
    assert!(!beside.exists());
}

#[test]
fn a_statement_that_was_compiled_for_a_migration_is_looked_at_when_the_application_sends_it() {
    let mut session = session();
    run(&mut session, "SELECT 1").expect("a query");
    let sql = "PRAGMA recursive_triggers = ON";
    session.connection_mut().prepare_cached(sql).expect("a pragma").query([]).expect("rows").next().expect("a step");
    session.connection_mut().execute_batch("PRAGMA recursive_triggers = OFF").expect("a pragma");
    assert_eq!(refused(run(&mut session, sql)), "PRAGMA recursive_triggers");
    assert_eq!(value::<i64>(session.connection(), "PRAGMA recursive_triggers"), 0);
}

#[test]
fn equal_column_names_lose_nothing_and_are_there_without_rows() {
    let mut session = session();
    let none = Parameters::Positional(vec![]);
    let pair =
        |names: &[String], row: &rusqlite::Row<'_>| (names.len(), row.get(0).unwrap_or(0), row.get(2).unwrap_or(0));
    let found = session.query_named("SELECT 1 AS id, 2 AS x, 3 AS id; -- all", &none, pair).expect("rows");
    assert_eq!((found.columns, found.rows), (vec!["id".into(), "x".into(), "id".into()], vec![(3, 1, 3)]));
    for _ in 0..2 {
        let empty = session.query_named("SELECT b, rowid AS n FROM a", &none, |_, _| ()).expect("no rows");
        assert_eq!((empty.columns, empty.rows.len()), (vec!["b".into(), "n".into()], 0));
        // What is kept compiled begins as the next one does.
        let shorter = session.query_named("SELECT b", &none, |_, _| ());
        assert_eq!(code(shorter.map(|_| ())), ErrorCode::QueryFailed);
        session.exec("ALTER TABLE a ADD COLUMN later; ALTER TABLE a DROP COLUMN later").expect("another schema");
    }
    let table = session.query_named("SELECT name FROM pragma_table_info('a')", &none, |_, _| ()).expect("rows");
    assert_eq!(table.columns, ["name"]);
}

#[test]
fn what_a_statement_did_is_told_with_its_answer() {
    let mut session = session();
    session.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, x UNIQUE); CREATE TABLE log (x)").expect("tables");
    session
        .exec("CREATE TRIGGER logged AFTER INSERT ON t BEGIN INSERT INTO log VALUES (1), (2), (3); END")
        .expect("a trigger");
    session
        .exec(
            "CREATE VIRTUAL TABLE box USING rtree (id, low, high); CREATE VIRTUAL TABLE word USING fts5 (x);
             CREATE VIEW seen AS SELECT x FROM log;
             CREATE TRIGGER instead INSTEAD OF INSERT ON seen BEGIN INSERT INTO log VALUES (new.x); END",
        )
        .expect("virtual tables and a view");
    for (sql, changes, rowid) in [
        ("INSERT INTO t (x) VALUES ('a'), ('b')", 2, Some(2)),
        ("INSERT INTO t (id, x) VALUES (0, 'zero')", 1, Some(0)),
        ("INSERT INTO t VALUES (-7, 'minus') RETURNING x", 1, Some(-7)),
        ("INSERT INTO t (x) VALUES ('a') ON CONFLICT DO NOTHING", 0, None),
        ("UPDATE t SET x = x || '!'", 4, None),
        ("SELECT 1", 0, None),
        ("CREATE TABLE later (x)", 0, None),
        ("DELETE FROM log", 12, None),
        ("WITH n (x) AS (SELECT 'with') INSERT INTO t (x) SELECT x FROM n", 1, Some(3)),
        ("INSERT INTO t VALUES (-9223372036854775808, 'least')", 1, Some(i64::MIN)),
        ("INSERT INTO log VALUES (last_insert_rowid())", 1, Some(7)),
        ("UPDATE log SET x = last_insert_rowid() WHERE x = 3", 2, None),
        ("INSERT INTO t VALUES (-7, 'minus') ON CONFLICT DO UPDATE SET x = 'more'", 1, None),
        ("VACUUM", 0, None),
        ("INSERT INTO box VALUES (5, 1, 2)", 1, Some(5)),
        ("UPDATE box SET low = 0", 1, None),
        ("DELETE FROM box", 1, None),
        ("INSERT INTO word (rowid, x) VALUES (8, 'a')", 1, Some(8)),
        ("UPDATE word SET x = 'b'", 1, None),
        ("INSERT INTO seen VALUES (1)", 0, None),
    ] {
        let done = session.run(sql, &Parameters::Positional(vec![])).expect(sql);
        assert_eq!((done.changes, done.last_insert_rowid), (changes, rowid), "{sql}");
    }
    let least = "SELECT count(*) FROM log WHERE x = -9223372036854775808";
    assert_eq!(value::<i64>(session.connection(), least), 1, "a statement sees the number of the one before");
    // What inserts nothing leaves SQLite's own number alone.
    assert_eq!(value::<i64>(session.connection(), "SELECT last_insert_rowid()"), 8);
    session.run("INSERT INTO t (x) VALUES ('a!')", &Parameters::Positional(vec![])).expect_err("a duplicate");
    assert_eq!(value::<i64>(session.connection(), "SELECT last_insert_rowid()"), 8);
}

#[test]
fn an_error_shows_the_sql_around_the_fault() {
    let mut session = session();
    let message = |result: Result<Vec<i64>, Error>| result.expect_err("a fault").to_string();
    assert_eq!(
        message(run(&mut session, "\n  SELECT b\n    FORM a")),
        "near \"a\": syntax error (SQLite code 1)\n  3 |     FORM a\n    |          ^"
    );
    let long = format!("SELECT '{}', absent, '{}'", "ß".repeat(100), "y".repeat(100));
    let shown = message(run(&mut session, &long));
    let lines: Vec<&str> = shown.lines().collect();
    assert!(
        lines[1].starts_with("  1 | …ß") && lines[1].ends_with("y…") && lines[1].contains("', absent, '"),
        "{shown}"
    );
    assert_eq!(lines[1].chars().nth(lines[2].chars().count() - 1), Some('a'), "{shown}");
    run(&mut session, "INSERT INTO a VALUES (1)").expect("a row");
    assert_eq!(
        message(run(&mut session, "INSERT INTO a\nVALUES (1)")),
        "UNIQUE constraint failed: a.b (SQLite code 2067)\n  1 | INSERT INTO a"
    );
    assert_eq!(
        session.exec("SELECT 1;\nSELECT 2,\n  absent;").expect_err("a fault").to_string(),
        "statement 2 on line 3 failed: no such column: absent (SQLite code 1)\n  3 |   absent;\n    |   ^"
    );
}

#[test]
fn the_change_of_a_virtual_table_names_it_and_not_its_shadows() {
    let mut session = watched("CREATE VIRTUAL TABLE my_words USING fts5 (text); CREATE TABLE my_own_data (x);");
    for _ in 0..2 {
        run(&mut session, "INSERT INTO my_words VALUES ('hello')").expect("a row");
        assert_eq!(changes(&mut session), ["my_words"]);
    }
    session.begin().expect("a transaction");
    run(&mut session, "DELETE FROM my_words WHERE my_words MATCH 'hello'").expect("no row");
    run(&mut session, "INSERT INTO my_own_data VALUES (1)").expect("a row");
    session.commit().expect("a commit");
    assert_eq!(changes(&mut session), ["my_own_data", "my_words"]);
}

#[test]
fn what_is_interrupted_is_cancelled_and_leaves_nothing_behind() {
    let mut session = session();
    let handle = session.connection().get_interrupt_handle();
    let insert_for_ever =
        "INSERT INTO a WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n";
    let is_done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        // Again and again, for what has not begun cannot be interrupted.
        scope.spawn(|| {
            while !is_done.load(Ordering::Relaxed) {
                handle.interrupt();
            }
        });
        assert_eq!(code(run(&mut session, insert_for_ever)), ErrorCode::Cancelled);
        assert_eq!(code(session.exec(&format!("{insert_for_ever}; SELECT 1;"))), ErrorCode::Cancelled);
        is_done.store(true, Ordering::Relaxed);
    });
    assert_eq!(rows(&session), 0);
    assert!(session.connection().is_autocommit());
}

#[test]
fn a_check_that_is_interrupted_at_any_instruction_is_cancelled_and_leaves_nothing_behind() {
    let file = File::new();
    let connection = file.open();
    connection.create_collation("application", str::cmp).expect("a collation");
    let script = "CREATE TABLE a (b CHECK (b < 3)); CREATE INDEX c ON a (b); INSERT INTO a VALUES (1), (2);
        CREATE TABLE d (e TEXT COLLATE application UNIQUE); INSERT INTO d VALUES ('f'), ('g')";
    connection.execute_batch(script).expect("tables");
    // What needs it is looked at otherwise, and by more statements.
    connection.remove_collation("application").expect("no collation");
    let mut session = Session::new(connection);
    for instructions in 1.. {
        let counted = AtomicUsize::new(0);
        let interrupt = move || 1 + counted.fetch_add(1, Ordering::Relaxed) == instructions;
        session.connection_mut().progress_handler(1, Some(interrupt)).expect("a handler");
        let result = session.check();
        session.connection_mut().progress_handler(0, None::<fn() -> bool>).expect("no handler");
        let place = format!("interrupted after {instructions} instructions: {result:?}");
        let breaks_a_rule = session.exec("INSERT INTO a VALUES (3)");
        assert_eq!(code(breaks_a_rule), ErrorCode::QueryFailed, "{place}");
        assert!(
            session.query("SELECT * FROM d ORDER BY e", &Parameters::Positional(vec![]), |_| ()).is_err(),
            "{place}"
        );
        match result {
            Err(error) => assert_eq!(error.code(), ErrorCode::Cancelled, "{place}"),
            Ok(warnings) => {
                assert!(warnings.len() == 1 && instructions > 100, "{place}");
                break;
            }
        }
    }
}

#[test]
fn rows_beyond_the_limit_are_refused_and_what_made_them_is_undone() {
    const NUMBERS: &str = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT";
    let mut session = session();
    session.watch_changes().expect("watched");
    session.limit_results(100_000);
    let select = |session: &mut Session, count: i64| run(session, &format!("{NUMBERS} {count}) SELECT i FROM n"));
    assert_eq!(select(&mut session, 600).expect("few rows").len(), 600);
    assert_eq!(code(select(&mut session, 700)), ErrorCode::ResultTooLarge);
    assert_eq!(code(run(&mut session, "SELECT zeroblob(100000)")), ErrorCode::ResultTooLarge);
    session.run("SELECT zeroblob(100000)", &Parameters::Positional(vec![])).expect("thrown away");

    let insert = |session: &mut Session, first: i64, count: i64| {
        run(session, &format!("{NUMBERS} {count}) INSERT INTO a SELECT {first} + i FROM n RETURNING b"))
    };
    assert_eq!(code(insert(&mut session, 0, 700)), ErrorCode::ResultTooLarge);
    assert_eq!((rows(&session), session.take_changes().len()), (0, 0));
    assert_eq!(insert(&mut session, 0, 600).expect("few rows").len(), 600);
    assert_eq!((rows(&session), session.take_changes().len()), (600, 1));

    session.begin().expect("a transaction");
    assert_eq!(insert(&mut session, 1000, 1).expect("a row"), [1001]);
    assert_eq!(code(insert(&mut session, 2000, 700)), ErrorCode::ResultTooLarge);
    assert_eq!(code(insert(&mut session, 0, 1)), ErrorCode::QueryFailed, "a key that is there");
    session.commit().expect("a commit");
    assert_eq!(rows(&session), 601);
}

#[test]
fn a_change_that_returns_rows_and_that_its_end_refuses_is_undone() {
    let mut session = session();
    session.limit_results(100_000);
    let tables = "PRAGMA foreign_keys = ON; CREATE TABLE parent (id INTEGER PRIMARY KEY);
        CREATE TABLE child (parent REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED);";
    session.connection_mut().execute_batch(tables).expect("tables");
    assert_eq!(code(run(&mut session, "INSERT INTO child VALUES (1) RETURNING parent")), ErrorCode::QueryFailed);
    assert!(session.connection().is_autocommit());
    session.exec("INSERT INTO parent VALUES (1)").expect("a parent");
    assert_eq!(run(&mut session, "INSERT INTO child VALUES (1) RETURNING parent").expect("a child"), [1]);
    assert_eq!(value::<i64>(session.connection(), "SELECT count(*) FROM child"), 1);
}

#[test]
fn what_is_done_atomically_is_done_whole_or_not_at_all() {
    let mut session = session();
    let add = |session: &mut Session, values: &[i64]| {
        session.atomically(|session| {
            let add = |value: &i64| session.run(ADD, &Parameters::Positional(vec![Value::Integer(*value)]));
            values.iter().map(add).collect::<Result<Vec<_>, _>>().map(|done| done.len())
        })
    };
    assert_eq!(add(&mut session, &[1, 2]).expect("two rows"), 2);
    assert_eq!(code(add(&mut session, &[3, 1])), ErrorCode::QueryFailed);
    assert!(!session.is_in_transaction() && session.connection().is_autocommit());
    assert_eq!(rows(&session), 2);

    session.begin().expect("a transaction");
    assert_eq!(add(&mut session, &[3]).expect("a row"), 1);
    assert_eq!(code(add(&mut session, &[4, 1])), ErrorCode::QueryFailed);
    assert_eq!(rows(&session), 3);
    session.commit().expect("a commit");
    assert_eq!(rows(&session), 3);

    session.begin().expect("a transaction");
    session.exec("SAVEPOINT mine").expect("a savepoint");
    assert_eq!(code(session.atomically(|session| session.exec("RELEASE mine"))), ErrorCode::TransactionMisuse);
    assert_eq!(code(add(&mut session, &[5])), ErrorCode::TransactionMisuse);
    session.rollback().expect("its end");
    assert_eq!(rows(&session), 3);
}

const ADD: &str = "INSERT INTO a VALUES (?1)";

fn add(session: &mut Session, key: &str, value: i64) -> Result<(u64, Option<i64>), Error> {
    let done = session.run_once(key, ADD, &Parameters::Positional(vec![Value::Integer(value)]))?;
    Ok((done.changes, done.last_insert_rowid))
}

#[test]
fn what_has_a_key_is_done_once_and_gives_the_same_again() {
    let mut session = session();
    for _ in 0..3 {
        assert_eq!(add(&mut session, "one", 7).expect("one row"), (1, Some(1)));
    }
    assert_eq!(rows(&session), 1);
    let twice = |session: &mut Session| session.exec("INSERT INTO a VALUES (8)");
    assert!(session.once("two", twice).expect("a script").is_some());
    assert!(session.once("two", twice).expect("nothing").is_none());
    // Of other work it is not known what it did.
    assert_eq!(add(&mut session, "two", 9).expect("nothing"), (0, None));
    assert_eq!(rows(&session), 2);
}

#[test]
fn a_key_is_recorded_exactly_when_its_work_is_committed() {
    let mut session = session();
    add(&mut session, "one", 7).expect("one row");
    // Refused, so that it can be done with the same key when nothing is in its way.
    assert_eq!(code(add(&mut session, "two", 7)), ErrorCode::QueryFailed);
    run(&mut session, "DELETE FROM a").expect("no row");
    assert_eq!(add(&mut session, "two", 7).expect("one row").0, 1);

    assert!(session.begin_once("three").expect("a transaction"));
    assert_eq!(add(&mut session, "three", 8).expect("one row").0, 1);
    session.rollback().expect("the end");
    assert!(session.begin_once("three").expect("another one"));
    assert_eq!(add(&mut session, "three", 8).expect("one row").0, 1);
    session.commit().expect("the end");
    assert!(!session.begin_once("three").expect("none"));
    assert!(!session.is_in_transaction());
    assert_eq!(add(&mut session, "three", 8).expect("what was done").0, 1);
    assert_eq!(rows(&session), 2);
}

#[test]
fn keys_are_recorded_in_a_table_that_has_the_prefix_and_says_its_format() {
    let mut session = session();
    session.table_prefix(TablePrefix::new("shop").expect("a prefix"));
    add(&mut session, "one", 7).expect("one row");
    let made: String = session
        .connection()
        .query_row("SELECT sql FROM sqlite_schema WHERE name = 'shop_wheatear_request'", [], |row| row.get(0))
        .expect("the table");
    let made = made.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(
        made,
        "CREATE TABLE \"shop_wheatear_request\" ( key TEXT PRIMARY KEY, format INTEGER NOT NULL, at TEXT NOT NULL, \
         changes INTEGER, last_insert_rowid INTEGER ) STRICT, WITHOUT ROWID"
    );
    let recorded =
        "SELECT key || ' ' || format || ' ' || changes || ' ' || last_insert_rowid FROM shop_wheatear_request
        WHERE at GLOB '????-??-??T??:??:??.???Z'";
    let recorded: String = session.connection().query_row(recorded, [], |row| row.get(0)).expect("the row");
    assert_eq!(recorded, "one 1 1 1");
    // A newer version, whose rows say more.
    session
        .exec("UPDATE shop_wheatear_request SET format = 2; ALTER TABLE shop_wheatear_request ADD COLUMN more TEXT")
        .expect("a newer row");
    assert_eq!(code(add(&mut session, "one", 7)), ErrorCode::LedgerTooNew);
    assert_eq!(code(session.begin_once("one")), ErrorCode::LedgerTooNew);
    assert!(!session.is_in_transaction());
    assert_eq!(add(&mut session, "two", 8).expect("one row").0, 1);
}

#[test]
fn keys_that_were_recorded_before_they_had_a_format_count() {
    let mut session = session();
    let before = "CREATE TABLE _wheatear_request (key TEXT PRIMARY KEY, at TEXT NOT NULL) STRICT, WITHOUT ROWID;
        INSERT INTO _wheatear_request VALUES ('one', strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
          ('old', strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-8 days'));";
    session.exec(before).expect("a table");
    assert_eq!(add(&mut session, "one", 7).expect("nothing"), (0, None));
    assert_eq!(rows(&session), 0);
    // Nobody waits for an answer for so long.
    assert_eq!(add(&mut session, "old", 7).expect("one row"), (1, Some(1)));
}
