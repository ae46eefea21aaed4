//! Tells whether what SQL does depends on time, on chance, or on where it runs. Functions of SQLite that do not always
//! give the same are replaced by some that tell of it, and give what those of another connection give.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::Value;
use rusqlite::{Connection, ffi, params_from_iter};

use crate::all_rows;
use crate::sqlite_api::{Action, Authorizer, authorize};

/// What gives something else each time, or in another build of SQLite; with the number of arguments. `changes`,
/// `total_changes` and `last_insert_rowid` are not among them: in a new database they give the same.
const VARYING: [(&str, i32); 10] = [
    ("random", 0),
    ("randomblob", 1),
    ("current_time", 0),
    ("current_date", 0),
    ("current_timestamp", 0),
    ("sqlite_version", 0),
    ("sqlite_source_id", 0),
    ("fts5_source_id", 0),
    ("sqlite_compileoption_used", 1),
    ("sqlite_compileoption_get", 1),
];

/// What does so for some arguments only, such as `now` and `localtime`; -1 for any number.
///
/// Source: <https://www.sqlite.org/lang_datefunc.html>
const DATES: [(&str, i32); 7] = [
    ("date", -1),
    ("time", -1),
    ("datetime", -1),
    ("julianday", -1),
    ("unixepoch", -1),
    ("strftime", -1),
    ("timediff", 2),
];

/// Pragmas that can be read from as tables and tell of the database's file alone.
///
/// Source: <https://www.sqlite.org/pragma.html#pragfunc>
const OF_THE_FILE: [&str; 15] = [
    "application_id",
    "auto_vacuum",
    "encoding",
    "foreign_key_check",
    "foreign_key_list",
    "index_info",
    "index_list",
    "index_xinfo",
    "integrity_check",
    "page_size",
    // Of itself ALTER TABLE asks for it.
    "quick_check",
    "table_info",
    "table_list",
    "table_xinfo",
    "user_version",
];

/// Hears what the statements of migrations call.
#[derive(Clone, Default)]
pub struct Witness(Arc<Mutex<Seen>>);

#[derive(Default)]
struct Seen {
    /// Id of the migration or hook, number and line of the statement that runs.
    now: (String, usize, usize),
    /// What the statement needs that is compiled and does not run yet.
    compiled: Option<String>,
    /// The first call that counts.
    call: Option<(String, usize, usize, String)>,
}

impl Witness {
    /// From now on hears what a connection does.
    ///
    /// # Errors
    /// What SQLite says if a function cannot be replaced.
    pub fn attend(&self, connection: &Connection) -> rusqlite::Result<()> {
        // The application's own, before ours are among them.
        let own = "SELECT name FROM pragma_function_list WHERE NOT builtin AND NOT flags & ?1";
        let own = all_rows(connection, own, &[&ffi::SQLITE_DETERMINISTIC], |row| row.get(0))?.into_iter().collect();
        let ordinary = Arc::new(Mutex::new(Ordinary(Connection::open_in_memory()?)));
        let (flags, none) = (FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_INNOCUOUS, FunctionFlags::empty());
        let varying = VARYING.map(|(name, arity)| (name, arity, none));
        // As SQLite's own they can be in an index, where those that vary are refused.
        let dates = DATES.map(|(name, arity)| (name, arity, FunctionFlags::SQLITE_DETERMINISTIC));
        for (name, arity, flag) in varying.into_iter().chain(dates) {
            let (witness, ordinary) = (self.clone(), Arc::clone(&ordinary));
            connection.create_scalar_function(name, arity, flags | flag, move |context| {
                let arguments = arguments(context)?;
                let ordinary = lock(&ordinary);
                if flag.is_empty() || !ordinary.is_fixed(name, &arguments)? {
                    lock(&witness.0).note(format!("{name}()"));
                }
                ordinary.call(name, &arguments)
            })?;
        }
        authorize(connection, Arc::new(Compiled { witness: self.clone(), own }))
    }

    /// Hears which statement of which migration or hook, on which line, is about to run.
    pub fn begins(&self, id: &str, statement: usize, line: usize) {
        let mut seen = lock(&self.0);
        seen.now = (id.to_owned(), statement, line);
        if let Some(what) = seen.compiled.take() {
            seen.note(what);
        }
    }

    /// Which migration or hook, statement and line depend on what: the first since this was last asked.
    pub fn testimony(&self) -> Option<(String, usize, usize, String)> {
        lock(&self.0).call.take()
    }
}

impl Seen {
    fn note(&mut self, what: String) {
        let (id, statement, line) = &self.now;
        self.call.get_or_insert_with(|| (id.clone(), *statement, *line, what));
    }
}

/// Hears what is compiled.
struct Compiled {
    witness: Witness,
    /// The application's functions that may give something else each time.
    own: HashSet<String>,
}

impl Authorizer for Compiled {
    fn allows(&self, action: &Action<'_>) -> bool {
        let what = match (action.code, &action.first, &action.second) {
            (ffi::SQLITE_FUNCTION, _, Some(name)) if self.own.contains(&**name) => Some(format!("{name}()")),
            (ffi::SQLITE_READ, Some(table), _) => {
                // It is named as the statement does.
                let table = table.to_ascii_lowercase();
                let pragma = table.strip_prefix("pragma_").filter(|pragma| !OF_THE_FILE.contains(pragma));
                pragma.map(|pragma| format!("pragma_{pragma}"))
            }
            _ => None,
        };
        if what.is_some() {
            lock(&self.witness.0).compiled = what;
        }
        true
    }
}

/// A connection on which nothing was replaced.
struct Ordinary(Connection);

impl Ordinary {
    fn call(&self, name: &str, arguments: &[Value]) -> rusqlite::Result<Value> {
        let call = match name.starts_with("current_") {
            true => name.to_owned(),
            false => format!("{name}({})", numbered("?", arguments.len())),
        };
        let mut select = self.0.prepare_cached(&format!("SELECT {call}"))?;
        select.query_row(params_from_iter(arguments), |row| row.get(0))
    }

    /// Whether these arguments give the same at any time and in any place: then SQLite computes a column by them.
    ///
    /// Source: <https://www.sqlite.org/deterministic.html#special_case_processing_for_date_time_functions>
    fn is_fixed(&self, name: &str, arguments: &[Value]) -> rusqlite::Result<bool> {
        let Self(connection) = self;
        let count = arguments.len();
        let (table, columns, values) = (format!("{name}_{count}"), numbered("a", count), numbered("?", count));
        let comma = if count > 0 { ", " } else { "" };
        let own = format!("{columns}{comma}id INTEGER PRIMARY KEY");
        connection
            .execute_batch(&format!("CREATE TABLE IF NOT EXISTS {table} ({own}, given AS ({name}({columns})))"))?;
        let mut insert = connection.prepare_cached(&format!("REPLACE INTO {table} VALUES ({values}{comma}1)"))?;
        let mut select = connection.prepare_cached(&format!("SELECT given FROM {table}"))?;
        let inserted = insert.execute(params_from_iter(arguments));
        Ok(inserted.and_then(|_| select.query_row([], |_| Ok(()))).is_ok())
    }
}

/// Such as `?1, ?2`.
fn numbered(sign: &str, count: usize) -> String {
    (1..=count).map(|number| format!("{sign}{number}")).collect::<Vec<_>>().join(", ")
}

fn arguments(context: &Context<'_>) -> rusqlite::Result<Vec<Value>> {
    (0..context.len()).map(|index| context.get(index)).collect()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
