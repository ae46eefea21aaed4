//! Which tables the application's statements write. SQLite tells while it compiles a statement, and only then, so it
//! is remembered for as long as the compiled statement may be.
//!
//! Not by the update hook: it hears neither of `DELETE FROM t` without a condition nor of tables without a rowid.
//! Source: <https://www.sqlite.org/c3ref/set_authorizer.html>, <https://www.sqlite.org/c3ref/update_hook.html>

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};

/// How many statements are remembered before all are forgotten, together with what is compiled of them.
const REMEMBERED: usize = 500;

type Tables = BTreeSet<String>;

/// What was written, as far as it is told.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    /// Tables that statements compiled since the last look write.
    compiled: Arc<Mutex<Tables>>,
    /// By the text of statements that write.
    known: HashMap<String, Tables>,
    /// What was changed since the last time that it was taken.
    changed: Tables,
    is_watching: bool,
}

impl Changes {
    /// From now on statements are watched.
    pub fn watch(&mut self, connection: &mut Connection) -> rusqlite::Result<()> {
        if self.is_watching {
            return Ok(());
        }
        let compiled = Arc::clone(&self.compiled);
        connection.authorizer(Some(move |context: AuthContext<'_>| {
            if let Some(table) = written(&context) {
                compiled.lock().unwrap_or_else(PoisonError::into_inner).insert(table.to_owned());
            }
            Authorization::Allow
        }))?;
        self.is_watching = true;
        Ok(())
    }

    /// A statement, or script, is about to be compiled.
    pub fn begin(&self) {
        self.compiled.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// It has run; `cached`: its text, if it may run again without being compiled. `rows`: how many rows it changed.
    pub fn note(&mut self, connection: &Connection, cached: Option<&str>, rows: u64) {
        let mut tables = std::mem::take(&mut *self.compiled.lock().unwrap_or_else(PoisonError::into_inner));
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
            self.changed.append(&mut tables);
        }
    }

    /// What was changed is undone.
    pub fn undo(&mut self) {
        self.changed.clear();
    }

    /// What was changed since the last call.
    pub fn take(&mut self) -> Tables {
        std::mem::take(&mut self.changed)
    }
}

/// The application's table of which an action writes rows.
fn written<'a>(context: &AuthContext<'a>) -> Option<&'a str> {
    let table = match context.action {
        AuthAction::Insert { table_name }
        | AuthAction::Delete { table_name }
        | AuthAction::Update { table_name, .. } => table_name,
        _ => return None,
    };
    let is_internal = table.starts_with("sqlite_") || table.starts_with("_wheatear_");
    (context.database_name == Some("main") && !is_internal).then_some(table)
}
