//! An import over a stored database is SQLite's backup, in one transaction. The machine stops at every single
//! write, sync, truncate and delete of it: what is found afterwards is the old database or the new one, whole,
//! whatever their page sizes.
#![cfg(not(target_family = "wasm"))]

#[path = "support/crash_disk.rs"]
mod crash_disk;
mod support;

use crash_disk::{CrashDisk, Unsynced};
use rusqlite::backup::Backup;
use rusqlite::{Connection, OpenFlags};
use support::{tell, value};

/// As databases in the origin private file system are opened.
fn open(disk: &str) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags_and_vfs("database", flags, disk)?;
    connection.execute_batch(
        "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = FULL;
         PRAGMA cache_size = 5;",
    )?;
    Ok(connection)
}

fn fill(connection: &Connection, page_size: u32, rows: u32) {
    connection
        .execute_batch(&format!(
            "PRAGMA page_size = {page_size};
             CREATE TABLE note (bytes BLOB);
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows})
             INSERT INTO note SELECT zeroblob(500) FROM n;"
        ))
        .expect("rows");
}

/// Whether it succeeded.
fn import(from: &Connection, disk: &str) -> bool {
    let copy = || -> rusqlite::Result<()> {
        let mut to = open(disk)?;
        Backup::new(from, &mut to)?.step(-1).map(drop)
    };
    copy().is_ok()
}

#[test]
fn what_is_found_after_a_crash_is_the_old_database_or_the_new_one() {
    let (mut stops, mut old_ones) = (0, 0);
    for (index, (old, new)) in
        [((1024, 40), (4096, 15)), ((4096, 15), (512, 40)), ((1024, 60), (1024, 7))].iter().enumerate()
    {
        let name = format!("import-{index}");
        let disk = CrashDisk::register(&name);
        fill(&open(&name).expect("a database"), old.0, old.1);
        let restore = disk.image();
        let source = Connection::open_in_memory().expect("a database");
        fill(&source, new.0, new.1);
        for unsynced in [Unsynced::Kept, Unsynced::Lost, Unsynced::Torn(1), Unsynced::Torn(2)] {
            for operations in 0.. {
                restore(&disk);
                disk.stop_after(operations);
                let succeeded = import(&source, &name);
                let stopped = disk.has_stopped();
                disk.restart(unsynced);
                let database = open(&name).expect("a database");
                assert_eq!(value::<String>(&database, "PRAGMA integrity_check"), "ok");
                let found = (value(&database, "PRAGMA page_size"), value(&database, "SELECT count(*) FROM note"));
                assert!(found == *new || (found == *old && !succeeded), "{found:?} at {operations}, {unsynced:?}");
                (stops, old_ones) = (stops + 1, old_ones + usize::from(found == *old));
                if !stopped {
                    assert_eq!(found, *new);
                    break;
                }
            }
        }
    }
    assert!(old_ones > 100 && old_ones < stops);
    tell!("imports: stopped at {stops} operations; {old_ones} times the old database was found, else the new one");
}
