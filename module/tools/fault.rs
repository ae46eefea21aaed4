use serde::Serialize;
use wheatear::{ApplyError, Error, SqliteFailure, TrialFault};
use wheatear_types::QueryFault;

/// What is wrong with a file, and where: `Fault` of client/build/fault.ts.
#[derive(Serialize)]
pub(crate) struct Fault {
    /// Path of the file, as it was given; `None` if it is in no file.
    pub(crate) file: Option<String>,
    /// Line in that file, counted from 1.
    pub(crate) line: Option<usize>,
    /// What is wrong, with file and line, and what to do.
    pub(crate) message: String,
    /// The line, with a mark where SQLite points.
    pub(crate) sql: Option<String>,
}

impl From<&Error> for Fault {
    fn from(error: &Error) -> Self {
        let (file, line, message, sql) = match error {
            Error::Definition(error) => (Some(&error.file), Some(error.line), error.to_string(), None),
            Error::Unsound(error) => (Some(&error.file), Some(error.line), error.to_string(), error.excerpt.as_deref()),
            // That nothing was changed need not be said: there is no database.
            Error::Apply(failed @ ApplyError::StatementFailed { place, .. }) => {
                (Some(&place.file), Some(place.line), failed.to_string(), failed.excerpt())
            }
            _ => (None, None, error.to_string(), None),
        };
        let told = sql.and_then(|sql| message.strip_suffix(sql)).unwrap_or(&message).trim_end().to_owned();
        Self { file: file.cloned(), line, message: told, sql: sql.map(str::to_owned) }
    }
}

impl From<QueryFault> for Fault {
    fn from(fault: QueryFault) -> Self {
        let (message, sql) = (fault.to_string(), fault.excerpt);
        let told = sql.as_ref().and_then(|sql| message.strip_suffix(sql.as_str())).unwrap_or(&message);
        Self { message: told.trim_end().to_owned(), file: Some(fault.file), line: Some(fault.line), sql }
    }
}

/// Whether all that is wrong is that something is called that only the page may have: a function or collation of the
/// application.
pub(crate) fn is_of_page(error: &Error) -> bool {
    sqlite_of(error).is_some_and(|sqlite| {
        ["no such function: ", "no such collation sequence: "].iter().any(|told| sqlite.message.starts_with(told))
    })
}

/// What SQLite said, if it was SQLite that refused.
fn sqlite_of(error: &Error) -> Option<&SqliteFailure> {
    match error {
        Error::Apply(ApplyError::StatementFailed { sqlite, .. }) => Some(sqlite),
        Error::Unsound(error) => match &*error.fault {
            TrialFault::Sqlite(sqlite) => Some(sqlite),
            _ => None,
        },
        _ => None,
    }
}
