//! Runs a script as an upgrade does, and remembers what each statement of it did.

use std::rc::Rc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, ffi};
use wheatear_core::Script;
use wheatear_sqlite::attempt;
use wheatear_sqlite::script::ScriptError;
use wheatear_sqlite::sqlite_api::{Action, Authorizer, authorize};

use crate::catalog::Catalog;

/// A script that ran to its end.
pub(crate) struct Run {
    pub statements: Vec<Statement>,
}

/// What one statement did.
pub(crate) struct Statement {
    /// Line in the file, counted from 1.
    pub line: usize,
    /// What SQLite compiled for it.
    pub heard: Heard,
    pub before: Rc<Catalog>,
    pub after: Rc<Catalog>,
    /// How many rows it changed.
    pub changes: u64,
}

/// What SQLite compiled, as far as lints ask for it; names in lower case, of the main database.
#[derive(Clone, Debug, Default)]
pub(crate) struct Heard {
    /// Table and column.
    pub read: Vec<(String, String)>,
    pub inserted: Vec<String>,
    pub deleted: Vec<String>,
    /// Table and column.
    pub updated: Vec<(String, String)>,
    pub dropped: Vec<String>,
}

impl Run {
    /// Runs a script, which changes the database as it would any other.
    ///
    /// # Errors
    /// As [`attempt`].
    pub fn of(database: &Connection, script: &Script) -> Result<Self, ScriptError> {
        let unread = |error: rusqlite::Error| script_error(error);
        let ear = Ear::default();
        authorize(database, Arc::new(ear.clone())).map_err(unread)?;
        let first = Rc::new(ear.unheard(|| Catalog::read(database)).map_err(unread)?);
        let mut run = Self { statements: Vec::new() };
        let mut last = (Rc::clone(&first), database.total_changes());
        let mut failure = None;
        // A statement has run when the next one is about to.
        let mut finish = |run: &mut Self| {
            let Some(statement) = run.statements.last_mut() else { return };
            let after = ear.unheard(|| match last.0.is_current(database)? {
                true => Ok(Rc::clone(&last.0)),
                false => Catalog::read(database).map(Rc::new),
            });
            let changes = database.total_changes();
            match after {
                Ok(after) => {
                    statement.changes = changes.saturating_sub(last.1);
                    statement.after = Rc::clone(&after);
                    last = (after, changes);
                }
                Err(error) => failure = failure.take().or(Some(error)),
            }
        };
        let result = attempt(database, script, &mut |_, line| {
            let heard = ear.take();
            finish(&mut run);
            let before = run.statements.last().map_or(&first, |statement| &statement.after);
            let before = Rc::clone(before);
            run.statements.push(Statement { line, heard, after: Rc::clone(&before), before, changes: 0 });
        });
        finish(&mut run);
        ear.stop();
        result?;
        failure.map_or(Ok(run), |error| Err(unread(error)))
    }

    /// The schema before the script.
    pub fn before(&self) -> Option<&Catalog> {
        self.statements.first().map(|statement| &*statement.before)
    }

    /// The schema behind it.
    pub fn after(&self) -> Option<&Catalog> {
        self.statements.last().map(|statement| &*statement.after)
    }
}

/// What SQLite says of a database around the statements of a script.
pub(crate) fn script_error(error: rusqlite::Error) -> ScriptError {
    let cause = wheatear_sqlite::script::Cause::Sqlite(error.into());
    ScriptError { statement: 0, line: 1, offset: None, cause }
}

/// Hears what is compiled.
#[derive(Clone, Default)]
struct Ear(Arc<Mutex<Hearing>>);

#[derive(Default)]
struct Hearing {
    heard: Heard,
    is_deaf: bool,
}

impl Ear {
    fn hearing(&self) -> MutexGuard<'_, Hearing> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> Heard {
        std::mem::take(&mut self.hearing().heard)
    }

    fn stop(&self) {
        self.hearing().is_deaf = true;
    }

    fn unheard<T>(&self, work: impl FnOnce() -> T) -> T {
        self.stop();
        let done = work();
        self.hearing().is_deaf = false;
        done
    }
}

impl Authorizer for Ear {
    fn allows(&self, action: &Action<'_>) -> bool {
        let mut hearing = self.hearing();
        if hearing.is_deaf || action.schema.as_deref() != Some("main") {
            return true;
        }
        let name = |name: &Option<std::borrow::Cow<'_, str>>| name.as_deref().unwrap_or_default().to_ascii_lowercase();
        let (first, heard) = (name(&action.first), &mut hearing.heard);
        match action.code {
            ffi::SQLITE_READ => heard.read.push((first, name(&action.second))),
            ffi::SQLITE_UPDATE => heard.updated.push((first, name(&action.second))),
            ffi::SQLITE_INSERT => heard.inserted.push(first),
            ffi::SQLITE_DELETE => heard.deleted.push(first),
            ffi::SQLITE_DROP_TABLE | ffi::SQLITE_DROP_VTABLE => heard.dropped.push(first),
            _ => {}
        }
        true
    }
}
