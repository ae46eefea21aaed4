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
