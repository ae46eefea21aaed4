//! Files that were damaged in thousands of ways: each is refused with a code that says so, or opens, upgrades, exports,
//! and what is exported is accepted again.
#![cfg(not(target_family = "wasm"))]

#[path = "support/imported.rs"]
mod imported;
#[path = "support/stored.rs"]
mod stored;
mod support;

use std::collections::BTreeMap;

use imported::{Log, import};
use rusqlite::Connection;
use stored::Stored;
use support::{File, set, tell, value};
use wheatear::storage::Missing;
use wheatear::{ErrorCode, Migrator, OnUnmanaged, Session};

/// How many files are made of each database.
const FILES: usize = 400;

/// The same numbers each time: xorshift.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % limit.max(1)
    }

    fn byte(&mut self) -> u8 {
        self.below(256) as u8
    }
}

/// Sound databases with something of everything.
fn sound() -> Vec<(&'static str, Vec<u8>)> {
    let objects = "CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL, at REAL CHECK (at >= 0));
         CREATE INDEX note_text ON note (text, at) WHERE at > 1;
         CREATE TABLE pair (a TEXT, b INTEGER, PRIMARY KEY (a, b)) WITHOUT ROWID;
         CREATE TABLE exact (n INTEGER, words ANY) STRICT;
         CREATE VIEW recent AS SELECT * FROM note WHERE at > 5;
         CREATE TRIGGER noted AFTER INSERT ON note BEGIN INSERT INTO exact VALUES (new.id, new.text); END;
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60)
           INSERT INTO note SELECT i, hex(zeroblob(i * 7)) || i, i / 3.0 FROM n;
         INSERT INTO pair SELECT text, id FROM note WHERE id < 30;
         INSERT INTO note VALUES (1000, hex(zeroblob(6000)), 7);
         CREATE TABLE gone AS SELECT * FROM note; DROP TABLE gone;";
    // Of a schema whose first object is a view, SQLite's check of everything does not look at the free list.
    let sorted = "CREATE TABLE deck (id INTEGER PRIMARY KEY, name TEXT COLLATE house_rules);
         CREATE UNIQUE INDEX deck_name ON deck (name); CREATE TABLE card (deck REFERENCES deck (id), front TEXT);
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60)
           INSERT INTO deck (name) SELECT 'deck ' || i FROM n;
         INSERT INTO card SELECT id, hex(zeroblob(id)) FROM deck;";
    let view_first = "CREATE TABLE kept (a); INSERT INTO kept VALUES (zeroblob(9000)); DELETE FROM kept;
         CREATE VIEW seen AS SELECT * FROM kept;";
    [
        ("pages of 4096 bytes", "", objects),
        ("pages of 512 bytes", "PRAGMA page_size = 512", objects),
        ("auto-vacuum", "PRAGMA auto_vacuum = FULL; PRAGMA page_size = 1024", objects),
        ("incremental vacuum", "PRAGMA auto_vacuum = INCREMENTAL; PRAGMA page_size = 1024", objects),
        ("UTF-16", "PRAGMA encoding = 'UTF-16le'; PRAGMA page_size = 1024", objects),
        ("WAL", "PRAGMA page_size = 1024; PRAGMA journal_mode = WAL", objects),
        ("an absent collation", "PRAGMA page_size = 512", sorted),
        ("a view and free pages", "PRAGMA page_size = 512", view_first),
    ]
    .into_iter()
    .map(|(name, pragmas, sql)| {
        let file = File::new();
        let database = file.open();
        // Whoever opens it elsewhere lacks this.
        database.create_collation("house_rules", str::cmp).expect("a collation");
        database.execute_batch(&format!("{pragmas}; {sql}")).expect(name);
        drop(database);
        (name, file.bytes())
    })
    .collect()
}

/// Damages a file in one or a few ways, and says in which.
fn mutate(file: &mut Vec<u8>, random: &mut Random) -> Vec<&'static str> {
    let page_size = match u16::from_be_bytes([file[16], file[17]]) {
        1 => 65536,
        size => usize::from(size).max(512),
    };
    (0..1 + random.below(3)).map(|_| mutate_once(file, page_size, random)).collect()
}

fn mutate_once(file: &mut Vec<u8>, page_size: usize, random: &mut Random) -> &'static str {
    let pages = (file.len() / page_size).max(1);
    let size = file.len();
    match random.below(14) {
        0 | 1 => {
            file[random.below(100)] = random.byte();
            "header"
        }
        2 => {
            file[18 + random.below(2)] = [0, 1, 2, 3][random.below(4)];
            "mode"
        }
        3 => {
            file[56..60].copy_from_slice(&(random.below(5) as u32).to_be_bytes());
            "encoding"
        }
        4 => {
            let at = 32 + random.below(8);
            file[at] = random.byte();
            "free list of the header"
        }
        5 => {
            let at = random.below(pages) * page_size + random.below(12);
            file[at.min(size - 1)] = random.byte();
            "header of a page"
        }
        6 | 7 => {
            let at = 100 + random.below(page_size.min(size) - 100);
            file[at] ^= 1 << random.below(8);
            "schema"
        }
        8 => {
            let at = random.below(size);
            file[at] = random.byte();
            "a byte"
        }
        9 => {
            file.truncate(100 + random.below(size - 100));
            file.resize(file.len().max(512), 0);
            "cut"
        }
        10 => {
            file.truncate((1 + random.below(pages)) * page_size);
            "whole pages cut"
        }
        11 => {
            file.extend((0..1 + random.below(3 * page_size)).map(|_| random.byte()));
            "bytes behind the end"
        }
        12 => {
            let (one, other) = (random.below(pages) * page_size, random.below(pages) * page_size);
            for offset in 0..page_size.min(size - one.max(other)) {
                file.swap(one + offset, other + offset);
            }
            "pages swapped"
        }
        _ => {
            let page = random.below(pages) * page_size;
            let end = (page + page_size).min(size);
            file[page..end].fill(0);
            "a page of zeros"
        }
    }
}

/// Uses an accepted file as a page does; gives what an export has.
fn used(mirror: &wheatear::storage::Mirror) -> Vec<u8> {
    let mut stored = Stored::default();
    stored.size = mirror
        .take_commit(true, |index, block| {
            stored.blocks.insert(index, block.to_vec());
        })
        .expect("everything");
    let (mirror, mut connection) = stored.open();
    stored.fill(&mirror, Missing::All);
    let migrations = set(&[
        ("1", "CREATE TABLE added_later (id INTEGER PRIMARY KEY, text TEXT);"),
        ("2", "INSERT INTO added_later (text) SELECT hex(zeroblob(3000)) FROM (SELECT 1 UNION SELECT 2);"),
    ]);
    // A version of the application in the header makes it somebody else's, and that is not what is tried here.
    Migrator::new(&migrations).on_unmanaged(OnUnmanaged::Apply).apply(&mut connection).expect("an upgrade");
    assert!(stored.store(&mirror), "a commit");
    let session = Session::new(connection);
    session.read_file(0, usize::MAX).expect("an export")
}

fn is_sound_enough(connection: &Connection) {
    assert_eq!(value::<i64>(connection, "SELECT count(*) FROM added_later"), 2);
}

#[test]
fn each_is_refused_or_opens_upgrades_and_exports() {
    let mut random = Random(0x5eed_0123_4567_89ab);
    let mut outcomes: BTreeMap<String, usize> = BTreeMap::new();
    for (name, whole) in sound() {
        for number in 0..FILES {
            let mut file = whole.clone();
            let how = mutate(&mut file, &mut random);
            let what = format!("{name}, {number}: {}", how.join(", "));
            let result = import(&file, Log::Absent);
            let outcome = match &result {
                Ok((mirror, _, warnings)) => {
                    let export = used(mirror);
                    let again = import(&export, Log::Unknown).unwrap_or_else(|error| panic!("{what}: {error}"));
                    is_sound_enough(&again.1);
                    if warnings.is_empty() { "accepted" } else { "accepted with warnings" }
                }
                Err(error) => match error.code() {
                    ErrorCode::NotADatabase
                    | ErrorCode::DatabaseCorrupt
                    | ErrorCode::DatabaseTruncated
                    | ErrorCode::DatabaseEncrypted
                    | ErrorCode::InvalidPageSize => error.code().as_str(),
                    code => panic!("{what}: {code}: {error}"),
                },
            };
            *outcomes.entry(outcome.to_owned()).or_default() += 1;
        }
    }
    tell!("{outcomes:?}");
    assert!(outcomes["accepted"] > 500, "most of what is tried must not be refused at once");
}
