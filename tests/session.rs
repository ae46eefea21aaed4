//! Queries and scripts of an application: nothing leaves a transaction open or half a script behind.
#![cfg(not(target_family = "wasm"))]

mod support;

use rusqlite::Connection;
use rusqlite::types::Value;
use support::{File, value};
use wheatear::{Error, ErrorCode, Parameters, QueryError, Session};

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
    for (sql, parameters) in [
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
        Error::Query(QueryError::Failed { statement: Some(2), line: Some(2), sqlite }) if sqlite.code == 2067
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
    session.exec("PRAGMA foreign_keys = ON").expect("a pragma");
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
        ("CREATE TEMP TABLE t AS SELECT 1", &[]),
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
        "PRAGMA foreign_keys = ON;
         CREATE TABLE p (id INTEGER PRIMARY KEY);
         CREATE TABLE child (p REFERENCES p ON DELETE CASCADE);
         CREATE TABLE log (text);
         CREATE TRIGGER logged AFTER INSERT ON a BEGIN INSERT INTO log VALUES (new.b); END;
         INSERT INTO p VALUES (1); INSERT INTO child VALUES (1);",
    );
    run(&mut session, "PRAGMA foreign_keys = ON").expect("a pragma");
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
