//! Work on the schema, such as a run of migrations, on a connection whose changes are told.

use std::collections::BTreeSet;

use rusqlite::Connection;
use wheatear_core::set_of;
use wheatear_sqlite::{all_rows, lossy_text};

use super::Session;

/// The tables of the application; those that a virtual one keeps its rows in are none of them.
const TABLES: &str = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'virtual')
    AND name NOT GLOB 'sqlite_*' AND name NOT GLOB '_wheatear_*'";

impl Session {
    /// Lets `work` do with the connection what no query may. If it gives true beside its result, every table that there was
    /// before, or is then, counts as changed for [`Session::take_changes`]: which of them have other rows is not known.
    ///
    /// ```
    /// # use wheatear::{MigrationSet, Migrator, RollbackTarget, Session, migrations};
    /// # static MIGRATIONS: MigrationSet = migrations!("migrations");
    /// # let mut database = wheatear::rusqlite::Connection::open_in_memory()?;
    /// let migrator = Migrator::new(&MIGRATIONS);
    /// migrator.apply(&mut database)?;
    /// let mut session = Session::new(database);
    /// session.watch_changes()?;
    ///
    /// session.change_schema(|connection| (migrator.rollback(connection, RollbackTarget::All), true))?;
    /// assert!(session.take_changes().contains("weather_node"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn change_schema<T>(&mut self, work: impl FnOnce(&mut Connection) -> (T, bool)) -> T {
        let mut changed = tables(&self.connection);
        let (result, has_changed) = work(self.connection_mut());
        if has_changed {
            changed.extend(tables(&self.connection));
            self.changes.note_all(changed);
        }
        result
    }
}

/// None of a database that cannot be read: whoever asks for its rows hears that.
fn tables(connection: &Connection) -> BTreeSet<String> {
    set_of(all_rows(connection, TABLES, &[], |row| lossy_text(row, 0)).unwrap_or_default())
}
