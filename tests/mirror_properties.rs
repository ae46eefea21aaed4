//! Whatever is done to a database in memory, what is stored of it is the last commit that was stored, to the row:
//! compared with an ordinary database that did the same.
#![cfg(not(target_family = "wasm"))]

#[path = "support/stored.rs"]
mod stored;
mod support;

use proptest::collection::vec;
use proptest::prelude::*;
use rusqlite::Connection;
use rusqlite::types::Value;
use stored::Stored;
use support::{File, cases, column, value};
use wheatear::storage::{Mirror, Missing};
use wheatear::{Call, Error, Parameters, QueryError, Session, SqliteFailure};

/// A change of rows.
#[derive(Clone, Debug)]
enum Change {
    Insert {
        bytes: usize,
        seed: u8,
    },
    /// Of one row in so many.
    Update {
        of: i64,
        bytes: usize,
    },
    Delete {
        of: i64,
    },
    /// A second row with the same key: the statement is undone.
    Violate,
    /// A row whose parent is there, or will be missed by the commit.
    AddChild {
        has_parent: bool,
    },
    /// What SQLite says of the statement before.
    Note(&'static str),
    /// Rows of a table that nothing can refuse, so that SQLite is not ready to undo a part of a statement.
    Plain(&'static str),
    /// Several statements.
    Script {
        bytes: usize,
        fails: bool,
    },
    AddTable(u8),
    DropTable(u8),
}

#[derive(Clone, Debug)]
enum Step {
    /// On its own.
    Change(Change),
    Transaction {
        parts: Vec<Part>,
        end: End,
    },
    Vacuum,
    /// From the next vacuum on.
    PageSize(u32),
    AutoVacuum(u8),
    /// In pages: the smaller, the sooner pages of an open transaction are written.
    CacheSize(u8),
    JournalMode(&'static str),
    /// The process ends, and whatever was not stored is lost.
    Crash,
}

/// A part of a transaction.
#[derive(Clone, Debug)]
enum Part {
    Change(Change),
    Savepoint { changes: Vec<Change>, is_kept: bool },
}

#[derive(Clone, Copy, Debug)]
enum End {
    Commit,
    Rollback,
    /// The process ends before the commit.
    Crash,
    /// It ends between the commit and its being stored.
    CrashUnstored,
}

fn change() -> impl Strategy<Value = Change> {
    let bytes = || prop_oneof![4 => 0..200_usize, 2 => 200..20_000_usize, 1 => 20_000..300_000_usize];
    prop_oneof![
        6 => (bytes(), any::<u8>()).prop_map(|(bytes, seed)| Change::Insert { bytes, seed }),
        3 => (1..9_i64, bytes()).prop_map(|(of, bytes)| Change::Update { of, bytes }),
        3 => (1..5_i64).prop_map(|of| Change::Delete { of }),
        1 => Just(Change::Violate),
        2 => prop::bool::weighted(0.8).prop_map(|has_parent| Change::AddChild { has_parent }),
        2 => prop::sample::select(vec!["last_insert_rowid()", "changes()"]).prop_map(Change::Note),
        4 => prop::sample::select(PLAIN_CHANGES.to_vec()).prop_map(Change::Plain),
        2 => (bytes(), any::<bool>()).prop_map(|(bytes, fails)| Change::Script { bytes, fails }),
        1 => (0..4_u8).prop_map(Change::AddTable),
        1 => (0..4_u8).prop_map(Change::DropTable),
    ]
}

fn part() -> impl Strategy<Value = Part> {
    prop_oneof![
        3 => change().prop_map(Part::Change),
        1 => (vec(change(), 1..4), any::<bool>())
            .prop_map(|(changes, is_kept)| Part::Savepoint { changes, is_kept }),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    use End::{Commit, Crash, CrashUnstored, Rollback};
    let end = prop::sample::select(vec![Commit, Commit, Commit, Rollback, Rollback, Crash, CrashUnstored]);
    prop_oneof![
        4 => change().prop_map(Step::Change),
        6 => (vec(part(), 0..6), end).prop_map(|(parts, end)| Step::Transaction { parts, end }),
        1 => Just(Step::Vacuum),
        1 => prop::sample::select(vec![512, 1024, 4096, 16384, 65536]).prop_map(Step::PageSize),
        1 => (0..3_u8).prop_map(Step::AutoVacuum),
        1 => (1..20_u8).prop_map(Step::CacheSize),
        1 => prop::sample::select(vec!["delete", "truncate", "persist", "memory", "wal"]).prop_map(Step::JournalMode),
        4 => Just(Step::Crash),
    ]
}

/// A store, and the database in memory that is stored there; and one that does the same and stores nothing.
struct Pair {
    stored: Stored,
    mirror: Mirror,
    session: Session,
    model: Connection,
}

/// The code of SQLite, if it refused.
type Outcome = Result<(), i32>;

const TABLES: &str = "CREATE TABLE note (id INTEGER PRIMARY KEY, bytes BLOB);
    CREATE INDEX size ON note (length(bytes));
    CREATE TABLE child (note INTEGER REFERENCES note (id) DEFERRABLE INITIALLY DEFERRED);
    CREATE TABLE audit (what, value, PRIMARY KEY (value, what)) WITHOUT ROWID;
    CREATE TRIGGER note_added AFTER INSERT ON note BEGIN
        INSERT INTO audit VALUES ('added', (SELECT count(*) FROM audit)); END;";

/// Rows that fill some blocks, in an order that an index does not have.
const PLAIN: &str = "CREATE TABLE plain (a, b);
    CREATE INDEX plain_a ON plain (a);
    CREATE INDEX plain_b ON plain (b);
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 200)
    INSERT INTO plain SELECT i * 7919 % 211, printf('%0300d', i * 7907 % 211) FROM n;";

const PLAIN_CHANGES: &[&str] = &[
    "INSERT INTO plain SELECT a + 0.5, b FROM plain WHERE a < 100",
    "INSERT INTO plain SELECT last_insert_rowid(), a || b FROM plain WHERE rowid % 40 = 0",
    "UPDATE plain SET a = a * -1 WHERE b > printf('%0300d', 100)",
    "UPDATE plain SET b = substr(b, 200) WHERE rowid % 3 = 0",
    "DELETE FROM plain WHERE rowid > 30 AND a BETWEEN 30 AND 100",
    "DELETE FROM plain WHERE rowid % 50 = 0",
];

/// Both connections have changed one row, that with the number 77.
const MARK: &str = "CREATE TEMP TABLE IF NOT EXISTS mark (a); INSERT OR REPLACE INTO mark (rowid) VALUES (77);";

impl Pair {
    fn new() -> Self {
        let stored = Stored::default();
        let (mirror, connection) = stored.open();
        let model = Connection::open_in_memory().expect("a database");
        model.execute_batch("PRAGMA foreign_keys = ON").expect("a pragma");
        let mut pair = Self { stored, mirror, session: Session::new(connection), model };
        pair.script(TABLES);
        pair.script(PLAIN);
        pair.mark();
        pair.stored.store(&pair.mirror);
        pair
    }

    /// Does it on the mirror as often as it takes to have every block, each of which comes when it is missed.
    fn on_mirror<T>(&mut self, call: Call<'_>, work: impl Fn(&mut Session) -> Result<T, Error>) -> Result<T, Error> {
        let Self { stored, mirror, session, .. } = self;
        stored.retry(mirror, || session.attempt(mirror, call, &work)).0
    }

    fn both(&mut self, sql: &str, values: &[Value]) {
        let parameters = Parameters::Positional(values.to_vec());
        let rows = self.on_mirror(Call::Query(sql), |session| session.query(sql, &parameters, |_| ()));
        let model = || {
            let mut statement = self.model.prepare(sql)?;
            let mut rows = statement.query(rusqlite::params_from_iter(values))?;
            while rows.next()?.is_some() {}
            Ok(())
        };
        let expected = model().map_err(|error: rusqlite::Error| SqliteFailure::from(error).code);
        self.check_same(outcome(rows), expected, sql);
    }

    fn script(&mut self, sql: &str) {
        let done = self.on_mirror(Call::Exec(sql), |session| session.exec(sql));
        let (begin, end, undo) = match self.model.is_autocommit() {
            true => ("BEGIN", "COMMIT", "ROLLBACK"),
            false => ("SAVEPOINT script", "RELEASE script", "ROLLBACK TO script; RELEASE script"),
        };
        let expected = self.model.execute_batch(&format!("{begin}; {sql}; {end}"));
        if expected.is_err() {
            self.model.execute_batch(undo).expect("a rollback");
        }
        self.check_same(outcome(done), expected.map_err(|error| SqliteFailure::from(error).code), sql);
    }

    /// Also what is left of the outcome on the connection.
    fn check_same(&self, outcome: Outcome, expected: Outcome, sql: &str) {
        assert_eq!(outcome, expected, "{sql}");
        let traces = |connection: &Connection| (connection.changes(), connection.last_insert_rowid());
        if outcome.is_ok() {
            assert_eq!(traces(self.session.connection()), traces(&self.model), "{sql}");
        }
    }

    fn change(&mut self, change: &Change) {
        let integer = |number: i64| Value::Integer(number);
        match *change {
            Change::Insert { bytes, seed } => {
                let mut content = vec![seed; bytes];
                content.iter_mut().step_by(7).enumerate().for_each(|(index, byte)| *byte = index as u8);
                self.both("INSERT INTO note (bytes) VALUES (?)", &[Value::Blob(content)]);
            }
            Change::Update { of, bytes } => self.both(
                "UPDATE note SET bytes = bytes || zeroblob(?2) WHERE id % ?1 = 0 AND length(bytes) < 300000",
                &[integer(of), integer(bytes as i64)],
            ),
            Change::Delete { of } => self.both("DELETE FROM note WHERE id % ? = 0", &[integer(of)]),
            Change::Violate => {
                self.both("INSERT INTO note SELECT min(id, 3), bytes FROM note ORDER BY id DESC LIMIT 20", &[]);
            }
            Change::AddChild { has_parent: true } => self.both("INSERT INTO child SELECT max(id) FROM note", &[]),
            Change::AddChild { has_parent: false } => self.both("INSERT INTO child VALUES (-1)", &[]),
            Change::Plain(sql) => self.both(sql, &[]),
            Change::Note(what) => self.both(&format!("INSERT OR IGNORE INTO audit VALUES ('{what}', {what})"), &[]),
            Change::Script { bytes, fails } => self.script(&format!(
                "INSERT OR IGNORE INTO audit VALUES ('first', last_insert_rowid());
                 INSERT INTO note (bytes) VALUES (zeroblob({bytes}));
                 UPDATE note SET bytes = bytes || 'x' WHERE id % 3 = 0;
                 INSERT OR IGNORE INTO audit SELECT 'last', last_insert_rowid();
                 {}",
                if fails { "INSERT INTO note (id) SELECT id FROM note" } else { "" },
            )),
            Change::AddTable(number) => {
                self.both(&format!("CREATE TABLE t{number} AS SELECT * FROM note"), &[]);
            }
            Change::DropTable(number) => self.both(&format!("DROP TABLE t{number}"), &[]),
        }
    }

    fn part(&mut self, part: &Part) {
        match part {
            Part::Change(change) => self.change(change),
            Part::Savepoint { changes, is_kept } => {
                self.both("SAVEPOINT s", &[]);
                changes.iter().for_each(|change| self.change(change));
                if !is_kept {
                    self.both("ROLLBACK TO s", &[]);
                }
                self.both("RELEASE s", &[]);
            }
        }
    }

    fn take(&mut self, step: &Step) {
        match step {
            Step::Change(change) => self.change(change),
            Step::Transaction { parts, end } => {
                self.on_mirror(Call::Begin, Session::begin).expect("a transaction");
                self.model.execute_batch("BEGIN").expect("a transaction");
                parts.iter().for_each(|part| self.part(part));
                match end {
                    End::Commit => {
                        // Not again: what it could lack must have been asked for before.
                        let outcome = outcome(self.session.commit());
                        assert_eq!(self.mirror.take_missing(), None);
                        let expected = self.model.execute_batch("COMMIT");
                        if expected.is_err() {
                            self.model.execute_batch("ROLLBACK").expect("a rollback");
                        }
                        assert_eq!(outcome, expected.map_err(|error| SqliteFailure::from(error).code));
                    }
                    End::Rollback => {
                        self.session.rollback().expect("a rollback");
                        self.model.execute_batch("ROLLBACK").expect("a rollback");
                    }
                    End::Crash => {
                        self.model.execute_batch("ROLLBACK").expect("a rollback");
                        self.reopen();
                    }
                    End::CrashUnstored => {
                        let _ = self.session.commit();
                        self.model.execute_batch("ROLLBACK").expect("a rollback");
                        self.reopen();
                    }
                }
            }
            Step::Vacuum => {
                self.on_mirror(Call::Exec("VACUUM"), |session| session.exec("VACUUM")).expect("a vacuum");
                // SQLite inserts rows for it.
                self.mark();
            }
            Step::PageSize(bytes) => self.pragma("page_size", &bytes.to_string()),
            Step::AutoVacuum(mode) => self.pragma("auto_vacuum", &mode.to_string()),
            Step::CacheSize(pages) => self.pragma("cache_size", &pages.to_string()),
            Step::JournalMode(mode) => self.pragma("journal_mode", mode),
            Step::Crash => self.reopen(),
        }
        self.stored.store(&self.mirror);
    }

    /// Of the mirror only: in a database of SQLite's own they do other things.
    fn pragma(&self, name: &str, value: &str) {
        let sql = format!("PRAGMA {name} = {value}");
        self.on_connection(|connection| connection.query_row(&sql, [], |_| Ok(())).or(Ok::<_, rusqlite::Error>(())))
            .expect("a pragma");
    }

    fn mark(&self) {
        self.on_connection(|connection| connection.execute_batch(MARK)).expect("a row");
        self.model.execute_batch(MARK).expect("a row");
    }

    /// Starts again from what is stored.
    fn reopen(&mut self) {
        let (mirror, connection) = self.stored.open();
        (self.mirror, self.session) = (mirror, Session::new(connection));
        self.mark();
    }

    fn on_connection<T>(&self, work: impl Fn(&Connection) -> T) -> T {
        self.stored.retry(&self.mirror, || work(self.session.connection())).0
    }

    fn compare(&mut self) {
        self.reopen();
        self.both("SELECT count(*) FROM plain INDEXED BY plain_a WHERE a > 0", &[]);
        assert_eq!(self.on_connection(try_rows), try_rows(&self.model));
        let verdict =
            |connection: &Connection| connection.query_row("PRAGMA integrity_check", [], |row| row.get::<_, String>(0));
        assert_eq!(self.on_connection(verdict).as_deref(), Ok("ok"));

        // The stored file is one that any SQLite opens.
        let file = File::new();
        std::fs::write(&file.path, self.stored.file()).expect("a file");
        assert_eq!(value::<String>(&file.open(), "PRAGMA integrity_check"), "ok");
        assert_eq!(column(&file.open(), ROWS), column(&self.model, ROWS));
    }
}

const ROWS: &str = "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL UNION ALL SELECT id || hex(bytes) FROM note
    UNION ALL SELECT 'child' || ifnull(note, '') FROM child UNION ALL SELECT a || b FROM plain UNION ALL SELECT what || value FROM audit ORDER BY 1";

fn outcome<T>(result: Result<T, Error>) -> Outcome {
    result.map(drop).map_err(|error| match error {
        Error::Query(QueryError::Failed { sqlite, .. }) => sqlite.code,
        error => panic!("{error}"),
    })
}

fn try_rows(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare(ROWS)?;
    statement.query_map([], |row| row.get(0))?.collect()
}

proptest! {
    #![proptest_config(cases(128, 1))]

    #[test]
    fn what_is_stored_is_what_was_committed(steps in vec(step(), 1..25)) {
        let mut pair = Pair::new();
        for step in &steps {
            pair.take(step);
        }
        pair.compare();
    }

    #[test]
    fn every_stored_commit_is_a_whole_database(steps in vec(step(), 1..8)) {
        let mut pair = Pair::new();
        for step in &steps {
            pair.take(step);
            pair.compare();
        }
    }
}

/// What is stored of a commit of everything is the same file.
#[test]
fn everything_is_the_whole_file() {
    let mut pair = Pair::new();
    pair.change(&Change::Insert { bytes: 100_000, seed: 1 });
    let mut everything = Stored::default();
    let size = pair.mirror.take_commit(true, |index, block| {
        everything.blocks.insert(index, block.to_vec());
    });
    everything.size = size.expect("a size");
    let (mirror, connection) = everything.open();
    everything.fill(&mirror, Missing::All);
    assert_eq!(column(&connection, ROWS), column(&pair.model, ROWS));
}
