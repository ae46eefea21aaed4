//! Which tables the application's statements write. SQLite tells while it compiles a statement, and only then, so it
//! is remembered for as long as the compiled statement may be.
//!
//! Not by the update hook: it hears neither of `DELETE FROM t` without a condition nor of tables without a rowid.
//! Source: <https://www.sqlite.org/c3ref/set_authorizer.html>, <https://www.sqlite.org/c3ref/update_hook.html>

use std::collections::{BTreeSet, HashMap};

use rusqlite::{Connection, params};
use wheatear_core::set_of;

/// How many statements are remembered before all are forgotten, together with what is compiled of them.
const REMEMBERED: usize = 500;

type Tables = BTreeSet<String>;

/// What was written, as far as it is told.
#[derive(Debug, Default)]
pub(super) struct Changes {
    /// By the text of statements that write.
    known: HashMap<String, Tables>,
    /// What was changed since the last time that it was taken.
    changed: Tables,
    is_watching: bool,
}

impl Changes {
    /// From now on it is remembered what is changed.
    pub fn watch(&mut self) {
        self.is_watching = true;
    }

    /// Something has run. `tables`: what it writes, as far as it was compiled just now; `cached`: its text, if it may
    /// run again without being compiled. `rows`: how many rows it changed.
    pub fn note(&mut self, connection: &Connection, tables: Tables, cached: Option<&str>, rows: u64) {
        if !self.is_watching {
            return;
        }
        let mut tables = set_of(tables.into_iter().map(|table| owner_of(connection, table)));
        if let Some(sql) = cached {
            if let Some(known) = self.known.get(sql) {
                tables.extend(known.iter().cloned());
            }
            if !tables.is_empty() && self.known.get(sql) != Some(&tables) {
                if self.known.len() >= REMEMBERED {
                    connection.flush_prepared_statement_cache();
                    self.known.clear();
                }
                self.known.insert(sql.to_owned(), tables.clone());
            }
        }
        if rows > 0 {
            self.changed.extend(tables);
        }
    }

    /// All of these were changed.
    pub fn note_all(&mut self, tables: Tables) {
        if self.is_watching {
            self.changed.extend(tables);
        }
    }

    /// What was changed is undone.
    pub fn undo(&mut self) {
        self.changed.clear();
    }

    /// What was changed since the last [`Changes::take`].
    pub fn changed(&self) -> &Tables {
        &self.changed
    }

    /// Only these were.
    pub fn set_changed(&mut self, changed: Tables) {
        self.changed = changed;
    }

    /// What was changed since the last call.
    pub fn take(&mut self) -> Tables {
        std::mem::take(&mut self.changed)
    }
}

/// The virtual table whose rows a shadow table keeps, or the table itself. SQLite takes what comes before the last
/// underscore for the name of the virtual one.
///
/// Source: <https://www.sqlite.org/vtab.html#the_xshadowname_method>
pub(super) fn owner_of(connection: &Connection, table: String) -> String {
    const IS_SHADOW: &str = "SELECT 1 FROM pragma_table_list(?1) WHERE schema = 'main' AND type = 'shadow'";
    let Some((owner, _)) = table.rsplit_once('_') else { return table };
    let is_shadow = connection.prepare_cached(IS_SHADOW).and_then(|mut statement| statement.exists(params![table]));
    if is_shadow == Ok(true) { owner.to_owned() } else { table }
}
