//! Databases in memory whose commits are stored block by block.
#![cfg(not(target_family = "wasm"))]

#[path = "support/imported.rs"]
mod imported;
#[path = "support/stored.rs"]
mod stored;
mod support;

use imported::Log;
use rusqlite::{Connection, ErrorCode as SqliteCode};
use stored::Stored;
use support::{File, set, value};
use wheatear::storage::{DatabaseFile, Mirror, Missing};
use wheatear::{Call, Error, Migrator, Parameters, Session};

/// A stored database of so many kilobytes.
fn stored(kilobytes: usize) -> Stored {
    let mut stored = Stored::default();
    let (mirror, connection) = stored.open();
    connection
        .execute_batch(&format!(
            "CREATE TABLE note (id INTEGER PRIMARY KEY, bytes BLOB);
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {kilobytes})
             INSERT INTO note (bytes) SELECT randomblob(1000) FROM n;"
        ))
        .expect("rows");
    stored.store(&mirror);
    stored
}

#[test]
fn a_query_asks_for_the_blocks_it_needs_and_no_more() {
    let stored = stored(2000);
    let (mirror, connection) = stored.open();
    let row = || connection.query_row("SELECT length(bytes) FROM note WHERE id = 1000", [], |row| row.get::<_, i64>(0));
    assert_eq!(row().expect_err("nothing is there").sqlite_error_code(), Some(SqliteCode::PermissionDenied));
    let (length, lacked) = stored.retry(&mirror, row);
    assert_eq!(length, Ok(1000));
    assert!((1..=3).contains(&lacked.len()) && !lacked.contains(&Missing::All), "{lacked:?}");
    assert_eq!(mirror.take_commit(false, |_, _| ()), None);
}

#[test]
fn a_write_asks_for_the_blocks_it_needs_and_no_more() {
    let mut stored = stored(2000);
    for sql in [
        "INSERT INTO note (bytes) VALUES (zeroblob(1000))",
        "UPDATE note SET bytes = 1 WHERE id = 1000",
        "CREATE TABLE other AS SELECT id FROM note WHERE id < 10",
        "DELETE FROM note WHERE id BETWEEN 500 AND 501; INSERT INTO note VALUES (501, 2)",
    ] {
        let (mirror, connection) = stored.open();
        let mut session = Session::new(connection);
        let attempt = || session.attempt(&mirror, Call::Exec(sql), |session| session.exec(sql));
        let (result, lacked) = stored.retry(&mirror, attempt);
        result.expect("a write");
        assert!((1..=4).contains(&lacked.len()) && !lacked.contains(&Missing::All), "{sql}: {lacked:?}");
        assert!(stored.store(&mirror), "{sql}");
    }
    let (mirror, connection) = stored.open();
    stored.fill(&mirror, Missing::All);
    let rows = "SELECT count(*) || ' ' || sum(length(bytes)) FROM note";
    assert_eq!(value::<String>(&connection, rows), "2000 1998002");
    assert_eq!(value::<String>(&connection, "PRAGMA integrity_check"), "ok");
}

#[test]
fn what_lacks_blocks_in_a_transaction_takes_nothing_back_that_was_done_before() {
    let mut stored = stored(2000);
    let (mirror, connection) = stored.open();
    let mut session = Session::new(connection);
    session.attempt(&mirror, Call::Begin, Session::begin).expect("a transaction");
    let mut all_lacked = Vec::new();
    for id in (1..2000).step_by(100) {
        let sql = format!("UPDATE note SET bytes = zeroblob(5000) WHERE id IN ({id}, {id} + 50)");
        let call = Call::Query(&sql);
        let attempt =
            || session.attempt(&mirror, call, |session| session.query(&sql, &Parameters::Positional(vec![]), |_| ()));
        let (result, lacked) = stored.retry(&mirror, attempt);
        result.expect("two rows");
        all_lacked.extend(lacked);
    }
    session.commit().expect("a commit");
    assert!(all_lacked.len() > 20 && !all_lacked.contains(&Missing::All), "{all_lacked:?}");
    assert!(stored.store(&mirror));
    let (mirror, connection) = stored.open();
    stored.fill(&mirror, Missing::All);
    assert_eq!(value::<i64>(&connection, "SELECT count(*) FROM note WHERE bytes = zeroblob(5000)"), 40);
    assert_eq!(value::<String>(&connection, "PRAGMA integrity_check"), "ok");
}

#[test]
fn a_batch_that_lacks_blocks_begins_anew_where_it_began() {
    // The last one reads far apart, when the others are done.
    let texts = [
        "INSERT INTO note (bytes) VALUES (-last_insert_rowid())",
        "INSERT INTO note (bytes) VALUES (-last_insert_rowid())",
        "UPDATE note SET bytes = bytes - 1 WHERE id IN (100, 700, 1300, 1900)",
    ];
    for is_within in [false, true] {
        let mut stored = stored(2000);
        let (mirror, connection) = stored.open();
        let mut session = Session::new(connection);
        if is_within {
            session.attempt(&mirror, Call::Begin, Session::begin).expect("a transaction");
        }
        let none = Parameters::Positional(vec![]);
        let first = "INSERT INTO note (id, bytes) VALUES (5000, 0)";
        let attempt = || session.attempt(&mirror, Call::Query(first), |session| session.run(first, &none));
        assert_eq!(stored.retry(&mirror, attempt).0.expect("a row").last_insert_rowid, Some(5000));
        let mut begun = 0;
        let attempt = || {
            begun += 1;
            session.attempt(&mirror, Call::Batch(&texts), |session| {
                session.atomically(|session| texts.iter().try_for_each(|sql| session.run(sql, &none).map(drop)))
            })
        };
        let (result, lacked) = stored.retry(&mirror, attempt);
        result.expect("a batch");
        assert!(lacked.len() > 1 && begun == lacked.len() + 1 && !lacked.contains(&Missing::All), "{lacked:?}");
        if is_within {
            session.commit().expect("a commit");
        }
        assert!(stored.store(&mirror));
        let (mirror, connection) = stored.open();
        stored.fill(&mirror, Missing::All);
        let added = "SELECT group_concat(id || ' ' || bytes, ', ') FROM note WHERE id > 2000";
        assert_eq!(value::<String>(&connection, added), "5000 0, 5001 -5000, 5002 -5001");
        assert_eq!(value::<String>(&connection, "PRAGMA integrity_check"), "ok");
    }
}

#[test]
fn nothing_is_done_after_a_transaction_that_was_rolled_back() {
    let mut stored = stored(500);
    let (mirror, connection) = stored.open();
    let mut session = Session::new(connection);
    let mut call = |sql: &str| {
        let attempt = || session.attempt(&mirror, Call::Exec(sql), |session| session.exec(sql));
        stored.retry(&mirror, attempt).0
    };
    call("CREATE TABLE other (a UNIQUE)").expect("a table");
    let begin = |session: &mut Session| session.attempt(&mirror, Call::Begin, Session::begin);
    begin(&mut session).expect("a transaction");
    let mut call = |sql: &str| {
        let attempt = || session.attempt(&mirror, Call::Exec(sql), |session| session.exec(sql));
        stored.retry(&mirror, attempt).0
    };
    call("INSERT INTO other VALUES (1)").expect("a row");
    assert_eq!(
        call("INSERT OR ROLLBACK INTO other VALUES (1)").expect_err("its double").code().as_str(),
        "query_failed"
    );
    assert_eq!(call("INSERT INTO other VALUES (2)").expect_err("no transaction").code().as_str(), "transaction_misuse");
    session.rollback().expect("its end");
    assert_eq!(value::<i64>(session.connection(), "SELECT count(*) FROM other"), 0);
    assert!(stored.store(&mirror), "the table");
}

#[test]
fn what_could_not_be_undone_asks_for_every_block_first() {
    let lacked = |schema: &str, call: Call<'_>| {
        let mut stored = stored(500);
        let (mirror, connection) = stored.open();
        stored.fill(&mirror, Missing::All);
        connection.execute_batch(schema).expect("a schema");
        stored.store(&mirror);
        let (mirror, connection) = stored.open();
        let mut session = Session::new(connection);
        let attempt = || {
            session.attempt(&mirror, call, |session| match call {
                Call::Query(sql) => session.query(sql, &Parameters::Positional(vec![]), |_| ()).map(drop),
                Call::Exec(sql) => session.exec(sql),
                Call::Batch(texts) => session.atomically(|session| texts.iter().try_for_each(|sql| session.exec(sql))),
                Call::Begin => session.begin(),
            })
        };
        let (result, lacked) = stored.retry(&mirror, attempt);
        result.expect("a call");
        assert_eq!(stored.store(&mirror), !matches!(call, Call::Begin) && !call_reads(call));
        lacked.contains(&Missing::All)
    };
    let insert = Call::Query("INSERT INTO note (bytes) VALUES (1)");
    let trigger = "CREATE TRIGGER t AFTER INSERT ON note BEGIN UPDATE note SET bytes = changes() WHERE id = 1; END";
    let virtual_table = "CREATE VIRTUAL TABLE box USING rtree (id, a, b)";
    let auto_vacuum = "PRAGMA auto_vacuum = FULL; VACUUM";
    assert!(!lacked("", insert) && !lacked("", Call::Begin) && !lacked(auto_vacuum, insert));
    assert!(lacked(auto_vacuum, Call::Begin));
    assert!(lacked(virtual_table, insert) && lacked(virtual_table, Call::Begin));
    assert!(lacked(trigger, insert) && lacked("", Call::Exec("UPDATE note SET bytes = Changes()")));
    assert!(lacked("", Call::Exec(virtual_table)));
    assert!(!lacked("", Call::Batch(&["UPDATE note SET bytes = 1 WHERE id = 1", "SELECT 1"])));
    assert!(lacked(trigger, Call::Batch(&["SELECT 1", "UPDATE note SET bytes = 1 WHERE id = 1"])));
    assert!(lacked("", Call::Batch(&["SELECT 1", "UPDATE note SET bytes = changes() WHERE id = 1"])));
    assert!(!lacked(virtual_table, Call::Query("SELECT changes() FROM note")), "what only reads needs no undoing");
}

fn call_reads(call: Call<'_>) -> bool {
    matches!(call, Call::Query(sql) if sql.starts_with("SELECT"))
}

#[test]
fn nothing_is_committed_while_something_is_missing() {
    let mut stored = stored(500);
    let (mirror, connection) = stored.open();
    connection.execute_batch("BEGIN; CREATE TABLE other (a)").expect("a table");
    connection.execute_batch("SELECT sum(length(bytes)) FROM note").expect_err("it is not there");
    let refusal = connection.execute_batch("COMMIT").expect_err("something is missing");
    assert_eq!(refusal.sqlite_error_code(), Some(SqliteCode::ConstraintViolation));
    mirror.take_missing();
    assert!(!stored.store(&mirror) && connection.is_autocommit());
}

#[test]
fn the_check_of_a_database_that_is_not_all_there_is_no_verdict() {
    let stored = stored(100);
    let (mirror, connection) = stored.open();
    assert!(mirror.require_all().is_err());
    let check = || connection.query_row("PRAGMA integrity_check", [], |row| row.get::<_, String>(0));
    let (verdict, lacked) = stored.retry(&mirror, check);
    assert_eq!(verdict.as_deref(), Ok("ok"));
    assert!(!lacked.is_empty());
    assert!(mirror.require_all().is_ok());
}

#[test]
fn a_migration_run_is_one_commit_and_a_failed_one_is_none() {
    let mut stored = Stored::default();
    let (mirror, mut connection) = stored.open();
    let good = [("1", "CREATE TABLE note (text);"), ("2", "INSERT INTO note VALUES (1); ALTER TABLE note ADD at;")];
    Migrator::new(&set(&good)).apply(&mut connection).expect("the set");
    stored.store(&mirror);
    assert_eq!(stored.commits, 1);
    Migrator::new(&set(&good)).apply(&mut connection).expect("nothing to do");
    let bad = [good[0], good[1], ("3", "CREATE TABLE b (c); INSERT INTO absent VALUES (1);")];
    Migrator::new(&set(&bad)).apply(&mut connection).expect_err("a missing table");
    stored.store(&mirror);
    assert_eq!(stored.commits, 1);
}

#[test]
fn a_rollback_is_no_commit_whatever_it_had_written() {
    let mut stored = stored(10);
    let (mirror, connection) = stored.open();
    stored.fill(&mirror, Missing::All);
    connection
        .execute_batch(
            "PRAGMA cache_size = 5; BEGIN; UPDATE note SET bytes = zeroblob(900);
             INSERT INTO note (bytes) VALUES (zeroblob(500000)); ROLLBACK;",
        )
        .expect("a rollback");
    stored.store(&mirror);
    assert_eq!(stored.commits, 1);
    connection.execute_batch("INSERT INTO note (bytes) VALUES (1); DELETE FROM note WHERE bytes = 1").expect("writes");
    stored.store(&mirror);
    assert_eq!(stored.commits, 2);
    let (mirror, connection) = stored.open();
    stored.fill(&mirror, Missing::All);
    assert_eq!(value::<i64>(&connection, "SELECT sum(length(bytes)) FROM note"), 10_000);
}

#[test]
fn it_never_is_in_wal_mode() {
    let mut stored = Stored::default();
    let (mirror, connection) = stored.open();
    connection.execute_batch("CREATE TABLE note (text); PRAGMA locking_mode = EXCLUSIVE").expect("a table");
    let mode: String = value(&connection, "PRAGMA journal_mode = WAL");
    assert_eq!(mode, "delete");
    connection.execute_batch("INSERT INTO note VALUES (1)").expect("a row");
    stored.store(&mirror);
    assert_eq!(stored.blocks[&0][18..20], [1, 1]);

    // A file that comes from elsewhere in that mode is refused.
    stored.blocks.get_mut(&0).expect("a block")[18..20].fill(2);
    let (mirror, connection) = stored.open();
    stored.fill(&mirror, Missing::All);
    let refusal = connection.execute_batch("INSERT INTO note VALUES (1)").expect_err("WAL");
    assert_eq!(refusal.sqlite_error_code(), Some(SqliteCode::CannotOpen));
}

#[test]
fn a_file_that_would_be_stored_nowhere_is_not_attached() {
    let (_mirror, connection) = Stored::default().open();
    let refusal = connection.execute_batch("ATTACH 'other' AS other").expect_err("a second file");
    assert_eq!(refusal.sqlite_error_code(), Some(SqliteCode::CannotOpen));
    connection.execute_batch("ATTACH ':memory:' AS other; CREATE TABLE other.t (a)").expect("memory");
}

#[test]
fn mirrors_do_not_meet() {
    let ((_one, first), (_two, second)) = (Stored::default().open(), Stored::default().open());
    first.execute_batch("CREATE TABLE note (text)").expect("a table");
    second.execute_batch("CREATE TABLE note (text)").expect("a table of its own");
    // A connection outlives its mirror, and goes where it is sent.
    drop(_one);
    std::thread::spawn(move || first.execute_batch("INSERT INTO note VALUES (1)").expect("a row"))
        .join()
        .expect("a thread that ends well");
}

#[test]
fn a_size_that_cannot_be_is_refused() {
    let error = Error::from(Mirror::new(u64::MAX).expect_err("too large"));
    assert_eq!(error.code().as_str(), "storage_full");
}

fn import(file: &[u8]) -> Result<(Mirror, Connection), Error> {
    imported::import(file, Log::Unknown).map(|(mirror, connection, _)| (mirror, connection))
}

#[test]
fn a_file_is_imported_checked_and_stored_as_one_commit() {
    let file = stored(3000).file();
    let (mirror, connection) = import(&file).expect("a sound file");
    assert_eq!(value::<i64>(&connection, "SELECT count(*) FROM note"), 3000);
    let mut copy = Stored::default();
    let size = mirror.take_commit(true, |index, block| {
        copy.blocks.insert(index, block.to_vec());
    });
    copy.size = size.expect("everything");
    assert_eq!(copy.file(), file);
    assert!(!copy.store(&mirror), "it is taken once");
}

#[test]
fn a_file_in_wal_mode_is_imported_without_it_once_its_log_is_known() {
    let file = File::new();
    file.open().execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE note (text)").expect("a table");
    let bytes = file.bytes();
    assert_eq!(bytes[18..20], [2, 2]);
    assert_eq!(import(&bytes).map(drop).expect_err("rows may be elsewhere").code().as_str(), "wal_missing");
    for log in [Log::Absent, Log::Given(&[])] {
        let (_mirror, connection, warnings) = imported::import(&bytes, log).expect("a sound file");
        connection.execute_batch("INSERT INTO note VALUES (1)").expect("a row");
        assert_eq!(value::<String>(&connection, "PRAGMA journal_mode"), "delete");
        assert!(warnings.is_empty());
    }
}

#[test]
fn what_lies_behind_the_last_page_is_cut_off() {
    let whole = stored(30).file();
    for behind in [1, 511, 4096, 100_000] {
        let file = [&whole[..], &vec![0x55; behind]].concat();
        let (mirror, connection) = import(&file).expect("a sound file");
        assert_eq!(value::<i64>(&connection, "SELECT count(*) FROM note"), 30);
        assert_eq!(mirror.take_commit(true, |_, _| ()), Some(whole.len() as u64), "{behind}");
    }
}

#[test]
fn a_file_that_is_no_sound_database_is_not_imported() {
    let whole = stored(300).file();
    let mut damaged = whole.clone();
    damaged[20 * 4096..40 * 4096].fill(0x55);
    let page_size = [&whole[..16], &[0x12, 0x34], &whole[18..]].concat();
    let text = b"id,text\n1,hello\n".repeat(1000);
    for (file, code) in [
        (&whole[..whole.len() - 1], "database_truncated"),
        (&whole[..whole.len() / 8192 * 4096], "database_truncated"),
        (&damaged, "database_corrupt"),
        (&page_size, "invalid_page_size"),
        (&text, "not_a_database"),
        (&[], "not_a_database"),
    ] {
        let error = import(file).map(drop).expect_err(code);
        assert_eq!(error.code().as_str(), code, "{error}");
    }
}

#[test]
fn a_file_that_gives_other_bytes_than_it_has_is_refused() {
    let read = async |_: u64, length: usize| Ok::<_, Error>(vec![0; length - 1]);
    let file = DatabaseFile::new(4096, read);
    assert_eq!(imported::finish(Mirror::import(file)).map(drop).expect_err("too few").code().as_str(), "storage_io");
}

#[test]
fn a_stored_file_that_is_no_database_is_named_when_it_is_opened() {
    let mirror = Mirror::new(5000).expect("memory");
    mirror.fill(0, b"not a database").expect("memory");
    assert_eq!(mirror.connect().expect_err("text").code().as_str(), "not_a_database");
    let whole = stored(30);
    let mirror = Mirror::new(8192).expect("memory");
    mirror.fill(0, &whole.blocks[&0]).expect("memory");
    assert_eq!(mirror.connect().expect_err("its beginning").code().as_str(), "database_truncated");
}

#[test]
fn a_pattern_that_would_take_more_stack_than_a_page_has_is_refused() {
    let connection = Mirror::new(0).expect("memory").connect().expect("a database");
    for operator in ["LIKE", "GLOB"] {
        let is_like = |length: usize| {
            connection.query_row(&format!("SELECT 'a' {operator} ?"), ["a".repeat(length)], |row| row.get::<_, bool>(0))
        };
        assert_eq!(is_like(4000), Ok(false));
        let error = is_like(4001).expect_err("too long");
        assert!(error.to_string().contains("pattern too complex"), "{error}");
    }
}
