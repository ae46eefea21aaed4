use std::fmt;

/// What SQLite said.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SqliteFailure {
    /// Extended result code, such as 2067 for SQLITE_CONSTRAINT_UNIQUE.
    ///
    /// Source: <https://www.sqlite.org/rescode.html>
    pub code: i32,
    /// Its words, such as `UNIQUE constraint failed: weather_node.id`.
    pub message: String,
}

impl SqliteFailure {
    /// What was refused before SQLite was asked.
    pub fn misuse(message: impl Into<String>) -> Self {
        Self { code: rusqlite::ffi::SQLITE_MISUSE, message: message.into() }
    }

    /// The primary result code: what kind of failure, without the detail.
    pub fn primary_code(&self) -> i32 {
        self.code & 0xff
    }

    /// Whether it is no fault: someone interrupted the statement. `ALTER TABLE` reads the schema anew, and
    /// hides an interrupt of that behind the code of a mistake in it.
    pub fn is_interrupt(&self) -> bool {
        match self.code {
            rusqlite::ffi::SQLITE_ERROR => self.message.ends_with(": interrupted"),
            _ => self.primary_code() == rusqlite::ffi::SQLITE_INTERRUPT,
        }
    }
}

impl From<rusqlite::Error> for SqliteFailure {
    fn from(error: rusqlite::Error) -> Self {
        match error {
            rusqlite::Error::SqliteFailure(failure, message) => {
                Self { code: failure.extended_code, message: message.unwrap_or_else(|| failure.to_string()) }
            }
            rusqlite::Error::SqlInputError { error, msg, .. } => Self { code: error.extended_code, message: msg },
            other => Self::misuse(other.to_string()),
        }
    }
}

impl fmt::Display for SqliteFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (SQLite code {})", self.message, self.code)
    }
}
