//! Statements that are read part by part, and the tables that a statement reads.
#![cfg(not(target_family = "wasm"))]

use rusqlite::Connection;
use wheatear::{Error, ErrorCode, Parameters, Part, Session};

const ALL: u64 = u64::MAX;
const NUMBERS: &str = "SELECT b FROM a ORDER BY b";

/// A session in whose table `a` there are the numbers up to `count`.
fn session(count: i64) -> Session {
    let connection = Connection::open_in_memory().expect("a database");
    connection.execute_batch("CREATE TABLE a (b INTEGER PRIMARY KEY)").expect("a table");
    for number in 1..=count {
        connection.execute("INSERT INTO a VALUES (?)", [number]).expect("a row");
    }
    Session::new(connection)
}

fn next(session: &mut Session, cursor: u32, sql: &str, count: usize, bytes: u64) -> Result<Part<i64>, Error> {
    let none = Parameters::Positional(vec![]);
    session.fetch(cursor, sql, &none, (count, bytes), |_, row| row.get(0).unwrap_or(0))
}

fn code<T: std::fmt::Debug>(result: Result<T, Error>) -> ErrorCode {
    result.expect_err("a refusal").code()
}

#[test]
fn parts_follow_each_other_whatever_runs_between_them() {
    let mut session = session(7);
    session.begin().expect("a transaction");
    session.exec("CREATE TABLE c (d)").expect("a script");
    let none = Parameters::Positional(vec![]);
    let mut rows = vec![];
    for turn in 0.. {
        // The same text is at work twice, and a query of this text between the parts.
        let part = next(&mut session, 1, NUMBERS, 3, ALL).expect("a part");
        let other = next(&mut session, 2, NUMBERS, 1, ALL).expect("a part");
        assert_eq!(other.rows, [turn + 1]);
        let whole = session.query(NUMBERS, &none, |row| row.get::<_, i64>(0).unwrap_or(0));
        assert_eq!(whole.expect("rows"), [1, 2, 3, 4, 5, 6, 7]);
        session.run("INSERT INTO c VALUES (1)", &none).expect("a row");
        rows.extend(part.rows);
        if part.is_last {
            break;
        }
    }
    assert_eq!(rows, [1, 2, 3, 4, 5, 6, 7]);
    session.commit().expect("a commit, though the other one is open");
}

#[test]
fn a_part_ends_where_its_bytes_do() {
    let mut session = session(5);
    session.begin().expect("a transaction");
    // 100 for a row, 50 for its value.
    let part = next(&mut session, 1, NUMBERS, 100, 300).expect("a part");
    assert_eq!((part.rows, part.is_last), (vec![1, 2], false));
    session.limit_results(149);
    assert_eq!(code(next(&mut session, 1, NUMBERS, 100, ALL)), ErrorCode::ResultTooLarge);
}

#[test]
fn a_cursor_ends_once_and_for_all() {
    let mut session = session(3);
    let next = |session: &mut Session, cursor| next(session, cursor, NUMBERS, 1, ALL);
    assert_eq!(code(next(&mut session, 1)), ErrorCode::TransactionMisuse);
    session.begin().expect("a transaction");
    next(&mut session, 1).expect("a part");
    session.close_cursor(1);
    assert_eq!(code(next(&mut session, 1)), ErrorCode::TransactionMisuse);
    // The statement is freed: a table cannot be dropped while it is read.
    next(&mut session, 2).expect("a part");
    session.exec("DROP TABLE a").expect_err("it is read");
    session.close_cursor(2);
    session.exec("DROP TABLE a").expect("nobody reads it");
    session.rollback().expect("a rollback");

    // With each transaction the numbers begin anew.
    for _ in 0..2 {
        session.begin().expect("a transaction");
        assert_eq!(next(&mut session, 1).expect("a part").rows, [1]);
        session.rollback().expect("a rollback");
    }
    session.begin().expect("a transaction");
    next(&mut session, 1).expect("a part");
    session.commit().expect("a commit");
    session.begin().expect("a transaction");
    assert_eq!(next(&mut session, 1).expect("a part").rows, [1]);
    session.connection_mut().execute_batch("ROLLBACK").expect("nobody reads");
    session.into_connection().close().expect("nothing is open");
}

#[test]
fn only_what_reads_is_read_part_by_part() {
    let mut session = session(1);
    session.begin().expect("a transaction");
    for (cursor, (sql, expected)) in (1..).zip([
        ("INSERT INTO a VALUES (2) RETURNING b", ErrorCode::QueryRefused),
        ("SAVEPOINT s", ErrorCode::QueryRefused),
        ("COMMIT", ErrorCode::TransactionMisuse),
        ("PRAGMA journal_mode = OFF", ErrorCode::QueryRefused),
        ("SELECT nothing", ErrorCode::QueryFailed),
        ("SELECT ?", ErrorCode::QueryFailed),
    ]) {
        assert_eq!(code(next(&mut session, cursor, sql, 1, ALL)), expected, "{sql}");
    }
    assert_eq!(next(&mut session, 99, NUMBERS, 9, ALL).expect("a part").rows, [1]);
}

#[test]
fn the_tables_that_a_statement_reads_are_known_before_it_runs() {
    let mut session = session(1);
    session
        .exec(
            "CREATE TABLE c (d); CREATE TABLE e (f PRIMARY KEY) WITHOUT ROWID; CREATE TABLE g (h);
            CREATE VIEW v AS SELECT d FROM c WHERE d IN (SELECT f FROM e);
            CREATE TRIGGER t AFTER INSERT ON c BEGIN INSERT INTO g SELECT b FROM a; END;",
        )
        .expect("a schema");
    for (sql, expected) in [
        ("SELECT 1", &[][..]),
        ("SELECT count(*) FROM a", &["a"]),
        ("SELECT count(*) FROM main.A, C", &["a", "c"]),
        ("  SELECT f FROM e  ", &["e"]),
        ("SELECT a.b FROM a JOIN c ON c.d = a.b", &["a", "c"]),
        ("SELECT * FROM v", &["c", "e"]),
        ("WITH x AS (SELECT d FROM c) SELECT * FROM x", &["c"]),
        ("SELECT (SELECT max(h) FROM g) FROM a", &["a", "g"]),
        ("SELECT value FROM c, json_each(c.d)", &["c"]),
        ("SELECT name FROM sqlite_schema", &[]),
        ("SELECT b FROM a UNION SELECT f FROM e", &["a", "e"]),
    ] {
        // Twice: what is compiled already tells nothing more.
        for _ in 0..2 {
            let tables = session.tables_read(sql).expect(sql);
            let real: Vec<_> = tables.iter().filter(|name| ["a", "c", "e", "g"].contains(&name.as_str())).collect();
            assert_eq!(real, expected, "{sql}");
            session.query(sql, &Parameters::Positional(vec![]), |_| ()).expect(sql);
        }
    }
    for sql in ["INSERT INTO c VALUES (1) RETURNING d", "DELETE FROM a", "SAVEPOINT s"] {
        assert_eq!(code(session.tables_read(sql)), ErrorCode::QueryRefused, "{sql}");
    }
    for sql in ["SELECT nothing", ""] {
        assert_eq!(code(session.tables_read(sql)), ErrorCode::QueryFailed, "{sql}");
    }
}
