//! A database as it is used in the origin private file system: small commits in a write-ahead log, bulk changes in a
//! rollback journal, and from one to the other and back. The machine stops, or its disk is full, at every single write,
//! sync and truncate of that: every commit that was reported is there, whole, and at most the next one besides.
#![cfg(not(target_family = "wasm"))]

#[path = "support/crash_disk.rs"]
mod crash_disk;
mod support;

use crash_disk::{CrashDisk, Fault, Unsynced};
use rusqlite::{Connection, OpenFlags, Result};
use support::{tell, value};

/// What is done to a database, one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// Writes one row, and says so in each row that there is.
    Commit,
    /// The same with many pages, of which the cache holds a few.
    LargeCommit,
    /// As src/storage/opfs/journal.rs does it when a small commit was made.
    EnterLog,
    /// As it does before a bulk change.
    LeaveLog,
    /// As it does when the log is long.
    Settle,
    /// Another tab takes over.
    Reopen,
    /// Writes every page anew, in pages of another size.
    Vacuum(u32),
}

use Step::{Commit, EnterLog, LargeCommit, LeaveLog, Reopen, Settle, Vacuum};

const STEPS: &[Step] = &[
    Commit,
    EnterLog,
    Commit,
    Commit,
    Settle,
    Commit,
    Settle,
    Reopen,
    Commit,
    LargeCommit,
    Commit,
    Settle,
    LeaveLog,
    LargeCommit,
    Vacuum(2048),
    Commit,
    EnterLog,
    Commit,
    Reopen,
    LeaveLog,
    Vacuum(1024),
    Reopen,
    EnterLog,
    Commit,
    LargeCommit,
    Reopen,
    Commit,
];

/// As src/storage/opfs/mod.rs does.
fn open(disk: &str) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags_and_vfs("database", flags, disk)?;
    connection.execute_batch(
        "PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = 5;",
    )?;
    if !has_log(&connection)? {
        connection.execute_batch("PRAGMA journal_mode = TRUNCATE")?;
    }
    Ok(connection)
}

fn has_log(connection: &Connection) -> Result<bool> {
    connection.query_row("PRAGMA journal_mode", [], |row| Ok(row.get::<_, String>(0)? == "wal"))
}

/// One that is new, in pages of a kibibyte.
fn create(disk: &str) {
    let connection = open(disk).expect("a database");
    connection
        .execute_batch(
            "PRAGMA page_size = 1024;
             CREATE TABLE note (id INTEGER PRIMARY KEY, seen INTEGER NOT NULL, bytes BLOB);
             CREATE INDEX note_seen ON note (seen);",
        )
        .expect("a table");
}

/// Does one step on `connection`, which it may replace by another. An error of what is none for the application is none.
fn take(step: Step, connection: &mut Option<Connection>, disk: &str) -> Result<()> {
    if step == Reopen {
        connection.take();
    }
    let open = match connection.take() {
        Some(open) => open,
        None => self::open(disk)?,
    };
    let open = connection.insert(open);
    let commit = |size: u32| {
        open.execute_batch(&format!(
            "BEGIN IMMEDIATE;
             INSERT INTO note (seen, bytes) VALUES (0, zeroblob({size}));
             UPDATE note SET seen = (SELECT max(id) FROM note);
             COMMIT;"
        ))
        .inspect_err(|_| {
            if !open.is_autocommit() {
                let _ = open.execute_batch("ROLLBACK");
            }
        })
    };
    // What becomes of these is nobody's news.
    let attempt = |sql: &str| {
        let _ = open.execute_batch(sql);
        Ok(())
    };
    match step {
        Commit => commit(300),
        LargeCommit => commit(12_000),
        Reopen => Ok(()),
        EnterLog => attempt("PRAGMA journal_mode = WAL"),
        Settle => attempt("PRAGMA wal_checkpoint(TRUNCATE)"),
        LeaveLog => open.execute_batch("PRAGMA wal_checkpoint(FULL); PRAGMA journal_mode = TRUNCATE"),
        Vacuum(page_size) => open.execute_batch(&format!("PRAGMA page_size = {page_size}; VACUUM")),
    }
}

/// How many commits there are; each whole.
fn commits(connection: &Connection) -> u32 {
    assert_eq!(value::<String>(connection, "PRAGMA integrity_check"), "ok");
    let count: u32 = value(connection, "SELECT count(*) FROM note");
    let whole: u32 = value(connection, "SELECT count(*) FROM note WHERE seen = (SELECT max(id) FROM note)");
    assert_eq!(count, whole, "half a commit");
    count
}

fn is_commit(step: &Step) -> bool {
    matches!(step, Commit | LargeCommit)
}

/// Takes the steps up to the first that fails: gives how many commits were reported.
fn take_all(disk: &str) -> (u32, Option<Step>) {
    let (mut connection, mut reported) = (None, 0);
    for step in STEPS {
        if take(*step, &mut connection, disk).is_err() {
            return (reported, Some(*step));
        }
        reported += u32::from(is_commit(step));
    }
    (reported, None)
}

#[test]
fn every_step_does_what_it_says() {
    let name = "log-steps";
    let _disk = CrashDisk::register_with_handles(name);
    create(name);
    let mut connection = None;
    let (mut with_log, mut page_size) = (false, 1024);
    for step in STEPS {
        take(*step, &mut connection, name).expect("a step");
        match step {
            EnterLog => with_log = true,
            LeaveLog => with_log = false,
            Vacuum(size) => page_size = *size,
            _ => {}
        }
        let open = connection.as_ref().expect("a connection");
        assert_eq!(has_log(open).expect("a mode"), with_log, "{step:?}");
        assert_eq!(value::<u32>(open, "PRAGMA page_size"), page_size, "{step:?}");
    }
    assert_eq!(
        commits(connection.as_ref().expect("a connection")),
        STEPS.iter().map(|step| u32::from(is_commit(step))).sum::<u32>()
    );
}

#[test]
fn a_crash_at_any_moment_loses_no_commit_that_was_reported() {
    let name = "log-crash";
    let disk = CrashDisk::register_with_handles(name);
    create(name);
    let go_back = disk.image();
    let (mut crashes, mut unreported) = (0, 0);
    for unsynced in [Unsynced::Kept, Unsynced::Lost, Unsynced::Torn(0), Unsynced::Torn(1), Unsynced::Torn(u64::MAX)] {
        for operations in 0.. {
            go_back(&disk);
            disk.stop_after(operations);
            let (reported, failed) = take_all(name);
            if !disk.has_stopped() {
                break;
            }
            disk.restart(unsynced);
            crashes += 1;
            let connection = open(name).expect("the database opens after the crash");
            let found = commits(&connection);
            let place = format!("{unsynced:?}, stopped after {operations} operations, in {failed:?}");
            let may_be_there = u32::from(failed.is_some_and(|step| is_commit(&step)));
            assert!(
                (reported..=reported + may_be_there).contains(&found),
                "{reported} reported, {found} found: {place}"
            );
            unreported += found - reported;
            // It can be used on, in either mode.
            let mut connection = Some(connection);
            for step in [Commit, LeaveLog, LargeCommit, EnterLog, Commit, Reopen] {
                take(step, &mut connection, name).expect("the next step");
            }
            assert_eq!(commits(connection.as_ref().expect("a connection")), found + 3, "{place}");
        }
    }
    assert!(unreported > 0 && unreported < crashes / 4);
    tell!("log: stopped at {crashes} operations; {unreported} times a commit was there that was not reported");
}

#[test]
fn a_full_disk_at_any_moment_fails_what_needs_room_and_changes_nothing() {
    let name = "log-full";
    let disk = CrashDisk::register_with_handles(name);
    create(name);
    let go_back = disk.image();
    let mut failures = 0;
    for operations in 0.. {
        go_back(&disk);
        disk.fail_after(operations, Fault::Full);
        let (mut connection, mut reported, mut was_full) = (None, 0, false);
        for step in STEPS {
            let place = format!("{step:?}, full after {operations} operations");
            let result = take(*step, &mut connection, name);
            was_full |= disk.has_stopped();
            if result.is_err() {
                failures += 1;
                // As much is there as before, and once there is room it goes on.
                if let Some(open) = &connection {
                    assert_eq!(commits(open), reported, "{place}");
                }
                disk.mend();
                take(*step, &mut connection, name).expect("there is room");
            }
            reported += u32::from(is_commit(step));
            assert_eq!(commits(connection.as_ref().expect("a connection")), reported, "{place}");
        }
        if !was_full {
            break;
        }
    }
    assert!(failures > 100);
    tell!("log: {failures} steps failed for want of room");
}
