//! What native tests share: sets from inline files, databases on disk.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::path::PathBuf;

use proptest::test_runner::{Config, RngSeed};
use rusqlite::Connection;
use tempfile::TempDir;
use wheatear::{CodeStep, Migration, MigrationSet, SourceFile};

/// Prints a line of its own past the test runner, which keeps what tests that pass print to itself.
#[allow(unused_macros, reason = "each test file uses a part of it")]
macro_rules! tell {
    ($($part:tt)*) => {{
        use std::io::Write as _;
        writeln!(std::io::stdout(), "\n{}", format_args!($($part)*)).expect("somewhere to print")
    }};
}
#[allow(unused_imports, reason = "each test file uses a part of it")]
pub(crate) use tell;

/// So many cases of a property, the same every time, so that a failure is a change's; `PROPTEST_RNG_SEED` chooses others.
pub fn cases(count: u32, seed: u64) -> Config {
    let config = Config::with_cases(count);
    let rng_seed = if config.rng_seed == RngSeed::Random { RngSeed::Fixed(seed) } else { config.rng_seed };
    Config { rng_seed, failure_persistence: None, ..config }
}

/// A set from file names (without `.sql`) and texts.
pub fn set(files: &[(&str, &str)]) -> MigrationSet {
    set_with_code(files, [])
}

/// The same, with migrations in code.
pub fn set_with_code(files: &[(&str, &str)], code: impl IntoIterator<Item = CodeStep>) -> MigrationSet {
    let files = files.iter().map(|(name, text)| SourceFile { path: format!("m/{name}.sql"), text: (*text).to_owned() });
    MigrationSet::build(files, code).expect("a valid set")
}

/// A database file in a folder that goes with it.
pub struct File {
    _folder: TempDir,
    pub path: PathBuf,
}

impl File {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("database.sqlite3");
        Self { _folder: folder, path }
    }

    pub fn open(&self) -> Connection {
        Connection::open(&self.path).expect("the database opens")
    }

    /// The whole file: schema, rows, ledger, and every byte around them.
    pub fn bytes(&self) -> Vec<u8> {
        std::fs::read(&self.path).expect("the file can be read")
    }
}

/// The only column of a query's only row.
pub fn value<T: rusqlite::types::FromSql>(connection: &Connection, sql: &str) -> T {
    connection.query_row(sql, [], |row| row.get(0)).expect(sql)
}

/// The first column of every row.
pub fn column(connection: &Connection, sql: &str) -> Vec<String> {
    let mut statement = connection.prepare(sql).expect(sql);
    let rows = statement.query_map([], |row| row.get(0)).expect(sql);
    rows.collect::<rusqlite::Result<_>>().expect(sql)
}

/// Applies migrations as the first format of the ledger recorded them: without checksums, and without a log.
pub fn first_format<'set>(connection: &Connection, migrations: impl Iterator<Item = &'set Migration>) {
    connection
        .execute_batch(
            "CREATE TABLE _wheatear_ledger (
               id INTEGER PRIMARY KEY CHECK (id = 1), format INTEGER NOT NULL, digest BLOB
             ) STRICT;
             CREATE TABLE _wheatear_migration (
               position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, up TEXT NOT NULL, down TEXT,
               applied_at TEXT NOT NULL, duration_us INTEGER NOT NULL
             ) STRICT;
             INSERT INTO _wheatear_ledger VALUES (1, 1, NULL);",
        )
        .expect("the tables");
    for migration in migrations {
        let up = migration.up().expect("SQL");
        connection.execute_batch(up).expect("the migration");
        connection
            .execute(
                "INSERT INTO _wheatear_migration (id, up, down, applied_at, duration_us)
                 VALUES (?1, ?2, ?3, '2024-05-01T12:00:00.000Z', 7)",
                (migration.id(), up, migration.down()),
            )
            .expect("its row");
    }
}

/// Schema and rows of everything but the ledger, as lines.
pub fn dump(connection: &Connection) -> Vec<String> {
    let own = "name NOT LIKE '%\\_wheatear\\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
    let mut lines = column(
        connection,
        &format!("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND {own} ORDER BY type, name"),
    );
    let rows = column(
        connection,
        &format!(
            "SELECT 'SELECT ''' || t.name || ' '' || ' || group_concat('quote(\"' || c.name || '\")', '||'',''||')
                    || ' FROM \"' || t.name || '\" ORDER BY 1'
               FROM sqlite_schema t, pragma_table_info(t.name) c
              WHERE t.type = 'table' AND {} GROUP BY t.name ORDER BY t.name",
            own.replace("name ", "t.name ")
        ),
    );
    lines.extend(rows.iter().flat_map(|rows| column(connection, rows)));
    lines
}
