//! A database and the log beside it are imported as SQLite itself would open the two, whatever became of the log.
#![cfg(not(target_family = "wasm"))]

#[path = "support/imported.rs"]
mod imported;
mod support;

use std::path::Path;

use imported::{Log, import};
use proptest::prelude::*;
use support::{File, cases, dump, value};

/// What happens to a database in WAL mode.
#[derive(Clone, Copy, Debug)]
enum Event {
    Insert(u32),
    Delete,
    RolledBack(u32),
    /// Moves a part of the log, or all of it, so that the next frames overwrite the first ones.
    Checkpoint(&'static str),
    Vacuum,
}

/// What happens to the copy of its log.
#[derive(Clone, Copy, Debug)]
enum Damage {
    None,
    CutAt(usize),
    FlipAt(usize),
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => (1_u32..40).prop_map(Event::Insert),
        1 => Just(Event::Delete),
        1 => (1_u32..40).prop_map(Event::RolledBack),
        2 => prop::sample::select(&["PASSIVE", "RESTART", "TRUNCATE"][..]).prop_map(Event::Checkpoint),
        1 => Just(Event::Vacuum),
    ]
}

fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![Just(Damage::None), any::<usize>().prop_map(Damage::CutAt), any::<usize>().prop_map(Damage::FlipAt)]
}

fn log_of(path: &Path) -> std::path::PathBuf {
    path.with_extension("sqlite3-wal")
}

/// The two files, while the database is in use: as somebody copies them.
fn copied(page_size: u32, events: &[Event]) -> (Vec<u8>, Vec<u8>) {
    let file = File::new();
    let database = file.open();
    database
        .execute_batch(&format!(
            "PRAGMA page_size = {page_size}; PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;
             CREATE TABLE note (id INTEGER PRIMARY KEY, text); CREATE INDEX note_text ON note (text);"
        ))
        .expect("a database");
    for event in events {
        let insert = |rows| {
            format!(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows})
                 INSERT INTO note (text) SELECT hex(zeroblob(i * 3)) || random() FROM n;"
            )
        };
        let sql = match *event {
            Event::Insert(rows) => insert(rows),
            Event::Delete => "DELETE FROM note WHERE id % 3 = 1".into(),
            // More than the cache holds, so that frames are written which nobody commits.
            Event::RolledBack(rows) => format!("PRAGMA cache_size = 2; BEGIN; {} ROLLBACK", insert(rows * 3)),
            Event::Checkpoint(mode) => format!("PRAGMA wal_checkpoint({mode})"),
            Event::Vacuum => "VACUUM".into(),
        };
        database.execute_batch(&sql).expect("an event");
    }
    (file.bytes(), std::fs::read(log_of(&file.path)).expect("a log"))
}

/// What SQLite makes of them; `None` if that is no sound database, as after a checkpoint whose log was damaged.
fn opened(main: &[u8], log: &[u8]) -> Option<Vec<String>> {
    let file = File::new();
    std::fs::write(&file.path, main).expect("a copy");
    std::fs::write(log_of(&file.path), log).expect("a copy");
    let database = file.open();
    let verdict = database.query_row("PRAGMA integrity_check", [], |row| row.get::<_, String>(0));
    (verdict.as_deref() == Ok("ok")).then(|| dump(&database))
}

proptest! {
    #![proptest_config(cases(100, 5))]

    #[test]
    fn both_files_are_what_sqlite_makes_of_them(
        page_size in prop::sample::select(&[512_u32, 4096, 65536][..]),
        events in prop::collection::vec(event(), 1..12),
        damage in damage(),
    ) {
        let (main, mut log) = copied(page_size, &events);
        match damage {
            Damage::CutAt(at) if !log.is_empty() => log.truncate(at % log.len()),
            Damage::FlipAt(at) if !log.is_empty() => { let at = at % log.len(); log[at] ^= 0x10; }
            _ => {}
        }
        match import(&main, Log::Given(&log)) {
            Ok((_mirror, connection, warnings)) => {
                prop_assert!(warnings.is_empty() || !matches!(damage, Damage::None), "{:?}", warnings);
                prop_assert_eq!(Some(dump(&connection)), opened(&main, &log));
            }
            // Where SQLite would take no notice of the whole log, it is an error here: rows may be in it.
            Err(error) if error.code().as_str() == "not_a_database" => {
                prop_assert!(error.to_string().contains("-wal"), "{}", error);
                prop_assert!(!matches!(damage, Damage::None), "{}", error);
            }
            // Nothing was committed to it, as far as can be seen.
            Err(error) if error.to_string().contains("-wal") => {
                prop_assert_eq!(error.code().as_str(), "database_corrupt");
                prop_assert_eq!(opened(&main, &log), opened(&main, &[]));
            }
            Err(error) => prop_assert_eq!(opened(&main, &log), None, "{}", error),
        }
    }
}

#[test]
fn rows_that_are_in_the_log_alone_are_imported() {
    let (main, log) = copied(4096, &[Event::Insert(30), Event::Insert(30)]);
    assert_eq!(main.len(), 4096, "nothing was moved");
    let (_mirror, connection, _) = import(&main, Log::Given(&log)).expect("both files");
    assert_eq!(value::<i64>(&connection, "SELECT count(*) FROM note"), 60);
    assert_eq!(value::<String>(&connection, "PRAGMA integrity_check"), "ok");
}

#[test]
fn a_log_of_which_no_commit_can_be_read_is_refused() {
    let (main, log) = copied(4096, &[Event::Insert(30)]);
    let flipped = |at: usize| {
        let mut damaged = log.clone();
        damaged[at] ^= 1;
        damaged
    };
    for damaged in [&log[..32], &log[..2000], &log[..4100], &flipped(100), &flipped(40), &flipped(4150)] {
        let error = import(&main, Log::Given(damaged)).map(drop).expect_err("nothing of it can be read");
        assert_eq!(error.code().as_str(), "database_corrupt");
        assert!(error.to_string().contains("-wal is damaged or cut short"), "{error}");
    }
    import(&main, Log::Given(&[])).expect("an empty one has nothing to lose");
}

#[test]
fn commits_that_a_log_has_lost_are_told_and_what_it_keeps_otherwise_is_not() {
    let frame = 24 + 4096;
    let (main, log) = copied(4096, &[Event::Insert(30), Event::Insert(30)]);
    let mut damaged = log.clone();
    damaged[log.len() - 2 * frame + 1000] ^= 1;
    for lossy in [&log[..log.len() - 1], &log[..log.len() - frame + 3], &damaged] {
        let (_mirror, connection, warnings) = import(&main, Log::Given(lossy)).expect("what there is");
        assert_eq!(value::<i64>(&connection, "SELECT count(*) FROM note"), 30);
        assert!(warnings.len() == 1 && warnings[0].contains("-wal is damaged or cut short"), "{warnings:?}");
    }
    // Behind the end: what was rolled back, and frames from before the log was begun anew.
    let rolled_back = [Event::Insert(30), Event::RolledBack(39), Event::Insert(2)];
    let begun_anew = [Event::Insert(39), Event::Checkpoint("RESTART"), Event::Insert(2)];
    for (events, rows) in [(&rolled_back, 32), (&begun_anew, 41)] {
        let (main, log) = copied(4096, events);
        let (_mirror, connection, warnings) = import(&main, Log::Given(&log)).expect("both files");
        assert_eq!(value::<i64>(&connection, "SELECT count(*) FROM note"), rows);
        assert!(warnings.is_empty(), "{warnings:?}");
    }
}

#[test]
fn what_is_no_log_of_this_database_is_refused() {
    let (main, log) = copied(4096, &[Event::Insert(30)]);
    let (_, other) = copied(512, &[Event::Insert(30)]);
    let mut damaged = log.clone();
    damaged[20] ^= 1;
    for (log, reason) in [
        (&other[..], "pages of another size"),
        (&main[..], "no write-ahead log"),
        (&log[..31], "cut short"),
        (&damaged[..], "checksum"),
    ] {
        let error = import(&main, Log::Given(log)).map(drop).expect_err(reason);
        assert_eq!(error.code().as_str(), "not_a_database");
        assert!(error.to_string().contains(reason), "{error}");
    }
}

#[test]
fn a_file_of_another_kind_is_told_before_its_log() {
    let (_, log) = copied(4096, &[]);
    let error = import(b"id,text\n1,hello\n", Log::Given(&log)).map(drop).expect_err("text");
    assert!(error.to_string().contains("does not begin with"), "{error}");
}
