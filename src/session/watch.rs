//! What SQLite tells of the application's statements while it compiles them: which tables they write, and whether they
//! would do what one tab may not do to the connection of all. Not told by the SQL text: quotes, schemas, `EXPLAIN` and
//! the functions that stand for pragmas would hide it, and many a pragma acts when it is compiled.
//!
//! Source: <https://www.sqlite.org/c3ref/set_authorizer.html>

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::ffi;
use wheatear_core::pragma::{self, Setter, Verdict};
use wheatear_sqlite::sqlite_api::{Action, Authorizer};

/// What a statement may not do, and why.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    pub what: String,
    pub why: &'static str,
}

const TEMPORARY: &str = "all tabs share one connection, and it would stay there for all of them; use WITH for the \
    length of a statement, or a table that the same transaction drops";
const ATTACHED: &str = "all tabs share one connection, and it would stay there for all of them; open each database by \
    itself";
const DEFERRED: &str = "it would reach whoever begins the next transaction, in whichever tab; set it inside of the \
    transaction that needs it";
const INTO_A_FILE: &str =
    "it would write a file beside the databases that nothing knows of; export the database instead";

/// Is told by SQLite what the statements do that it compiles.
#[derive(Debug, Default)]
pub(super) struct Watch {
    heard: Mutex<Heard>,
}

#[derive(Debug, Default)]
struct Heard {
    /// Whether what is compiled is the application's; migrations may do what they like.
    is_listening: bool,
    /// Whether it is a `VACUUM`, which attaches a database of its own.
    is_vacuum: bool,
    /// Whether it runs within a transaction.
    is_within: bool,
    /// Tables that are written.
    tables: BTreeSet<String>,
    /// Tables that are read, if somebody wants to know.
    reads: Option<BTreeSet<String>>,
    refusal: Option<Refusal>,
}

impl Watch {
    /// A statement or script of the application is about to be compiled. `is_within`: it runs within a transaction.
    pub fn begin(&self, is_vacuum: bool, is_within: bool) {
        *self.lock() = Heard { is_listening: true, is_vacuum, is_within, ..Heard::default() };
    }

    /// Until [`Watch::end`], tables that are read are heard of, too.
    pub fn hear_reads(&self) {
        self.lock().reads = Some(BTreeSet::new());
    }

    /// Tables that are read by what was compiled since [`Watch::hear_reads`].
    pub fn take_reads(&self) -> BTreeSet<String> {
        self.lock().reads.take().unwrap_or_default()
    }

    /// It has run: the tables that it writes, if it was compiled just now, and what was refused.
    pub fn end(&self) -> (BTreeSet<String>, Option<Refusal>) {
        let heard = std::mem::take(&mut *self.lock());
        (heard.tables, heard.refusal)
    }

    fn lock(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Authorizer for Watch {
    fn allows(&self, action: &Action<'_>) -> bool {
        let mut heard = self.lock();
        if !heard.is_listening {
            return true;
        }
        if let Some(table) = written(action) {
            heard.tables.insert(table.to_owned());
        }
        if let (Some(reads), Some(table)) = (&mut heard.reads, read(action)) {
            reads.insert(table.to_owned());
        }
        let refusal = refusal(action, &heard);
        let is_allowed = refusal.is_none();
        // The first refusal ends the statement, and what SQLite asks after that follows from it.
        heard.refusal = heard.refusal.take().or(refusal);
        is_allowed
    }
}

/// The application's table of which an action writes rows.
fn written<'a>(action: &'a Action<'_>) -> Option<&'a str> {
    let is_write = matches!(action.code, ffi::SQLITE_INSERT | ffi::SQLITE_DELETE | ffi::SQLITE_UPDATE);
    let table = action.first.as_deref().filter(|_| is_write)?;
    (action.schema.as_deref() == Some("main") && !is_internal(table)).then_some(table)
}

/// The application's table, or view, of which an action reads a column, or just whether there are rows.
fn read<'a>(action: &'a Action<'_>) -> Option<&'a str> {
    let table = action.first.as_deref().filter(|_| action.code == ffi::SQLITE_READ)?;
    // Of a table whose rows are only counted SQLite tells no schema, unless the statement names it.
    let is_in_main = action.schema.as_deref().is_none_or(|schema| schema == "main");
    (is_in_main && !is_internal(table)).then_some(table)
}

fn is_internal(table: &str) -> bool {
    table.starts_with("sqlite_") || table.starts_with("_wheatear_")
}

fn refusal(action: &Action<'_>, heard: &Heard) -> Option<Refusal> {
    let name = action.first.as_deref().unwrap_or_default();
    let refused = |what: &str, why| Some(Refusal { what: format!("{what}{name}"), why });
    match action.code {
        // SQLite sets this pragma when it compiles it, and until a transaction ends.
        ffi::SQLITE_PRAGMA
            if action.second.is_some() && !heard.is_within && name.eq_ignore_ascii_case("defer_foreign_keys") =>
        {
            refused("PRAGMA ", DEFERRED)
        }
        // A pragma that SQLite has sets nothing where no value is given.
        ffi::SQLITE_PRAGMA if action.second.is_some() || !pragma::is_known(name) => {
            match pragma::verdict(name, Setter::Application) {
                Verdict::Refused(why) => refused("PRAGMA ", why),
                _ => None,
            }
        }
        // SQLite writes whatever is temporary into that table, also what is temporary only by `temp.` before its name.
        ffi::SQLITE_INSERT if is_schema_table(name) && action.schema.as_deref() == Some("temp") => {
            Some(Refusal { what: "CREATE TEMP".to_owned(), why: TEMPORARY })
        }
        ffi::SQLITE_ATTACH if !heard.is_vacuum => refused("ATTACH ", ATTACHED),
        ffi::SQLITE_ATTACH if !name.is_empty() => refused("VACUUM INTO ", INTO_A_FILE),
        ffi::SQLITE_DETACH => refused("DETACH ", ATTACHED),
        _ => None,
    }
}

/// Source: <https://www.sqlite.org/schematab.html#alternative_names>
fn is_schema_table(name: &str) -> bool {
    matches!(name, "sqlite_master" | "sqlite_schema" | "sqlite_temp_master" | "sqlite_temp_schema")
}
