use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::{StorageError, StorageErrorKind, examine_open};

/// How long a statement waits for another connection's lock.
const PATIENCE: Duration = Duration::from_secs(5);

/// Opens the database of a file, with SQLite's own locks; a file that is not there is made by the first write. What must wait
/// for another connection waits five seconds.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("weather.db");
/// use wheatear::{MigrationSet, Migrator, migrations, storage};
///
/// static MIGRATIONS: MigrationSet = migrations!("migrations");
/// let mut database = storage::open_file(&path)?;
/// Migrator::new(&MIGRATIONS).apply(&mut database)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`StorageErrorKind::Io`] if there is no such folder or no right to it; [`StorageErrorKind::NotADatabase`],
/// [`StorageErrorKind::Encrypted`], [`StorageErrorKind::Truncated`] and their like for what the file's header says.
pub fn open_file(path: impl AsRef<Path>) -> Result<Connection, StorageError> {
    // Not as an address with parameters, which a file's name may look like.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let failed = |error: rusqlite::Error| StorageError::of_any(error, StorageErrorKind::Io);
    let connection = Connection::open_with_flags(path, flags).map_err(failed)?;
    connection.busy_timeout(PATIENCE).map_err(failed)?;
    examine_open(&connection)?;
    Ok(connection)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_file_is_opened_or_made_and_what_is_none_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("file:a?mode=memory");
        open_file(&path).expect("a new one").execute_batch("CREATE TABLE a (b)").expect("a table");
        assert!(fs::metadata(&path).expect("a file of that name").len() > 0);
        let tables = |connection: Connection| connection.prepare("SELECT b FROM a").map(drop);
        tables(open_file(&path).expect("the same one")).expect("its table");

        let text = folder.path().join("text");
        fs::write(&text, "no database ".repeat(100)).expect("a text");
        assert_eq!(open_file(&text).expect_err("a text").kind, StorageErrorKind::NotADatabase);
        let nowhere = folder.path().join("none").join("db");
        assert_eq!(open_file(nowhere).expect_err("no folder").kind, StorageErrorKind::Io);
    }
}
