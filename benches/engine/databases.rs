use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use tempfile::TempDir;
use wheatear::{MigrationSet, Migrator, Target};

/// Databases in files, which go when it does.
pub struct Folder {
    folder: TempDir,
    count: Cell<usize>,
}

impl Folder {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary folder"), count: Cell::new(0) }
    }

    /// Where no database is yet.
    fn new_path(&self) -> PathBuf {
        self.count.set(self.count.get() + 1);
        self.folder.path().join(format!("{}.sqlite3", self.count.get()))
    }

    pub fn open(path: &Path) -> Connection {
        Connection::open(path).expect("the database opens")
    }

    /// An empty database.
    pub fn new_database(&self) -> Connection {
        Self::open(&self.new_path())
    }

    /// A database to which all of a set is applied.
    pub fn applied(&self, set: &MigrationSet) -> PathBuf {
        let path = self.new_path();
        Migrator::new(set).apply(&mut Self::open(&path)).expect("it applies");
        path
    }
}

/// A large database before its last migration, to be copied.
pub struct Template {
    _folder: Folder,
    path: PathBuf,
    copy: PathBuf,
}

impl Template {
    /// Applies all of the set but the last migration, then fills the tables.
    pub fn new(set: &MigrationSet, fill: &str) -> Self {
        let folder = Folder::new();
        let (path, copy) = (folder.new_path(), folder.new_path());
        let mut database = Folder::open(&path);
        Migrator::new(set).apply_to(&mut database, Target::next(set.len() - 1)).expect("it applies");
        database.execute_batch(fill).expect("rows");
        Self { _folder: folder, path, copy }
    }

    /// Takes the place of the copy before. It is on the disk, so that no commit has to bring it there.
    pub fn copy(&self) -> Connection {
        fs::copy(&self.path, &self.copy).expect("a copy");
        fs::File::open(&self.copy).and_then(|file| file.sync_all()).expect("it is on the disk");
        Folder::open(&self.copy)
    }
}

/// What one would write without this library.
pub mod plain {
    use rusqlite::Connection;
    use wheatear::MigrationSet;

    /// All of a set, in one transaction.
    pub fn batch(set: &MigrationSet) -> String {
        let scripts = set.iter().filter_map(|migration| migration.up()).collect::<Vec<_>>();
        in_transaction(&scripts.join("\n"))
    }

    /// The change of a table around its steps 4 to 8.
    ///
    /// Source: <https://www.sqlite.org/lang_altertable.html#otheralter>
    pub fn procedure(rebuild: &str) -> String {
        let checked = format!("{rebuild}\nPRAGMA foreign_key_check;");
        format!(
            "PRAGMA foreign_keys = OFF;\n{}PRAGMA foreign_keys = ON;\n\0",
            in_transaction(&checked).trim_end_matches('\0')
        )
    }

    /// With a NUL at its end, SQLite reads the text where it is; without, it copies all that is left of it
    /// for every statement, and a long batch would only be slow for that.
    ///
    /// Source: <https://www.sqlite.org/c3ref/prepare.html>
    fn in_transaction(sql: &str) -> String {
        format!("BEGIN IMMEDIATE;\n{sql}\nCOMMIT;\n\0")
    }

    pub fn run(database: &Connection, batch: &str) {
        database.execute_batch(batch).expect("it runs");
        assert!(database.is_autocommit());
    }
}
