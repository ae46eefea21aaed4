//! The migrations that are measured.

use wheatear::{MigrationSet, SourceFile};

/// A table, then one row a migration: the schema stays the same however many there are.
pub fn rows(count: usize) -> MigrationSet {
    MigrationSet::from_files(row_files(count)).expect("a valid set")
}

/// The files of [`rows`].
pub fn row_files(count: usize) -> Vec<SourceFile> {
    files(count, |number| match number {
        1 => "CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL);".to_owned(),
        _ => format!("INSERT INTO note (text) VALUES ('what migration {number} has to say');"),
    })
}

/// One table a migration.
pub fn tables(count: usize) -> MigrationSet {
    set(count, |number| format!("CREATE TABLE note{number} (id INTEGER PRIMARY KEY, text TEXT NOT NULL);"))
}

/// What a project collects in time: a table, its index, its first rows, one more column with a value, a view.
pub fn mixed(count: usize) -> MigrationSet {
    set(count, |number| {
        let table = format!("note{}", number.div_ceil(5));
        match number % 5 {
            1 => format!(
                "CREATE TABLE {table} (\n  id INTEGER PRIMARY KEY,\n  text TEXT NOT NULL,\n  at INTEGER NOT NULL\n);"
            ),
            2 => format!("CREATE INDEX {table}_at ON {table} (at);"),
            3 => format!("INSERT INTO {table} (text, at) VALUES ('one', 1), ('two', 2), ('three', 3);"),
            4 => format!(
                "ALTER TABLE {table} ADD COLUMN author TEXT;\nUPDATE {table} SET author = 'nobody' WHERE at < 3;"
            ),
            _ => format!("CREATE VIEW {table}_of_nobody AS SELECT id, text FROM {table} WHERE author = 'nobody';"),
        }
    })
}

/// A script with so many statements.
pub fn script(statements: usize) -> String {
    let insert = |number| format!("INSERT INTO note (text) VALUES ('statement {number}');\n");
    let inserts: String = (1..statements).map(insert).collect();
    format!("CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL);\n{inserts}")
}

/// A set of one migration.
pub fn one(script: &str) -> MigrationSet {
    set(1, |_| script.to_owned())
}

/// A table with six columns and an index, then its rebuild with one more constraint.
pub fn rebuild() -> MigrationSet {
    rebuild_with("", "node INTEGER NOT NULL")
}

/// The same, and each row has a parent.
pub fn rebuild_of_child() -> MigrationSet {
    let parent = "CREATE TABLE node (id INTEGER PRIMARY KEY, name TEXT NOT NULL);";
    rebuild_with(parent, "node INTEGER NOT NULL REFERENCES node (id)")
}

fn rebuild_with(before: &str, node: &str) -> MigrationSet {
    let table = |name: &str, value: &str| {
        format!(
            "CREATE TABLE {name} (
               id INTEGER PRIMARY KEY, {node}, at INTEGER NOT NULL, kind TEXT NOT NULL, {value}, note TEXT
             );"
        )
    };
    let index = "CREATE INDEX reading_at ON reading (at);";
    let create = table("reading", "value REAL NOT NULL");
    let create_anew = table("new_reading", "value REAL NOT NULL CHECK (value > -273.15)");
    let up = format!(
        "{create_anew}
         INSERT INTO new_reading SELECT id, node, at, kind, value, note FROM reading;
         DROP TABLE reading;
         ALTER TABLE new_reading RENAME TO reading;
         {index}"
    );
    set(2, |number| if number == 1 { format!("{before}{create}{index}") } else { up.clone() })
}

/// A thousand parents.
pub const FILL_PARENTS: &str = "
    WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 1000)
    INSERT INTO node SELECT n, 'node ' || n FROM number;";

/// A million rows.
pub const FILL: &str = "
    WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 1000000)
    INSERT INTO reading SELECT n, n % 1000 + 1, n * 7919 % 1000003, 'temperature', n * 0.1, 'note ' || n FROM number;";

fn set(count: usize, sql: impl Fn(usize) -> String) -> MigrationSet {
    MigrationSet::from_files(files(count, sql)).expect("a valid set")
}

fn files(count: usize, sql: impl Fn(usize) -> String) -> Vec<SourceFile> {
    (1..=count).map(|number| SourceFile { path: format!("{number:05}.change.sql"), text: sql(number) }).collect()
}
